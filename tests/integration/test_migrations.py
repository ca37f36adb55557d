"""The migrations and the tables say the same thing, and every step can be undone."""

import pkgutil
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import dispatch.store
from dispatch.store import migrate
from dispatch.store.schema import metadata


def test_there_is_one_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_every_table_is_part_of_the_schema() -> None:
    known = set(metadata.tables)
    for module in pkgutil.iter_modules(dispatch.store.__path__):
        import_module(f"dispatch.store.{module.name}")
    assert set(metadata.tables) == known


def test_up_down_and_up_again_ends_where_it_began(database_url: str) -> None:
    before = tables(database_url)
    migrate.downgrade(database_url, "base")
    assert tables(database_url) <= {"alembic_version"}
    assert migrate.current(database_url) is None
    assert not migrate.is_current(database_url)
    migrate.upgrade(database_url)
    assert tables(database_url) == before
    assert migrate.is_current(database_url)


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = migrate.current(database_url)
    migrate.upgrade(database_url)
    assert migrate.current(database_url) == before


def test_the_migrated_tables_are_those_of_the_code(database_url: str) -> None:
    engine = migrate.engine_for(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def tables(url: str) -> set[str]:
    engine = migrate.engine_for(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
