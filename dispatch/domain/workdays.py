"""Working days of the State Council and the day a callback is due (P7).

`now` is nowhere here: the closing time, the branch's zone and the rows of the working-day table are arguments.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.festivals import festivals

MAX_DAYS = 30


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """One row of the working-day table. `name` is empty for an ordinary weekday or weekend.

    `source` names the package or file the day came from, `version` counts how often the day was restated.
    """

    date: date
    is_working: bool
    name: str
    source: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class DueDay:
    """A working day found by counting; `provisional` when a day that was counted over is not announced yet."""

    date: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class DueDate:
    """When the callback of a trip is due, and the service day it was counted from."""

    service_day: date
    due_on: date
    provisional: bool


class Calendar:
    """Answers which days are worked: announced rows first, statutory days and Monday–Friday where there is none."""

    def __init__(self, rows: Mapping[date, WorkingDay]) -> None:
        self._rows = rows

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        row = self._rows.get(day)
        return row.is_working if row else _is_working_by_rule(day)

    def is_announced(self, day: date) -> bool:
        """Whether the answer for this day comes from a row, not from the provisional rule."""
        return day in self._rows

    @property
    def coverage(self) -> frozenset[int]:
        """The announced years: those of which every day is a row."""
        return announced_years(self._rows)

    def nth_working_day_after(self, day: date, n: int) -> DueDay:
        """The nth working day strictly after `day`. Raises Invalid unless 1 ≤ n ≤ 30."""
        if not 1 <= n <= MAX_DAYS:
            raise Invalid(
                "callback_days",
                N_("The callback is due after 1 to %(most)s working days"),
                field="callback_days",
                most=MAX_DAYS,
            )
        provisional = False
        while n:
            day += timedelta(days=1)
            provisional = provisional or not self.is_announced(day)
            if self.is_working(day):
                n -= 1
        return DueDay(day, provisional)


def service_day(closed_at: datetime, zone: tzinfo, cutover: time) -> date:
    """The day whose work a trip belongs to: hours before `cutover` (local) belong to the day before."""
    local = _aware(closed_at).astimezone(zone)
    return local.date() if local.time() >= cutover else local.date() - timedelta(days=1)


def due_date(closed_at: datetime, zone: tzinfo, cutover: time, n: int, calendar: Calendar) -> DueDate:
    """When customer service has to call back: the nth working day strictly after the service day (P7)."""
    worked_on = service_day(closed_at, zone, cutover)
    due = calendar.nth_working_day_after(worked_on, n)
    return DueDate(worked_on, due.date, due.provisional)


def announced_years(dates: Iterable[date]) -> frozenset[int]:
    """The years of which every single day is among the (distinct) dates."""
    counted = Counter(day.year for day in dates)
    return frozenset(year for year, days in counted.items() if days == _length(year))


def missing_years(today: date, announced: frozenset[int]) -> tuple[int, ...]:
    """Years to warn about: this one, and from 1 November, when the State Council has usually spoken, the next."""
    needed = [today.year] if today < date(today.year, 11, 1) else [today.year, today.year + 1]
    return tuple(year for year in needed if year not in announced)


def completed(rows: Iterable[WorkingDay]) -> list[WorkingDay]:
    """The rows, plus the ordinary days of every year whose announcement they hold.

    An announcement lists holidays and make-up days only.  It is taken as the whole of a year when every
    statutory day is listed as a day off; fewer rows change just those days and leave the year provisional.
    """
    listed = {row.date: row for row in rows}
    added: list[WorkingDay] = []
    for year in sorted({day.year for day in listed}):
        sample = next(row for row in listed.values() if row.date.year == year)
        if _holds_announcement(year, listed):
            added += [
                WorkingDay(day, day.weekday() < 5, "", sample.source) for day in days_of(year) if day not in listed
            ]
    return sorted([*listed.values(), *added], key=lambda row: row.date)


def days_of(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=step) for step in range(_length(year))]


def _holds_announcement(year: int, listed: Mapping[date, WorkingDay]) -> bool:
    return all(
        all(day in listed and not listed[day].is_working for day in festival.days) for festival in festivals(year)
    )


def _is_working_by_rule(day: date) -> bool:
    return day.weekday() < 5 and day not in _statutory_days(day.year)


@cache
def _statutory_days(year: int) -> frozenset[date]:
    return frozenset(day for festival in festivals(year) for day in festival.days)


def _length(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _aware(moment: datetime) -> datetime:
    # A naive time would silently be read in the server's zone, and the due date would depend on the machine (R8).
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return moment
