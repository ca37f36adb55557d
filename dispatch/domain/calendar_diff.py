"""What a restated calendar says differently, day by day: shown before an import is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dispatch.domain.workdays import WorkingDay


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A day about which two calendars disagree: whether it is worked, what it is called, or both."""

    date: date
    worked_before: bool
    worked_after: bool
    name_before: str
    name_after: str


def differences(before: Iterable[WorkingDay], after: Iterable[WorkingDay]) -> tuple[DayDifference, ...]:
    """The days in both calendars with another answer or name, in order. Who said it is no difference."""
    known = {day.date: day for day in before}
    pairs = [(known[day.date], day) for day in sorted(after, key=lambda day: day.date) if day.date in known]
    return tuple(
        DayDifference(new.date, old.is_working, new.is_working, old.name, new.name)
        for old, new in pairs
        if (old.is_working, old.name) != (new.is_working, new.name)
    )
