"""Whose is a traffic offence: the company's, if the time shown falls inside the service (A8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

MINUTE = timedelta(minutes=1)
"""Notices name the minute: an offence in the minute in which a drive began or ended counts as under way."""


class Wheel(StrEnum):
    """Who had the car at the time of the offence."""

    OURS = auto()  # our driver was at the wheel
    STOPPED = auto()  # our driver had the car, and it stood still: a stop under way
    WITH_US = auto()  # our driver was with the customer, but not driving: before the start, or after delivery
    NOT_OURS = auto()


@dataclass(frozen=True, slots=True)
class Course:
    """When a trip's driver had the car; None for what did not happen or is still under way."""

    arrived_at: datetime | None
    started_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    stops: tuple[tuple[datetime, datetime | None], ...] = ()


def at_the_wheel(course: Course, at: datetime) -> Wheel:
    """Who drove in the minute that begins at `at`."""
    handed_back = course.delivered_at or course.ended_at
    if course.started_at is not None and _within(course.started_at, handed_back, at):
        return Wheel.STOPPED if any(_stood(begin, end, at) for begin, end in course.stops) else Wheel.OURS
    if course.arrived_at is not None and _within(course.arrived_at, course.ended_at, at):
        return Wheel.WITH_US
    return Wheel.NOT_OURS


def _within(begin: datetime, end: datetime | None, at: datetime) -> bool:
    """Whether the minute touches the span."""
    return at + MINUTE > begin and (end is None or at <= end)


def _stood(begin: datetime, end: datetime | None, at: datetime) -> bool:
    """Whether the car stood still for the whole of the minute."""
    return begin <= at and (end is None or at + MINUTE <= end)
