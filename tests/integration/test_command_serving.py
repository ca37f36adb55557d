"""`homeward serve` and `scheduler` as processes of their own: they come up, do their work, and leave nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from config import Settings
from dispatch.cli.night.stage import free_port, wait_until_up
from dispatch.cli.serving import web_server
from dispatch.store.db import Database
from dispatch.store.heartbeats import Heartbeat
from tests.commands import UNABLE, installed, run

PATIENCE = 30.0
MOST_MEGABYTES = 300  # proportional set size of all processes of an idle office


@contextmanager
def process(folder: Path, *words: str, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The command at work in `folder`, and the file with what it says."""
    told = {"HOMEWARD_DATA_DIR": str(folder / "var"), "DATABASE_URL": f"sqlite:///{folder / 'var' / 'homeward.db'}"}
    log = folder / "said"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "dispatch.cli", *words]
        running = subprocess.Popen(command, env={**os.environ, **told, **settings}, stdout=output, stderr=output)
    try:
        yield running, log
    finally:
        running.kill()
        running.wait()


def stopped(running: subprocess.Popen[bytes], how: signal.Signals) -> int:
    """Stop it as asked; answers the exit code. None of its processes may be left."""
    family = members(running.pid)
    running.send_signal(how)
    code = running.wait(PATIENCE)
    wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in family))
    return code


def members(pid: int) -> list[int]:
    """A process and everything it started."""
    found = [pid]
    for parent in found:
        found += [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return found


def megabytes(pid: int) -> float:
    """Memory of one process, in which what several share is counted once in all."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def schedulers(folder: Path) -> int:
    db = Database(f"sqlite:///{folder / 'var' / 'homeward.db'}")
    with db.reading() as session:
        found = session.scalar(select(func.count(Heartbeat.process))) or 0
    db.dispose()
    return found


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, f"waited {PATIENCE:g} s in vain"
        time.sleep(0.05)


def test_serve_runs_web_and_scheduler_within_300_megabytes_and_leaves_no_process(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with process(tmp_path, "serve", "--port", str(port)) as (running, log):
        wait_until_up(base, running, log)
        wait_for(lambda: schedulers(tmp_path) == 1)
        assert httpx.get(base, follow_redirects=True).url.path == "/setup"
        assert f"Homeward is at {base}" in log.read_text()
        assert sum(megabytes(pid) for pid in members(running.pid)) <= MOST_MEGABYTES
        assert stopped(running, signal.SIGTERM) == 0
    assert "WARNING" not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_every_process_answers_as_many_at_once_as_it_has_threads(tmp_path: Path) -> None:
    """With a share of the backlog, the server's own default, open streams would take the last place of a process."""
    settings = Settings(_env_file=None, secret_key="k" * 40, data_dir=tmp_path, web_workers=4, threads=900)
    server = web_server(settings)
    assert (server.backpressure, server.blocking_threads) == (900, 900)


def test_serve_without_scheduler_listens_where_it_is_told_until_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    words = ("serve", "--no-scheduler", "--host", "127.0.0.2", "--port", str(port))
    with process(tmp_path, *words) as (running, log):
        wait_for(lambda: "Started worker" in log.read_text())
        assert f"Listening at: http://127.0.0.2:{port}\n" in log.read_text()
        assert len(members(running.pid)) == 2  # the server and its worker
        assert schedulers(tmp_path) == 0
        assert stopped(running, signal.SIGINT) == 0


def test_serve_where_it_cannot_listen_ends_with_3_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, f"sqlite:///{tmp_path / 'homeward.db'}", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for host in ("127.0.0.1", "192.0.2.1", "no.address"):
            for name in ("HOMEWARD_HOST", "HOMEWARD_PORT"):
                monkeypatch.setenv(name, "")  # put back afterwards: the command writes them for its workers
            said = run("serve", "--host", host, "--port", port)
            assert (said.code, said.out, said.err.count("\n")) == (UNABLE, "", 1)
            assert said.err.startswith(f"Cannot listen on {host} port {port}: ")


def test_a_scheduler_alone_gives_a_sign_of_life_and_stops_when_told(tmp_path: Path) -> None:
    with process(tmp_path, "migrate") as (running, _):
        assert running.wait(PATIENCE) == 0
    for how in (signal.SIGTERM, signal.SIGINT):
        before = schedulers(tmp_path)
        with process(tmp_path, "scheduler") as (running, log):
            wait_for(lambda known=before: schedulers(tmp_path) == known + 1)  # type: ignore[misc]  # bound now, not later
            assert stopped(running, how) == 0
        assert "Traceback" not in log.read_text()
