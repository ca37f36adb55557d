"""Sending what lies in the outbox: leased, tried with growing pauses, given up on permanent errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.gateways.transport import Gateway, Gone, Message, TransportError
from dispatch.services import account_mail, dialling, pushing, report_mailing
from dispatch.services.links import LinkKey
from dispatch.store import outbox
from dispatch.store.branches import Branch
from dispatch.store.outbox import OutboxMessage, OutboxState

MOST_TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Leased:
    """A message taken for sending; `try_number` counts from 1."""

    id: int
    channel: str
    message: Message
    try_number: int


def take(session: Session, message_id: int, now: datetime, keys: LinkKey) -> Leased | None:
    """Lease a message; None when another sender has it, or it is too late for it.

    The customer's link, code and number are filled in only here.
    """
    if not outbox.lease(session, message_id, now):
        return None
    row = session.get_one(OutboxMessage, message_id, populate_existing=True)
    if row.not_after is not None and row.not_after <= now:
        row.state, row.leased_until, row.last_error = OutboxState.FAILED, None, "too late"
        return None
    body = dict(row.body)
    if row.channel == "sms":
        body["text"] = _filled(body, keys)
    if row.channel == "push":
        body["keys"] = pushing.keys(session, row.recipient)
    if row.channel == account_mail.CHANNEL and "statement_id" in body:
        body["files"] = account_mail.files(session, body)
    if row.channel == report_mailing.CHANNEL and "report_mailing_id" in body:
        body["files"] = report_mailing.files(session, body)
    if row.channel == dialling.CHANNEL:
        body["to"] = dialling.number_for(session, row)
    return Leased(row.id, row.channel, Message(row.key, row.recipient, body, _secret(session, row)), row.tries)


def _secret(session: Session, row: OutboxMessage) -> str:
    """The secret of now, not of when it was told: after a rotation only the new one is good."""
    branch = session.get_one(Branch, row.branch_id)
    return {"webhook": branch.webhook_secret, dialling.CHANNEL: branch.calls_secret}.get(row.channel) or ""


def _filled(body: dict[str, Any], keys: LinkKey) -> str:
    text = str(body["text"])
    if "trip_id" in body:
        text = text.replace("{link}", keys.url(int(body["trip_id"])))
    return text.replace("{code}", keys.code(*body["code_of"])) if "code_of" in body else text


def send(leased: Leased, gateways: Mapping[str, Gateway]) -> TransportError | None:
    """Send outside any transaction; answers what went wrong."""
    gateway = gateways.get(leased.channel)
    if gateway is None:
        return TransportError(f"no way out for {leased.channel}", permanent=True)
    try:
        gateway.send(leased.message)
    except TransportError as error:
        return error
    return None


def record(session: Session, leased: Leased, failure: TransportError | None, now: datetime) -> None:
    """Store how it went: sent, to be tried again after a pause that doubles, or failed for good."""
    row = session.get_one(OutboxMessage, leased.id)
    if row.tries != leased.try_number or row.state is not OutboxState.WAITING:
        return  # our lease ran out and another sender took over: its result counts
    row.leased_until = None
    if failure is None:
        row.state, row.sent_at, row.last_error = OutboxState.SENT, now, ""
        return
    row.last_error = str(failure)[:300]
    if leased.channel == "push" and isinstance(failure, Gone):
        pushing.unsubscribe(session, row.recipient)
    if failure.permanent or row.tries >= MOST_TRIES:
        row.state = OutboxState.FAILED
    else:
        row.not_before = now + FIRST_PAUSE * 2 ** (row.tries - 1)
