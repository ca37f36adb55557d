"""The rows behind a number of a report: the same filter that counted them, a page at a time, newest first."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind, Subject
from dispatch.store import trips
from dispatch.store.breakdowns import Scope, key_of, narrowed, told
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.trips import Trip


def ids(session: Session, scope: Scope, behind: Behind, *, before: int | None = None, limit: int = 50) -> list[int]:
    """The trips, callbacks or complaints that were counted, by id; those before an id."""
    subject, of = behind.breakdown.subject, told(behind.breakdown, scope)
    key = key_of(subject)
    query: Select[Any] = narrowed(select(key).distinct(), subject, scope)
    if of.has_value is not None:
        query = query.where(of.has_value)
    if behind.value is not None:
        query = query.where(of.value == behind.value)
    if before is not None:
        query = query.where(key < before)
    return list(session.scalars(query.order_by(key.desc()).limit(limit)))


def trips_of(session: Session, found: list[int]) -> list[Trip]:
    """Trips in the order of their ids given."""
    rows = trips.of_ids(session, found)
    return [rows[trip_id] for trip_id in found]


def callbacks_of(session: Session, found: list[int]) -> list[CallbackTask]:
    """Callbacks in the order of their ids given."""
    query = select(CallbackTask).where(CallbackTask.id.in_(found)).order_by(CallbackTask.id.desc())
    return list(session.scalars(query).unique())


def complaints_of(session: Session, found: list[int]) -> list[ComplaintRow]:
    """Complaints in the order of their ids given."""
    query = select(ComplaintRow).where(ComplaintRow.id.in_(found)).order_by(ComplaintRow.id.desc())
    return list(session.scalars(query))


def lists_trips(behind: Behind) -> bool:
    """Whether trips lie behind the number: entries of the ledger stand for theirs."""
    return behind.breakdown.subject in {Subject.TRIP, Subject.LEDGER}
