"""R7: any number of schedulers, one stopped for minutes, one killed. Nothing happens twice, nothing is missed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dispatch.cli.night.stage import StageClock
from dispatch.domain import commands as c
from dispatch.domain.callback import CallbackState
from dispatch.services import callbacks
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.heartbeats import Heartbeat
from dispatch.store.journal import JournalEntry
from dispatch.store.outbox import OutboxMessage, OutboxState
from dispatch.store.trips import Trip
from tests.world import NIGHT, World

SCHEDULERS = 4
TRIPS = 12
MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
PATIENCE = 120.0
SLOW = 0.05  # seconds that the receiver takes: long enough for another scheduler to come by

HOMEWARD = "from dispatch.cli.main import main; main(['scheduler'])"
WITHOUT_LEASES = f"from dispatch.store import outbox; outbox.lease = lambda *_: True; {HOMEWARD}"


class Receiver(ThreadingHTTPServer):
    """Whoever the branch tells its events to; remembers every delivery by its key."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Delivery)
        self.keys: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/events"


class _Delivery(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.keys.append(self.headers["Idempotency-Key"])
        time.sleep(SLOW)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def schedulers(url: str, folder: Path, clock: Path, program: str = HOMEWARD) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Four schedulers in processes of their own, as on four machines."""
    settings = {
        "DATABASE_URL": url, "HOMEWARD_DATA_DIR": str(folder), "HOMEWARD_CLOCK_FILE": str(clock),
        "HOMEWARD_SECRET_KEY": "a key for tests, 32 bytes long ..",
        "HOMEWARD_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    command = [sys.executable, "-c", program]
    running = [subprocess.Popen(command, env={**os.environ, **settings}) for _ in range(SCHEDULERS)]
    try:
        yield running
    finally:
        for process in running:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in running:
            process.wait(timeout=30)


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, f"waited {PATIENCE:g} s in vain"
        time.sleep(0.1)


def waiting(world: World) -> int:
    with world.db.reading() as session:
        query = select(func.count(OutboxMessage.id)).where(OutboxMessage.state == OutboxState.WAITING)
        return session.scalar(query) or 0


def all_at_work(world: World) -> bool:
    with world.db.reading() as session:
        return session.scalar(select(func.count(Heartbeat.process))) == SCHEDULERS


def told(world: World, event_type: str) -> Counter[int]:
    """How often the journal tells of an event, by what it happened to."""
    with world.db.reading() as session:
        return Counter(session.scalars(select(JournalEntry.subject_id).where(JournalEntry.type == event_type)))


def listened_to(world: World, receiver: Receiver) -> None:
    """From here on the branch tells its events to the receiver."""
    with world.db.transaction() as session:
        branch = session.get_one(Branch, world.branch_id)
        branch.webhook_url, branch.webhook_secret, branch.sms_on = receiver.url, "the receiver's", False


def offered(world: World) -> list[int]:
    """Trips on offer to a driver each, for half a minute."""
    trips = [world.book() for _ in world.drivers]
    for trip_id, driver in zip(trips, world.drivers, strict=True):
        offer = c.Offer((driver.driver_id or 0,), world.now + timedelta(seconds=30))
        world.do(trip_id, offer, world.dispatcher)
    return trips


def called_on_monday(world: World) -> list[int]:
    with world.db.transaction() as session:
        trips = session.scalars(select(Trip)).unique().all()
        return [callbacks.create_for_closed_trip(session, trip, world.now).id for trip in trips]


def test_of_four_schedulers_one_paused_and_one_killed_nothing_happens_twice_and_nothing_is_missed(
    postgres_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    with World.opened(postgres_url, drivers=TRIPS) as world:
        listened_to(world, receiver)
        trips, calls = offered(world), called_on_monday(world)
        clock = StageClock(tmp_path / "clock", NIGHT)
        with schedulers(postgres_url, tmp_path, tmp_path / "clock") as (paused, killed, *_):
            wait_for(lambda: all_at_work(world))
            paused.send_signal(signal.SIGSTOP)
            clock.forward(minutes=1)
            wait_for(lambda: bool(told(world, "trip.expire")))
            killed.kill()
            clock.forward(minutes=5)  # whatever the killed one held is free again
            wait_for(lambda: len(told(world, "trip.expire")) == TRIPS and not waiting(world))
            paused.send_signal(signal.SIGCONT)
            clock.to(MONDAY_TEN)
            wait_for(lambda: len(told(world, "callback.sweep")) == TRIPS and not waiting(world))
        assert told(world, "trip.expire") == Counter(trips)
        assert told(world, "callback.sweep") == Counter(calls)
        with world.db.reading() as session:
            assert {task.state for task in session.scalars(select(CallbackTask)).unique()} == {CallbackState.DUE}
            sent = session.scalars(select(OutboxMessage)).all()
        assert {row.state for row in sent} == {OutboxState.SENT}
        assert set(receiver.keys) == {row.key for row in sent}
        # What the killed or the paused one was just sending comes again, under the same key; nothing else does.
        tries = Counter({row.key: row.tries for row in sent})
        assert Counter(receiver.keys) <= tries
        assert tries.total() - len(sent) <= 2


def test_without_leases_four_schedulers_would_send_the_same_message_several_times(
    postgres_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    with World.opened(postgres_url, drivers=TRIPS) as world:
        StageClock(tmp_path / "clock", NIGHT - timedelta(hours=1))
        with schedulers(postgres_url, tmp_path, tmp_path / "clock", WITHOUT_LEASES):
            wait_for(lambda: all_at_work(world))
            listened_to(world, receiver)
            offered(world)
            StageClock(tmp_path / "clock", NIGHT)
            wait_for(lambda: not waiting(world))
        assert max(Counter(receiver.keys).values()) > 1
