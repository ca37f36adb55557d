"""What follows from an attempt to call a customer back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.announced_days import announced_days
from dispatch.domain.callback import (
    UNANSWERED,
    Attempt,
    CallbackState,
    Decision,
    Outcome,
    after_attempt,
)
from dispatch.domain.calling_hours import CallingWindow, check_dialling, is_open, is_quiet, next_slot
from dispatch.domain.errors import Invalid, Refused
from dispatch.domain.satisfaction import Answers
from dispatch.domain.workdays import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOW = CallingWindow()
CALENDAR = Calendar({day.date: day for day in announced_days(2026) or []})
CONTENT = Answers(5, True, True, True, True)
AGENT, COLLEAGUE = 7, 8


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def unanswered(*times: str) -> list[Attempt]:
    return [Attempt(at(time), AGENT, Outcome.NO_ANSWER) for time in times]


def decide(attempts: list[Attempt]) -> Decision:
    return after_attempt(attempts[:-1], attempts[-1], SHANGHAI, WINDOW, CALENDAR)


@pytest.mark.parametrize(
    ("attempt", "state", "do_not_call"),
    [
        (Attempt(at("2026-03-04 10:00"), AGENT, Outcome.ANSWERED, answers=CONTENT), CallbackState.DONE, False),
        (Attempt(at("2026-03-04 10:00"), AGENT, Outcome.INVALID_NUMBER), CallbackState.UNREACHABLE, False),
        (Attempt(at("2026-03-04 10:00"), AGENT, Outcome.REFUSED), CallbackState.DECLINED, False),
        (Attempt(at("2026-03-04 10:00"), AGENT, Outcome.DO_NOT_CALL), CallbackState.DECLINED, True),
    ],
)
def test_an_answer_a_wrong_number_or_a_refusal_ends_the_callback(
    attempt: Attempt, state: CallbackState, do_not_call: bool
) -> None:
    assert decide([attempt]) == Decision(state, do_not_call=do_not_call)


@pytest.mark.parametrize("outcome", sorted(UNANSWERED))
def test_nobody_answering_is_tried_again_after_two_hours(outcome: Outcome) -> None:
    decision = decide([Attempt(at("2026-03-04 10:05"), AGENT, outcome)])
    assert decision == Decision(CallbackState.SCHEDULED, at("2026-03-04 12:05"))


@pytest.mark.parametrize(
    ("tries", "again"),
    [
        (["2026-03-04 17:59"], "2026-03-04 19:59"),
        (["2026-03-04 18:00"], "2026-03-05 10:00"),
        (["2026-03-04 10:00", "2026-03-04 12:00"], "2026-03-05 10:00"),
        (["2026-03-04 10:00", "2026-03-04 12:00", "2026-03-05 10:00"], "2026-03-05 12:00"),
        (["2026-03-04 19:00", "2026-03-05 19:00", "2026-03-06 10:00"], "2026-03-06 12:00"),
        (["2026-03-06 19:00"], "2026-03-09 10:00"),
        (["2026-09-30 19:00"], "2026-10-08 10:00"),
        (["2026-02-13 19:30"], "2026-02-14 10:00"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else value,
)
def test_the_next_try_keeps_to_the_window_the_working_days_and_two_a_day(tries: list[str], again: str) -> None:
    assert decide(unanswered(*tries)).not_before == at(again)


@pytest.mark.parametrize(
    "tries",
    [
        ["2026-03-04 10:00", "2026-03-04 12:00", "2026-03-05 10:00", "2026-03-05 12:00"],
        ["2026-03-04 19:00", "2026-03-05 19:00", "2026-03-06 19:00"],
        ["2026-03-04 19:00", "2026-03-10 11:00"],
    ],
    ids=["four in all", "three working days are over", "tried too late"],
)
def test_a_customer_who_never_answers_is_unreachable(tries: list[str]) -> None:
    assert decide(unanswered(*tries)) == Decision(CallbackState.UNREACHABLE)


def wish(made: str, wished: str) -> Attempt:
    return Attempt(at(made), AGENT, Outcome.CALLBACK_REQUESTED, call_again_at=at(wished))


@pytest.mark.parametrize("wished", ["2026-03-04 20:30", "2026-03-05 09:00", "2026-03-07 11:00", "2026-04-03 10:00"])
def test_a_time_the_customer_asks_for_is_kept_with_the_same_agent_first(wished: str) -> None:
    decision = decide([wish("2026-03-04 10:00", wished)])
    assert decision == Decision(CallbackState.SCHEDULED, at(wished), preferred_staff_id=AGENT)


@pytest.mark.parametrize(
    ("wished", "code"),
    [
        ("2026-03-04 21:00", "call_again_quiet"),
        ("2026-03-05 08:59", "call_again_quiet"),
        ("2026-03-04 10:00", "call_again_range"),
        ("2026-03-03 12:00", "call_again_range"),
        ("2027-03-04 12:00", "call_again_range"),
    ],
)
def test_a_wish_in_quiet_hours_in_the_past_or_far_away_is_refused(wished: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        decide([wish("2026-03-04 10:00", wished)])
    assert (refused.value.code, refused.value.field) == (code, "call_again_at")


def test_a_wish_does_not_count_as_a_try_and_starts_the_working_days_anew() -> None:
    tries = [
        *unanswered("2026-03-04 10:00"),
        wish("2026-03-04 12:00", "2026-03-12 15:00"),
        *unanswered("2026-03-12 15:00"),
    ]
    assert decide(tries) == Decision(CallbackState.SCHEDULED, at("2026-03-12 17:00"))


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.ANSWERED])
def test_satisfaction_is_recorded_only_with_an_answer(outcome: Outcome) -> None:
    wished = at("2026-03-05 10:00") if outcome is Outcome.CALLBACK_REQUESTED else None
    with pytest.raises(Invalid, match="Satisfaction"):
        Attempt(at("2026-03-04 10:00"), AGENT, outcome, answers=CONTENT, call_again_at=wished)


def test_an_answered_call_needs_satisfaction() -> None:
    with pytest.raises(Invalid, match="Satisfaction"):
        Attempt(at("2026-03-04 10:00"), AGENT, Outcome.ANSWERED)


def test_a_requested_callback_needs_its_time_and_no_other_outcome_has_one() -> None:
    with pytest.raises(Invalid, match="time to call again"):
        Attempt(at("2026-03-04 10:00"), AGENT, Outcome.CALLBACK_REQUESTED)
    with pytest.raises(Invalid, match="time to call again"):
        Attempt(at("2026-03-04 10:00"), AGENT, Outcome.BUSY, call_again_at=at("2026-03-05 10:00"))


minutes = st.integers(0, 60 * 24 * 300).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
delays = st.lists(st.integers(0, 60 * 30).map(lambda m: timedelta(minutes=m)), min_size=8, max_size=8)
wishes = st.lists(st.none() | st.integers(1, 60 * 24 * 5).map(lambda m: timedelta(minutes=m)), min_size=8, max_size=8)


def played(start: datetime, late: list[timedelta], wished: list[timedelta | None]) -> tuple[list[Attempt], Decision]:
    """A customer who never answers, or only to ask for another time, and agents who come when they can."""
    attempts: list[Attempt] = []
    decision = Decision(CallbackState.SCHEDULED, next_slot(start, SHANGHAI, WINDOW, CALENDAR.is_working))
    for delay, wait in zip(late, wished, strict=True):
        if decision.not_before is None:
            break
        asked_for = decision.preferred_staff_id is not None
        dialled = decision.not_before + delay
        try:
            check_dialling(dialled, SHANGHAI, WINDOW, asked_for=asked_for)
        except Refused:
            dialled = next_slot(dialled, SHANGHAI, WINDOW, CALENDAR.is_working)
        attempt = Attempt(dialled, COLLEAGUE, Outcome.NO_ANSWER)
        if wait is not None and not is_quiet(dialled + wait, SHANGHAI):
            attempt = replace(attempt, outcome=Outcome.CALLBACK_REQUESTED, call_again_at=dialled + wait)
        decision = after_attempt(attempts, attempt, SHANGHAI, WINDOW, CALENDAR)
        attempts.append(attempt)
    return attempts, decision


@given(minutes, delays, wishes)
def test_unanswered_calls_are_at_most_two_a_day_and_four_in_all_two_hours_apart(
    start: datetime, late: list[timedelta], wished: list[timedelta | None]
) -> None:
    attempts, _ = played(start, late, wished)
    unheard = [attempt.at for attempt in attempts if attempt.outcome in UNANSWERED]
    days = [moment.astimezone(SHANGHAI).date() for moment in unheard]
    assert len(unheard) <= 4
    assert all(days.count(day) <= 2 for day in days)
    for before, after in pairwise(attempts):
        assert before.outcome not in UNANSWERED or after.at - before.at >= timedelta(hours=2)


@given(minutes, delays)
def test_every_try_is_planned_inside_the_window_of_one_of_three_working_days(
    start: datetime, late: list[timedelta]
) -> None:
    attempts: list[Attempt] = []
    planned = next_slot(start, SHANGHAI, WINDOW, CALENDAR.is_working)
    days = set()
    for delay in late:
        days.add(planned.astimezone(SHANGHAI).date())
        assert is_open(planned, SHANGHAI, WINDOW)
        assert not is_quiet(planned, SHANGHAI)
        attempt = Attempt(max(planned, planned + min(delay, timedelta(minutes=1))), AGENT, Outcome.BUSY)
        decision = after_attempt(attempts, attempt, SHANGHAI, WINDOW, CALENDAR)
        attempts.append(attempt)
        if decision.not_before is None:
            break
        planned = decision.not_before
    assert decision.state is CallbackState.UNREACHABLE
    assert len(days) <= 3
    assert all(CALENDAR.is_working(day) for day in days)
