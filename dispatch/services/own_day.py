"""A driver's own day: trips, kilometres, earnings and ratings, as the manager's report has them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Subject
from dispatch.domain.period import Grain, Period
from dispatch.services import reports
from dispatch.services.reports import DriverFigures
from dispatch.store.branches import Branch
from dispatch.store.breakdowns import narrowed, rating
from dispatch.store.drivers import Driver
from dispatch.store.scopes import Scope
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class OwnTrip:
    """A trip of the day, and how the customer rated it."""

    trip: Trip
    rating: int | None


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A service day: what it comes to, its trips in the order of their times, and the month until then and after."""

    day: date
    figures: DriverFigures
    month: DriverFigures
    trips: tuple[OwnTrip, ...]


def of(session: Session, branch: Branch, driver_id: int, day: date) -> OwnDay:
    """The service day of a driver of the branch: trips by their appointed time, money by when it was written."""
    driver = session.get_one(Driver, driver_id)
    period = Period.of(Grain.DAY, day)
    return OwnDay(
        day,
        _figures(session, Scope.of(branch, period), driver),
        _figures(session, Scope.of(branch, Period.of(Grain.MONTH, day)), driver),
        _trips(session, Scope.of(branch, period), driver),
    )


def _figures(session: Session, scope: Scope, driver: Driver) -> DriverFigures:
    found = reports.drivers(session, scope, driver.id)
    return found[0] if found else DriverFigures(driver.id, driver.name, driver.badge_id)


def _trips(session: Session, scope: Scope, driver: Driver) -> tuple[OwnTrip, ...]:
    query = narrowed(select(Trip, rating()), Subject.TRIP, scope).where(Trip.driver_id == driver.id)
    rows = session.execute(query.order_by(Trip.appointed_at, Trip.id)).unique()
    return tuple(OwnTrip(row[0], row[1]) for row in rows)
