"""How a branch asks drivers by itself: its mode and limits; when a booking is released, when the search has failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from dispatch.domain.driver import DEFAULT_REST, RestRule


class DispatchMode(StrEnum):
    """Who chooses the drivers that are asked.

    `manual`: the desk. `best`: the best one, then the next. `several`: a few at once, the first to accept gets it.
    `automatic`: the whole queue against all free drivers, every few seconds.
    """

    MANUAL = auto()
    BEST = auto()
    SEVERAL = auto()
    AUTOMATIC = auto()


class PauseReason(StrEnum):
    """Why a driver is asked for nothing: they declined too often, or take a break of their own."""

    DECLINES = auto()
    BREAK = auto()


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """A branch's limits. `radius_m`: how far a driver may be from the pickup as the crow flies to be asked."""

    rest: RestRule = DEFAULT_REST
    radius_m: float = 10_000.0
    release: timedelta = timedelta(minutes=30)


DEFAULT_RULES = DispatchRules()
LONGEST_WAY = timedelta(hours=1)
"""No driver is asked longer before the release of a booking than this, however far away they are."""


@dataclass(frozen=True, slots=True)
class PauseRule:
    """After how many declined or missed offers within which time a driver is paused, and for how long; 0 is never."""

    declines: int = 3
    within: timedelta = timedelta(minutes=30)
    lasts: timedelta = timedelta(minutes=15)

    def counted_since(self, settled: datetime | None, now: datetime) -> datetime:
        """From when offers count: what led to an earlier pause is settled with it."""
        return max(now - self.within, settled) if settled is not None else now - self.within

    def paused_until(self, not_taken: int, now: datetime) -> datetime | None:
        """Until when a driver with so many offers not taken is paused; None when they are not."""
        return now + self.lasts if self.declines and not_taken >= self.declines else None


def released(appointed_at: datetime, travel_s: float, release: timedelta, now: datetime) -> bool:
    """Whether drivers may be asked already: not before the release time plus the way there."""
    way = min(timedelta(seconds=travel_s), LONGEST_WAY)
    return now >= appointed_at - release - way


def search_failed(sought_since: datetime | None, minutes: int, now: datetime) -> bool:
    """Whether a trip has been sought for so many minutes; 0 is never."""
    return minutes > 0 and sought_since is not None and now - sought_since >= timedelta(minutes=minutes)
