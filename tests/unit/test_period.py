"""Periods of reports: whole days, weeks and months, cut into steps that are all of it, in any zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import Invalid
from dispatch.domain.period import MOST_DAYS, Grain, Period

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York"])
CUTOVERS = st.sampled_from([time(0), time(6), time(4, 30)])


@pytest.mark.parametrize(("grain", "first", "last"), [
    (Grain.DAY, date(2026, 2, 18), date(2026, 2, 18)),
    (Grain.WEEK, date(2026, 2, 16), date(2026, 2, 22)),
    (Grain.MONTH, date(2026, 2, 1), date(2026, 2, 28)),
])  # fmt: skip
def test_the_period_of_a_day_is_the_whole_day_week_or_month(grain: Grain, first: date, last: date) -> None:
    found = Period.of(grain, date(2026, 2, 18))
    assert (found.first, found.last, found.named) == (first, last, grain)


def test_the_month_before_and_after_are_whole_months() -> None:
    march = Period.of(Grain.MONTH, date(2026, 3, 1))
    assert march.before() == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert march.after() == Period(date(2026, 4, 1), date(2026, 4, 30))
    ten_days = Period(date(2026, 3, 11), date(2026, 3, 20))
    assert ten_days.before() == Period(date(2026, 3, 1), date(2026, 3, 10))
    assert ten_days.after() == Period(date(2026, 3, 21), date(2026, 3, 30))


@pytest.mark.parametrize(("first", "last", "field"), [
    (date(2026, 3, 2), date(2026, 3, 1), "until"),
    (date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=MOST_DAYS), "until"),
    (date(1, 1, 1), date(2026, 1, 1), "from"),
    (date(2026, 1, 1), date(9999, 12, 31), "until"),
])  # fmt: skip
def test_what_is_no_period_is_refused_beside_its_field(first: date, last: date, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Period(first, last)
    assert refused.value.field == field


@given(DAYS, st.integers(0, MOST_DAYS - 1), ZONES, CUTOVERS)
def test_the_steps_follow_each_other_and_are_the_whole(first: date, more: int, zone: str, cutover: time) -> None:
    period = Period(first, first + timedelta(days=more))
    steps = period.steps()
    assert len(steps) <= 38
    spans = [step.span(ZoneInfo(zone), cutover) for step in steps]
    whole = period.span(ZoneInfo(zone), cutover)
    assert (spans[0].start, spans[-1].end) == (whole.start, whole.end)
    assert all(one.end == following.start for one, following in pairwise(spans))
    assert sum(step.days for step in steps) == period.days


def test_a_day_of_summer_time_has_an_hour_less() -> None:
    span = Period(date(2026, 3, 28), date(2026, 3, 28)).span(ZoneInfo("Europe/Berlin"), time(6))
    assert span.end - span.start == timedelta(hours=23)
    assert span.start == datetime(2026, 3, 28, 5, tzinfo=UTC)
