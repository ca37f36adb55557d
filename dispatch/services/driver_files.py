"""Drivers' files for managers and the desk: who there is, and how they stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain import badge, phone, typed
from dispatch.domain.driver import Competence, DriverFile, Means
from dispatch.domain.errors import N_, Conflict
from dispatch.domain.events import Event
from dispatch.domain.geo import Point
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import WITH_DRIVER, State
from dispatch.services import drivers, staff
from dispatch.services.announce import announce
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint
from dispatch.store.drivers import Driver, Shift
from dispatch.store.trips import Trip

PAPERS_WARNING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a manager writes into a driver's file."""

    badge_id: str
    name: str
    phone: str
    licence_no: str
    licence_class: str
    licence_until: date
    permit_until: date
    competences: frozenset[Competence]
    badge_active: bool = True
    means: Means = Means.BIKE
    home: Point | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A driver now: on which shift and trip, held or paused, whose papers run out soon."""

    driver: Driver
    on_shift_since: datetime | None
    trip_id: int | None
    trip_number: str
    trip_state: State | None
    papers_until: date
    papers_soon: bool
    paused: bool
    file: DriverFile


def overview(session: Session, branch: Branch, now: datetime) -> list[Standing]:
    """Every driver of the branch by badge; two statements, however many there are."""
    own = Shift.driver_id == Driver.id
    since = select(func.max(Shift.started_at)).where(own, Shift.ended_at.is_(None)).scalar_subquery()
    ended = select(func.max(Shift.ended_at)).where(own).scalar_subquery()
    found = select(Driver, since, ended).where(Driver.branch_id == branch.id).order_by(Driver.badge_id)
    busy = {
        driver_id: (trip_id, state)
        for driver_id, trip_id, state in session.execute(
            select(Trip.driver_id, Trip.id, Trip.state).where(Trip.branch_id == branch.id, Trip.state.in_(WITH_DRIVER))
        )
    }
    today = now.astimezone(branch.zone).date()
    return [
        _standing(one, at, last, busy.get(one.id), now=now, today=today) for one, at, last in session.execute(found)
    ]


def add(session: Session, given: Particulars, actor: Actor, now: datetime, *, login: str, password: str) -> Driver:
    """A new driver with a sign-in of their own. Raises Invalid by field, Conflict for a badge or name taken."""
    checked = _checked(given)
    person = staff.new(
        session,
        actor.branch_id,
        now,
        login=login,
        name=checked.name,
        roles=frozenset({Role.DRIVER}),
        password=password,
    )
    driver = Driver(branch_id=actor.branch_id, staff=person)
    _write(session, driver, checked)
    _tell(session, "driver.add", driver, actor, now)
    return driver


def change(session: Session, driver_id: int, given: Particulars, actor: Actor, now: datetime) -> Driver:
    """Change a driver's file. Raises what adding raises."""
    checked = _checked(given)
    driver = drivers.find(session, driver_id, actor.branch_id, lock=True)
    _write(session, driver, checked)
    driver.staff.name = checked.name
    _tell(session, "driver.change", driver, actor, now)
    return driver


def _checked(given: Particulars) -> Particulars:
    return Particulars(
        badge_id=badge.parse(given.badge_id),
        name=typed.line(given.name, "name", 80),
        phone=phone.parse(given.phone),
        licence_no=typed.line(given.licence_no, "licence_no", 24).upper(),
        licence_class=typed.line(given.licence_class, "licence_class", 8).upper(),
        licence_until=given.licence_until,
        permit_until=given.permit_until,
        competences=given.competences,
        badge_active=given.badge_active,
        means=given.means,
        home=given.home,
    )


def _write(session: Session, driver: Driver, checked: Particulars) -> None:
    """Raises Conflict when somebody else wears the badge, even somebody who was given it a moment ago."""
    try:
        with savepoint(session):
            driver.badge_id, driver.badge_active = checked.badge_id, checked.badge_active
            driver.name, driver.phone = checked.name, checked.phone
            driver.licence_no, driver.licence_class = checked.licence_no, checked.licence_class
            driver.licence_until, driver.permit_until = checked.licence_until, checked.permit_until
            driver.means = checked.means
            driver.home_lat, driver.home_lon = (checked.home.lat, checked.home.lon) if checked.home else (None, None)
            driver.competences = sorted(competence.value for competence in checked.competences)
            session.add(driver)
            session.flush()
    except IntegrityError as error:
        raise Conflict("badge_taken", N_("Badge %(badge)s is somebody else's"), badge=checked.badge_id) from error


def _standing(
    driver: Driver,
    on_shift_since: datetime | None,
    last_ended: datetime | None,
    busy: tuple[int, State] | None,
    *,
    now: datetime,
    today: date,
) -> Standing:
    number = f"T{busy[0]:06d}" if busy else ""
    until = min(driver.licence_until, driver.permit_until)
    return Standing(
        driver=driver,
        on_shift_since=on_shift_since,
        trip_id=busy[0] if busy else None,
        trip_number=number,
        trip_state=busy[1] if busy else None,
        papers_until=until,
        papers_soon=until <= today + PAPERS_WARNING,
        paused=driver.paused_until is not None and driver.paused_until > now,
        file=drivers.file_from(driver, on_shift_since, last_ended, number or None),
    )


def _tell(session: Session, what: str, driver: Driver, actor: Actor, now: datetime) -> None:
    data = {"badge": driver.badge_id, "name": driver.name, "badge_active": driver.badge_active}
    announce(session, Event(what, data), actor, now, subject="driver", subject_id=driver.id)
