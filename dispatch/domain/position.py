"""Where a driver was last seen, whether that still means anything, and whether it can be believed at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.geo import Point, great_circle_m

STALE_AFTER = timedelta(seconds=120)
FASTEST_MPS = 70.0  # 252 km/h: nobody drives or cycles faster
WORST_ACCURACY_M = 500.0
CLOCK_TOLERANCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as a phone found it, at the phone's time corrected to ours."""

    point: Point
    at: datetime
    accuracy_m: float | None = None

    def is_stale(self, now: datetime) -> bool:
        """Whether it is too old to reckon with."""
        return now - self.at > STALE_AFTER


def clock_correction(sent_at: datetime, now: datetime, known: timedelta | None) -> timedelta:
    """What is added to a phone's times, to within a second or so of the way that a request takes.

    The correction known from before stays as long as it fits: the same points sent again then get the same times.
    """
    found = now - sent_at
    return known if known is not None and abs(found - known) <= CLOCK_TOLERANCE else found


def is_believable(fix: Fix, before: Fix | None) -> bool:
    """Whether a driver can be where the phone says, given where they were.

    A position that has gone stale proves nothing: otherwise one wrong fix would keep all right ones out.
    """
    if fix.accuracy_m is not None and fix.accuracy_m > WORST_ACCURACY_M:
        return False
    if before is None or before.is_stale(fix.at):
        return True
    blur_m = (fix.accuracy_m or 0) + (before.accuracy_m or 0)
    seconds = max(1.0, (fix.at - before.at).total_seconds())
    return great_circle_m(before.point, fix.point) - blur_m <= FASTEST_MPS * seconds
