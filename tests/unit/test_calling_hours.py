"""When customers may be rung."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.calling_hours import (
    CallingWindow,
    check_dialling,
    first_slot,
    is_open,
    is_quiet,
    next_slot,
)
from dispatch.domain.errors import Invalid, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOW = CallingWindow()


def at(clock: str, day: str = "2026-03-04") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=SHANGHAI)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("clock", "quiet", "in_window"),
    [
        ("00:00", True, False),
        ("08:59", True, False),
        ("09:00", False, False),
        ("10:00", False, True),
        ("19:59", False, True),
        ("20:00", False, False),
        ("20:59", False, False),
        ("21:00", True, False),
        ("23:59", True, False),
    ],
)
def test_quiet_hours_cross_midnight_and_the_window_lies_between_them(clock: str, quiet: bool, in_window: bool) -> None:
    assert is_quiet(at(clock), SHANGHAI) == quiet
    assert is_open(at(clock), SHANGHAI, WINDOW) == in_window


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(time(8), time(20)), (time(10), time(22)), (time(12), time(12)), (time(18), time(10)), (time(22), time(23))],
)
def test_a_window_that_reaches_into_the_quiet_hours_is_refused(opens: time, closes: time) -> None:
    with pytest.raises(Invalid) as refused:
        CallingWindow(opens, closes)
    assert refused.value.field == "calling_window"


@pytest.mark.parametrize(
    ("clock", "asked_for", "code"),
    [
        ("09:30", False, "outside_calling_window"),
        ("20:30", False, "outside_calling_window"),
        ("21:00", False, "quiet_hours"),
        ("21:00", True, "quiet_hours"),
        ("08:59", True, "quiet_hours"),
    ],
)
def test_dialling_is_refused_at_the_wrong_hour(clock: str, asked_for: bool, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_dialling(at(clock), SHANGHAI, WINDOW, asked_for=asked_for)
    assert refused.value.code == code


@pytest.mark.parametrize(("clock", "asked_for"), [("10:00", False), ("19:59", False), ("09:00", True), ("20:59", True)])
def test_dialling_is_allowed_in_the_window_or_when_the_customer_asked(clock: str, asked_for: bool) -> None:
    check_dialling(at(clock), SHANGHAI, WINDOW, asked_for=asked_for)


@pytest.mark.parametrize(
    ("earliest", "slot"),
    [
        (at("03:00"), at("10:00")),
        (at("10:00"), at("10:00")),
        (at("15:12"), at("15:12")),
        (at("20:00"), at("10:00", "2026-03-05")),
        (at("22:00", "2026-03-06"), at("10:00", "2026-03-09")),
        (at("15:00", "2026-03-07"), at("10:00", "2026-03-09")),
    ],
)
def test_the_next_slot_is_inside_the_window_of_a_working_day(earliest: datetime, slot: datetime) -> None:
    found = next_slot(earliest, SHANGHAI, WINDOW, is_weekday)
    assert found == slot
    assert found.tzinfo is UTC


def test_a_callback_becomes_due_when_the_window_opens_in_the_branch_s_zone() -> None:
    assert first_slot(date(2026, 3, 4), SHANGHAI, WINDOW) == datetime(2026, 3, 4, 2, tzinfo=UTC)


@given(
    st.integers(0, 60 * 24 * 400).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m)),
    st.integers(9, 19),
    st.integers(1, 6),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Vaduz"]),
)
def test_no_slot_is_early_quiet_or_outside_the_window(earliest: datetime, opens: int, length: int, zone: str) -> None:
    window = CallingWindow(time(opens), time(min(opens + length, 21)))
    slot = next_slot(earliest, ZoneInfo(zone), window, is_weekday)
    assert slot >= earliest
    assert is_open(slot, ZoneInfo(zone), window)
    assert not is_quiet(slot, ZoneInfo(zone))
    assert is_weekday(slot.astimezone(ZoneInfo(zone)).date())
