"""When a callback is due: the State Council's working days, before and after they are announced."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.announced_days import announced_days, newest_announced_year
from dispatch.domain.errors import Invalid
from dispatch.domain.festivals import festivals
from dispatch.domain.workdays import (
    Calendar,
    WorkingDay,
    announced_years,
    completed,
    due_date,
    missing_years,
    service_day,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CUTOVER = time(6)
ANNOUNCED = (2024, 2025, 2026)
CALENDAR = Calendar({day.date: day for year in ANNOUNCED for day in announced_days(year) or []})

closings = st.integers(0, 5 * 365 * 24 * 60).map(lambda m: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
counts = st.integers(1, 5)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("closed", "next_day", "second_day", "second_provisional"),
    [
        ("2026-02-13 23:10", date(2026, 2, 14), date(2026, 2, 24), False),
        ("2026-09-17 22:00", date(2026, 9, 18), date(2026, 9, 20), False),
        ("2026-09-24 21:30", date(2026, 9, 28), date(2026, 9, 29), False),
        ("2026-09-30 22:15", date(2026, 10, 8), date(2026, 10, 9), False),
        ("2026-10-02 20:00", date(2026, 10, 8), date(2026, 10, 9), False),
        ("2026-10-09 00:40", date(2026, 10, 9), date(2026, 10, 10), False),
        ("2026-12-30 19:00", date(2026, 12, 31), date(2027, 1, 4), True),
    ],
)
def test_callback_is_due_on_the_first_or_second_working_day(
    closed: str, next_day: date, second_day: date, second_provisional: bool
) -> None:
    first = due_date(shanghai(closed), SHANGHAI, CUTOVER, 1, CALENDAR)
    second = due_date(shanghai(closed), SHANGHAI, CUTOVER, 2, CALENDAR)
    assert (first.due_on, first.provisional) == (next_day, False)
    assert (second.due_on, second.provisional) == (second_day, second_provisional)


@pytest.mark.parametrize(
    ("closed", "day"),
    [
        ("2026-10-09 00:40", date(2026, 10, 8)),
        ("2026-10-09 05:59", date(2026, 10, 8)),
        ("2026-10-09 06:00", date(2026, 10, 9)),
        ("2026-10-09 23:59", date(2026, 10, 9)),
    ],
)
def test_hours_before_the_cutover_belong_to_the_day_before(closed: str, day: date) -> None:
    assert service_day(shanghai(closed), SHANGHAI, CUTOVER) == day


def test_service_day_is_the_branch_s_whatever_zone_the_server_writes() -> None:
    assert service_day(datetime(2026, 10, 8, 22, 30, tzinfo=UTC), SHANGHAI, CUTOVER) == date(2026, 10, 9)


def test_a_closing_time_without_a_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        service_day(datetime(2026, 10, 8, 22, 30), SHANGHAI, CUTOVER)  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("n", [0, -1, 31])
def test_a_branch_cannot_ask_for_no_days_or_for_more_than_thirty(n: int) -> None:
    with pytest.raises(Invalid) as refused:
        CALENDAR.nth_working_day_after(date(2026, 3, 2), n)
    assert refused.value.field == "callback_days"


@given(closings, counts)
def test_due_date_is_a_working_day_strictly_after_the_service_day(closed: datetime, n: int) -> None:
    due = due_date(closed, SHANGHAI, CUTOVER, n, CALENDAR)
    assert due.due_on > due.service_day
    assert CALENDAR.is_working(due.due_on)


@given(closings, counts)
def test_exactly_n_working_days_lie_between_service_day_and_due_date(closed: datetime, n: int) -> None:
    due = due_date(closed, SHANGHAI, CUTOVER, n, CALENDAR)
    span = range(1, (due.due_on - due.service_day).days + 1)
    assert sum(CALENDAR.is_working(due.service_day + timedelta(days=step)) for step in span) == n


@given(closings, st.timedeltas(timedelta(0), timedelta(days=40)), counts)
def test_a_later_closing_or_a_larger_n_is_never_due_earlier(closed: datetime, later: timedelta, n: int) -> None:
    due = due_date(closed, SHANGHAI, CUTOVER, n, CALENDAR)
    assert due_date(closed + later, SHANGHAI, CUTOVER, n, CALENDAR).due_on >= due.due_on
    assert due_date(closed, SHANGHAI, CUTOVER, n + 1, CALENDAR).due_on > due.due_on


@given(closings, counts)
def test_due_date_is_provisional_exactly_when_it_lies_in_a_year_not_announced(closed: datetime, n: int) -> None:
    due = due_date(closed, SHANGHAI, CUTOVER, n, CALENDAR)
    assert due.provisional == (due.due_on.year not in ANNOUNCED)


@pytest.mark.parametrize("year", ANNOUNCED)
def test_announced_days_agree_with_an_independent_source(year: int) -> None:
    independent = holidays.country_holidays("CN", years=[year])
    days = announced_days(year)
    assert days is not None
    assert len(days) in (365, 366)
    assert [day.date for day in days if day.is_working != independent.is_working_day(day.date)] == []


def test_announced_days_name_holidays_and_make_up_days() -> None:
    days = {day.date: day for day in announced_days(2026) or []}
    assert days[date(2026, 10, 1)].name == "国庆节"
    assert days[date(2026, 2, 14)].name == "春节调休上班"
    assert days[date(2026, 3, 3)].name == ""


def test_a_year_the_package_does_not_know_is_none_and_not_an_error() -> None:
    assert announced_days(newest_announced_year() + 1) is None
    assert announced_days(2003) is None


@pytest.mark.parametrize("year", range(2025, 2051))
def test_statutory_days_agree_with_an_independent_source(year: int) -> None:
    independent = holidays.country_holidays("CN", years=[year], observed=False)
    theirs = {day for day, name in independent.items() if "substituted" not in name}
    assert {day for festival in festivals(year) for day in festival.days} == theirs


def test_a_year_beyond_the_table_still_gets_a_due_date() -> None:
    due = CALENDAR.nth_working_day_after(date(2060, 4, 30), 1)
    assert due.date == date(2060, 5, 3)
    assert due.provisional


def test_coverage_counts_only_whole_years() -> None:
    assert CALENDAR.coverage == frozenset(ANNOUNCED)
    assert announced_years([date(2027, 1, 1), date(2027, 1, 2)]) == frozenset()


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), ()),
        (date(2026, 11, 1), (2027,)),
        (date(2026, 12, 31), (2027,)),
        (date(2027, 1, 1), (2027,)),
        (date(2027, 11, 1), (2027, 2028)),
    ],
)
def test_next_year_is_missed_from_the_first_of_november(today: date, missing: tuple[int, ...]) -> None:
    assert missing_years(today, CALENDAR.coverage) == missing


def announcement(year: int) -> list[WorkingDay]:
    """Holidays and make-up days only, as the State Council's notice lists them."""
    return [day for day in announced_days(year) or [] if day.name]


def test_an_announcement_of_holidays_and_make_up_days_is_completed_to_the_whole_year() -> None:
    whole = completed(announcement(2026))
    assert [(day.date, day.is_working) for day in whole] == [
        (day.date, day.is_working) for day in announced_days(2026) or []
    ]


def test_rows_that_miss_a_holiday_leave_the_year_provisional() -> None:
    without_qingming = [day for day in announcement(2026) if "清明" not in day.name]
    assert completed(without_qingming) == without_qingming


def test_one_changed_day_counts_without_announcing_its_year() -> None:
    closed_office = WorkingDay(date(2027, 1, 4), False, "年会", "manual")
    calendar = Calendar({closed_office.date: closed_office})
    assert calendar.nth_working_day_after(date(2026, 12, 31), 1).date == date(2027, 1, 5)
    assert calendar.coverage == frozenset()
