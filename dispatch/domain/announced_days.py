"""Years the State Council has announced, as the chinesecalendar package knows them, without its traps.

The package raises for a year it does not know, calls a year known as soon as one of its days is, and counts
working days differently from us; so only its answer for single days is used, and only for whole years.
"""

from datetime import date

import chinese_calendar  # type: ignore[import-untyped]  # the package ships no type hints

from dispatch.domain.workdays import WorkingDay, days_of

SOURCE = f"chinesecalendar {chinese_calendar.__version__}"


def announced_days(year: int) -> list[WorkingDay] | None:
    """Every day of an announced year, or None when the installed package does not know that year."""
    # National Day is in every announcement, near its end: without it the package holds a stray day of January.
    if date(year, 10, 1) not in chinese_calendar.holidays:
        return None
    return [_working_day(day) for day in days_of(year)]


def newest_announced_year() -> int:
    """The last year the installed package knows."""
    known: set[int] = {day.year for day in chinese_calendar.holidays if (day.month, day.day) == (10, 1)}
    return max(known)


def _working_day(day: date) -> WorkingDay:
    holiday = chinese_calendar.holidays.get(day)
    make_up = chinese_calendar.workdays.get(day)
    name = f"{_chinese(make_up)}调休上班" if make_up else _chinese(holiday) if holiday else ""
    return WorkingDay(day, chinese_calendar.is_workday(day), name, SOURCE)


def _chinese(english: str) -> str:
    return str(chinese_calendar.Holiday(english).chinese)
