"""The days a report is about: service days, so that the hours before the cut-over belong to the day before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

MOST_DAYS = 3 * 366
MOST_STEPS_OF_DAYS, MOST_DAYS_OF_WEEKS = 31, 26 * 7
EARLIEST, LATEST = date(2000, 1, 3), date(2100, 12, 31)


class Grain(StrEnum):
    """How finely a period is told, and how long a period that somebody picks by name is."""

    DAY = auto()
    WEEK = auto()
    MONTH = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to, but without, another (UTC)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Service days from the first to the last, both included. Raises Invalid when that is no period."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not EARLIEST <= self.first <= LATEST:
            raise Invalid("period_range", N_("The day lies too far from today"), field="from")
        if not self.first <= self.last <= LATEST:
            raise Invalid("period_order", N_("The last day lies before the first"), field="until")
        if (self.last - self.first).days >= MOST_DAYS:
            raise Invalid("period_long", N_("A report covers at most three years"), field="until")

    @classmethod
    def of(cls, grain: Grain, day: date) -> "Period":
        """The day, the week from Monday, or the calendar month that a day belongs to."""
        if grain is Grain.DAY:
            return cls(day, day)
        if grain is Grain.WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(monday, monday + timedelta(days=6))
        first = day.replace(day=1)
        return cls(first, next_month(first) - timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def named(self) -> Grain | None:
        """The grain whose period this is, None for one that somebody chose by its ends."""
        return next((grain for grain in Grain if Period.of(grain, self.first) == self), None)

    @property
    def grain(self) -> Grain:
        """How finely it is drawn: never more steps than can be told apart."""
        if self.days <= MOST_STEPS_OF_DAYS:
            return Grain.DAY
        return Grain.WEEK if self.days <= MOST_DAYS_OF_WEEKS else Grain.MONTH

    def before(self) -> "Period":
        """The one before it, of the same kind or as long."""
        eve = self.first - timedelta(days=1)
        return Period.of(self.named, eve) if self.named else Period(eve - timedelta(days=self.days - 1), eve)

    def after(self) -> "Period":
        """The one after it, of the same kind or as long."""
        morrow = self.last + timedelta(days=1)
        return Period.of(self.named, morrow) if self.named else Period(morrow, morrow + timedelta(days=self.days - 1))

    def steps(self) -> list["Period"]:
        """Its days, weeks or months, cut where the period begins and ends; together they are the whole of it."""
        return list(self._steps())

    def _steps(self) -> Iterator["Period"]:
        day = self.first
        while day <= self.last:
            step = Period(day, min(Period.of(self.grain, day).last, self.last))
            yield step
            day = step.last + timedelta(days=1)

    def span(self, zone: tzinfo, cutover: time) -> Span:
        """The moments that belong to it in a branch's zone (R8)."""
        return Span(day_begins(self.first, zone, cutover), day_begins(self.last + timedelta(days=1), zone, cutover))


def day_begins(day: date, zone: tzinfo, cutover: time) -> datetime:
    """When a service day begins (UTC)."""
    return datetime.combine(day, cutover, zone).astimezone(UTC)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
