"""Drivers who are asked for nothing for a while: they declined or missed too much, or take a break; and going home."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.dispatching import DispatchMode, PauseReason, PauseRule
from dispatch.domain.errors import N_, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import drivers
from dispatch.services.announce import announce
from dispatch.store import offers
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver, Shift, open_shift


def rule_of(branch: Branch) -> PauseRule:
    """The branch's rule."""
    return PauseRule(
        branch.declines_to_pause,
        timedelta(minutes=branch.declines_within_minutes),
        timedelta(minutes=branch.pause_minutes),
    )


def count(session: Session, driver_id: int, branch: Branch, actor: Actor, now: datetime) -> None:
    """Pause the driver if the offer not taken just now was one too many. Where the desk asks, nobody is paused."""
    if branch.dispatch_mode is DispatchMode.MANUAL:
        return
    driver = drivers.find(session, driver_id, branch.id, lock=True)
    rule = rule_of(branch)
    session.flush()
    not_taken = offers.not_taken_since(session, driver.id, rule.counted_since(driver.declines_counted_from, now))
    until = rule.paused_until(not_taken, now)
    if until is None:
        return
    driver.paused_until, driver.pause_reason, driver.declines_counted_from = until, PauseReason.DECLINES, now
    data = {"badge": driver.badge_id, "until": until.isoformat(), "not_taken": not_taken}
    _tell(session, Event("driver.paused", data), actor, now, driver.id)


def resume(session: Session, driver_id: int, actor: Actor, now: datetime) -> Driver:
    """The desk lets offers go out to the driver again."""
    driver = drivers.find(session, driver_id, actor.branch_id, lock=True)
    _end(session, driver, actor, now)
    return driver


def take_break(session: Session, actor: Actor, now: datetime) -> None:
    """The driver wants no offers for as long as the branch's pause lasts. Raises Refused off duty."""
    driver, _ = _on_duty(session, actor)
    if driver.paused_until is not None and driver.paused_until > now:
        return
    branch = session.get_one(Branch, actor.branch_id)
    driver.paused_until, driver.pause_reason = now + rule_of(branch).lasts, PauseReason.BREAK
    data = {"badge": driver.badge_id, "until": driver.paused_until.isoformat()}
    _tell(session, Event("driver.break", data), actor, now, driver.id)


def end_break(session: Session, actor: Actor, now: datetime) -> None:
    """The driver is back. Raises Refused for a pause that offers not taken led to: the desk ends that."""
    driver = drivers.own(session, actor)
    if driver.paused_until is None or driver.paused_until <= now:
        return
    if driver.pause_reason is not PauseReason.BREAK:
        raise Refused("pause_not_yours", N_("Only the desk can end this pause"))
    _end(session, driver, actor, now)


def head_home(session: Session, wanted: bool, actor: Actor, now: datetime) -> Shift:
    """The driver wants jobs that end near their home, or all again. Raises Refused off duty or without a home."""
    driver, shift = _on_duty(session, actor)
    if wanted and driver.home is None:
        raise Refused("home_unknown", N_("Your home is not on file: ask a manager to enter it"))
    if wanted is not (shift.heading_home_at is not None):
        shift.heading_home_at = now if wanted else None
        data = {"badge": driver.badge_id, "heading_home": wanted}
        _tell(session, Event("shift.heading_home", data), actor, now, driver.id)
    return shift


def _on_duty(session: Session, actor: Actor) -> tuple[Driver, Shift]:
    driver = drivers.own(session, actor)
    shift = open_shift(session, driver.id)
    if shift is None:
        raise Refused("not_on_shift", N_("Driver %(badge)s is not on shift"), badge=driver.badge_id)
    return driver, shift


def _end(session: Session, driver: Driver, actor: Actor, now: datetime) -> None:
    if driver.paused_until is None or driver.paused_until <= now:
        return
    driver.paused_until = driver.pause_reason = None
    _tell(session, Event("driver.resumed", {"badge": driver.badge_id}), actor, now, driver.id)


def _tell(session: Session, event: Event, actor: Actor, now: datetime, driver_id: int) -> None:
    announce(session, event, actor, now, subject="driver", subject_id=driver_id)
