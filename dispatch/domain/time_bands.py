"""Hours of the day and days of the week as a tariff writes them, midnight crossed or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = 24 * 60
WEEK = 7 * DAY
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    """A window of local time: `start` is inside, `end` is not; both in minutes after midnight.

    22:00-06:00 is one window that belongs to the day on which it begins: with `days` {Friday} it reaches
    into Saturday morning.  `days` are weekdays, Monday 0.
    """

    start: int
    end: int
    days: frozenset[int] = EVERY_DAY

    def began_on(self, local: datetime) -> date | None:
        """The date on which the window holding this local time began, or None when it is outside."""
        minute = local.hour * 60 + local.minute
        day = local.date()
        if self.start < self.end:
            inside = self.start <= minute < self.end
        elif minute < self.end:
            inside, day = True, day - timedelta(days=1)
        else:
            inside = minute >= self.start
        return day if inside and day.weekday() in self.days else None

    def minutes_of_the_week(self) -> list[int]:
        """Every minute this window covers, counted from Monday 00:00."""
        length = self.end - self.start if self.start < self.end else self.end - self.start + DAY
        return [(day * DAY + self.start + step) % WEEK for day in self.days for step in range(length)]

    def label(self) -> str:
        """The window as it is written: 22:00-06:00."""
        return f"{clock(self.start)}-{clock(self.end)}"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Window `later` claims a time that window `earlier` already has (indexes into the list checked)."""

    earlier: int
    later: int
    at: int


@dataclass(frozen=True, slots=True)
class Gap:
    """No window covers the minutes from `start` to `end` of the week; window `after` ends where the gap begins."""

    start: int
    end: int
    after: int


def clock(minutes: int) -> str:
    """Minutes after midnight as 22:00 (1440 is 24:00)."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def coverage_faults(windows: Sequence[Hours]) -> tuple[list[Overlap], list[Gap]]:
    """Where windows that should cover every minute of the week exactly once do not."""
    holder: list[int | None] = [None] * WEEK
    overlaps: dict[tuple[int, int], Overlap] = {}
    for index, window in enumerate(windows):
        for minute in window.minutes_of_the_week():
            earlier = holder[minute]
            if earlier is None:
                holder[minute] = index
            else:
                overlaps.setdefault((earlier, index), Overlap(earlier, index, minute % DAY))
    return list(overlaps.values()), _gaps(holder)


def _gaps(holder: list[int | None]) -> list[Gap]:
    gaps: list[Gap] = []
    starts = [minute for minute in range(WEEK) if holder[minute] is None and holder[minute - 1] is not None]
    for start in starts:
        end = start
        while holder[end % WEEK] is None:
            end += 1
        after = holder[start - 1]
        gap = Gap(start % DAY, (end - 1) % DAY + 1, after if after is not None else 0)
        if gap not in gaps:  # the same gap on each day of the week is one mistake
            gaps.append(gap)
    return gaps
