"""Tables beside their queries, one file per concept."""
