"""The designated-driving service: rules, tables, use cases, HTTP."""
