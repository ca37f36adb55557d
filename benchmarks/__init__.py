"""How fast, as a ratio against a named baseline measured in the same run; see README.md."""
