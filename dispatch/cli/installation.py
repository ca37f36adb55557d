"""The installation that a command works on: made ready, or refused with a word on what to do."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from config import Settings
from dispatch.cli.output import Unable
from dispatch.store import migrate
from dispatch.store.db import Database

SQLITE = "sqlite:///"


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, of this version of the schema. Raises Unable."""
    refuse_other_version(settings)
    db = Database(settings.database_url)
    try:
        yield db
    finally:
        db.dispose()


def prepare(settings: Settings) -> None:
    """Make the embedded database ready, or refuse to run on one that is not. Raises Unable."""
    if settings.database_url.startswith(SQLITE):
        make_room(settings)
        migrate.upgrade(settings.database_url)
    refuse_unsafe(settings)


def refuse_unsafe(settings: Settings) -> None:
    """Raises Unable on a schema of another version, or settings of the database that could lose writes (R6)."""
    with opened(settings) as db:
        faults = db.durability_faults()
    if faults:
        raise Unable("not_durable", f"The database could lose acknowledged writes: {'; '.join(faults)}", faults=faults)


def refuse_other_version(settings: Settings) -> None:
    """Raises Unable on a schema of another version, and on a file that is not there: looking must not make one."""
    path = Path(settings.database_url.removeprefix(SQLITE))
    there = not settings.database_url.startswith(SQLITE) or path.exists()
    if not there or not migrate.is_current(settings.database_url):
        raise Unable("other_version", "The database is at another version: run `homeward migrate`.")


def make_room(settings: Settings) -> None:
    """The folder of an embedded database, which SQLite does not make by itself."""
    if settings.database_url.startswith(SQLITE):
        Path(settings.database_url.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)


def refuse_address(settings: Settings) -> None:
    """Raises Unable where the web cannot listen: said in a line here, where the server would spill its stack."""
    try:
        family = socket.AF_INET6 if ip_address(settings.host).version == 6 else socket.AF_INET
        socket.create_server((settings.host, settings.port), family=family).close()
    except (ValueError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise Unable("address", f"Cannot listen on {settings.host} port {settings.port}: {why}") from error
