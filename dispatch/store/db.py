"""The database: engine settings that keep what was acknowledged (R6), and the only two ways to open a session."""

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from dispatch.domain.errors import N_, Busy, Conflict
from dispatch.store import journal
from dispatch.store import schema as _every_table  # noqa: F401  foreign keys lead to tables that a use case alone never imports

BUSY_TIMEOUT_MS = 10_000
_AFTERWARDS = "afterwards"
_POSTGRES_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite keeps commits through a WAL reset: 3.51.3, 3.50.7, 3.44.6 and later (R6)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class Database:
    """One engine and its sessions. `transaction()` for use cases that write, `reading()` for pages that only look."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size)
            self._lock_path: Path | None = Path(f"{self.url.database}.lock")
            event.listen(self.engine, "connect", _configure_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            url = str(self.url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
            self.engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)
            self._lock_path = None
        self._write = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)
        self._read = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back whole. Only entry points call this.

        Raises Conflict when somebody else changed the same row first, Busy when the database cannot take it now.
        """
        with self._afterwards() as works, _translated(), self._writer_lock(), self._write() as session, session.begin():
            session.info[_AFTERWARDS] = works
            yield session
            session.flush()
            journal.write_pending(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking: it takes no write lock and leaves nothing behind."""
        with self._afterwards() as works, _translated(), self._read() as session:
            session.info[_AFTERWARDS] = works
            yield session

    @contextmanager
    def _afterwards(self) -> Iterator[list[Callable[[Session], object]]]:
        """Carry out what `afterwards` was asked for, in one transaction, whatever became of the session."""
        works: list[Callable[[Session], object]] = []
        try:
            yield works
        finally:
            if works:
                with _translated(), self._writer_lock(), self._write() as session, session.begin():
                    for work in works:
                        work(session)

    @contextmanager
    def _writer_lock(self) -> Iterator[None]:
        """Queue SQLite's writers before BEGIN IMMEDIATE: its own busy handler sleeps unfairly (p99 15 times longer)."""
        if self._lock_path is None:
            yield
            return
        with open(self._lock_path, "w") as handle:
            _flock(handle)
            yield

    def durability_faults(self) -> list[str]:
        """What about the database's settings could lose an acknowledged write (R6); empty when sound."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                level = connection.execute(text("PRAGMA synchronous")).scalar()
                return [] if level in (2, 3) else [f"synchronous is {level}, not FULL"]
            return [
                f"{name} is {value}"
                for name in _POSTGRES_MUST_BE_ON
                if (value := connection.execute(text(f"SHOW {name}")).scalar()) == "off"
            ]

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """A part of a transaction that can fail alone: what it announced is forgotten with it."""
    mark = journal.mark(session)
    try:
        with session.begin_nested():
            yield
    except BaseException:
        journal.forget_since(session, mark)
        raise


def afterwards(session: Session, work: Callable[[Session], object]) -> None:
    """Have something written once this session has ended, however it ended: a refused try is counted all the same."""
    session.info[_AFTERWARDS].append(work)


def _flock(handle: IO[Any]) -> None:
    fcntl.flock(handle, fcntl.LOCK_EX)  # released when the handle closes


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except StaleDataError as error:
        raise Conflict("changed_meanwhile", N_("Somebody else changed this at the same moment: look again")) from error
    except IntegrityError as error:
        if not _is_duplicate(error):
            raise
        raise Conflict("changed_meanwhile", N_("Somebody else changed this at the same moment: look again")) from error
    except OperationalError as error:
        raise Busy("database_busy", N_("The database is busy or restarting: please try again")) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Busy("database_busy", N_("The database is busy or restarting: please try again")) from error
        raise


def _is_duplicate(error: IntegrityError) -> bool:
    """Whether a unique index said no: somebody else was first, which is no fault of the program."""
    postgres: str | None = getattr(error.orig, "sqlstate", None)
    sqlite = getattr(error.orig, "sqlite_errorname", "")
    return postgres == "23505" or sqlite in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to send
    mode = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", f"journal_mode={mode}", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


__all__ = ["Database", "Engine", "afterwards", "savepoint", "wal_is_safe"]
