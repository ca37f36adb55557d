"""How long a branch keeps what: its terms, what the next sweep erases, and the sweep, a few rows at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.domain import retention
from dispatch.domain.events import Event
from dispatch.domain.retention import BOUNDS, Bounds, Kind, due_before
from dispatch.domain.roles import Actor, system
from dispatch.services import erasing
from dispatch.services.announce import announce
from dispatch.store import journal, legal_holds, retention_terms
from dispatch.store.branches import Branch
from dispatch.store.due_for_erasure import DUE, Due
from dispatch.store.retention_terms import RetentionTerm

AT_ONCE = 200
AT_ONCE_OF: dict[Kind, int] = {Kind.CUSTOMERS: 5, Kind.WAYS_WHOLE: 50, Kind.PHOTOS: 50}
"""Rows of one transaction: it stays short, and what a killed sweep had not committed is still due."""
SWEEP = "retention.sweep"
SWEEPS_READ = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One kind in a branch: its term in days, what the next sweep erases, and what is due but held back."""

    kind: Kind
    bounds: Bounds
    days: int
    due: int
    held: int


@dataclass(frozen=True, slots=True)
class Done:
    """What sweeps erased of a kind on one day of the branch."""

    day: date
    kind: Kind
    count: int


def terms(session: Session, branch_id: int) -> dict[Kind, int]:
    """The days that hold in a branch, for every kind."""
    chosen = retention_terms.of_branch(session, branch_id)
    return {kind: retention.term(kind, chosen) for kind in Kind}


def set_terms(session: Session, wanted: Mapping[Kind, int], actor: Actor, now: datetime) -> None:
    """Set the terms of some kinds. Raises Invalid naming the kind whose days do not fit."""
    legal_holds.hold_still(session, actor.branch_id)
    for kind, days in wanted.items():
        retention.check(kind, days)
    before = terms(session, actor.branch_id)
    after = {**before, **wanted}
    retention.check_together(after)
    changes = {kind: (before[kind], days) for kind, days in wanted.items() if days != before[kind]}
    for kind, (_, days) in changes.items():
        session.merge(RetentionTerm(branch_id=actor.branch_id, kind=kind, days=days, set_by=actor.id, set_at=now))
    if changes:
        told = {kind.value: list(pair) for kind, pair in changes.items()}
        event = Event("retention.change", {"terms": told})
        announce(session, event, actor, now, subject="branch", subject_id=actor.branch_id)


def forecast(session: Session, branch_id: int, now: datetime) -> list[Line]:
    """What the next sweep will erase, kind by kind, and what holds back the rest."""
    days = terms(session, branch_id)
    return [
        Line(
            kind,
            BOUNDS[kind],
            days[kind],
            due=sum(_count(session, one, branch_id, days[kind], now, held=False) for one in DUE[kind]),
            held=sum(_count(session, one, branch_id, days[kind], now, held=True) for one in DUE[kind]),
        )
        for kind in Kind
    ]


def sweep(session: Session, branch_id: int, kind: Kind, now: datetime) -> int:
    """Erase some rows of a kind that have had their time; answers how many, 0 when all is done.

    The journal keeps how many of what, never what they were. Holding and sweeping come one after the other.
    """
    legal_holds.hold_still(session, branch_id)
    before = due_before(terms(session, branch_id)[kind], now)
    gone = 0
    for one in DUE[kind]:
        query = one.rows(branch_id, before, now)
        if one.held is not None:
            query = query.where(~one.held)
        keys = list(session.scalars(query.order_by(one.key).limit(AT_ONCE_OF.get(kind, AT_ONCE))))
        if keys:
            gone += erasing.erase(session, one, keys, now)
    if gone:
        event = Event(SWEEP, {"data": kind.value, "count": gone})
        announce(session, event, system(branch_id), now, subject="branch", subject_id=branch_id)
    return gone


def done(session: Session, branch: Branch) -> list[Done]:
    """What the last sweeps erased, newest day first."""
    totals: dict[tuple[date, Kind], int] = {}
    for entry in journal.of_types(session, branch.id, (SWEEP,), limit=SWEEPS_READ):
        key = (entry.at.astimezone(branch.zone).date(), Kind(entry.payload["data"]))
        totals[key] = totals.get(key, 0) + int(entry.payload["count"])
    return [Done(day, kind, count) for (day, kind), count in totals.items()]


def branches(session: Session) -> list[int]:
    """Every branch, for the sweep."""
    return list(session.scalars(select(Branch.id).order_by(Branch.id)))


def _count(session: Session, due: Due, branch_id: int, days: int, now: datetime, *, held: bool) -> int:
    if held and due.held is None:
        return 0
    query = due.rows(branch_id, due_before(days, now), now)
    if due.held is not None:
        query = query.where(due.held if held else ~due.held)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
