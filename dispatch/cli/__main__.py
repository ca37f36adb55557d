"""`python -m dispatch.cli`: the `homeward` command, wherever the packages are."""

from dispatch.cli.main import main

main(prog_name="homeward")
