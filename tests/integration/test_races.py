"""R1, R2: races for an offer and for a driver. One winner; everybody else is told who it was."""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from dispatch.domain import commands as c
from dispatch.domain.commands import Command
from dispatch.domain.errors import Conflict, DomainError
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import bookings, drivers, trips
from dispatch.store.db import Database
from dispatch.store.offers import Offer, OfferState
from dispatch.store.trips import Trip
from tests.world import KEYS, World

PROCESSES = 64
WON = "won"


def _race(url: str, now: Any, entry: tuple[int, Command, Actor], gate: Any, results: Any) -> None:
    """One contestant, in a process of its own with a connection of its own."""
    trip_id, command, actor = entry
    db = Database(url, pool_size=1)
    with db.engine.connect():
        pass  # connected before the gate opens
    gate.wait()
    try:
        with db.transaction() as session:
            trips.apply(session, trip_id, command, actor, now)
        results.put((actor.driver_id, WON, {}))
    except DomainError as error:
        results.put((actor.driver_id, error.code, error.params))


def run_race(url: str, now: Any, entries: list[tuple[int, Command, Actor]]) -> list[tuple[int | None, str, Any]]:
    """All entries at once, each in its own process; answers what each was told."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.test_races"])
    gate, results = context.Barrier(len(entries)), context.Queue()
    contestants = [context.Process(target=_race, args=(url, now, entry, gate, results)) for entry in entries]
    for contestant in contestants:
        contestant.start()
    told = [results.get(timeout=60) for _ in contestants]
    for contestant in contestants:
        contestant.join(timeout=30)
        assert contestant.exitcode == 0
    return told


def test_of_64_processes_accepting_one_offer_one_wins_and_the_others_learn_who(postgres_url: str) -> None:
    with World.opened(postgres_url, drivers=PROCESSES) as world:
        trip_id = world.book()
        ids = tuple(driver.driver_id or 0 for driver in world.drivers)
        world.do(trip_id, c.Offer(ids, world.now.replace(hour=23)), world.dispatcher)
        told = run_race(postgres_url, world.now, [(trip_id, c.Accept(), driver) for driver in world.drivers])
        assert Counter(code for _, code, _ in told) == {WON: 1, "already_taken": PROCESSES - 1}
        trip = world.trip(trip_id)
        (winner,) = [driver_id for driver_id, code, _ in told if code == WON]
        assert (trip.state, trip.driver_id) == (State.ACCEPTED, winner)
        assert trip.driver is not None
        assert {params["badge"] for _, code, params in told if code != WON} == {trip.driver.badge_id}


def test_of_64_processes_assigning_one_driver_one_wins_and_the_others_learn_the_trip(postgres_url: str) -> None:
    with World.opened(postgres_url, drivers=1) as world:
        wanted = world.driver.driver_id or 0
        booked = [world.book() for _ in range(PROCESSES)]
        told = run_race(postgres_url, world.now, [(trip_id, c.Assign(wanted), world.dispatcher) for trip_id in booked])
        assert Counter(code for _, code, _ in told) == {WON: 1, "driver_busy": PROCESSES - 1}
        (taken,) = [trip_id for trip_id in booked if world.trip(trip_id).driver_id == wanted]
        assert {params["trip"] for _, code, params in told if code != WON} == {world.trip(taken).number}


class Interleaved:
    """Contestants who have all been told yes by the rules before any of them writes, with no row locked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, contestants: int) -> None:
        self._gate = threading.Barrier(contestants)
        decided, find = trips.decided, drivers.find

        def decided_together(*args: Any) -> Any:
            decision = decided(*args)
            self._gate.wait(timeout=20)
            return decision

        monkeypatch.setattr(trips, "decided", decided_together)
        monkeypatch.setattr(trips, "locked", lambda session, trip_id, _actor: session.get_one(Trip, trip_id))
        monkeypatch.setattr(drivers, "find", lambda session, driver, branch, **_: find(session, driver, branch))

    @staticmethod
    def run(entries: list[Callable[[], object]]) -> list[str]:
        """What each was told."""

        def told(entry: Callable[[], object]) -> str:
            try:
                entry()
            except DomainError as error:
                return error.code
            return WON

        with ThreadPoolExecutor(len(entries)) as pool:
            return list(pool.map(told, entries))


