"""One agent at a time is on a callback, and only the newest form of it can be saved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.callback import OPEN, CallbackState
from dispatch.domain.callback_claim import LEASE, Lease, Task, check_holder, claim, has_lapsed, renew
from dispatch.domain.errors import Conflict, DomainError, Refused

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LI, ZHAO = 7, 8
IN_POOL = Task(CallbackState.DUE, NOW, preferred_staff_id=None, attempts=0, lease=None, do_not_call=False)


HELD_BY_LI = replace(IN_POOL, state=CallbackState.CLAIMED, lease=claim(IN_POOL, LI, "李芳", NOW))


def test_a_callback_in_the_pool_is_claimed_for_fifteen_minutes() -> None:
    assert claim(IN_POOL, LI, "李芳", NOW) == Lease(LI, "李芳", NOW + timedelta(minutes=15))


def test_a_callback_whose_time_has_come_is_claimed_even_while_no_scheduler_runs() -> None:
    assert claim(replace(IN_POOL, state=CallbackState.SCHEDULED), LI, "李芳", NOW).staff_id == LI


def test_the_second_agent_is_told_who_was_first() -> None:
    with pytest.raises(Conflict, match="李芳 is on this callback"):
        claim(HELD_BY_LI, ZHAO, "赵敏", NOW + MINUTE)


def test_a_lapsed_claim_goes_to_whoever_comes_next() -> None:
    assert not has_lapsed(HELD_BY_LI, NOW + LEASE - MINUTE)
    assert has_lapsed(HELD_BY_LI, NOW + LEASE)
    assert claim(HELD_BY_LI, ZHAO, "赵敏", NOW + LEASE).staff_id == ZHAO


def test_an_open_form_keeps_its_claim() -> None:
    later = NOW + 14 * MINUTE
    assert renew(HELD_BY_LI, LI, 1, later) == Lease(LI, "李芳", later + LEASE)
    assert check_holder(HELD_BY_LI, LI, 1, later) == HELD_BY_LI.lease


def test_a_form_left_open_from_before_the_last_attempt_cannot_be_saved_under_a_new_claim() -> None:
    tried_since = replace(HELD_BY_LI, attempts=1)
    assert check_holder(tried_since, LI, 2, NOW)
    with pytest.raises(Conflict, match="already been recorded"):
        check_holder(tried_since, LI, 1, NOW)


@pytest.mark.parametrize(
    ("task", "agent", "now", "code"),
    [
        (HELD_BY_LI, LI, NOW + LEASE, "claim_lapsed"),
        (HELD_BY_LI, ZHAO, NOW, "callback_taken"),
        (IN_POOL, LI, NOW, "claim_lapsed"),
        (replace(HELD_BY_LI, state=CallbackState.DONE, lease=None), LI, NOW, "callback_ended"),
    ],
    ids=["lapsed", "somebody else's", "back in the pool", "saved already"],
)
def test_a_stale_form_cannot_be_saved(task: Task, agent: int, now: datetime, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        check_holder(task, agent, 1, now)
    assert refused.value.code == code


@pytest.mark.parametrize("state", [state for state in CallbackState if state not in OPEN])
def test_a_finished_callback_cannot_be_claimed(state: CallbackState) -> None:
    with pytest.raises(Conflict, match="already finished"):
        claim(replace(IN_POOL, state=state), LI, "李芳", NOW)


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (replace(IN_POOL, do_not_call=True), "do_not_call"),
        (replace(IN_POOL, state=CallbackState.SCHEDULED, not_before=NOW + MINUTE), "callback_not_due"),
    ],
)
def test_a_customer_who_is_not_to_be_called_now_is_not_claimed(task: Task, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        claim(task, LI, "李芳", NOW)
    assert refused.value.code == code


def test_the_agent_who_agreed_on_the_time_is_first_for_five_minutes() -> None:
    wished = replace(IN_POOL, preferred_staff_id=LI)
    assert claim(wished, LI, "李芳", NOW).staff_id == LI
    with pytest.raises(Refused, match="first for 5 minutes"):
        claim(wished, ZHAO, "赵敏", NOW + 4 * MINUTE)
    assert claim(wished, ZHAO, "赵敏", NOW + 5 * MINUTE).staff_id == ZHAO
