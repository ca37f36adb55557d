"""Following the journal: every event once and in order, whoever writes, and whatever happens to the database."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from dispatch.domain import commands as c
from dispatch.domain.events import Event
from dispatch.domain.states import State
from dispatch.services import live
from dispatch.services.announce import announce
from dispatch.store import feed as feed_module
from dispatch.store import journal, migrate
from dispatch.store.db import Database
from dispatch.store.feed import Ended, Feed, Gap, Listener
from dispatch.store.journal import Told
from dispatch.web.streams import CHECKED_HEARTBEATS, MOST_CAUGHT_UP, Stream, Streams
from tests.databases import Databases
from tests.postgres import Postgres
from tests.world import World

PATIENCE = 20.0


@contextmanager
def following(db: Database) -> Iterator[Feed]:
    feed = Feed(db)
    try:
        yield feed
    finally:
        feed.stop()
        feed.join()


def everything(_told: Told) -> bool:
    return True


def hear(listener: Listener, count: int) -> list[Told]:
    """So many entries; fails when they do not come."""
    heard: list[Told] = []
    until = time.monotonic() + PATIENCE
    while len(heard) < count:
        assert time.monotonic() < until, f"heard {len(heard)} of {count}"
        heard += [one for one in listener.take(0.5) if isinstance(one, Told)]
    return heard


def write(world: World, number: int) -> None:
    with world.db.transaction() as session:
        announce(session, Event("shift.start", {}), world.driver, world.now, subject="driver", subject_id=number)


def test_what_many_write_at_once_is_heard_once_and_in_order(database_url: str) -> None:
    with World.opened(database_url) as world, following(world.db) as feed, ThreadPoolExecutor(8) as desks:
        listener = feed.listen(everything)
        list(desks.map(lambda number: write(world, number), range(1, 201)))
        heard = hear(listener, 200)
        assert listener.take(0.2) == []
        assert [one.id for one in heard] == sorted({one.id for one in heard})
        assert sorted(one.subject_id for one in heard) == list(range(1, 201))


def test_a_change_is_heard_within_a_quarter_of_a_second(database_url: str) -> None:
    with World.opened(database_url) as world, following(world.db) as feed:
        listener = feed.listen(everything)
        listener.take(0.3)
        waited = []
        for number in range(5):
            began = time.monotonic()
            write(world, number)
            hear(listener, 1)
            waited.append(time.monotonic() - began)
        assert sorted(waited)[2] < 0.25


def test_a_listener_hears_what_it_wants_from_where_it_begins(database_url: str) -> None:
    with World.opened(database_url) as world, following(world.db) as feed:
        write(world, 1)
        listener = feed.listen(lambda told: told.subject_id == 3)
        with world.db.reading() as session:
            assert listener.position == journal.position(session)
        for number in (2, 3, 4):
            write(world, number)
        assert [one.subject_id for one in hear(listener, 1)] == [3]
        feed.leave(listener)
        write(world, 3)
        assert listener.take(0.3) == []


def test_who_is_told_after_others_is_never_said_to_have_heard_what_is_still_to_come(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "AT_A_TIME", 1)
    monkeypatch.setattr(feed_module, "BREATH_SECONDS", 0.02)
    with World.opened(sqlite_url) as world, following(world.db) as feed:
        listeners = [feed.listen(everything) for _ in range(8)]
        write(world, 1)
        claimed = dict.fromkeys(listeners, 0)
        heard: dict[Listener, list[int]] = {listener: [] for listener in listeners}
        until = time.monotonic() + PATIENCE
        while not all(heard.values()):
            assert time.monotonic() < until
            for listener in listeners:
                claimed[listener] = max(claimed[listener], (not heard[listener] and feed.reached(listener)) or 0)
                heard[listener] += [one.id for one in listener.take(0) if isinstance(one, Told)]
        assert all(claimed[listener] < heard[listener][0] for listener in listeners)


def test_a_slow_listener_is_told_to_look_anew_and_hears_on(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "MOST_WAITING", 5)
    with World.opened(sqlite_url) as world, following(world.db) as feed:
        listener, quick = feed.listen(everything), feed.listen(everything)
        for number in range(8):
            write(world, number)
            hear(quick, 1)
        found = listener.take(1)
        assert isinstance(found[0], Gap)
        assert [one.subject_id for one in found[1:] if isinstance(one, Told)] == [6, 7]


def test_a_restart_of_the_database_loses_nothing(databases: Databases) -> None:
    server = Postgres(databases.folder / f"restarted-{databases.worker}")
    server.create()
    server.start()
    try:
        _restart(server)
    finally:
        server.remove()


def _restart(server: Postgres) -> None:
    server.execute("CREATE DATABASE live")
    migrate.upgrade(server.url("live"))
    with World.opened(server.url("live")) as world, following(world.db) as feed:
        listener = feed.listen(everything)
        write(world, 1)
        hear(listener, 1)
        server.stop("immediate")
        server.start()
        world.db.dispose()
        write(world, 2)
        write(world, 3)
        assert [one.subject_id for one in hear(listener, 2)] == [2, 3]


def test_an_ended_feed_lets_everybody_go(sqlite_url: str) -> None:
    with World.opened(sqlite_url) as world, following(world.db) as feed:
        listener = feed.listen(everything)
        threading.Timer(0.05, feed.stop).start()
        with pytest.raises(Ended):
            listener.take(PATIENCE)


# Streams: what a browser gets


def opened(
    world: World,
    streams: Streams,
    after: int | None = None,
    *,
    tab: str = "",
    allowed: Callable[[], bool] = lambda: True,
    wants: Callable[[Told], bool] | None = None,
) -> Stream | None:
    with world.db.reading() as session:
        return streams.open(
            session, wants or live.for_desk(world.dispatcher), allowed, branch_id=world.branch_id, after=after, tab=tab
        )


def position(world: World) -> int:
    with world.db.reading() as session:
        return journal.position(session)


def text(stream: Stream | None) -> str:
    assert stream is not None
    return next(stream).decode()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened_world:
        yield opened_world


@pytest.fixture
def streams(world: World) -> Iterator[Streams]:
    with following(world.db) as feed:
        yield Streams(feed, 2, heartbeat=0.2)


def test_a_browser_that_comes_back_gets_what_it_missed_and_then_what_follows(world: World, streams: Streams) -> None:
    had = position(world)
    first = world.book()
    stream = opened(world, streams, had)
    caught_up = text(stream)
    assert caught_up.startswith("retry: 1000\n")
    assert caught_up.count("event: changed") == 1
    assert f'"subject": "trip", "id": {first}}}' in caught_up
    second = world.book()
    assert f'"id": {second}}}' in text(stream)
    assert text(stream).startswith(": still here")


def test_a_browser_that_slept_long_is_told_to_look_anew(world: World, streams: Streams) -> None:
    had = position(world)
    for number in range(MOST_CAUGHT_UP + 1):
        write(world, number)
    told = text(opened(world, streams, had))
    assert "event: reset" in told
    assert "event: changed" not in told
    assert f"id: {position(world)}\n" in told


def test_a_position_that_never_was_is_told_to_look_anew(world: World, streams: Streams) -> None:
    assert "event: reset" in text(opened(world, streams, position(world) + 1000))


def test_events_told_by_another_process_first_are_not_repeated(world: World) -> None:
    class Behind(Feed):
        def listen(self, wants: Callable[[Told], bool]) -> Listener:
            return Listener(wants, behind)

    behind = position(world)
    trips = [world.book(), world.book()]
    ahead = position(world)
    feed = Behind(world.db)
    stream = opened(world, Streams(feed, 1), ahead)
    assert stream is not None
    assert "event" not in text(stream)
    with world.db.reading() as session:
        late = journal.told_after(session, behind, limit=10)
    for told in late:
        stream._listener.put(told)
    third = world.book()
    with world.db.reading() as session:
        (news,) = journal.told_after(session, ahead, limit=10)
    stream._listener.put(news)
    told_then = text(stream)
    assert f'"id": {third}}}' in told_then
    assert all(f'"id": {trip}}}' not in told_then for trip in trips)


def test_there_are_never_more_streams_than_the_setting_and_a_tab_has_one(world: World, streams: Streams) -> None:
    first, second = opened(world, streams, tab="one"), opened(world, streams, tab="two")
    assert opened(world, streams, tab="three") is None
    again = opened(world, streams, tab="two")
    assert again is not None
    text(second)
    with pytest.raises(StopIteration):
        text(second)
    assert first is not None
    first.close()
    assert opened(world, streams, tab="three") is not None


def test_who_may_read_no_longer_is_let_go_within_two_heartbeats(world: World, streams: Streams) -> None:
    may = [True]
    stream = opened(world, streams, allowed=lambda: may[0])
    text(stream)
    text(stream)
    may[0] = False
    with pytest.raises(StopIteration):
        [text(stream) for _ in range(CHECKED_HEARTBEATS + 1)]


def test_heartbeats_carry_the_position_past_what_is_not_for_the_reader(world: World, streams: Streams) -> None:
    stream = opened(world, streams, wants=lambda _told: False)
    text(stream)
    world.book()
    until = time.monotonic() + PATIENCE
    while f"id: {position(world)}\n" not in text(stream):
        assert time.monotonic() < until


def test_a_driver_hears_of_their_own_offers_and_of_no_others(world: World, streams: Streams) -> None:
    mine, other = (
        opened(world, streams, tab=str(driver.id), wants=live.for_driver(driver)) for driver in world.drivers
    )
    text(mine), text(other)
    trip_id = world.to(State.OFFERED)
    assert '"trip.offer"' in text(mine)
    assert text(other).startswith(": still here")
    world.do(trip_id, c.Assign(world.drivers[1].driver_id or 0), world.dispatcher)
    assert '"trip.assign"' in text(other)
    assert '"trip.assign"' in text(mine)  # taken from them
    world.later(seconds=5)
    world.do(trip_id, c.Depart(), world.drivers[1])
    assert '"trip.depart"' in text(other)
    assert text(mine).startswith(": still here")


def test_a_desk_hears_nothing_of_other_branches_nor_of_who_looked_at_what(world: World) -> None:
    wants = live.for_desk(world.dispatcher)
    assert wants(Told(1, world.branch_id, "trip.offer", "trip", 1))
    assert not wants(Told(1, world.branch_id + 1, "trip.offer", "trip", 1))
    assert not wants(Told(1, world.branch_id, "trip.reveal", "trip", 1))
    assert not wants(Told(1, world.branch_id, "callback.claim", "callback", 1))
    assert wants(Told(1, world.branch_id, "call.ringing", "call", 1))
    assert wants(Told(1, world.branch_id, "call.ringing", "call", 1, frozenset({world.dispatcher.id})))
    assert not wants(Told(1, world.branch_id, "call.ringing", "call", 1, frozenset({world.manager.id})))
