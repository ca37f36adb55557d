"""Verifying documents from the command line: with the installation's records, or with nothing but the file."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from config import load_settings
from dispatch.cli.installation import opened
from dispatch.cli.output import Unable, json_option, say
from dispatch.cli.verdicts import of_parts, told
from dispatch.services import verifying
from dispatch.services.verifying import Broken, Report, Verdict, Verification
from dispatch.store.db import Database

RECORDS = "records"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--offline", is_flag=True, help="Ask no records: say what the file proves by itself.")
@click.option(
    "--chain",
    is_flag=False,
    flag_value=RECORDS,
    metavar="[CHAIN]",
    help="Check the branch's whole chain too: on record, or in a file that `homeward chain export` wrote.",
)
@json_option
def verify(file: Path, offline: bool, chain: str | None, as_json: bool) -> None:
    """Tell whether FILE is a sealed document, unchanged, and on record here. Exit 1 when it is not."""
    pdf = file.read_bytes()
    report = verifying.examine(pdf)
    with nullcontext() if offline else opened(load_settings()) as db:
        found = None if db is None else _on_record(db, pdf, report)
        broken = () if chain is None else _chain(chain, db, report, verifying.sha256(pdf))
    parts = _parts(pdf, report)
    good = report.whole if found is None else found.verdict in {Verdict.GENUINE, Verdict.SUPERSEDED}
    good = good and not broken and all(part.whole for part in parts.values())
    good = good and (found is None or found.place is None or found.place.holds)
    answer = _answer(report, found, broken) | {"parts": {name: part.whole for name, part in parts.items()}}
    lines = [*told(file, report, found, broken, chain=chain is not None), *of_parts(parts)]
    say(answer, lines, as_json=as_json)
    if not good:
        sys.exit(1)


def _parts(pdf: bytes, report: Report) -> dict[str, Report]:
    """The signed documents inside a dispute file, each looked over by itself."""
    if report.kind != "pack":
        return {}
    return {name: verifying.examine(content) for name, content in verifying.attached(pdf).items()}


def _on_record(db: Database, pdf: bytes, report: Report) -> Verification:
    with db.reading() as session:
        return verifying.verify(session, pdf, report)


def _chain(chain: str, db: Database | None, report: Report, sha256: str) -> tuple[Broken, ...]:
    if chain != RECORDS:
        try:
            return tuple(verifying.chain_file_breaks(Path(chain).read_text(encoding="utf-8"), report, sha256))
        except (OSError, ValueError) as error:
            raise Unable("chain_file", f"{chain} cannot be read as a chain: {error}") from error
    if db is None:
        raise Unable("no_records", "There are no records here: name a file that `homeward chain export` wrote.")
    with db.reading() as session:
        return tuple(verifying.chain_breaks_of(session, report.number))


def _answer(report: Report, found: Verification | None, broken: tuple[Broken, ...]) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value if found else ("whole" if report.whole else "not_whole"),
        "number": report.number or (found.number if found else ""),
        "kind": report.kind,
        "signed_at": found.signed_at if found else None,
        "sha256": found.sha256 if found else None,
        "shown_sha256": report.shown_sha256,
        "findings": [{"fault": one.fault.value, "about": one.about} for one in report.findings],
        "seal": {
            "by": report.sealed_by,
            "fingerprint": report.fingerprint,
            "known": found.seal_known if found else None,
            "at": report.sealed_at,
            "time_stamp": report.time_stamp.at if report.time_stamp else None,
        },
        "chain": [{"position": one.position, "what": one.what.value, "number": one.number} for one in broken],
    }
