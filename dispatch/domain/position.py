"""Where a driver was last seen, and whether that still means anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.geo import Point

STALE_AFTER = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as a phone found it, at the phone's time corrected to ours."""

    point: Point
    at: datetime
    accuracy_m: float | None = None

    def is_stale(self, now: datetime) -> bool:
        """Whether it is too old to reckon with."""
        return now - self.at > STALE_AFTER
