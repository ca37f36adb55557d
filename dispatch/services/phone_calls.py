"""Calls as the telephone exchange tells of them: kept, and put on the desk of the agent who has them."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain import phone
from dispatch.domain.errors import N_, Forbidden, Invalid
from dispatch.domain.events import Event
from dispatch.domain.phone_call import CallState, is_news
from dispatch.domain.roles import Actor, Permission
from dispatch.services import staff
from dispatch.services.announce import announce
from dispatch.store import phone_calls
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.staff import Staff

SIGNED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What the exchange says: which call, how far it is, who calls, at which extension, when (its own clock)."""

    call_id: str
    state: CallState
    caller: str
    extension: str
    at: datetime


def check_signature(branch: Branch, timestamp: str, signature: str, body: bytes, now: datetime) -> None:
    """Raises Forbidden unless the body was signed by who knows the branch's secret, within the last five minutes."""
    if not branch.calls_secret:
        raise Forbidden("calls_off", N_("A manager makes the secret of the telephone system first"))
    expected = hmac.new(branch.calls_secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        raise Forbidden("signature_wrong", N_("The signature does not fit"))
    if (
        not re.fullmatch(r"\d{1,12}", timestamp)
        or abs(now.timestamp() - int(timestamp)) > SIGNED_WITHIN.total_seconds()
    ):
        raise Forbidden("signature_old", N_("This was signed too long ago, or the clocks differ"))


def rotate_secret(session: Session, actor: Actor, now: datetime) -> str:
    """A new secret for the telephone system; the old one is good no more. Shown this once."""
    branch = session.scalars(select(Branch).where(Branch.id == actor.branch_id).with_for_update()).one()
    branch.calls_secret = f"cls_{secrets.token_urlsafe(32)}"
    event = Event("branch.calls_secret", {})
    announce(session, event, actor, now, subject="branch", subject_id=branch.id)
    return branch.calls_secret


def hear(session: Session, told: CallEvent, actor: Actor, now: datetime) -> PhoneCall:
    """Keep what the exchange tells. What is known already, or comes too late, changes nothing and is told to nobody.

    A call at an extension that is nobody's is everybody's.
    """
    branch = session.get_one(Branch, actor.branch_id)
    agent = _agent(session, branch.id, told.extension)
    known = phone_calls.by_call_id(session, branch.id, told.call_id)
    call, first = (known, False) if known else _first(session, branch, told, agent, now)
    elsewhere = bool(told.extension) and told.extension != call.extension
    if not first and not is_news(call.state, told.state, elsewhere=elsewhere):
        return call
    before = call.agent_id
    if elsewhere and told.state is not CallState.ENDED:
        call.extension, call.agent_id = told.extension, agent.id if agent else None
    call.state = told.state
    if told.state is CallState.ANSWERED:
        call.answered_at = call.answered_at or now
    elif told.state is CallState.ENDED:
        call.ended_at = now
    session.flush()
    data = {"caller": masked(call.caller), "extension": call.extension}
    announce(
        session, Event(f"call.{told.state}", data), actor, now, subject="call", subject_id=call.id,
        concerns=_concerned(before, call.agent_id),
    )  # fmt: skip
    return call


def _concerned(*agents: int | None) -> set[int]:
    """The desks that hear of it: those of the agents who had and have it; every one where it was or is nobody's."""
    known = {agent for agent in agents if agent is not None}
    return known if None not in agents else set()


def masked(caller: str) -> str:
    """The number as the journal keeps it."""
    if re.fullmatch(r"\+\d{8,15}", caller):
        return phone.masked(caller)
    return f"****{caller[-3:]}" if len(caller) > 4 else ""


def _first(
    session: Session, branch: Branch, told: CallEvent, agent: Staff | None, now: datetime
) -> tuple[PhoneCall, bool]:
    """The call's row, and whether it is new: of two events that come at once one makes it."""
    call = PhoneCall(
        branch_id=branch.id,
        call_id=told.call_id,
        state=CallState.RINGING,
        caller=_number(told.caller, branch),
        extension=told.extension,
        agent_id=agent.id if agent else None,
        began_at=now,
        answered_at=None,
        ended_at=None,
    )
    try:
        with savepoint(session):
            session.add(call)
            session.flush()
    except IntegrityError:
        found = phone_calls.by_call_id(session, branch.id, told.call_id)
        if found is None:
            raise
        return found, False
    return call, True


def _number(caller: str, branch: Branch) -> str:
    """As we write numbers; one that is none of ours stays as it came, so that it can be called back."""
    try:
        return phone.parse(caller, area_code=branch.area_code or None)
    except Invalid:
        return re.sub(r"[^\d*#]", "", caller.replace("+", "00"))[:40]


def _agent(session: Session, branch_id: int, extension: str) -> Staff | None:
    """Whose desk the extension is: somebody who can take a booking there."""
    if not extension:
        return None
    query = select(Staff).where(Staff.branch_id == branch_id, Staff.extension == extension, Staff.active)
    person = session.scalars(query).first()
    may = person is not None and staff.actor_of(session, person).may(Permission.TRIP_DISPATCH)
    return person if may else None


def set_extension(session: Session, person: Staff, extension: str, actor: Actor, now: datetime) -> None:
    """Say which extension is on somebody's desk; '' for none. Raises Invalid, also for a colleague's."""
    wanted = extension.strip()
    if wanted == (person.extension or ""):
        return
    if wanted and not re.fullmatch(r"[0-9A-Za-z*#_.-]{1,16}", wanted):
        raise Invalid("extension", N_("An extension is at most 16 digits or letters"), field="extension")
    taken = Invalid("extension_taken", N_("Extension %(extension)s is on somebody else’s desk"), field="extension",
                    extension=wanted)  # fmt: skip
    try:
        with savepoint(session):
            person.extension = wanted or None
            session.flush()
    except IntegrityError as error:
        raise taken from error
    told = Event("staff.extension", {"login": person.login, "extension": wanted})
    announce(session, told, actor, now, subject="staff", subject_id=person.id)
