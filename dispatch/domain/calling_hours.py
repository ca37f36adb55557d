"""When customer service may ring a customer: the branch's calling window, inside the hard quiet hours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dispatch.domain.errors import N_, Invalid, Refused

# Hard: no setting of a branch and no wish of a customer opens these hours, which cross midnight.
QUIET_FROM, QUIET_UNTIL = time(21), time(9)


@dataclass(frozen=True, slots=True)
class CallingWindow:
    """The branch's own hours for callbacks, local time; `closes` itself is too late. Raises Invalid."""

    opens: time = time(10)
    closes: time = time(20)

    def __post_init__(self) -> None:
        if not QUIET_UNTIL <= self.opens < self.closes <= QUIET_FROM:
            raise Invalid(
                "calling_window",
                N_("The calling window must open before it closes, and lie between 09:00 and 21:00"),
                field="calling_window",
            )


def is_quiet(at: datetime, zone: tzinfo) -> bool:
    """Whether nobody may be rung at this moment, not even a customer who asked for it."""
    local = at.astimezone(zone).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def after_quiet(at: datetime, zone: tzinfo) -> datetime:
    """The moment itself (UTC), or the end of the quiet hours it lies in: no message wakes anybody."""
    if not is_quiet(at, zone):
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(UTC)


def is_open(at: datetime, zone: tzinfo, window: CallingWindow) -> bool:
    """Whether the branch calls at this time of day."""
    return window.opens <= at.astimezone(zone).time() < window.closes


def check_dialling(now: datetime, zone: tzinfo, window: CallingWindow, *, asked_for: bool) -> None:
    """Refused when this is no time to ring; a call the customer asked for may lie outside the branch's window."""
    if is_quiet(now, zone):
        raise Refused("quiet_hours", N_("Customers are not called between 21:00 and 09:00"))
    if not asked_for and not is_open(now, zone, window):
        raise Refused(
            "outside_calling_window",
            N_("Customers are called between %(opens)s and %(closes)s"),
            opens=f"{window.opens:%H:%M}",
            closes=f"{window.closes:%H:%M}",
        )


def first_slot(day: date, zone: tzinfo, window: CallingWindow) -> datetime:
    """The moment (UTC) the window opens on a day."""
    return datetime.combine(day, window.opens, zone).astimezone(UTC)


def next_slot(earliest: datetime, zone: tzinfo, window: CallingWindow, is_working: Callable[[date], bool]) -> datetime:
    """The first moment (UTC) from `earliest` on that lies inside the window of a working day."""
    local = earliest.astimezone(zone)
    day = local.date()
    if is_working(day) and local.time() < window.closes:
        return max(earliest.astimezone(UTC), first_slot(day, zone, window))
    day += timedelta(days=1)
    while not is_working(day):
        day += timedelta(days=1)
    return first_slot(day, zone, window)
