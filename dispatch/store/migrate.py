"""Bringing a database to a version of the schema.

The migrations lie beside the packages, in a checkout as in an installed wheel: `migrations/` next to `dispatch/`.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up, in one transaction. Safe to call from several processes at once."""
    command.upgrade(_alembic(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate down to `revision` (`base` for an empty database), in one transaction."""
    command.downgrade(_alembic(url), revision)


def current(url: str) -> str | None:
    """The revision the database is at; None for one that was never migrated."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database is at the newest revision this version of the software knows."""
    return current(url) == ScriptDirectory.from_config(_alembic(url)).get_current_head()


def engine_for(url: str) -> Engine:
    """An engine for changing tables: unlike the one for work, it leaves SQLite's foreign keys unenforced.

    SQLite changes a table by copying and dropping it, which would otherwise delete the rows that refer to it.
    """
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _leave_transactions_to_us(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Python's sqlite3 commits before DDL unless told to keep out of it.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 30000")


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config
