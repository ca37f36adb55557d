"""Dialling from a callback: how the branch does it, and the order to its exchange to ring agent and customer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.dialling import Dialling, DialWay, order_good_until
from dispatch.domain.errors import N_, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import callbacks
from dispatch.services.announce import announce, put
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.dialling import DiallingRow
from dispatch.store.outbox import OutboxMessage
from dispatch.store.staff import Staff

CHANNEL = "dial"


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the exchange was told: which extension it rings first, and until when it may."""

    extension: str
    until: datetime


def of_branch(session: Session, branch_id: int) -> Dialling:
    """How the branch dials."""
    row = session.get(DiallingRow, branch_id)
    return row.as_dialling() if row else Dialling()


def change(session: Session, wanted: Dialling, actor: Actor, now: datetime) -> None:
    """Set how the branch dials. Raises Refused for an exchange that has no secret to know our orders by."""
    before = of_branch(session, actor.branch_id)
    if wanted == before:
        return
    _check_secret(session, wanted, actor.branch_id)
    row = session.get(DiallingRow, actor.branch_id) or DiallingRow(branch_id=actor.branch_id)
    row.way, row.sip_host, row.order_url = wanted.way, wanted.sip_host, wanted.order_url
    session.add(row)
    session.flush()
    event = Event("branch.dialling", {"changes": {"dial_way": [before.way.value, wanted.way.value]}})
    announce(session, event, actor, now, subject="branch", subject_id=actor.branch_id)


def order(session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime) -> Ordered:
    """Have the exchange ring the actor's extension and then the customer. The number is not shown to anybody.

    The order goes through the outbox; one that could not be delivered within a minute is dropped. Raises what
    `callbacks.dial` raises, and Refused where the branch has no exchange or the actor no extension.
    """
    dialling = of_branch(session, actor.branch_id)
    if dialling.way is not DialWay.EXCHANGE:
        raise Refused("exchange_off", N_("This branch does not dial by its telephone system"))
    _check_secret(session, dialling, actor.branch_id)
    extension = session.get_one(Staff, actor.id).extension
    if not extension:
        raise Refused(
            "extension_missing", N_("Your extension is not known: a manager writes it on your page under Staff")
        )
    task = callbacks.ring(session, callback_id, attempt_no, actor, now, extension=extension)
    branch = task.trip.branch
    until = order_good_until(now, branch.zone, task.lease_until or now)
    body = {
        "type": "callback.dial", "at": now.isoformat(), "until": until.isoformat(), "callback_id": task.id,
        "extension": extension,
    }  # fmt: skip
    put(session, branch.id, now, channel=CHANNEL, recipient=dialling.order_url, body=body, not_after=until)
    return Ordered(extension, until)


def number_for(session: Session, message: OutboxMessage) -> str:
    """Whom an order rings: looked up when it is sent, so that no number lies in the outbox."""
    return session.get_one(CallbackTask, int(message.body["callback_id"])).trip.caller_phone


def _check_secret(session: Session, dialling: Dialling, branch_id: int) -> None:
    if dialling.way is DialWay.EXCHANGE and not session.get_one(Branch, branch_id).calls_secret:
        raise Refused("calls_off", N_("A manager makes the secret of the telephone system first"))
