"""The branches' seals and chains from the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import load_settings
from dispatch.app import clock_of, seals_of
from dispatch.cli.installation import opened
from dispatch.cli.output import Unable, json_option, say
from dispatch.cli.verdicts import BROKEN
from dispatch.services import chains
from dispatch.services.sealing import Office, SealUnusable
from dispatch.store.branches import Branch

branch_option = click.option("--branch", "code", metavar="CODE", help="Which branch; needed where there are several.")


@click.group()
def seal() -> None:
    """The company's seal, which documents are sealed with."""


@seal.command()
@branch_option
@json_option
def init(code: str | None, as_json: bool) -> None:
    """Make a seal of its own for a branch that has none from a certificate authority."""
    settings = load_settings()
    seals, now = seals_of(settings), clock_of(settings)()
    with _branch(code) as (_, branch):
        office = Office.of(branch)
    there = seals.path(office.code)
    if there is not None:
        raise Unable("seal_exists", f"Branch {office.code} has a seal already: {there}. Move it away to make another.")
    try:
        path = seals.make(office, now)
        made = seals.of(office, now)
    except SealUnusable as error:
        raise Unable("seal", f"No seal was made: {error}") from error
    answer = {"file": str(path), "fingerprint": made.fingerprint, "expires_at": made.expires_at}
    lines = [
        f"The seal of branch {office.code} is in {path}, encrypted; good until {made.expires_at:%Y-%m-%d}.",
        f"Its certificate is {made.fingerprint}: tell it to whoever will verify documents.",
        "Keep a copy of the file and its passphrase where the service is not.",
    ]
    say(answer, lines, as_json=as_json)


@seal.command()
@branch_option
@click.option(
    "--certificate", type=click.Path(dir_okay=False, path_type=Path), help="Write the certificate here (PEM)."
)
@json_option
def show(code: str | None, certificate: Path | None, as_json: bool) -> None:
    """Say which seal a branch uses, and whether it can be opened."""
    settings = load_settings()
    seals, now = seals_of(settings), clock_of(settings)()
    with _branch(code) as (_, branch):
        office = Office.of(branch)
    path = seals.path(office.code)
    if path is None:
        raise Unable("seal_missing", f"Branch {office.code} has no seal: run `homeward seal init`.")
    try:
        found = seals.of(office, now)
    except SealUnusable as error:
        raise Unable("seal", f"{path} cannot be used: {error}") from error
    if certificate is not None:
        certificate.write_text(found.pem, encoding="ascii")
    subject = str(found.certificate.subject.human_friendly)
    answer = {
        "file": str(path),
        "subject": subject,
        "fingerprint": found.fingerprint,
        "expires_at": found.expires_at,
    }
    say(answer, [f"{path}: {subject}", f"certificate {found.fingerprint}, until {found.expires_at:%Y-%m-%d}"],
        as_json=as_json)  # fmt: skip


@click.group()
def chain() -> None:
    """The chain of a branch's signed documents."""


@chain.command()
@branch_option
@json_option
def head(code: str | None, as_json: bool) -> None:
    """Print the chain's end, to be published: it covers every document so far."""
    with _branch(code) as (session, branch):
        end, name = chains.head(session, branch), branch.code
    answer = {"branch": name, "documents": end.documents, "digest": end.digest}
    say(answer, [f"{name} {end.documents} {end.digest}"], as_json=as_json)


@chain.command()
@branch_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def export(code: str | None, file: Path, as_json: bool) -> None:
    """Write the whole chain to FILE, for `homeward verify --chain FILE`: numbers, times, digests, nothing personal."""
    count = 0
    with _branch(code) as (session, branch), file.open("w", encoding="utf-8") as out:
        for link, _ in chains.links(session, branch.id):
            out.write(link.to_json() + "\n")
            count += 1
    say({"file": str(file), "documents": count}, [f"{count} documents in {file}"], as_json=as_json)


@chain.command()
@branch_option
@json_option
def check(code: str | None, as_json: bool) -> None:
    """Check every document of a branch and its place in the chain. Exit 1 when anything does not hold."""
    with _branch(code) as (session, branch):
        broken = chains.on_record(session, branch.id).broken
        end = chains.head(session, branch)
    lines = [f"place {one.position} {one.number}: {BROKEN[one.what]}" for one in broken]
    answer = {
        "documents": end.documents,
        "digest": end.digest,
        "broken": [{"position": one.position, "number": one.number, "what": one.what.value} for one in broken],
    }
    say(answer, lines or [f"All {end.documents} documents hold; the end is {end.digest}"], as_json=as_json)
    if broken:
        sys.exit(1)


@contextmanager
def _branch(code: str | None) -> Iterator[tuple[Session, Branch]]:
    """The branch that is meant. Raises Unable where there is none, or several and none was named."""
    with opened(load_settings()) as db, db.reading() as session:
        query = select(Branch).order_by(Branch.id)
        found = list(session.scalars(query.where(Branch.code == code.upper()) if code else query.limit(2)))
        if not found:
            raise Unable("branch", f"There is no branch {code}" if code else "Nothing is set up yet.")
        if len(found) > 1:
            raise Unable("branch", "There are several branches: name one with --branch.")
        yield session, found[0]
