"""A report all the way: set by a manager, made by the scheduler, handed to a mail server, opened by its reader."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from config import Settings
from dispatch.domain.period import Grain
from dispatch.domain.report_plan import ReportKind, ReportPlan
from dispatch.domain.spreadsheet import FileKind
from dispatch.domain.states import State
from dispatch.gateways.clock import system_clock
from dispatch.scheduler import Sweeper
from dispatch.services import report_schedules
from tests.workbooks import pages
from tests.world import World

TO = ("boss@example.cn", "gone@example.cn", "books@example.cn")


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as it takes to hand in a letter; knows nobody called gone."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: dict[str, EmailMessage] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                self._say("550 no such mailbox" if recipient.startswith("gone@") else "250 fine")
            elif verb == "DATA":
                self._say("354 go on")
                self.server.letters[recipient] = self._letter()
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_readers_open_the_workbook_and_who_is_gone_holds_up_nobody(
    sqlite_url: str, tmp_path: Path, mail_server: MailServer
) -> None:
    with World.opened(sqlite_url) as world:
        trip_id = world.to(State.CLOSED)
        plan = ReportPlan(ReportKind.FIGURES, Grain.DAY, 8, FileKind.XLSX, "en", TO)
        with world.db.transaction() as session:
            report_schedules.add(session, plan, world.manager, world.now)
        clock = tmp_path / "clock"
        settings = _settings(sqlite_url, tmp_path, clock, mail_server.port)
        sweeper = Sweeper(settings, world.db)
        morning = world.now + timedelta(days=1)
        clock.write_text(repr((morning - system_clock()).total_seconds()))
        assert (sweeper.reports(), sweeper.reports()) == (1, 0)
        sweeper.messages()
        assert set(mail_server.letters) == {"boss@example.cn", "books@example.cn"}
        letter = mail_server.letters["boss@example.cn"]
        assert letter["To"] == "boss@example.cn"
        assert "2026-03-06" in str(letter["Subject"])
        (file,) = letter.iter_attachments()
        assert file.get_filename() == "figures-2026-03-06-2026-03-06.xlsx"
        book = pages(cast(bytes, file.get_content()))
        assert ["Trips by state", "Closed", 1.0] in book["Figures"].values
        assert ["Together", (world.trip(trip_id).total_fen or 0) / 100] in book["Revenue"].values
        with world.db.reading() as session:
            (shown,) = report_schedules.shown(session, world.branch_id)
        told = {to: message.state.value for to, message in shown.sent[0].messages if message}
        assert told == {"boss@example.cn": "sent", "gone@example.cn": "failed", "books@example.cn": "sent"}


def _settings(url: str, folder: Path, clock: Path, port: int) -> Settings:
    clock.write_text("0")
    values: dict[str, Any] = {
        "database_url": url, "secret_key": "k" * 40, "data_dir": folder, "clock_file": clock,
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_from": "Homeward <r@example.cn>",
    }  # fmt: skip
    return Settings(_env_file=None, **values)
