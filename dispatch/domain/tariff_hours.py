"""Hours, days and conditions as a tariff document writes them."""

import re
from decimal import Decimal

from dispatch.domain.errors import N_
from dispatch.domain.tariff import Dates, When
from dispatch.domain.tariff_table import Table
from dispatch.domain.time_bands import DAY, EVERY_DAY, Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-4]):([0-5]\d)")


def read_hours(table: Table, key: str, text: str, days: frozenset[int] = EVERY_DAY) -> Hours | None:
    """A window such as "22:00-06:00"; notes what is wrong with it and answers None."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        table.wrong(N_("“%(hours)s” is not a time band such as 22:00-06:00"), at=key, hours=text)
        return None
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if start >= DAY or end > DAY:
        table.wrong(N_("“%(hours)s” is not a time band such as 22:00-06:00"), at=key, hours=text)
        return None
    if start == end:
        hint = N_("“%(hours)s” covers nothing; a whole day is 00:00-24:00")
        table.wrong(hint, at=key, hours=text)
        return None
    return Hours(start, end or DAY, days)


def read_windows(table: Table, key: str) -> tuple[Hours, ...]:
    """One window or a list of windows."""
    windows = [read_hours(table, key, text) for text in table.strings(key)]
    return tuple(window for window in windows if window is not None)


def read_days(table: Table, key: str = "days") -> frozenset[int]:
    """Weekdays by their short English names; empty where the key is absent."""
    days = set()
    for name in table.strings(key):
        if name in DAYS:
            days.add(DAYS.index(name))
        else:
            table.wrong(N_("“%(day)s” is not one of: %(known)s"), at=key, day=name, known=", ".join(DAYS))
    return frozenset(days)


def read_when(parent: Table) -> When:
    """The conditions `when = { … }` of a surcharge, discount or cancellation term."""
    table = parent.table("when")
    if table is None:
        return When()
    if table.is_empty:
        table.wrong(N_("“when” names no condition"))
    when = When(
        hours=read_windows(table, "hours"),
        days=read_days(table),
        dates=tuple(Dates(first, last) for first, last in table.dates("dates")),
        cars=table.strings("cars"),
        members=table.strings("members"),
        over_km=table.number("over_km"),
        lead_under=_minutes(table, "lead_under_minutes"),
        lead_from=_minutes(table, "lead_from_minutes"),
        from_fare_fen=table.money("from_fare"),
    )
    if when.lead_under is not None and when.lead_from is not None and when.lead_from >= when.lead_under:
        low, high = when.lead_from / 60, when.lead_under / 60
        table.wrong(N_("no notice is both from %(low)s and under %(high)s minutes"), low=low, high=high)
    table.done()
    return when


def _minutes(table: Table, key: str) -> Decimal | None:
    value = table.number(key)
    return None if value is None else value * 60
