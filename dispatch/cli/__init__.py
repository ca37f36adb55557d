"""The `homeward` command, one file a group of commands."""
