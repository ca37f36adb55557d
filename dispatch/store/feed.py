"""The journal as it grows: one thread in each process hears of new entries and hands them to whoever listens.

The journal is the truth. PostgreSQL's NOTIFY and SQLite's change counter only say that it is time to look: what they
miss the next look finds, because entries stand in the order of their commits.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dispatch.domain.errors import N_, Busy
from dispatch.store import journal
from dispatch.store.db import Database
from dispatch.store.journal import Told

LOOK_SECONDS = 0.05
"""How often SQLite is asked whether anybody wrote."""
SILENCE_SECONDS = 5.0
"""PostgreSQL is looked at this often though it said nothing: a connection may be dead without knowing."""
RETRY_SECONDS = 0.5
START_SECONDS = 5.0
AT_ONCE = 500
AT_A_TIME, BREATH_SECONDS = 32, 0.004
"""So many listeners are woken together: a thousand threads that want to run at once leave nobody else a turn."""
MOST_WAITING = 1000
"""Entries that wait for one slow listener; beyond that it is told to look anew."""

log = structlog.get_logger("feed")


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries up to `position` were passed over: look at everything anew."""

    position: int


class Ended(Exception):
    """There is nothing more to hear: the process stops, or somebody else took this listener's place."""


class Listener:
    """Hears every entry it wants from `position` on, each once and in order. For one reader.

    `heard` is how far the feed has told it, of what it wants and of what it does not.
    """

    def __init__(self, wants: Callable[[Told], bool], position: int) -> None:
        self.wants = wants
        self.position = position
        self.heard = position
        self._waiting: SimpleQueue[Told | Gap | None] = SimpleQueue()
        self._ended = False

    def put(self, told: Told) -> None:
        """Called by the feed only, under its lock."""
        self.heard = told.id
        if self.wants(told):
            self._waiting.put(told)
            if self._waiting.qsize() > MOST_WAITING:
                self._forget()
                self.skip(Gap(told.id))

    def skip(self, gap: Gap) -> None:
        """Called by the feed only, under its lock."""
        self.heard = gap.position
        self._waiting.put(gap)

    def end(self) -> None:
        """Let the reader go; may be called by anybody, and twice."""
        self._ended = True
        self._waiting.put(None)

    def take(self, seconds: float) -> list[Told | Gap]:
        """What was heard, after waiting for it this long at most. Raises Ended."""
        found: list[Told | Gap] = []
        try:
            one = self._waiting.get(timeout=max(seconds, 0))
            while True:
                if one is not None:
                    found.append(one)
                one = self._waiting.get_nowait()
        except Empty:
            if self._ended:
                raise Ended from None
            return found

    @property
    def is_empty(self) -> bool:
        """Whether everything put so far was taken."""
        return self._waiting.empty()

    def _forget(self) -> None:
        with suppress(Empty):
            while True:
                self._waiting.get_nowait()


class Feed:
    """The one thread. It starts with the first listener, in the process that has it, and outlives the database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._position = 0
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._stop = threading.Event()

    def listen(self, wants: Callable[[Told], bool]) -> Listener:
        """Begin to hear what is told from now on. Raises Busy while the database cannot be reached."""
        self._start()
        if not self._ready.wait(START_SECONDS):
            raise Busy("database_busy", N_("The database is busy or restarting: please try again"))
        with self._lock:
            listener = Listener(wants, self._position)
            self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Hear no more."""
        with self._lock:
            self._listeners.discard(listener)

    def reached(self, listener: Listener) -> int | None:
        """The position up to which the listener has heard everything; None while something waits for it."""
        with self._lock:
            return listener.heard if listener.is_empty else None

    def stop(self) -> None:
        """End the thread and every listener."""
        self._stop.set()
        with self._lock:
            leaving = list(self._listeners)
        for listener in leaving:
            listener.end()

    def join(self, seconds: float = 10) -> None:
        """Wait until the thread has let go of the database."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connected() as connection:
                    self._follow(connection)
            except DBAPIError as error:
                log.warning("the journal cannot be followed; trying again", error=str(error.orig))
            except Exception:
                log.exception("the journal cannot be followed; trying again")
            self._stop.wait(RETRY_SECONDS)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection of its own: the pool is for those who work."""
        engine = self._db.engine
        if not self._db.is_sqlite:
            engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.detach()
            yield connection

    def _follow(self, connection: Connection) -> None:
        wait = self._sqlite_wait(connection) if self._db.is_sqlite else self._postgres_wait(connection)
        self._begin(journal.position(connection))
        connection.rollback()
        while not self._stop.is_set():
            self._look(connection)
            wait()

    def _begin(self, newest: int) -> None:
        """Go on from where it was; a database put back to an earlier state is begun anew."""
        with self._lock:
            if not self._ready.is_set():
                self._position = newest
            elif newest < self._position:
                self._position = newest
                for listener in self._listeners:
                    listener.skip(Gap(newest))
        self._ready.set()

    def _look(self, connection: Connection) -> None:
        while True:
            told = journal.told_after(connection, self._position, limit=AT_ONCE)
            connection.rollback()  # SQLite sees what others write only outside a transaction
            if told:
                self._tell(told)
            if len(told) < AT_ONCE:
                return

    def _tell(self, told: Sequence[Told]) -> None:
        """Hand entries to everybody who listens by now; who begins meanwhile begins behind them."""
        with self._lock:
            self._position = told[-1].id
            listening = list(self._listeners)
        for first in range(0, len(listening), AT_A_TIME):
            if first:
                self._stop.wait(BREATH_SECONDS)
            with self._lock:
                for listener in listening[first : first + AT_A_TIME]:
                    for one in told:
                        listener.put(one)

    def _postgres_wait(self, connection: Connection) -> Callable[[], None]:
        connection.exec_driver_sql(f"LISTEN {journal.CHANNEL}")
        raw: Any = connection.connection.dbapi_connection

        def wait() -> None:
            until = time.monotonic() + SILENCE_SECONDS
            while not self._stop.is_set() and time.monotonic() < until:
                if any(True for _ in raw.notifies(timeout=1.0, stop_after=1)):
                    return

        return wait

    def _sqlite_wait(self, connection: Connection) -> Callable[[], None]:
        raw: Any = connection.connection.dbapi_connection

        def counted() -> int:
            count: int = raw.execute("PRAGMA data_version").fetchone()[0]
            return count

        seen = counted()

        def wait() -> None:
            nonlocal seen
            while not self._stop.wait(LOOK_SECONDS):
                before, seen = seen, counted()
                if seen != before:
                    return

        return wait
