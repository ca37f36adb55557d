"""Working time and the clocks of complaints, against clocks computed by hand."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.announced_days import announced_days
from dispatch.domain.complaint_clock import Clock, ClockKind, Interval, Level, Terms
from dispatch.domain.errors import Invalid
from dispatch.domain.telling import Telling
from dispatch.domain.workdays import Calendar
from dispatch.domain.working_time import OfficeHours, WorkingTime

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar({day.date: day for year in (2025, 2026) for day in announced_days(year) or []})
WORKED = WorkingTime(OfficeHours(), ZONE, CALENDAR.is_working)
DAY = timedelta(hours=7, minutes=30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-03-09 10:00", timedelta(minutes=30), "2026-03-09 10:30"),
        ("2026-03-09 11:45", timedelta(minutes=30), "2026-03-09 13:45"),  # lunch
        ("2026-03-09 11:30", timedelta(minutes=30), "2026-03-09 12:00"),  # the end of the morning, not of the break
        ("2026-03-09 12:40", timedelta(minutes=30), "2026-03-09 14:00"),  # came in the break
        ("2026-03-09 17:50", timedelta(minutes=30), "2026-03-10 09:20"),
        ("2026-03-06 22:30", timedelta(minutes=30), "2026-03-09 09:30"),  # Friday night: Monday
        ("2026-03-09 15:00", DAY, "2026-03-10 15:00"),
        ("2026-03-06 15:00", 2 * DAY, "2026-03-10 15:00"),  # over a weekend
        ("2026-02-13 15:00", DAY, "2026-02-14 15:00"),  # a make-up Saturday
        ("2026-02-14 15:00", DAY, "2026-02-24 15:00"),  # over Spring Festival, 15 to 23 February
        ("2026-02-12 10:00", 3 * DAY, "2026-02-24 10:00"),
        ("2026-09-18 16:00", DAY, "2026-09-20 16:00"),  # a make-up Sunday
        ("2026-09-30 17:00", DAY, "2026-10-08 17:00"),
        ("2026-12-31 17:00", DAY, "2027-01-04 17:00"),  # a year that nobody has announced
    ],
)
def test_working_time_leaves_out_nights_lunch_and_days_off(start: str, span: timedelta, due: str) -> None:
    assert WORKED.after(at(start), span) == at(due)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2026-03-10 15:00"),
        ([("2026-03-09 16:00", "2026-03-09 17:00")], "2026-03-10 16:00"),
        ([("2026-03-09 17:00", "2026-03-10 10:00")], "2026-03-10 17:00"),  # two worked hours of the pause
        ([("2026-03-09 19:00", "2026-03-10 08:00")], "2026-03-10 15:00"),  # a night costs nothing
        ([("2026-03-10 11:30", "2026-03-10 14:00")], "2026-03-10 16:00"),  # lunch inside: one hour
        ([("2026-03-09 16:00", "2026-03-09 17:00"), ("2026-03-10 09:00", "2026-03-10 09:30")], "2026-03-10 16:30"),
        ([("2026-03-09 16:00", None)], None),
        ([("2026-03-11 10:00", None)], "2026-03-10 15:00"),  # paused after it was over
    ],
)
def test_what_was_paused_is_added_in_working_time(pauses: list[tuple[str, str | None]], due: str | None) -> None:
    intervals = tuple(Interval(at(since), at(until) if until else None) for since, until in pauses)
    clock = Clock(at("2026-03-09 15:00"), DAY, intervals)
    assert clock.due_at(WORKED) == (at(due) if due else None)


@pytest.mark.parametrize(
    ("kind", "start", "pauses", "due", "late"),
    [
        # Friday 17:45, half an hour: a quarter of it on Friday, a quarter on Monday.
        (ClockKind.ACKNOWLEDGE, "2026-03-06 17:45", [], "2026-03-09 09:15", "2026-03-10 09:15"),
        # Friday evening is Monday morning.
        (ClockKind.ACKNOWLEDGE, "2026-03-06 20:00", [], "2026-03-09 09:30", "2026-03-10 09:30"),
        # Begun before lunch, paused over it: 11:50 + 10 min, the pause to 14:00, 20 min more.
        (ClockKind.ACKNOWLEDGE, "2026-03-09 11:50", [("2026-03-09 12:00", "2026-03-09 14:00")],
         "2026-03-09 14:20", "2026-03-10 14:20"),
        # The Friday before Spring Festival: Saturday 14 February is worked, the 15th to the 23rd are not.
        (ClockKind.ASSESS, "2026-02-13 17:00", [], "2026-02-14 17:00", "2026-02-24 17:00"),
        (ClockKind.DEPARTMENT, "2026-02-13 10:00", [], "2026-02-24 10:00", "2026-02-25 10:00"),
        # Waiting for the customer over the whole festival costs the worked part of the pause only:
        # Saturday 15:00-18:00 and Tuesday 09:00-10:00, four hours after Tuesday 10:30.
        (ClockKind.DEPARTMENT, "2026-02-13 10:30", [("2026-02-14 15:00", "2026-02-24 10:00")],
         "2026-02-24 16:00", "2026-02-25 16:00"),
        # A make-up Sunday (20 September) inside a clock of two days, and two pauses of half an hour.
        (ClockKind.CARRY_OUT, "2026-09-18 16:00",
         [("2026-09-18 17:00", "2026-09-18 17:30"), ("2026-09-20 11:45", "2026-09-20 13:45")],
         "2026-09-21 17:00", "2026-09-22 17:00"),
        # Half an hour on the eve of the National Day, the rest when it is over.
        (ClockKind.CONFIRM, "2026-09-30 16:30", [("2026-09-30 17:00", "2026-10-08 09:30")],
         "2026-10-08 18:00", "2026-10-09 18:00"),
        # Begun at lunch before a New Year that nobody has announced: 4.5 hours, and 3 of Monday.
        (ClockKind.APPROVE, "2026-12-31 12:30", [], "2027-01-04 12:00", "2027-01-05 12:00"),
    ],
)  # fmt: skip
def test_clocks_end_when_one_counts_it_by_hand(
    kind: ClockKind, start: str, pauses: list[tuple[str, str]], due: str, late: str
) -> None:
    intervals = tuple(Interval(at(since), at(until)) for since, until in pauses)
    clock = Clock(at(start), Terms().allowed(kind, DAY), intervals)
    assert clock.due_at(WORKED) == at(due)
    assert clock.level(Level.LATE, WORKED) == at(late)
    assert clock.left(at(due), WORKED) == timedelta()


@pytest.mark.parametrize(
    ("telling", "people"),
    [
        (Telling(), [{1}, {1, 2}, {1, 2, 9}, {1, 2, 9}]),
        (Telling(Level.NEAR, Level.DUE), [{1, 2}, {1, 2, 9}, {1, 2, 9}, {1, 2, 9}]),
        (Telling(Level.VERY_LATE, Level.VERY_LATE), [{1}, {1}, {1}, {1, 2, 9}]),
    ],
)
def test_a_branch_moves_its_ladder(telling: Telling, people: list[set[int]]) -> None:
    assert [telling.told(level, holder=1, head=2, managers=frozenset({9})) for level in Level] == people


@pytest.mark.parametrize(
    ("texts_from", "texted"),
    [(None, []), (Level.NEAR, list(Level)), (Level.LATE, [Level.LATE, Level.VERY_LATE])],
)
def test_messages_go_out_from_a_rung_on(texts_from: Level | None, texted: list[Level]) -> None:
    assert [level for level in Level if Telling(texts_from=texts_from).texts(level)] == texted


def test_the_rungs_are_reached_at_80_percent_at_the_end_and_one_and_two_working_days_later() -> None:
    clock = Clock(at("2026-02-13 09:00"), DAY)
    assert [clock.level(level, WORKED) for level in Level] == [
        at("2026-02-13 16:30"), at("2026-02-13 18:00"), at("2026-02-14 18:00"), at("2026-02-24 18:00"),
    ]  # fmt: skip
    assert clock.reached(at("2026-02-13 16:29"), WORKED) == ()
    assert clock.reached(at("2026-02-20 12:00"), WORKED) == (Level.NEAR, Level.DUE, Level.LATE)


def test_a_paused_clock_climbs_no_rung() -> None:
    clock = Clock(at("2026-03-09 09:00"), DAY, (Interval(at("2026-03-09 10:00")),))
    assert clock.reached(at("2026-03-20 10:00"), WORKED) == ()
    assert clock.left(at("2026-03-20 10:00"), WORKED) == timedelta(hours=6, minutes=30)


def test_an_office_without_a_break_and_one_with_other_hours_count_by_their_own() -> None:
    through = WorkingTime(OfficeHours(time(8), time(16), None, None), ZONE, CALENDAR.is_working)
    assert through.hours.day == timedelta(hours=8)
    assert through.after(at("2026-03-09 11:45"), timedelta(hours=1)) == at("2026-03-09 12:45")


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ((time(18), time(9), None, None), "office_closes"),
        ((time(9), time(18), time(12), None), "lunch_until"),
        ((time(9), time(18), time(8), time(9)), "lunch_from"),
        ((time(9), time(18), time(13), time(12)), "lunch_from"),
    ],
)
def test_hours_that_do_not_fit_are_refused(hours: tuple[time, time, time | None, time | None], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        OfficeHours(*hours)
    assert refused.value.field == field


def test_the_usual_terms_are_those_of_the_service() -> None:
    allowed = {kind: Terms().allowed(kind, DAY) for kind in ClockKind if kind is not ClockKind.PROMISE}
    assert allowed == {
        ClockKind.ACKNOWLEDGE: timedelta(minutes=30),
        ClockKind.ASSESS: DAY,
        ClockKind.DEPARTMENT: 2 * DAY,
        ClockKind.APPROVE: DAY,
        ClockKind.CARRY_OUT: 2 * DAY,
        ClockKind.CONFIRM: DAY,
    }
    with pytest.raises(Invalid):
        Terms(assess_days=0)


@pytest.mark.parametrize(
    ("level", "holder", "head", "people"),
    [
        (Level.NEAR, 1, 2, {1}),
        (Level.DUE, 1, 2, {1, 2}),
        (Level.LATE, 1, 2, {1, 2, 9}),
        (Level.VERY_LATE, 1, 2, {1, 2, 9}),
        (Level.NEAR, None, 2, {2}),
        (Level.NEAR, None, None, {9}),
        (Level.DUE, 1, None, {1}),
    ],
)
def test_the_ladder_tells_the_holder_then_the_head_then_the_manager(
    level: Level, holder: int | None, head: int | None, people: set[int]
) -> None:
    assert Telling().told(level, holder=holder, head=head, managers=frozenset({9})) == people


MOMENTS = st.integers(0, 333 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=4))


@given(MOMENTS, SPANS)
def test_after_and_between_are_inverse(start: datetime, span: timedelta) -> None:
    assert WORKED.between(start, WORKED.after(start, span)) == span


@given(MOMENTS, SPANS, st.timedeltas(timedelta(), timedelta(days=9)), st.timedeltas(timedelta(), timedelta(days=9)))
def test_time_left_at_the_due_moment_is_none_however_it_was_paused(
    start: datetime, span: timedelta, until: timedelta, length: timedelta
) -> None:
    clock = Clock(start, span, (Interval(start + until, start + until + length),))
    due = clock.due_at(WORKED)
    assert due is not None
    assert clock.left(due, WORKED) == timedelta()
