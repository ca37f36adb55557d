"""Answers for people and for programs."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """Add `--json`."""
    decorated: F = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")(command)
    return decorated


def say(answer: Mapping[str, Any], lines: list[str], *, as_json: bool) -> None:
    """Print the answer: as JSON, or as the lines written for people."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines:
        click.echo(line)
