"""E-mail through a mail server that listens here: what arrives, and what is tried again."""

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config import Settings
from dispatch.gateways.mail import MailGateway, MailServer
from dispatch.gateways.transport import Message, TransportError

AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
BODY = {
    "subject": "龙潭湖宾馆 2026年11月代驾对账单",
    "text": "明细见附件。\n",
    "files": [{"name": "S202611-00001.pdf", "media_type": "application/pdf",
               "content": b64encode(b"%PDF-1.7 here").decode()}],
}  # fmt: skip


class Post:
    """As much of a mail server as is needed: it answers each command, and keeps what it was handed."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self._answers = answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.mails: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rwb") as lines:
            self._say(lines, b"220 here")
            for line in lines:
                word = line[:4].strip().upper().decode()
                self._say(lines, self._answers.get(word, b"354 go on" if word == "DATA" else b"250 fine"))
                if word == "QUIT":
                    return
                if word == "DATA":
                    self.mails.append(b"".join(iter(lines.readline, b".\r\n")))
                    self._say(lines, b"250 taken")

    @staticmethod
    def _say(lines, text: bytes) -> None:  # type: ignore[no-untyped-def]
        lines.write(text + b"\r\n")
        lines.flush()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(timeout=5)


@contextmanager
def post(**answers: bytes) -> Iterator[Post]:
    server = Post(answers)
    try:
        yield server
    finally:
        server.close()


def send(port: int) -> None:
    server = MailServer("127.0.0.1", port, "Homeward <bills@office.example.cn>", security="none")
    MailGateway(server, lambda: AT).send(Message("statement-7-1", "pay@hotel.example.cn", BODY))


def test_a_message_arrives_with_its_words_and_its_file() -> None:
    with post() as server:
        send(server.port)
        (raw,) = server.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("pay@hotel.example.cn", BODY["subject"])
    assert mail["Message-ID"] == "<statement-7-1@office.example.cn>"
    words = mail.get_body()
    assert words is not None
    assert words.get_content().strip() == "明细见附件。"
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("S202611-00001.pdf", "application/pdf")
    assert file.get_content() == b"%PDF-1.7 here"


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ({"RCPT": b"550 nobody of that name"}, True),
        ({"RCPT": b"451 later"}, False),
        ({"MAIL": b"530 sign in first"}, True),
        ({"MAIL": b"421 closing"}, False),
    ],
)
def test_what_the_server_refuses_for_good_is_not_tried_again(answers: dict[str, bytes], permanent: bool) -> None:
    with post(**answers) as server, pytest.raises(TransportError) as failed:
        send(server.port)
    assert failed.value.permanent is permanent


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(TransportError) as failed:
        send(port)
    assert failed.value.permanent is False


def test_an_address_cannot_smuggle_in_a_header() -> None:
    server = MailServer("127.0.0.1", 9, "bills@office.example.cn", security="none")
    with pytest.raises(TransportError, match="not a message") as failed:
        MailGateway(server, lambda: AT).send(Message("k", "a@b.cn\r\nBcc: c@d.cn", BODY))
    assert failed.value.permanent


def test_a_mail_server_without_a_sender_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    values: dict[str, Any] = {"data_dir": tmp_path, "smtp_host": "mail.example.cn"}
    with pytest.raises(ValidationError, match="SMTP_FROM"):
        Settings(_env_file=None, **values)
    assert Settings(_env_file=None, **values, smtp_from="Homeward <bills@example.cn>").smtp_port == 587
