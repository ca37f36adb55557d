"""Working time: the office hours of a branch on working days, the lunch break left out.

Every moment is an aware time; spans are worked hours.  "One working day" is the length of an office day, so that
a working day after Monday 15:00 is Tuesday 15:00.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dispatch.domain.errors import N_, Invalid

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office is manned, local time; without a break both ends of lunch are None. Raises Invalid."""

    opens: time = time(9)
    closes: time = time(18)
    lunch_from: time | None = time(12)
    lunch_until: time | None = time(13, 30)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Invalid("office_hours", N_("The office must open before it closes"), field="office_closes")
        if (self.lunch_from is None) != (self.lunch_until is None):
            raise Invalid("lunch_half", N_("A lunch break has a beginning and an end"), field="lunch_until")
        if self.lunch_from and self.lunch_until and not self.opens < self.lunch_from < self.lunch_until < self.closes:
            raise Invalid("lunch_hours", N_("The lunch break lies inside the office hours"), field="lunch_from")

    @property
    def periods(self) -> tuple[tuple[time, time], ...]:
        """The stretches of a day that are worked."""
        if self.lunch_from is None or self.lunch_until is None:
            return ((self.opens, self.closes),)
        return ((self.opens, self.lunch_from), (self.lunch_until, self.closes))

    @property
    def day(self) -> timedelta:
        """The length of a working day."""
        return sum((_length(*period) for period in self.periods), timedelta())


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A branch's working time: its hours, its zone, and which days are worked."""

    hours: OfficeHours
    zone: tzinfo
    is_working: Callable[[date], bool]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments; none when they are the wrong way round."""
        total = timedelta()
        for begins, ends in self._periods_from(start):
            if begins >= end:
                break
            total += max(timedelta(), min(ends, end) - max(begins, start))
        return total

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The first moment (UTC) at which that much working time has passed since `start`."""
        if span <= timedelta():
            return start.astimezone(UTC)
        for begins, ends in self._periods_from(start):
            begun = max(begins, start)
            if ends - begun >= span:
                return (begun + span).astimezone(UTC)
            span -= max(timedelta(), ends - begun)
        raise AssertionError("there is always another working day")

    def _periods_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(self.zone).date()
        while True:
            if self.is_working(day):
                for begins, ends in self.hours.periods:
                    yield self._at(day, begins), self._at(day, ends)
            day += _DAY

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def _length(begins: time, ends: time) -> timedelta:
    return datetime.combine(date.min, ends) - datetime.combine(date.min, begins)
