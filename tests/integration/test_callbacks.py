"""Callbacks: made with the close of a trip, claimed by one agent, recorded once."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dispatch.domain.callback import Attempt, CallbackState, Outcome
from dispatch.domain.callback_claim import LEASE
from dispatch.domain.consent import Purpose
from dispatch.domain.errors import Conflict, DomainError, NotFound, Refused
from dispatch.domain.roles import Actor, Role
from dispatch.domain.satisfaction import Answers, Ground
from dispatch.services import callbacks
from dispatch.services.callbacks import Recorded
from dispatch.store import journal
from dispatch.store.callbacks import CallbackTask
from dispatch.store.trips import Trip
from tests.world import World

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
CONTENT = Answers(5, badge_worn=True, car_checked=True, fee_explained=True, copy_handed_over=True)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def planned(world: World, trip_id: int | None = None) -> int:
    """A callback of a trip that closes now; how the trip came to its close is nothing to the callback."""
    trip_id = trip_id or world.book()
    with world.db.transaction() as session:
        return callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now).id


def task_of(world: World, callback_id: int) -> CallbackTask:
    with world.db.reading() as session:
        return session.get_one(CallbackTask, callback_id)


def claim(world: World, callback_id: int, agent: Actor | None = None) -> CallbackTask:
    with world.db.transaction() as session:
        return callbacks.claim(session, callback_id, agent or world.agent, world.now)


def record(
    world: World, callback_id: int, outcome: Outcome, number: int = 1, agent: Actor | None = None, **more: Any
) -> Recorded:
    agent = agent or world.agent
    attempt = Attempt(world.now, agent.id, outcome, **more)
    with world.db.transaction() as session:
        return callbacks.record(session, callback_id, number, attempt, agent)


def due(world: World) -> int:
    """A callback claimed on Monday at ten."""
    callback_id = planned(world)
    world.now = MONDAY_TEN
    claim(world, callback_id)
    return callback_id


def together(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each answered, or the code it was refused with."""
    start, answers = threading.Barrier(len(deeds)), list[object]()

    def run(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            answers.append(deed())
        except DomainError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_trip_closed_on_friday_night_is_called_back_when_monday_s_hours_begin(world: World) -> None:
    task = task_of(world, planned(world))
    assert (task.service_day, task.due_on) == (date(2026, 3, 6), date(2026, 3, 9))
    assert task.not_before == MONDAY_TEN
    assert task.state is CallbackState.SCHEDULED
    assert task.provisional  # nobody has filled in the calendar of this installation


def test_a_trip_closed_after_midnight_belongs_to_the_evening_before(world: World) -> None:
    world.now = datetime(2026, 3, 9, 16, 40, tzinfo=UTC)  # Tuesday 00:40 in Shanghai
    task = task_of(world, planned(world))
    assert (task.service_day, task.due_on) == (date(2026, 3, 9), date(2026, 3, 10))


def test_a_trip_has_one_callback_however_often_its_close_is_told(world: World) -> None:
    trip_id = world.book()
    assert planned(world, trip_id) == planned(world, trip_id)


def test_a_callback_is_not_claimed_before_its_time(world: World) -> None:
    callback_id = planned(world)
    with pytest.raises(Refused) as refused:
        claim(world, callback_id)
    assert refused.value.code == "callback_not_due"


def test_a_colleague_is_told_who_has_the_callback(world: World) -> None:
    callback_id = due(world)
    colleague = world.staff("zheng", "郑客服", Role.CARE)
    with pytest.raises(Conflict) as taken:
        claim(world, callback_id, colleague)
    assert taken.value.params == {"agent": "吴客服"}
    world.now += LEASE
    assert claim(world, callback_id, colleague).claimed_by == colleague.id


def test_of_eight_agents_who_claim_at_once_one_gets_it_and_the_others_hear_who(world: World) -> None:
    callback_id = planned(world)
    world.now = MONDAY_TEN
    agents = [world.staff(f"agent{n}", f"客服{n}", Role.CARE) for n in range(8)]
    answers = together(*[lambda agent=agent: claim(world, callback_id, agent).claimed_by for agent in agents])
    assert answers.count("callback_taken") == 7
    assert task_of(world, callback_id).claimed_by in answers


def test_a_lease_is_renewed_by_who_holds_it_and_by_nobody_else(world: World) -> None:
    callback_id = due(world)
    colleague = world.staff("zheng", "郑客服", Role.CARE)
    world.later(minutes=14)
    with world.db.transaction() as session:
        assert callbacks.renew(session, callback_id, 1, world.agent, world.now).until == world.now + LEASE
    with pytest.raises(Conflict), world.db.transaction() as session:
        callbacks.renew(session, callback_id, 1, colleague, world.now)
    world.now += LEASE
    with pytest.raises(Conflict) as lapsed, world.db.transaction() as session:
        callbacks.renew(session, callback_id, 1, world.agent, world.now)
    assert lapsed.value.code == "claim_lapsed"


def test_what_lapsed_is_claimed_again_unless_a_colleague_was_faster(world: World) -> None:
    callback_id = due(world)

    def again(agent: Actor, attempt_no: int = 1) -> None:
        with world.db.transaction() as session:
            callbacks.claim_again(session, callback_id, attempt_no, agent, world.now)

    world.now += LEASE
    again(world.agent)
    assert task_of(world, callback_id).lease_until == world.now + LEASE
    world.now += LEASE
    colleague = world.staff("zheng", "郑客服", Role.CARE)
    claim(world, callback_id, colleague)
    for agent, attempt_no, code in ((world.agent, 1, "callback_taken"), (colleague, 2, "attempt_recorded")):
        with pytest.raises(Conflict) as refused:
            again(agent, attempt_no)
        assert refused.value.code == code


def test_what_is_released_is_back_in_the_pool(world: World) -> None:
    callback_id = due(world)
    with world.db.transaction() as session:
        callbacks.release(session, callback_id, 1, world.agent, world.now)
    task = task_of(world, callback_id)
    assert (task.state, task.claimed_by, task.lease_until) == (CallbackState.DUE, None, None)


def test_a_contented_customer_ends_the_callback(world: World) -> None:
    callback_id = due(world)
    done = record(world, callback_id, Outcome.ANSWERED, answers=CONTENT)
    assert (done.state, done.grounds) == (CallbackState.DONE, ())
    with world.db.reading() as session:
        task = session.get_one(CallbackTask, callback_id)
        assert task.ended_at == world.now
        assert callbacks.answers_of(task.attempts[0]) == CONTENT


def test_a_discontented_customer_is_to_be_offered_a_complaint(world: World) -> None:
    answers = Answers(2, badge_worn=False, car_checked=True, fee_explained=None, copy_handed_over=True)
    done = record(world, due(world), Outcome.ANSWERED, answers=answers)
    assert done.grounds == (Ground.DISSATISFIED, Ground.NO_BADGE)


def test_a_form_cannot_be_saved_twice_even_at_the_same_moment(world: World) -> None:
    callback_id = due(world)
    answers = together(*[lambda: record(world, callback_id, Outcome.NO_ANSWER).state for _ in range(4)])
    assert sorted(map(str, answers)) == ["attempt_recorded"] * 3 + ["scheduled"]
    with world.db.reading() as session:
        assert len(session.get_one(CallbackTask, callback_id).attempts) == 1


def test_a_form_left_open_while_a_colleague_called_cannot_be_saved(world: World) -> None:
    callback_id = due(world)
    world.now += LEASE
    colleague = world.staff("zheng", "郑客服", Role.CARE)
    claim(world, callback_id, colleague)
    with pytest.raises(Conflict) as stale:
        record(world, callback_id, Outcome.NO_ANSWER)
    assert stale.value.code == "callback_taken"
    record(world, callback_id, Outcome.NO_ANSWER, agent=colleague)
    world.later(hours=2)
    claim(world, callback_id)
    with pytest.raises(Conflict) as recorded:
        record(world, callback_id, Outcome.NO_ANSWER)
    assert recorded.value.code == "attempt_recorded"


def test_nobody_answering_four_times_is_unreachable_which_is_not_satisfied(world: World) -> None:
    callback_id = due(world)
    for number in range(1, 5):
        if number > 1:
            world.now = max(world.now, task_of(world, callback_id).not_before)
            claim(world, callback_id)
        done = record(world, callback_id, Outcome.NO_ANSWER, number)
    assert done.state is CallbackState.UNREACHABLE
    assert task_of(world, callback_id).ended_at == world.now == datetime(2026, 3, 10, 4, tzinfo=UTC)


def test_a_time_the_customer_asked_for_is_kept_with_the_same_agent_first(world: World) -> None:
    callback_id = due(world)
    wish = MONDAY_TEN + timedelta(hours=10, minutes=30)  # 20:30, outside the branch's hours
    record(world, callback_id, Outcome.CALLBACK_REQUESTED, call_again_at=wish)
    world.now = wish
    colleague = world.staff("zheng", "郑客服", Role.CARE)
    with pytest.raises(Refused) as kept:
        claim(world, callback_id, colleague)
    assert kept.value.code == "callback_kept"
    claim(world, callback_id)
    with world.db.transaction() as session:
        assert callbacks.dial(session, callback_id, 2, world.agent, wish).startswith("+86138")


def test_the_number_is_shown_to_who_holds_the_callback_and_the_journal_says_so(world: World) -> None:
    callback_id = due(world)
    with world.db.transaction() as session:
        callbacks.dial(session, callback_id, 1, world.agent, world.now)
    with world.db.reading() as session:
        newest = journal.page(session, world.branch_id, subject="callback", subject_id=callback_id)[0]
    assert (newest.type, newest.actor_id) == ("callback.dial", world.agent.id)
    assert "138" not in str(newest.payload)


@pytest.mark.parametrize(("hour", "code"), [(20, "outside_calling_window"), (21, "quiet_hours"), (8, "quiet_hours")])
def test_nobody_is_rung_outside_the_hours(world: World, hour: int, code: str) -> None:
    callback_id = due(world)
    world.now = datetime(2026, 3, 9, tzinfo=UTC) + timedelta(days=hour < 9, hours=hour - 8)
    claim(world, callback_id)
    with pytest.raises(Refused) as refused, world.db.transaction() as session:
        callbacks.dial(session, callback_id, 1, world.agent, world.now)
    assert refused.value.code == code


def test_who_does_not_want_to_be_called_is_not_called_for_other_trips_either(world: World) -> None:
    other = planned(world)
    caller = task_of(world, other).trip.caller_phone
    first = planned(world, world.book(caller_phone=caller, duplicate_reason="第二辆车"))
    world.now = MONDAY_TEN
    claim(world, first)
    claim(world, other)
    record(world, first, Outcome.DO_NOT_CALL, note="不要再打了")
    assert task_of(world, first).state is CallbackState.DECLINED
    assert task_of(world, other).state is CallbackState.DECLINED
    with pytest.raises(Conflict), world.db.transaction() as session:
        callbacks.dial(session, other, 1, world.agent, world.now)


def test_do_not_call_is_looked_at_again_when_dialling(world: World) -> None:
    callback_id = planned(world)
    customer_id = task_of(world, callback_id).trip.customer_id
    with world.db.transaction() as session:
        callbacks.stop_calling(session, customer_id, Purpose.QUALITY, world.agent, world.now, reason="客人来电说明")
    later = planned(world, world.book(caller_phone=task_of(world, callback_id).trip.caller_phone, duplicate_reason="?"))
    world.now = MONDAY_TEN
    with pytest.raises(DomainError) as refused:
        claim(world, later)
    assert refused.value.code in {"do_not_call", "callback_ended"}


def test_a_callback_of_another_branch_does_not_exist(world: World) -> None:
    callback_id = due(world)
    stranger = Actor(world.agent.id, "外人", world.branch_id + 1, frozenset({Role.CARE}))
    with pytest.raises(NotFound):
        claim(world, callback_id, stranger)
