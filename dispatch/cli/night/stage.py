"""The stage: a real server on a fresh database, and a clock that the story moves."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from dispatch.gateways.clock import system_clock

START_SECONDS = 90.0


class StageClock:
    """The clock of server and scheduler; moved, never waited for."""

    def __init__(self, file: Path, begin: datetime) -> None:
        self._file = file
        self._shift = (begin - system_clock()).total_seconds()
        self._write()

    def now(self) -> datetime:
        """The time on stage."""
        return datetime.fromtimestamp(system_clock().timestamp() + self._shift, UTC)

    def forward(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self._shift += minutes * 60 + seconds
        self._write()

    def to(self, moment: datetime) -> None:
        """Go to a moment."""
        self._shift += (moment - self.now()).total_seconds()
        self._write()

    def _write(self) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(repr(self._shift))
        draft.replace(self._file)  # whole or not at all: the server reads it at every request


@contextmanager
def server(folder: Path, begin: datetime, *options: str, **settings: str) -> Iterator[tuple[str, StageClock]]:
    """Run `homeward serve` until the story is over; answers its address and its clock.

    `options` go to the command, `settings` into its environment: another database than a file in `folder`, say.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clock = StageClock(folder / "clock", begin)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {
        **os.environ,
        "HOMEWARD_DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'homeward.db'}",
        "HOMEWARD_CLOCK_FILE": str(folder / "clock"),
        "HOMEWARD_PORT": str(port),
        "HOMEWARD_BASE_URL": base,
        "HOMEWARD_LOG_LEVEL": "WARNING",
        **settings,
    }
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dispatch.cli", "serve", *options], env=settings, stdout=log, stderr=log
        )
        try:
            wait_until_up(base, process, folder / "server.log")
            yield base, clock
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_up(base: str, process: subprocess.Popen[bytes], log: Path, path: str = "/health") -> None:
    """Return as soon as the server answers; raises RuntimeError with its log when it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{base}{path}", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
