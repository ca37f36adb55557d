"""Which driver may take which car now: badge, papers, competence, duty and rest (P1, P4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Refused
from dispatch.domain.reason import Reason


class Competence(StrEnum):
    """Cars that not every driver can handle."""

    MANUAL = auto()
    EV = auto()
    LARGE = auto()
    SPORTS = auto()


class Means(StrEnum):
    """How a driver gets to the customer, and home again; a folding bike goes into the customer's boot."""

    FOOT = auto()
    BIKE = auto()
    CAR = auto()


@dataclass(frozen=True, slots=True)
class RestRule:
    """How long a driver may be on duty and must rest between shifts."""

    max_shift: timedelta = timedelta(hours=12)
    min_rest: timedelta = timedelta(hours=8)


DEFAULT_REST = RestRule()


@dataclass(frozen=True, slots=True)
class DriverFile:
    """What the rules look at. `busy_trip` is the number of a live trip, `held_reason` why off duty (P4)."""

    badge_id: str
    name: str
    badge_active: bool
    held_reason: str | None
    licence_until: date
    permit_until: date
    competences: frozenset[Competence]
    on_shift_since: datetime | None
    last_shift_ended: datetime | None
    busy_trip: str | None


def obstacles(
    driver: DriverFile, needs: frozenset[Competence], now: datetime, today: date, rest: RestRule = DEFAULT_REST
) -> Iterator[Reason]:
    """Every reason against this driver for a car with `needs`, worst first; nothing when eligible.

    `today` is the branch's local date: papers run out at the end of a local day.
    """
    if driver.busy_trip is not None:
        yield Reason(
            "driver_busy",
            N_("Driver %(badge)s is on trip %(trip)s"),
            {"badge": driver.badge_id, "trip": driver.busy_trip},
        )
    if not driver.badge_active:
        yield Reason("badge_inactive", N_("Badge %(badge)s is not active"), {"badge": driver.badge_id})
    if driver.held_reason is not None:
        yield Reason(
            "driver_held",
            N_("Driver %(badge)s is off duty until a manager clears them: %(reason)s"),
            {"badge": driver.badge_id, "reason": driver.held_reason},
        )
    if driver.licence_until < today:
        yield Reason("licence_expired", N_("Driving licence ran out on %(until)s"), {"until": driver.licence_until})
    if driver.permit_until < today:
        yield Reason("permit_expired", N_("Work permit ran out on %(until)s"), {"until": driver.permit_until})
    for need in sorted(needs - driver.competences):
        yield Reason(f"lacks_{need}", _LACKS[need], {})
    if driver.on_shift_since is None:
        yield Reason("not_on_shift", N_("Driver %(badge)s is not on shift"), {"badge": driver.badge_id})
    elif now - driver.on_shift_since >= rest.max_shift:
        yield Reason(
            "needs_rest",
            N_("On duty for %(hours)s hours already: a rest is due"),
            {"hours": int(rest.max_shift.total_seconds() // 3600)},
        )


_LACKS = {
    Competence.MANUAL: N_("Does not drive manual gearboxes"),
    Competence.EV: N_("Not trained for electric cars"),
    Competence.LARGE: N_("Not trained for large cars"),
    Competence.SPORTS: N_("Not trained for sports cars"),
}


def check_eligible(
    driver: DriverFile, needs: frozenset[Competence], now: datetime, today: date, rest: RestRule = DEFAULT_REST
) -> None:
    """Raise Refused with the first obstacle, if there is any."""
    for found in obstacles(driver, needs, now, today, rest):
        raise Refused(found.code, found.message, **found.params)


def check_may_start_shift(last_ended: datetime | None, now: datetime, rest: RestRule = DEFAULT_REST) -> None:
    """Raise Refused while the rest between two shifts is not over, saying when it will be."""
    if last_ended is not None and now < last_ended + rest.min_rest and now - last_ended > SHIFT_RESUME:
        raise Refused(
            "rest_not_over",
            N_("Your rest is not over yet: you can start again at %(at)s"),
            at=last_ended + rest.min_rest,
        )


SHIFT_RESUME = timedelta(minutes=30)
"""A shift ended by mistake can be taken up again within this time; duty then counts from its first start."""