def assign_together(world: World, booked: list[int]) -> list[str]:
    command = c.Assign(world.driver.driver_id or 0)
    return Interleaved.run([partial(world.do, trip_id, command, world.dispatcher) for trip_id in booked])


def test_the_index_alone_keeps_a_driver_from_two_trips(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url, drivers=1) as world:
        booked = [world.book() for _ in range(4)]
        Interleaved(monkeypatch, len(booked))
        assert Counter(assign_together(world, booked)) == {WON: 1, "driver_busy": 3}


def test_without_the_index_a_driver_would_be_on_several_trips(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url, drivers=1) as world:
        booked = [world.book() for _ in range(4)]
        with world.db.transaction() as session:
            session.execute(text("DROP INDEX uq_trip_live_driver"))
        Interleaved(monkeypatch, len(booked))
        assert Counter(assign_together(world, booked))[WON] > 1


def accept_together(world: World, trip_id: int) -> list[str]:
    return Interleaved.run([partial(world.do, trip_id, c.Accept(), driver) for driver in world.drivers])


def offered_to_all(world: World) -> int:
    trip_id = world.book()
    ids = tuple(driver.driver_id or 0 for driver in world.drivers)
    world.do(trip_id, c.Offer(ids, world.now.replace(hour=23)), world.dispatcher)
    return trip_id


def test_the_version_of_a_trip_alone_keeps_it_from_two_drivers(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url, drivers=4) as world:
        trip_id = offered_to_all(world)
        with world.db.transaction() as session:
            session.execute(text("DROP INDEX uq_offer_accepted_trip"))
        Interleaved(monkeypatch, 4)
        told = accept_together(world, trip_id)
        assert told.count(WON) == 1


def test_a_trip_never_has_two_accepted_offers(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.ACCEPTED)
        other = world.drivers[1].driver_id or 0
        with pytest.raises(Conflict, match="same moment"), world.db.transaction() as session:
            session.add(
                Offer(trip_id=trip_id, driver_id=other, state=OfferState.ACCEPTED, offered_at=world.now, reason="")
            )


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param(True, "duplicate_trip", id="known caller"),
        pytest.param(False, "changed_meanwhile", id="new caller"),
    ],
)
def test_of_two_desks_that_book_one_caller_at_once_the_second_is_told(
    postgres_url: str, known: bool, told: str
) -> None:
    with World.opened(postgres_url) as world, ThreadPoolExecutor(1) as other_desk:
        same = {"caller_phone": "13807931234"}
        if known:
            world.do(world.book(**same), c.Cancel(c.Party.CUSTOMER, "不走了"), world.dispatcher)
        with world.db.transaction() as session:
            bookings.take(session, world.booking(**same), world.dispatcher, world.now, KEYS)
            second = other_desk.submit(world.book, **same)
            until_somebody_waits(postgres_url)
        with pytest.raises(Conflict) as refusal:
            second.result(timeout=10)
        assert refusal.value.code == told
        with world.db.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM trip WHERE state = 'booked'")) == 1


def until_somebody_waits(postgres_url: str) -> None:
    """Return when a connection waits for a lock of another: no sooner can the second desk have looked."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    watcher = Database(postgres_url, pool_size=1)
    for _ in range(500):
        with watcher.reading() as session:
            if session.scalar(waiting):
                break
        time.sleep(0.01)
    watcher.dispose()


def test_a_form_older_than_the_trip_is_refused(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.book()
        with world.db.reading() as session:
            stale = session.get_one(Trip, trip_id)
            session.expunge(stale)
        world.do(trip_id, c.Cancel(c.Party.CUSTOMER, "不走了"), world.dispatcher)
        stale.note = "written on an old copy"
        with pytest.raises(Conflict) as refusal, world.db.transaction() as session:
            session.add(stale)
        assert refusal.value.code == "changed_meanwhile"
        assert world.trip(trip_id).note == ""
