"""What a branch did in a period, counted and added up by the database. Every count leads to the rows behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from dispatch.domain.breakdown import Breakdown, Subject
from dispatch.domain.period import Period
from dispatch.domain.states import State
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.branches import Branch
from dispatch.store.breakdowns import Scope, key_of, narrowed, step_of, told, waited_seconds, was_driven
from dispatch.store.drivers import Driver
from dispatch.store.fares import FareLineRow, LineKind
from dispatch.store.ratings import LinkRating
from dispatch.store.trips import Trip

MOST_REASONS = 12
"""Why trips were cancelled is told in people's own words: the commonest are shown, the others lie behind the total."""
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Money:
    """Entries of the ledger in fen: fares as settled, and corrections made since, each on the day it was written."""

    settled: int = 0
    corrections: int = 0

    @property
    def total(self) -> int:
        """What is left of the fares after the corrections."""
        return self.settled + self.corrections


@dataclass(frozen=True, slots=True)
class Step:
    """One day, week or month of the period: trips by state, money, callbacks by state, complaints by kind."""

    period: Period
    trips: Counts = field(default_factory=dict)
    money: Money = Money()
    callbacks: Counts = field(default_factory=dict)
    complaints: Counts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DriverFigures:
    """One driver: trips closed, arrivals on time and late, number and sum of ratings, fares of closed trips (fen)."""

    driver_id: int
    name: str
    badge_id: str
    closed: int
    on_time: int
    late: int
    ratings: int
    rating_sum: int
    fares_fen: int

    @property
    def rating(self) -> float | None:
        """The mean of the ratings, None without one."""
        return self.rating_sum / self.ratings if self.ratings else None


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """Customers of one kind, volume or district: how many, and their trips."""

    value: str
    customers: int
    trips: int


@dataclass(frozen=True, slots=True)
class Report:
    """A branch and a period in figures. `counts` has every breakdown but those of customers and drivers."""

    period: Period
    counts: Mapping[Breakdown, Counts]
    money: Money
    waited_seconds: int
    steps: tuple[Step, ...]
    drivers: tuple[DriverFigures, ...]
    customers: Mapping[Breakdown, tuple[CustomerGroup, ...]]

    def total(self, breakdown: Breakdown) -> int:
        """How many rows have a value."""
        return sum(self.counts[breakdown].values())

    def share(self, breakdown: Breakdown, *values: str) -> float | None:
        """Which part of the rows has one of these values; None where there is no row."""
        total = self.total(breakdown)
        return sum(self.counts[breakdown].get(value, 0) for value in values) / total if total else None

    @property
    def mean_wait_seconds(self) -> float | None:
        """The mean wait for a customer, of the trips that were driven."""
        driven = self.total(Breakdown.WAITING)
        return self.waited_seconds / driven if driven else None

    @property
    def satisfaction(self) -> float | None:
        """The mean answer from 1 to 5 on callbacks."""
        given = self.counts[Breakdown.SATISFACTION]
        answered = sum(given.values())
        return sum(int(value) * count for value, count in given.items()) / answered if answered else None


COUNTED = tuple(
    one for one in Breakdown
    if one not in {Breakdown.CUSTOMER_KIND, Breakdown.CUSTOMER_VOLUME, Breakdown.DISTRICT, Breakdown.CLOSED_BY_DRIVER}
)  # fmt: skip
OF_CUSTOMERS = (Breakdown.CUSTOMER_KIND, Breakdown.CUSTOMER_VOLUME, Breakdown.DISTRICT)


def report(session: Session, branch: Branch, period: Period) -> Report:
    """Everything of a period. A bounded number of statements, whatever there is to count."""
    scope = Scope(branch, period)
    return Report(
        period=period,
        counts={breakdown: count(session, scope, breakdown) for breakdown in COUNTED},
        money=_money(session, scope),
        waited_seconds=_waited(session, scope),
        steps=_steps(session, scope),
        drivers=_drivers(session, scope),
        customers={breakdown: _customers(session, scope, breakdown) for breakdown in OF_CUSTOMERS},
    )


def count(session: Session, scope: Scope, breakdown: Breakdown) -> Counts:
    """How many rows have each value; values without a row are left out."""
    subject, of = breakdown.subject, told(breakdown, scope)
    number = func.count(key_of(subject).distinct())
    query = narrowed(select(of.value, number), subject, scope)
    if of.has_value is not None:
        query = query.where(of.has_value)
    query = query.group_by(of.value).order_by(number.desc(), of.value)
    return {str(value): int(found) for value, found in session.execute(query)}


