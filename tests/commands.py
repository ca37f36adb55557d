"""The `homeward` command as a shell runs it, in this process."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from dispatch.cli.main import main

DONE, NO, GIVEN_WRONGLY, UNABLE = range(4)
"""The exit codes."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended: what it printed, what it complained of."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


def run(*words: object, typed: str = "") -> Said:
    """Run a command; `typed` is what is typed when it asks. A traceback is no way to end."""
    done = CliRunner().invoke(main, [str(word) for word in words], input=typed)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Said(done.exit_code, done.stdout, done.stderr)


def installed(monkeypatch: pytest.MonkeyPatch, database_url: str, folder: object) -> None:
    """Commands from here on work on this database."""
    for name in ("HOMEWARD_DATA_DIR", "HOMEWARD_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(folder))
