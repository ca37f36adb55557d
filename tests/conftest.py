"""What every test may ask for, and what none may do."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

from tests.databases import Databases

# A busy machine is no fault of the code; in CI the same examples every time, so that a failure is the submission's.
settings.register_profile("homeward", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("homeward"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "homeward")

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


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test of pages waits for its browser or its server part of the time."""
    return (os.cpu_count() or 1) + 1


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


@pytest.fixture(autouse=True, scope="session")
def templates_are_compiled_once(databases: Databases) -> Iterator[None]:
    """Hundreds of tests start an application of their own; its templates are the same each time."""
    compiled = databases.folder / "templates"
    compiled.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(str(compiled))})
        yield


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """A test that needs the internet fails at once, on a machine that has it too."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"tests have no network: {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_nearby)
        yield
