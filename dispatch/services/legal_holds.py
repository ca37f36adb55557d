"""Legal holds: put on a trip, complaint or customer with a reason, and lifted with one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Conflict, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store import legal_holds as store
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.legal_holds import Held, LegalHold
from dispatch.store.trips import Trip

MOST_REASON = 200
_KEY = {Held.TRIP: Trip.id, Held.COMPLAINT: ComplaintRow.id, Held.CUSTOMER: Customer.id}
_BRANCH = {
    Held.TRIP: Trip.branch_id,
    Held.COMPLAINT: ComplaintRow.branch_id,
    Held.CUSTOMER: Customer.branch_id,
}


def place(session: Session, subject: Held, subject_id: int, actor: Actor, now: datetime, *, reason: str) -> LegalHold:
    """Keep a thing and all that belongs to it from being erased.

    Raises NotFound, Invalid without a reason, Conflict when it is held already.
    """
    reason = _reason(reason)
    store.hold_still(session, actor.branch_id)
    if session.scalar(select(_BRANCH[subject]).where(_KEY[subject] == subject_id)) != actor.branch_id:
        raise NotFound("subject_unknown", N_("There is nothing of this number"))
    standing = store.standing_on(session, subject, subject_id)
    if standing is not None:
        raise Conflict("held_already", N_("%(name)s has put a hold on this already"), name=standing.placed_by_name)
    hold = LegalHold(
        branch_id=actor.branch_id,
        subject=subject,
        subject_id=subject_id,
        reason=reason,
        placed_by=actor.id,
        placed_by_name=actor.name,
        placed_at=now,
    )
    session.add(hold)
    session.flush()
    _tell(session, "place", hold, actor, now, reason=reason)
    return hold


def place_for_dispute(session: Session, trip_id: int, file_number: str, actor: Actor, now: datetime) -> None:
    """A trip of which a dispute file is made is held by that, unless it is held already."""
    store.hold_still(session, actor.branch_id)
    if store.standing_on(session, Held.TRIP, trip_id) is None:
        place(session, Held.TRIP, trip_id, actor, now, reason=file_number)


def lift(session: Session, hold_id: int, actor: Actor, now: datetime, *, reason: str) -> LegalHold:
    """Let what was held go its way again. Raises NotFound, Invalid without a reason, Conflict when it was lifted."""
    reason = _reason(reason)
    store.hold_still(session, actor.branch_id)
    hold = session.get(LegalHold, hold_id, populate_existing=True)
    if hold is None or hold.branch_id != actor.branch_id:
        raise NotFound("hold_unknown", N_("There is no such hold"))
    if hold.lifted_at is not None:
        raise Conflict("hold_lifted", N_("This hold was lifted already"))
    hold.lifted_at, hold.lifted_by, hold.lift_reason = now, actor.id, reason
    _tell(session, "lift", hold, actor, now, reason=reason)
    return hold


def _reason(typed: str) -> str:
    reason = typed.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason_missing", N_("Please say why, in at most 200 characters"), field="reason")
    return reason


def _tell(session: Session, what: str, hold: LegalHold, actor: Actor, now: datetime, *, reason: str) -> None:
    event = Event(f"hold.{what}", {"hold": hold.id, "reason": reason})
    announce(session, event, actor, now, subject=hold.subject.value, subject_id=hold.subject_id)
