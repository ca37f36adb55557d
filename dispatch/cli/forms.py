"""Agreement forms from the command line."""

import sys
from pathlib import Path

import click

from dispatch.cli.output import json_option, say
from dispatch.cli.rules import EXISTING_FILE, text_of
from dispatch.services import agreement_forms
from dispatch.services.agreement_forms import BadForm


@click.group()
def form() -> None:
    """Agreement forms."""


@form.command("check")
@click.argument("file", type=EXISTING_FILE)
@json_option
def check_form(file: Path, as_json: bool) -> None:
    """Check the document of an agreement form in FILE, or name every mistake with its line. Exit 1 when it has any."""
    try:
        found = agreement_forms.read(text_of(file))
    except BadForm as error:
        problems = [{"where": one.where, "message": one.reason, "line": one.line} for one in error.problems]
        lines = [f"{file}:{f'{one.line}:' if one.line else ''} {one.where}: {one.reason}" for one in error.problems]
        say({"valid": False, "problems": problems}, lines, as_json=as_json)
        sys.exit(1)
    said = f"{file}: form {found.id}, {len(found.clauses)} clauses, {found.copies} copies: in order."
    say({"valid": True, "problems": [], "form": found.id}, [said], as_json=as_json)
