"""Two agents want one callback: one gets it, the other hears who; a form is kept once. With and without guards."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from dispatch.domain import callback_claim
from dispatch.domain.callback import Attempt, CallbackState, Outcome
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Actor, Role
from dispatch.services import callbacks
from dispatch.store import callbacks as store
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.db import Database
from dispatch.store.trips import Trip
from tests.world import World

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
PROCESSES = 16
WON = "won"


def due(world: World) -> int:
    """A callback that anybody may claim on Monday at ten."""
    trip_id = world.book()
    with world.db.transaction() as session:
        made = callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now).id
    world.now = MONDAY_TEN
    return made


def agents(world: World, count: int) -> list[Actor]:
    return [world.staff(f"agent{number}", f"客服{number}", Role.CARE) for number in range(count)]


def claim(db: Database, callback_id: int, agent: Actor) -> None:
    with db.transaction() as session:
        callbacks.claim(session, callback_id, agent, MONDAY_TEN)


def save(db: Database, callback_id: int, agent: Actor) -> None:
    attempt = Attempt(MONDAY_TEN, agent.id, Outcome.NO_ANSWER)
    with db.transaction() as session:
        callbacks.record(session, callback_id, 1, attempt, agent)


def _contestant(url: str, deed: Callable[[Database, int, Actor], None], entry: tuple[int, Actor], *ways: Any) -> None:
    """One agent, in a process of its own with a connection of its own."""
    gate, results = ways
    db = Database(url, pool_size=1)
    with db.engine.connect():
        pass  # connected before the gate opens
    gate.wait()
    try:
        deed(db, *entry)
        results.put((entry[1].id, WON, {}))
    except DomainError as error:
        results.put((entry[1].id, error.code, error.params))


def race(
    url: str, deed: Callable[[Database, int, Actor], None], entries: list[tuple[int, Actor]]
) -> list[tuple[int, str, dict[str, Any]]]:
    """All at once, each in its own process; what each was told."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.test_callback_races"])
    gate, results = context.Barrier(len(entries)), context.Queue()
    running = [context.Process(target=_contestant, args=(url, deed, entry, gate, results)) for entry in entries]
    for one in running:
        one.start()
    told = [results.get(timeout=60) for _ in running]
    for one in running:
        one.join(timeout=30)
        assert one.exitcode == 0
    return told


def test_of_16_processes_claiming_one_callback_one_wins_and_the_others_learn_who(postgres_url: str) -> None:
    with World.opened(postgres_url) as world:
        callback_id = due(world)
        callers = agents(world, PROCESSES)
        told = race(postgres_url, claim, [(callback_id, agent) for agent in callers])
        assert Counter(code for _, code, _ in told) == {WON: 1, "callback_taken": PROCESSES - 1}
        (winner,) = [agent for agent in callers if agent.id in {who for who, code, _ in told if code == WON}]
        assert {params["agent"] for _, code, params in told if code != WON} == {winner.name}
        with world.db.reading() as session:
            task = session.get_one(CallbackTask, callback_id)
            assert (task.claimed_by, task.state) == (winner.id, CallbackState.CLAIMED)


def test_of_16_processes_saving_one_form_one_is_kept(postgres_url: str) -> None:
    with World.opened(postgres_url) as world:
        callback_id = due(world)
        claim(world.db, callback_id, world.agent)
        told = race(postgres_url, save, [(callback_id, world.agent)] * PROCESSES)
        assert Counter(code for _, code, _ in told) == {WON: 1, "attempt_recorded": PROCESSES - 1}
        with world.db.reading() as session:
            assert session.query(CallbackAttempt).count() == 1


class Interleaved:
    """Contestants whom the rules have all told yes before any of them writes, with no row locked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rule: str, contestants: int) -> None:
        gate, decide = threading.Barrier(contestants), getattr(callback_claim, rule)

        def together(*given: Any) -> Any:
            lease = decide(*given)
            gate.wait(timeout=20)
            return lease

        monkeypatch.setattr(callback_claim, rule, together)
        monkeypatch.setattr(store, "locked", lambda session, callback_id: session.get(CallbackTask, callback_id))

    @staticmethod
    def run(deeds: list[Callable[[], None]]) -> list[str]:
        """What each was told."""

        def told(deed: Callable[[], None]) -> str:
            try:
                deed()
            except DomainError as error:
                return error.code
            return WON

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(told, deeds))


def claims(world: World, callback_id: int) -> list[Callable[[], None]]:
    return [partial(claim, world.db, callback_id, agent) for agent in agents(world, 4)]


def test_the_compare_and_set_alone_keeps_a_callback_from_two_agents(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url) as world:
        deeds = claims(world, due(world))
        Interleaved(monkeypatch, "claim", len(deeds))
        assert Counter(Interleaved.run(deeds)) == {WON: 1, "callback_changed": 3}


def test_without_the_compare_and_set_several_agents_would_have_it(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(session: Session, task_id: int, _version: int, staff_id: int, until: datetime) -> bool:
        values = {"state": CallbackState.CLAIMED, "claimed_by": staff_id, "lease_until": until}
        session.connection().execute(update(CallbackTask).where(CallbackTask.id == task_id).values(values))
        return True

    with World.opened(postgres_url) as world:
        deeds = claims(world, due(world))
        Interleaved(monkeypatch, "claim", len(deeds))
        monkeypatch.setattr(store, "take", take)
        assert Counter(Interleaved.run(deeds))[WON] > 1


def saves(world: World) -> list[Callable[[], None]]:
    callback_id = due(world)
    claim(world.db, callback_id, world.agent)
    return [partial(save, world.db, callback_id, world.agent)] * 4


def kept(world: World) -> int:
    with world.db.reading() as session:
        return len(session.scalars(select(CallbackAttempt.id)).all())


def drop_index(world: World) -> None:
    with world.db.transaction() as session:
        session.execute(text("ALTER TABLE callback_attempt DROP CONSTRAINT uq_callback_attempt_callback_id_number"))


def test_the_version_of_a_callback_alone_keeps_a_form_from_being_kept_twice(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url) as world:
        deeds = saves(world)
        drop_index(world)
        Interleaved(monkeypatch, "check_holder", len(deeds))
        assert Interleaved.run(deeds).count(WON) == 1
        assert kept(world) == 1


@pytest.mark.parametrize("indexed", [True, False], ids=["with the index", "without it"])
def test_the_number_of_an_attempt_keeps_a_form_from_being_kept_twice_where_its_index_is(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, indexed: bool
) -> None:
    with World.opened(postgres_url) as world:
        deeds = saves(world)
        if not indexed:
            drop_index(world)
        Interleaved(monkeypatch, "check_holder", len(deeds))
        monkeypatch.setattr(callbacks, "_settle", lambda *_given: None)  # nothing is written that has a version
        assert Interleaved.run(deeds).count(WON) == (1 if indexed else 4)
        assert kept(world) == (1 if indexed else 4)
