"""Runs the migrations: called by Alembic, from `homeward migrate`, the tests or the `alembic` command."""

from alembic import context
from sqlalchemy import text

from dispatch.store.migrate import engine_for
from dispatch.store.schema import metadata

# Any number will do as long as it stays the same: it names this lock among all advisory locks of the database.
MIGRATION_LOCK = 71_003


def database_url() -> str:
    """The database named by the caller, or the configured one when `alembic` is run by hand."""
    url = context.config.attributes.get("url")
    if url is None:
        from config import load_settings  # noqa: PLC0415 - callers that name a database need no settings

        url = load_settings().database_url
    return str(url)


def run() -> None:
    engine = engine_for(database_url())
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_server_default=True,
            # engine_for makes SQLite's DDL transactional too: a migration happens whole or not at all.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Two servers that start together: the second waits, then finds nothing left to do.
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": MIGRATION_LOCK})
            context.run_migrations()
    engine.dispose()


run()
