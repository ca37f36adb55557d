"""The tests' own PostgreSQL server is cleared away, however it ended."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres, scratch_folder


@pytest.fixture
def server() -> Iterator[Postgres]:
    folder = scratch_folder("homeward-server-")
    folder.chmod(0o711)
    server = Postgres(folder / "postgres")
    server.create()
    server.start()
    yield server
    server.remove()
    folder.rmdir()


def test_a_running_server_is_stopped_and_removed(server: Postgres) -> None:
    process = Path("/proc", (server.rows / "postmaster.pid").read_text().split()[0])
    server.remove()
    assert not server.folder.exists()
    with pytest.raises(FileNotFoundError):  # neither a process that is gone nor one that waits to be buried has one
        os.readlink(process / "cwd")


def test_what_a_killed_server_left_is_removed(server: Postgres) -> None:
    process = int((server.rows / "postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGKILL)
    for _ in range(100):
        if not server.running():
            break
        time.sleep(0.05)
    assert (server.rows / "postmaster.pid").exists()
    server.remove()
    assert not server.folder.exists()


def test_a_mark_whose_number_another_process_bears_stops_nobody(server: Postgres) -> None:
    server.stop()
    (server.rows / "postmaster.pid").write_text(f"{os.getpid()}\n")
    server.remove()
    assert not server.folder.exists()
