"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases

DATABASES = pytest.StashKey[Databases]()


def pytest_configure(config: pytest.Config) -> None:
    """Give this run its folder: made by the directing process, told to the workers."""
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is None:
        config.stash[DATABASES] = Databases.open()
    else:
        config.stash[DATABASES] = Databases(Path(worker["databases"]), worker["workerid"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["databases"] = str(node.config.stash[DATABASES].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if DATABASES in config.stash and not hasattr(config, "workerinput"):
        config.stash[DATABASES].close()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    """For tests that need several databases or the server itself."""
    return pytestconfig.stash[DATABASES]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A fresh empty database at the newest schema: every test that asks runs once on each kind."""
    with databases.fresh(request.param) as url:
        yield url


@pytest.fixture
def sqlite_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("postgresql") as url:
        yield url
