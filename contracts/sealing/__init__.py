"""Sealing documents, and telling whether a sealed one is still what it was. Needs nothing but the file itself (R9)."""