def _money(session: Session, scope: Scope) -> Money:
    query = narrowed(select(FareLineRow.kind, func.sum(FareLineRow.amount_fen)), Subject.LEDGER, scope)
    return _as_money({kind: int(fen) for kind, fen in session.execute(query.group_by(FareLineRow.kind))})


def _as_money(sums: Mapping[LineKind, int]) -> Money:
    return Money(sums.get(LineKind.SETTLED, 0), sums.get(LineKind.CORRECTION, 0))


def _waited(session: Session, scope: Scope) -> int:
    query = narrowed(select(func.sum(waited_seconds())), Subject.TRIP, scope).where(was_driven())
    return int(session.scalar(query) or 0)


def _steps(session: Session, scope: Scope) -> tuple[Step, ...]:
    trips = _by_step(session, scope, Breakdown.TRIP_STATE)
    callbacks = _by_step(session, scope, Breakdown.CALLBACK_STATE)
    complaints = _by_step(session, scope, Breakdown.COMPLAINT_KIND)
    step = step_of(Subject.LEDGER, scope).label("step")
    query = narrowed(select(step, FareLineRow.kind, func.sum(FareLineRow.amount_fen)), Subject.LEDGER, scope)
    money: dict[int, dict[LineKind, int]] = {}
    for number, kind, fen in session.execute(query.group_by(step, FareLineRow.kind)):
        money.setdefault(number, {})[kind] = int(fen)
    return tuple(
        Step(period, trips.get(n, {}), _as_money(money.get(n, {})), callbacks.get(n, {}), complaints.get(n, {}))
        for n, period in enumerate(scope.period.steps())
    )


def _by_step(session: Session, scope: Scope, breakdown: Breakdown) -> dict[int, Counts]:
    subject, of = breakdown.subject, told(breakdown, scope)
    step = step_of(subject, scope).label("step")
    query = narrowed(select(step, of.value.label("value"), func.count()), subject, scope)
    found: dict[int, Counts] = {}
    for number, value, rows in session.execute(query.group_by("step", "value")):
        found.setdefault(number, {})[str(value)] = int(rows)
    return found


def _drivers(session: Session, scope: Scope) -> tuple[DriverFigures, ...]:
    """Drivers with a trip in the period that they closed or arrived for, the busiest first."""
    receipt = aliased(Document)
    rating = func.coalesce(receipt.rating, LinkRating.rating)
    closed = Trip.state == State.CLOSED
    arrived = Trip.arrived_at.is_not(None)
    on_time = arrived & (Trip.arrived_at <= Trip.appointed_at)
    number_closed = _how_many(closed)
    query = (
        select(
            Driver.id, Driver.name, Driver.badge_id, number_closed, _how_many(on_time), _how_many(arrived),
            func.count(rating), func.coalesce(func.sum(rating), 0),
            func.sum(case((closed, func.coalesce(Trip.total_fen, 0)), else_=0)),
        )
        .select_from(Trip)
        .join(Driver, Driver.id == Trip.driver_id)
        .outerjoin(
            receipt,
            (receipt.trip_id == Trip.id) & (receipt.kind == DocumentKind.RECEIPT) & receipt.superseded_at.is_(None),
        )
        .outerjoin(LinkRating, LinkRating.trip_id == Trip.id)
        .where(closed | arrived)
    )  # fmt: skip
    ordered = narrowed(query, Subject.TRIP, scope).group_by(Driver.id, Driver.name, Driver.badge_id)
    rows = session.execute(ordered.order_by(number_closed.desc(), Driver.badge_id))
    return tuple(
        DriverFigures(r[0], r[1], r[2], int(r[3]), int(r[4]), int(r[5]) - int(r[4]), int(r[6]), int(r[7]), int(r[8]))
        for r in rows
    )


def _how_many(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _customers(session: Session, scope: Scope, breakdown: Breakdown) -> tuple[CustomerGroup, ...]:
    of = told(breakdown, scope)
    inner = narrowed(select(of.value.label("value"), Trip.customer_id, Trip.id), Subject.TRIP, scope).subquery()
    trips = func.count(inner.c.id)
    query = select(inner.c.value, func.count(inner.c.customer_id.distinct()), trips).group_by(inner.c.value)
    return tuple(
        CustomerGroup(str(row[0]), int(row[1]), int(row[2]))
        for row in session.execute(query.order_by(trips.desc(), inner.c.value))
    )
