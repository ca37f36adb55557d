"""Drivers as the rules see them; their shifts; being held off duty and cleared (P4)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.driver import (
    SHIFT_RESUME,
    Competence,
    DriverFile,
    RestRule,
    check_may_start_shift,
)
from dispatch.domain.errors import N_, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store import drivers, trips
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver, Shift


def rest_rule(branch: Branch) -> RestRule:
    """How long drivers of a branch may be on duty, and must rest."""
    return RestRule(timedelta(hours=branch.max_shift_hours), timedelta(hours=branch.min_rest_hours))


def find(session: Session, driver_id: int, branch_id: int, *, lock: bool = False) -> Driver:
    """A driver of the branch; locked, a race for them is decided here and the index of R1 is the last guard."""
    query = select(Driver).where(Driver.id == driver_id, Driver.branch_id == branch_id)
    if lock:
        query = query.with_for_update(of=Driver)
    driver = session.scalars(query).unique().first()
    if driver is None:
        raise NotFound("driver_unknown", N_("There is no such driver"))
    return driver


def by_badge(session: Session, badge_id: str, branch_id: int) -> Driver:
    """The driver with this badge. Raises NotFound."""
    driver = drivers.by_badge(session, branch_id, badge_id)
    if driver is None:
        raise NotFound("badge_unknown", N_("No driver wears badge %(badge)s"), badge=badge_id)
    return driver


def file_of(session: Session, driver_id: int, branch_id: int) -> DriverFile:
    """What the rules look at, with the driver's row locked until the transaction ends."""
    driver = find(session, driver_id, branch_id, lock=True)
    shift = drivers.open_shift(session, driver.id)
    last = drivers.last_shift(session, driver.id)
    live = trips.live_of_driver(session, driver.id)
    return file_from(
        driver, shift.started_at if shift else None, last.ended_at if last else None, live.number if live else None
    )


def file_from(
    driver: Driver, on_shift_since: datetime | None, last_ended: datetime | None, busy_trip: str | None
) -> DriverFile:
    """A driver's row and what was looked up beside it, as the rules see them."""
    return DriverFile(
        badge_id=driver.badge_id,
        name=driver.name,
        badge_active=driver.badge_active and driver.staff.active,
        held_reason=driver.held_reason,
        licence_until=driver.licence_until,
        permit_until=driver.permit_until,
        competences=frozenset(Competence(name) for name in driver.competences),
        on_shift_since=on_shift_since,
        last_shift_ended=last_ended,
        busy_trip=busy_trip,
    )


def start_shift(session: Session, actor: Actor, now: datetime) -> Shift:
    """Go on duty; one shift at a time. A shift ended by mistake within half an hour is taken up again.

    Raises Refused while held off duty, or while the rest since the last shift is not over.
    """
    driver = own(session, actor)
    if driver.held_reason is not None:
        raise Refused(
            "driver_held",
            N_("Driver %(badge)s is off duty until a manager clears them: %(reason)s"),
            badge=driver.badge_id,
            reason=driver.held_reason,
        )
    shift = drivers.open_shift(session, driver.id)
    if shift is not None:
        return shift
    last = drivers.last_shift(session, driver.id)
    check_may_start_shift(last.ended_at if last else None, now, rest_rule(session.get_one(Branch, actor.branch_id)))
    if last is not None and last.ended_at is not None and now - last.ended_at <= SHIFT_RESUME:
        last.ended_at = None
        shift = last
    else:
        shift = Shift(driver_id=driver.id, started_at=now)
        session.add(shift)
    session.flush()
    announce(
        session, Event("shift.start", {"badge": driver.badge_id}), actor, now, subject="driver", subject_id=driver.id
    )
    return shift


def end_shift(session: Session, actor: Actor, now: datetime) -> None:
    """Go off duty. Raises Refused while on a live trip."""
    driver = own(session, actor)
    live = trips.live_of_driver(session, driver.id)
    if live is not None:
        raise Refused(
            "driver_busy", N_("Driver %(badge)s is on trip %(trip)s"), badge=driver.badge_id, trip=live.number
        )
    shift = drivers.open_shift(session, driver.id)
    if shift is None:
        return
    shift.ended_at = now
    shift.heading_home_at = None
    announce(
        session, Event("shift.end", {"badge": driver.badge_id}), actor, now, subject="driver", subject_id=driver.id
    )


def hold(session: Session, driver: Driver, reason: str, actor: Actor, now: datetime) -> None:
    """Take a driver off duty until a manager clears them (P4)."""
    driver.held_at = now
    driver.held_reason = reason
    announce(
        session,
        Event("driver.held", {"badge": driver.badge_id, "reason": reason}),
        actor,
        now,
        subject="driver",
        subject_id=driver.id,
    )


def clear(session: Session, driver_id: int, note: str, actor: Actor, now: datetime) -> Driver:
    """A manager lets a held driver work again."""
    driver = find(session, driver_id, actor.branch_id, lock=True)
    driver.held_at = None
    driver.held_reason = None
    announce(
        session,
        Event("driver.cleared", {"badge": driver.badge_id, "note": note}),
        actor,
        now,
        subject="driver",
        subject_id=driver.id,
    )
    return driver


def own(session: Session, actor: Actor, *, lock: bool = True) -> Driver:
    """The driver who is acting. Raises Refused for everybody else."""
    if actor.driver_id is None:
        raise Refused("not_a_driver", N_("Only a driver can do this"))
    return find(session, actor.driver_id, actor.branch_id, lock=lock)
