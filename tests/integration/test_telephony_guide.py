"""What the guide for telephone systems tells administrators to install works as it stands there."""

import re
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from dispatch.gateways.clock import system_clock
from tests.browser.house import PASSWORD
from tests.commands import installed, run

GUIDE = Path(__file__).parents[2] / "docs" / "telephony.md"


def sender(folder: Path) -> Path:
    """The guide's sender as a program, with its settings in `folder` instead of /etc."""
    found = re.search(r"((?: {4}.*\n|\n)+)", GUIDE.read_text(encoding="utf-8").partition("    #!/bin/sh\n")[2])
    assert found is not None
    program = folder / "homeward-call"
    text = "#!/bin/sh\n" + dedent(found[1]).replace("/etc/homeward-call.conf", str(folder / "homeward-call.conf"))
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_the_sender_of_the_guide_tells_of_a_whole_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = sender(tmp_path)
    database = f"sqlite:///{tmp_path / 'branch' / 'homeward.db'}"
    with server(tmp_path / "branch", system_clock(), "--no-scheduler") as (base, _):
        set_up(base, "A", PASSWORD)
        with closing(Person(base, "manager", PASSWORD)) as manager:
            secret = manager.post("/branch/calls-secret", {})["calls_secret"]
        installed(monkeypatch, database, tmp_path / "branch")
        given = ["--name", "Exchange", "--role", "exchange", "--password", PASSWORD]
        token = run("user", "add", "exchange", *given, "--token", "--json").answer["token"]
        (tmp_path / "homeward-call.conf").write_text(f"BASE={base}\nTOKEN={token}\nSECRET={secret}\n")
        for state in ("ringing", "answered", "ended"):
            subprocess.run([program, state, "1732540000.17", "138 0013 8000", "801"], check=True, timeout=20)
        with sqlite3.connect(tmp_path / "branch" / "homeward.db") as db:
            kept = db.execute("select call_id, state, caller, extension from phone_call").fetchall()
    assert kept == [("1732540000.17", "ended", "+8613800138000", "801")]
