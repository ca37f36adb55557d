"""Agreement forms: the versions there are, the one in force on a day, checking and publishing another."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts import forms
from contracts.forms import BadForm, Form, FormId, Problem
from contracts.forms.compare import Change, Difference, Piece, compare
from contracts.forms.model import FilledForm
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.domain.tariff_source import SourceLines
from dispatch.services import tariffs
from dispatch.services.announce import announce
from dispatch.services.tariff_terms import terms
from dispatch.store import forms as store
from dispatch.store.branches import Branch
from dispatch.store.forms import AgreementForm

__all__ = ["BadForm", "Change", "Difference", "Piece", "Problem", "Version", "compare"]

MOST_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it is listed. `own` were published by the branch, the others come with the service."""

    form: FormId
    version: str
    valid_from: date
    own: bool


def versions(session: Session, branch_id: int) -> list[Version]:
    """Every version that the branch can book by, the oldest first."""
    own = [Version(cast(FormId, row.form), row.version, row.valid_from, own=True)
           for row in store.of_branch(session, branch_id)]  # fmt: skip
    names = {one.version for one in own}
    shipped = [Version(one.id, one.version, one.published, own=False)
               for one in forms.shipped() if one.version not in names]  # fmt: skip
    return sorted([*shipped, *own], key=lambda one: (one.form, one.valid_from, one.own))


def in_force(session: Session, branch_id: int, form: str, on: date) -> Form:
    """The version to freeze into a booking made on that day. Raises NotFound before the first one.

    A branch that published one of its own keeps to it, whatever later releases ship.
    """
    begun = [one for one in versions(session, branch_id) if one.form == form and one.valid_from <= on]
    if not begun:
        raise _unknown()
    own = [one for one in begun if one.own]
    return of_version(session, branch_id, (own or begun)[-1].version)


def of_version(session: Session, branch_id: int, version: str) -> Form:
    """A version by its name, as frozen in a trip. Raises NotFound for another branch's.

    The branch's own come first: a later release may ship a version of a name that the branch gave already.
    """
    row = store.by_version(session, branch_id, version)
    if row is not None:
        return replace(_parsed(row.document), version=row.version, published=row.valid_from)
    return _shipped(version)


def document_of(session: Session, branch_id: int, version: str) -> str:
    """A version as it was written, to begin the next one from. Raises NotFound for another branch's."""
    row = store.by_version(session, branch_id, version)
    return row.document if row is not None else forms.document(_shipped(version).version)


def read(text: str) -> Form:
    """The form that a document describes. Raises BadForm with everything that is wrong, by line, then the whole."""
    if len(text) > MOST_CHARACTERS:
        raise BadForm([Problem("document", N_("at most %(most)s characters"), {"most": str(MOST_CHARACTERS)})])
    try:
        return forms.read(text)
    except BadForm as error:
        placed = [_placed(text, one) for one in error.problems]
        raise BadForm(sorted(placed, key=lambda one: (not one.line, one.line))) from error


def _placed(text: str, problem: Problem) -> Problem:
    """The problem with the line of its key, where it concerns one."""
    return replace(problem, line=SourceLines(text).line(problem.path)) if problem.path else problem


def publish(session: Session, text: str, valid_from: date, actor: Actor, now: datetime) -> Version:
    """Publish a document for bookings made from a day on. What was booked before keeps its version for ever.

    Raises BadForm with everything that is wrong with it; Invalid for a day that has passed, or that has one already.
    """
    form = read(text)
    branch = session.scalars(select(Branch).where(Branch.id == actor.branch_id).with_for_update()).one()
    if valid_from < now.astimezone(branch.zone).date():
        raise Invalid("valid_from_past", N_("A form is published from today or a day to come"), field="valid_from")
    known = versions(session, branch.id)
    if any(one.own and one.form == form.id and one.valid_from == valid_from for one in known):
        raise Invalid("valid_from_taken", N_("Another version begins on that day already"), field="valid_from")
    row = AgreementForm(
        branch_id=branch.id,
        form=form.id,
        version=_next(form.id, valid_from, {one.version for one in known}),
        document=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        valid_from=valid_from,
        published_by=actor.id,
        published_at=now,
    )
    session.add(row)
    session.flush()
    data = {"version": row.version, "valid_from": valid_from.isoformat()}
    announce(session, Event("form.publish", data), actor, now, subject="form", subject_id=row.id)
    return Version(form.id, row.version, valid_from, own=True)


def filled(session: Session, branch_id: int, form: Form, now: datetime) -> FilledForm:
    """The form with the figures of the branch's tariff in force."""
    return forms.fill(form, terms(tariffs.in_force(session, branch_id, now).tariff.service(None)))


def _next(form: FormId, valid_from: date, taken: set[str]) -> str:
    return next(name for name in _names(form, valid_from.year) if name not in taken)


def _names(form: FormId, year: int) -> Iterator[str]:
    number = 1
    while True:
        yield f"{form}-{year}.{number}"
        number += 1


def _shipped(version: str) -> Form:
    try:
        return forms.form(version)
    except KeyError as error:
        raise _unknown() from error


def _unknown() -> NotFound:
    return NotFound("form_unknown", N_("There is no such version of the form"))


@lru_cache(maxsize=32)
def _parsed(document: str) -> Form:
    return forms.parse(document)
