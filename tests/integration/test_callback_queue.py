"""The pool of callbacks: order, paging, the day's figures, and what the clock does, however many clocks there are."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from dispatch.domain.callback import Attempt, CallbackState, Outcome
from dispatch.domain.callback_claim import LEASE, SAME_AGENT_FIRST
from dispatch.domain.consent import Purpose
from dispatch.domain.errors import NotFound
from dispatch.domain.roles import Actor, Role
from dispatch.services import callback_queue, callbacks
from dispatch.services.callback_queue import Today
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.trips import Trip
from tests.world import World

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def planned(world: World, count: int) -> list[int]:
    trips = [world.book() for _ in range(count)]
    with world.db.transaction() as session:
        made = [callbacks.create_for_closed_trip(session, session.get_one(Trip, trip), world.now) for trip in trips]
        return [task.id for task in made]


def monday(world: World, count: int) -> list[int]:
    """Callbacks in the pool on Monday at ten."""
    ids = planned(world, count)
    world.now = MONDAY_TEN
    with world.db.transaction() as session:
        assert callback_queue.make_due(session, world.now) == count
    return ids


def ready(world: World, agent: Actor | None = None, **page: int) -> list[int]:
    with world.db.reading() as session:
        return [task.id for task in callback_queue.ready(session, agent or world.agent, world.now, **page)]


def next_for(world: World, agent: Actor) -> int | None:
    with world.db.transaction() as session:
        task = callback_queue.claim_next(session, agent, world.now)
        return task.id if task else None


def wished(world: World, callback_id: int, agent: Actor, at: datetime) -> None:
    """The customer asks this agent to call again at a time."""
    with world.db.transaction() as session:
        callbacks.claim(session, callback_id, agent, world.now)
        attempt = Attempt(world.now, agent.id, Outcome.CALLBACK_REQUESTED, call_again_at=at)
        callbacks.record(session, callback_id, 1, attempt, agent)


def test_a_customer_s_wish_comes_first_for_the_agent_who_agreed_on_it(world: World) -> None:
    colleague = world.staff("zheng", "郑客服", Role.CARE)
    first, second, third = monday(world, 3)
    wished(world, third, world.agent, MONDAY_TEN + timedelta(hours=1))
    world.later(hours=1)
    assert ready(world) == [third, first, second]
    assert ready(world, colleague) == [first, second]
    assert next_for(world, colleague) == first
    assert next_for(world, world.agent) == third
    world.now += SAME_AGENT_FIRST + LEASE
    assert ready(world, colleague) == [first, second, third]


def test_the_queue_is_read_in_pages_without_gaps_or_repetitions(world: World) -> None:
    ids = monday(world, 5)
    wished(world, ids[3], world.agent, MONDAY_TEN + timedelta(minutes=1))
    world.later(minutes=1)
    pages, after = [], None
    while page := ready(world, limit=2) if after is None else ready(world, limit=2, after=after):
        pages += page
        after = page[-1]
    assert pages == [ids[3], ids[0], ids[1], ids[2], ids[4]]


def test_a_page_after_a_callback_that_there_is_not_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        ready(world, after=999)


def test_a_page_of_the_queue_costs_the_same_however_long_it_is(world: World) -> None:
    monday(world, 4)
    statements: list[str] = []
    event.listen(world.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    ready(world, limit=1)
    one = len(statements)
    ready(world, limit=4)
    assert len(statements) == 2 * one


def test_agents_who_press_the_key_together_get_one_callback_each_and_nobody_none(world: World) -> None:
    ids = monday(world, 8)
    agents = [world.staff(f"agent{n}", f"客服{n}", Role.CARE) for n in range(8)]
    start, got = threading.Barrier(8), list[int | None]()

    def press(agent: Actor) -> None:
        start.wait()
        got.append(next_for(world, agent))

    threads = [threading.Thread(target=press, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number or 0 for number in got) == ids
    assert next_for(world, world.agent) is None


def test_the_figures_of_the_day_are_counted_whoever_has_what(world: World) -> None:
    first, second, third, _fourth = monday(world, 4)
    wished(world, second, world.agent, MONDAY_TEN + timedelta(hours=3))
    wished(world, third, world.agent, MONDAY_TEN + timedelta(days=1))
    with world.db.transaction() as session:
        callbacks.claim(session, first, world.agent, world.now)
        callbacks.record(session, first, 1, Attempt(world.now, world.agent.id, Outcome.REFUSED), world.agent)
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        figures = callback_queue.today(session, branch, world.now)
        assert figures == Today(ended=1, ready=1, later=1, overdue=0)
        assert figures.remaining == 2
        assert callback_queue.today(session, branch, world.now + timedelta(days=1)).overdue == 3


def test_what_an_agent_left_open_goes_back_to_the_pool(world: World) -> None:
    (callback_id,) = monday(world, 1)
    next_for(world, world.agent)
    world.now += LEASE - timedelta(seconds=1)
    for expected in (0, 1, 0):
        with world.db.transaction() as session:
            assert callback_queue.return_lapsed(session, world.now) == expected
        world.later(seconds=1)
    with world.db.reading() as session:
        task = session.get_one(CallbackTask, callback_id)
        assert (task.state, task.claimed_by) == (CallbackState.DUE, None)


def test_four_clocks_make_each_callback_due_once(world: World) -> None:
    ids = planned(world, 12)
    world.now = MONDAY_TEN
    start, moved = threading.Barrier(4), list[int]()

    def sweep() -> None:
        start.wait()
        for _ in range(3):
            with world.db.transaction() as session:
                moved.append(callback_queue.make_due(session, MONDAY_TEN))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(moved) == 12
    with world.db.reading() as session:
        told = [entry.subject_id for entry in journal.page(session, world.branch_id) if entry.type == "callback.sweep"]
    assert sorted(told) == ids


def test_a_sweep_takes_a_bounded_batch_and_the_next_one_the_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_queue, "BATCH", 2)
    planned(world, 3)
    for expected in (2, 1, 0):
        with world.db.transaction() as session:
            assert callback_queue.make_due(session, MONDAY_TEN) == expected


def test_nobody_is_shown_a_customer_who_does_not_want_to_be_called(world: World) -> None:
    unwanted, wanted = planned(world, 2)
    with world.db.transaction() as session:
        trip = session.get_one(CallbackTask, unwanted).trip
        callbacks.stop_calling(session, trip.customer_id, Purpose.QUALITY, world.agent, world.now, reason="客人要求")
        phone = trip.caller_phone
    again = world.book(caller_phone=phone, duplicate_reason="又叫了一次")
    with world.db.transaction() as session:
        callbacks.create_for_closed_trip(session, session.get_one(Trip, again), world.now)
    assert ready(world) == []
    world.now = MONDAY_TEN
    assert ready(world) == [wanted]
    with world.db.transaction() as session:
        callback_queue.make_due(session, world.now)
    with world.db.reading() as session:
        states = {task.state for task in session.query(CallbackTask).where(CallbackTask.id != wanted)}
    assert states == {CallbackState.DECLINED}
