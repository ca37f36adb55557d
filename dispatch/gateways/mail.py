"""E-mail with attachments, through the office's own mail server (SMTP)."""

import smtplib
import ssl
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from dispatch.gateways.transport import Message, TransportError

TIMEOUT_SECONDS = 30.0
Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom. `security` "tls" speaks TLS from the start (465), "starttls" from after the
    greeting (587); "none" is for a server on the same machine.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: Security = "starttls"


class MailGateway:
    """Sends a message of `subject`, `text` and `files` (name, media_type, content in base64)."""

    def __init__(self, server: MailServer, clock: Callable[[], datetime]) -> None:
        self._server = server
        self._clock = clock

    def send(self, message: Message) -> None:
        """Raises TransportError: permanent where the server refuses for good, temporary for what may pass."""
        try:
            mail = self._composed(message)
        except ValueError as error:  # no address, or a header in it
            raise TransportError(f"not a message: {error}", permanent=True) from error
        try:
            server = self._connected()
            try:
                server.send_message(mail)
            finally:
                with suppress(smtplib.SMTPException, OSError):  # it is taken by now, or never will be
                    server.quit()
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=500)
            raise TransportError(f"recipient refused with {code}", permanent=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise TransportError(f"refused with {error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransportError(f"{type(error).__name__}: {error}", permanent=False) from error

    def _connected(self) -> smtplib.SMTP:
        where = self._server
        if where.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(where.host, where.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(where.host, where.port, timeout=TIMEOUT_SECONDS)
        try:
            if where.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if where.user:
                server.login(where.user, where.password)
        except BaseException:
            server.close()
            raise
        return server

    def _composed(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = message.recipient
        mail["Subject"] = message.body["subject"]
        mail["Date"] = format_datetime(self._clock())
        # The same at every try: a mailbox that got it twice can tell.
        mail["Message-ID"] = f"<{message.key}@{self._server.sender.rpartition('@')[2].rstrip('>') or 'homeward'}>"
        mail.set_content(message.body["text"], cte="base64")
        for file in message.body.get("files", ()):
            kind, _, subtype = file["media_type"].partition("/")
            mail.add_attachment(b64decode(file["content"]), maintype=kind, subtype=subtype, filename=file["name"])
        return mail
