"""What the API takes and gives, and what forms are read into: one schema for both."""
