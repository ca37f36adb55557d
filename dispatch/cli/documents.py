"""Verifying documents from the command line: with the installation's records, or with nothing but the file."""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from config import load_settings
from dispatch.cli.expected import Digest, Seals
from dispatch.cli.installation import opened
from dispatch.cli.looked import Looked, Result
from dispatch.cli.output import Unable, json_option, say
from dispatch.cli.verdicts import lines_of
from dispatch.services import chains, verifying
from dispatch.services.chains import Chain
from dispatch.services.pack_parts import PACK, Part, parts_of
from dispatch.services.verifying import Report, Verification, VerifiedPart
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
@click.option(
    "--certificate",
    "certificates",
    type=Seals(),
    multiple=True,
    metavar="FILE|SHA256",
    help="Whose seal it must be: a certificate (PEM), or its fingerprint. May be given several times.",
)
@click.option(
    "--head",
    type=Digest(),
    default=None,
    metavar="SHA256",
    help="An end of the chain that was published: must be in --chain.",
)
@json_option
def verify(
    file: Path,
    *,
    offline: bool,
    chain: str | None,
    certificates: tuple[frozenset[str], ...],
    head: str | None,
    as_json: bool,
) -> None:
    """Tell whether FILE is a sealed document, unchanged, and on record here. Exit 1 when it is not.

    Of a dispute file every document in it is verified as well.
    """
    if head and chain is None:
        raise click.UsageError("--head says what must be in a chain: give --chain too")
    pdf = file.read_bytes()
    report = verifying.examine(pdf)
    parts = parts_of(pdf, verifying.examine) if report.kind == PACK else ()
    with nullcontext() if offline else opened(load_settings()) as db:
        found = None if db is None else _on_record(db, pdf, report, parts)
        files = [*((part.pdf, part.report) for part in parts), (pdf, report)]
        read = None if chain is None else _chain(chain, db, files)
    look = partial(_looked, chain=read, seals=frozenset().union(*certificates) if certificates else None)
    verified = {one.name: one for one in found.parts} if found else {}
    result = Result(
        whole=look(str(file), pdf, report, found),
        parts=tuple(_inside(part, verified.get(part.name), look) for part in parts),
        chain_asked=chain is not None,
        chain=read,
        head=head or "",
    )
    say(result.answer(), lines_of(result), as_json=as_json)
    if not result.holds:
        sys.exit(1)


def _on_record(db: Database, pdf: bytes, report: Report, parts: tuple[Part, ...]) -> Verification:
    with db.reading() as session:
        return verifying.verify(session, pdf, report, parts)


def _chain(chain: str, db: Database | None, files: list[tuple[bytes, Report]]) -> Chain | None:
    """The chain that is meant: of the branch that the first of these files belongs to; None where none does."""
    if chain != RECORDS:
        try:
            return chains.exported(Path(chain).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Unable("chain_file", f"{chain} cannot be read as a chain: {error}") from error
    if db is None:
        raise Unable("no_records", "There are no records here: name a file that `homeward chain export` wrote.")
    with db.reading() as session:
        branches = (verifying.branch_of(session, pdf, report) for pdf, report in files)
        branch_id = next((one for one in branches if one is not None), None)
    with db.reading() as session:
        return None if branch_id is None else chains.on_record(session, branch_id)


def _looked(
    name: str,
    pdf: bytes,
    report: Report,
    found: Verification | None,
    *,
    chain: Chain | None,
    seals: frozenset[str] | None,
) -> Looked:
    """A file, with what speaks against it. A dispute file has no link of its own in the chain."""
    number = verifying.number_of(pdf, report)
    looked = Looked(
        name=name,
        number=number,
        report=found.report or report if found else report,
        found=found,
        expected=None if seals is None else report.fingerprint in seals,
    )
    if chain is None or report.kind == PACK:
        return looked
    link = chain.link_of(number)
    against = chain.breaks_of(number, verifying.sha256(pdf), report)
    return replace(looked, position=None if link is None else link.position, against=tuple(against))


def _inside(part: Part, verified: VerifiedPart | None, look: Callable[..., Looked]) -> Looked:
    """A document attached to a dispute file."""
    looked = look(part.name, part.pdf, part.report, None if verified is None else verified.found)
    as_listed = part.agrees(looked.number, looked.position) and (verified is None or verified.as_listed)
    return replace(looked, as_listed=as_listed)
