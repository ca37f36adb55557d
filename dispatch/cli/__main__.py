"""`python -m dispatch.cli`: how `homeward serve` starts its scheduler."""

from dispatch.cli.main import main

main(prog_name="homeward")
