"""Documents from the command line."""

import sys
from pathlib import Path

import click

from config import load_settings
from dispatch.cli.installation import opened
from dispatch.cli.output import json_option, say
from dispatch.services import documents
from dispatch.services.documents import Verdict

WORDS = {
    Verdict.GENUINE: "genuine, unchanged since it was signed",
    Verdict.SUPERSEDED: "genuine, but a later one was signed in its place",
    Verdict.ALTERED: "ALTERED: a document of this number is on record, with other content",
    Verdict.UNKNOWN: "UNKNOWN: no such document is on record",
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def verify(file: Path, as_json: bool) -> None:
    """Tell whether FILE is an agreement or receipt of ours, unchanged. Exit 1 when it is not."""
    with opened(load_settings()) as db, db.reading() as session:
        found = documents.verify(session, file.read_bytes())
    answer = {"verdict": found.verdict.value, "number": found.number, "signed_at": found.signed_at,
              "sha256": found.sha256}  # fmt: skip
    about = f" ({found.number})" if found.number else ""
    say(answer, [f"{file}{about}: {WORDS[found.verdict]}"], as_json=as_json)
    if found.verdict not in {Verdict.GENUINE, Verdict.SUPERSEDED}:
        sys.exit(1)
