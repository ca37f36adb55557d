"""What lies behind a number of a report: found by the filter that counted it, a page at a time, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind, Listed, Subject
from dispatch.store import trips
from dispatch.store.breakdowns import key_of, narrowed, told
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.fares import FareLineRow
from dispatch.store.scopes import Scope
from dispatch.store.trips import Trip

BATCH = 200


@dataclass(frozen=True, slots=True)
class Booked:
    """A customer behind a number, and how many of the trips that it counts are theirs."""

    customer: Customer
    trips: int


def ids(session: Session, scope: Scope, behind: Behind, *, before: int | None = None, limit: int = 50) -> list[int]:
    """What is listed, by id (trips, callbacks, complaints, entries of the ledger, customers); those before an id."""
    key = _key(behind)
    query = _found(select(key).distinct(), scope, behind)
    if before is not None:
        query = query.where(key < before)
    return list(session.scalars(query.order_by(key.desc()).limit(limit)))


def every(session: Session, scope: Scope, behind: Behind) -> Iterator[list[int]]:
    """All of it by id, some at a time."""
    before = None
    while found := ids(session, scope, behind, before=before, limit=BATCH):
        yield found
        before = found[-1]


def number(session: Session, scope: Scope, behind: Behind) -> int:
    """How much is listed."""
    return session.scalar(_found(select(func.count(_key(behind).distinct())), scope, behind)) or 0


def amount(session: Session, scope: Scope, behind: Behind) -> int:
    """What the entries of the ledger add up to, in fen."""
    return int(session.scalar(_found(select(func.sum(FareLineRow.amount_fen)), scope, behind)) or 0)


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


def entries_of(session: Session, found: list[int]) -> list[tuple[FareLineRow, Trip]]:
    """Entries of the ledger in the order of their ids given, each with its trip."""
    query = select(FareLineRow).where(FareLineRow.id.in_(found)).order_by(FareLineRow.id.desc())
    rows = list(session.scalars(query))
    of_trips = trips.of_ids(session, {row.trip_id for row in rows})
    return [(row, of_trips[row.trip_id]) for row in rows]


def customers_of(session: Session, scope: Scope, behind: Behind, found: list[int]) -> list[Booked]:
    """Customers in the order of their ids given."""
    counted = select(Trip.customer_id, func.count(Trip.id)).where(Trip.customer_id.in_(found))
    query = _found(counted, scope, behind).group_by(Trip.customer_id)
    booked = {row[0]: row[1] for row in session.execute(query)}
    rows = session.scalars(select(Customer).where(Customer.id.in_(found)).order_by(Customer.id.desc()))
    return [Booked(row, booked[row.id]) for row in rows]


def lists_trips(behind: Behind) -> bool:
    """Whether trips are listed: entries of the ledger stand for theirs unless they are asked for."""
    return behind.listed is Listed.ROWS and behind.breakdown.subject in {Subject.TRIP, Subject.LEDGER}


def _key(behind: Behind) -> ColumnElement[int]:
    if behind.listed is Listed.ENTRIES:
        return FareLineRow.id.expression
    return (Trip.customer_id if behind.listed is Listed.CUSTOMERS else key_of(behind.breakdown.subject)).expression


def _found(query: Select[*tuple[Any, ...]], scope: Scope, behind: Behind) -> Select[*tuple[Any, ...]]:
    of = told(behind.breakdown, scope)
    query = narrowed(query, behind.breakdown.subject, scope)
    if of.has_value is not None:
        query = query.where(of.has_value)
    return query if behind.value is None else query.where(of.value == behind.value)
