"""What branches did in a period, counted and added up by the database. Every number leads to what is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Breakdown, Subject
from dispatch.domain.period import Period
from dispatch.store.breakdowns import (
    CLOSED,
    LATE,
    OF_DRIVERS,
    ON_TIME,
    key_of,
    narrowed,
    rating,
    step_of,
    told,
    waited_seconds,
    was_driven,
)
from dispatch.store.drivers import Driver
from dispatch.store.fares import FareLineRow, LineKind
from dispatch.store.scopes import Scope
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
    """One driver: trips closed, arrivals on time and late, number and sum of ratings, kilometres by the odometer of
    closed trips, and the entries of the ledger for trips of theirs, in fen."""

    driver_id: int
    name: str
    badge_id: str
    closed: int = 0
    on_time: int = 0
    late: int = 0
    ratings: int = 0
    rating_sum: int = 0
    km: Decimal = Decimal(0)
    revenue_fen: int = 0

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
    """Branches and a period in figures. `counts` has every breakdown but those of customers and drivers."""

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

    @property
    def undriven_fen(self) -> int:
        """The money of trips that no driver had: what is left of the revenue beside the drivers'."""
        return self.money.total - sum(driver.revenue_fen for driver in self.drivers)

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


OF_CUSTOMERS = (Breakdown.CUSTOMER_KIND, Breakdown.CUSTOMER_VOLUME, Breakdown.DISTRICT)
COUNTED = tuple(one for one in Breakdown if one not in {*OF_CUSTOMERS, *OF_DRIVERS, Breakdown.LEDGER_DRIVER})


def report(session: Session, scope: Scope) -> Report:
    """Everything of a period. A bounded number of statements, whatever there is to count."""
    return Report(
        period=scope.period,
        counts={breakdown: count(session, scope, breakdown) for breakdown in COUNTED},
        money=_money(session, scope),
        waited_seconds=_waited(session, scope),
        steps=_steps(session, scope),
        drivers=drivers(session, scope),
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


def drivers(session: Session, scope: Scope, driver_id: int | None = None) -> tuple[DriverFigures, ...]:
    """Drivers with a trip in the period that they closed, arrived for or were rated for, or with money; the busiest
    first. One of them when named."""
    trips, money = _driven(session, scope, driver_id), _earned(session, scope, driver_id)
    query = select(Driver.id, Driver.name, Driver.badge_id).where(Driver.id.in_({*trips, *money}))
    found = [
        DriverFigures(row[0], row[1], row[2], revenue_fen=money.get(row[0], 0), **trips.get(row[0], {}))
        for row in session.execute(query)
    ]
    return tuple(sorted(found, key=lambda one: (-one.closed, one.badge_id)))


def _driven(session: Session, scope: Scope, driver_id: int | None) -> dict[int, dict[str, Any]]:
    """What there is to say of each driver's trips, by the names of `DriverFigures`."""
    rated = rating()
    km = case((CLOSED, func.coalesce(Trip.end_odometer_km - Trip.start_odometer_km, 0)), else_=0)
    query = select(
        Trip.driver_id, _how_many(CLOSED).label("closed"), _how_many(ON_TIME).label("on_time"),
        _how_many(LATE).label("late"), func.count(rated).label("ratings"),
        func.coalesce(func.sum(rated), 0).label("rating_sum"), func.sum(km).label("km"),
    ).where(or_(*OF_DRIVERS.values()), _is(driver_id))  # fmt: skip
    rows = session.execute(narrowed(query, Subject.TRIP, scope).group_by(Trip.driver_id)).mappings()
    return {row["driver_id"]: {name: row[name] for name in row if name != "driver_id"} for row in rows}


def _earned(session: Session, scope: Scope, driver_id: int | None) -> dict[int, int]:
    """By driver: the entries of the ledger for their trips, in fen."""
    query = select(Trip.driver_id, func.sum(FareLineRow.amount_fen)).where(_is(driver_id))
    rows = session.execute(narrowed(query, Subject.LEDGER, scope).group_by(Trip.driver_id))
    return {row[0]: int(row[1]) for row in rows}


def _is(driver_id: int | None) -> Any:
    return Trip.driver_id.is_not(None) if driver_id is None else Trip.driver_id == driver_id


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
