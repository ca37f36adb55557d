"""Answers for people and for programs."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_JSON = "homeward.json"


class Unable(Exception):
    """The command cannot run now, through no fault of how it was given: exit code 3."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


def json_option(command: F) -> F:
    """Add `--json`: the answer as JSON, and `{"error": {"code", "message"}}` where there is none."""
    decorated: F = click.option(
        "--json", "as_json", is_flag=True, callback=_note, is_eager=True, help="Answer in JSON, for programs."
    )(command)
    return decorated


def say(answer: Mapping[str, Any], lines: list[str], *, as_json: bool) -> None:
    """Print the answer: as JSON, or as the lines written for people."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines:
        click.echo(line)


def complain(ctx: click.Context, code: str, message: str, **details: Any) -> None:
    """Say why there is no answer: for people beside the output, for programs in place of it."""
    if ctx.meta.get(_JSON):
        say({"error": {"code": code, "message": message, **details}}, [], as_json=True)
    else:
        click.echo(message, err=True)


def _note(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    ctx.meta[_JSON] = value
    return value
