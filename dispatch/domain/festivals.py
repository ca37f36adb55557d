"""Statutory public holidays of mainland China by rule, for years the State Council has not announced yet.

The regulation in force since 2025: New Year 1 day, Spring Festival 4 days from the eve, Qingming 1,
Labour Day 2, Dragon Boat 1, Mid-Autumn 1, National Day 3.  Bridges and make-up days are in the announcement only.
"""

from dataclasses import dataclass
from datetime import date, timedelta

# Festivals of the lunar and solar calendar as (month, day): Spring Festival, Qingming, Dragon Boat, Mid-Autumn.
# A table, because it is easier to check than astronomy; the tests compare it with the `holidays` package.
_MOVABLE: dict[int, tuple[tuple[int, int], ...]] = {
    2025: ((1, 29), (4, 4), (5, 31), (10, 6)),
    2026: ((2, 17), (4, 5), (6, 19), (9, 25)),
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
    2037: ((2, 15), (4, 4), (6, 18), (9, 24)),
    2038: ((2, 4), (4, 5), (6, 7), (9, 13)),
    2039: ((1, 24), (4, 5), (5, 27), (10, 2)),
    2040: ((2, 12), (4, 4), (6, 14), (9, 20)),
    2041: ((2, 1), (4, 4), (6, 3), (9, 10)),
    2042: ((1, 22), (4, 4), (6, 22), (9, 28)),
    2043: ((2, 10), (4, 5), (6, 11), (9, 17)),
    2044: ((1, 30), (4, 4), (5, 31), (10, 5)),
    2045: ((2, 17), (4, 4), (6, 19), (9, 25)),
    2046: ((2, 6), (4, 4), (6, 8), (9, 15)),
    2047: ((1, 26), (4, 5), (5, 29), (10, 4)),
    2048: ((2, 14), (4, 4), (6, 15), (9, 22)),
    2049: ((2, 2), (4, 4), (6, 4), (9, 11)),
    2050: ((1, 23), (4, 4), (6, 23), (9, 30)),
}


@dataclass(frozen=True, slots=True)
class Festival:
    """A holiday of the regulation: its Chinese name and its statutory days in one year."""

    name: str
    days: tuple[date, ...]


def festivals(year: int) -> tuple[Festival, ...]:
    """The statutory holidays of a year, in the order of the regulation.

    Outside 2025–2050 only the fixed ones are known: a due date on a festival is a smaller fault than
    a trip that cannot be closed.
    """
    fixed = (
        Festival("元旦", (date(year, 1, 1),)),
        Festival("劳动节", _run(date(year, 5, 1), 2)),
        Festival("国庆节", _run(date(year, 10, 1), 3)),
    )
    if year not in _MOVABLE:
        return fixed
    spring, qingming, dragon_boat, mid_autumn = (date(year, month, day) for month, day in _MOVABLE[year])
    return (
        *fixed,
        Festival("春节", _run(spring - timedelta(days=1), 4)),
        Festival("清明节", (qingming,)),
        Festival("端午节", (dragon_boat,)),
        Festival("中秋节", (mid_autumn,)),
    )


def _run(first: date, length: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=step) for step in range(length))
