"""Agreement forms from the command line."""

import sys
from pathlib import Path

import click

from dispatch.cli.output import json_option, say
from dispatch.services import agreement_forms
from dispatch.services.agreement_forms import BadForm


@click.group()
def form() -> None:
    """Agreement forms."""


@form.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check_form(file: Path, as_json: bool) -> None:
    """Check the document of an agreement form in FILE, or name every mistake with its line. Exit 1 when it has any."""
    try:
        found = agreement_forms.read(file.read_text(encoding="utf-8", errors="replace"))
    except BadForm as error:
        problems = [{"where": one.where, "message": one.message, "line": one.line} for one in error.problems]
        lines = [f"{f'line {one.line}: ' if one.line else ''}{one.where}: {one.message}" for one in error.problems]
        say({"valid": False, "problems": problems}, lines, as_json=as_json)
        sys.exit(1)
    said = f"Form {found.id}, {len(found.clauses)} clauses, {found.copies} copies: in order."
    say({"valid": True, "problems": [], "form": found.id}, [said], as_json=as_json)
