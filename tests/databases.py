"""Fresh, migrated, empty databases for tests, each a cheap copy of one made once for the whole run."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from dispatch.store import migrate
from tests.postgres import Postgres, scratch_folder

PREFIX = "homeward-tests-"
TEMPLATE = "template"


class Databases:
    """What all workers of one test run share: a folder, in it the SQLite template and the PostgreSQL server."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.worker = worker
        self._numbers = count(1)

    @classmethod
    def open(cls) -> "Databases":
        """For the process that runs the tests or directs the workers. It must call `close`."""
        sweep()
        folder = scratch_folder(PREFIX)
        folder.chmod(0o711)  # PostgreSQL's own user passes through to its folder inside
        (folder / "owner").write_text(str(os.getpid()))
        return cls(folder, "main")

    def close(self) -> None:
        """Stop the server and delete everything."""
        if (self.folder / "postgres").exists():
            Postgres(self.folder / "postgres").remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def fresh(self, kind: str) -> Iterator[str]:
        """The address of an empty database at the newest schema, `kind` being `sqlite` or `postgresql`."""
        name = f"test_{self.worker}_{next(self._numbers)}"
        with self._sqlite(name) if kind == "sqlite" else self._postgres(name) as url:
            yield url

    def postgres(self) -> Postgres:
        """The shared server, started by whoever needs it first."""
        server = Postgres(self.folder / "postgres")
        with self._once("postgres.ready") as first:
            if first:
                server.remove()  # what a failed attempt of another worker may have left
                server.create()
                server.start()
                server.execute(f"CREATE DATABASE {TEMPLATE}")
                migrate.upgrade(server.url(TEMPLATE))
        return server

    @contextmanager
    def _postgres(self, name: str) -> Iterator[str]:
        server = self.postgres()
        server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")  # half the time
        yield server.url(name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _sqlite(self, name: str) -> Iterator[str]:
        template = self.folder / f"{TEMPLATE}.db"
        with self._once("sqlite.ready") as first:
            if first:
                migrate.upgrade(f"sqlite:///{template}")
        database = self.folder / name / "homeward.db"
        database.parent.mkdir()
        shutil.copyfile(template, database)
        yield f"sqlite:///{database}"
        shutil.rmtree(database.parent)

    @contextmanager
    def _once(self, mark: str) -> Iterator[bool]:
        """Whether this process is the first to come here; the others wait until it is through."""
        done = self.folder / mark
        if done.exists():
            yield False
            return
        with (self.folder / f"{mark}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield not done.exists()
            done.touch()


def sweep() -> None:
    """Remove what an earlier run left behind because it was killed."""
    probe = scratch_folder(PREFIX)
    for folder in probe.parent.glob(f"{PREFIX}*"):
        owner = folder / "owner"
        if owner.exists() and folder.owner() == probe.owner() and not _alive(int(owner.read_text() or 0)):
            Databases(folder, "sweep").close()
    probe.rmdir()


def _alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()
