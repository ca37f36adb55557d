"""A PostgreSQL server of our own for the tests: private folder, private socket, gone afterwards.

Nothing is switched off to make it quick: the product refuses a database without fsync (R6). Its folder lies in
memory where the machine has room, so that a sync costs nothing and the settings stay those of production.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg

MEMORY = Path("/dev/shm")  # noqa: S108 - only ever holds folders made by mkdtemp
ROOM_NEEDED = 2 << 30  # bytes
STOP_MODES = ("smart", "fast", "immediate")


class PostgresMissing(RuntimeError):
    """PostgreSQL's programs are not installed."""


def scratch_folder(prefix: str) -> Path:
    """A new private folder, in memory where there is room for it."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if roomy else None))


class Postgres:
    """One server in one folder. `start` and `stop` may alternate; the data stays until `remove`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = folder / "rows"
        self._programs = _programs()

    def create(self) -> None:
        """Make the folder and an empty cluster in it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        options = ("-A", "trust", "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", str(self.rows), *options)

    def start(self) -> None:
        """Start and wait until it answers: on a socket in our folder only, so no port can collide."""
        settings = f"-k {self.folder} -c listen_addresses='' -c max_connections=300"
        self._run("pg_ctl", "-D", str(self.rows), "-w", "-s", "-l", str(self.folder / "log"), "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is what a crash of the server looks like."""
        if mode not in STOP_MODES:
            raise ValueError(mode)
        self._run("pg_ctl", "-D", str(self.rows), "-w", "-s", "-m", mode, "stop")

    def running(self) -> bool:
        """Whether a server works in this folder. One that was killed leaves its mark, whose number another may bear."""
        mark = self.rows / "postmaster.pid"
        try:
            return Path("/proc", mark.read_text().split()[0], "cwd").resolve(strict=True) == self.rows.resolve()
        except (FileNotFoundError, IndexError, PermissionError):
            return False

    def remove(self) -> None:
        """Stop if running and delete everything."""
        if self.running():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of one of its databases, for SQLAlchemy and psycopg alike."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one administrative statement outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        command: Sequence[str] = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        # Not captured through pipes: the server would inherit them and keep them open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
            if done.returncode:
                said.seek(0)
                raise RuntimeError(f"{program} failed: {said.read().decode(errors='replace')}")


def _programs() -> Path:
    """Debian keeps them out of PATH, one folder for each version: take the newest."""
    versions = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise PostgresMissing("install Debian's package postgresql, or run `make test-system`")
    return Path(found).resolve().parent
