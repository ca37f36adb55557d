"""Correcting a customer's number by their link: a wish, which the desk grants or not.

Never done by itself: one-time codes and calls about the trip go to this number, and a link may have been passed on.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain import phone
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import messages, trips
from dispatch.services.announce import announce, put
from dispatch.store import phone_corrections as store
from dispatch.store.db import savepoint
from dispatch.store.phone_corrections import PhoneCorrection
from dispatch.store.trips import Trip

MOST = 5
"""Wishes that one trip's link may express."""


def ask(session: Session, trip_id: int, typed: str, actor: Actor, now: datetime) -> PhoneCorrection:
    """Ask to be called at another number; a wish that still waits is replaced.

    Raises Invalid for what is no number, or the one we have; Refused after five.
    """
    trip = trips.locked(session, trip_id, actor)
    number = phone.parse(typed, field="phone", area_code=trip.branch.area_code or None)
    if number == trip.caller_phone:
        raise Invalid("phone_same", N_("This is the number we have"), field="phone")
    waiting = store.open_of_trip(session, trip.id)
    if waiting is None:
        waiting = _new(session, trip, number, now)
    else:
        waiting.phone, waiting.asked_at = number, now
    announce(session, _event("ask", trip, number), actor, now, subject="trip", subject_id=trip.id)
    return waiting


def decide(session: Session, trip_id: int, correction_id: int, actor: Actor, now: datetime, *, accept: bool) -> Trip:
    """Take the number over, or keep the old one; the number before is told of the change.

    Raises NotFound for another trip's wish, Conflict when a colleague was faster or the customer asked anew.
    """
    trip = trips.locked(session, trip_id, actor)
    wish = session.get(PhoneCorrection, correction_id, populate_existing=True)
    if wish is None or wish.trip_id != trip.id:
        raise NotFound("correction_unknown", N_("There is no such request"))
    if wish.decided_at is not None:
        raise Conflict("correction_decided", N_("Somebody else has answered this request"))
    wish.decided_at, wish.decided_by, wish.accepted = now, actor.id, accept
    if accept:
        if trip.branch.sms_on:
            body = {"text": messages.number_changed(trip, wish.phone), "trip_id": trip.id}
            put(session, trip.branch_id, now, channel="sms", recipient=trip.caller_phone, body=body)
        trip.caller_phone = wish.phone
    told = _event("change" if accept else "keep", trip, wish.phone)
    announce(session, told, actor, now, subject="trip", subject_id=trip.id)
    return trip


def _new(session: Session, trip: Trip, number: str, now: datetime) -> PhoneCorrection:
    count = session.scalar(select(func.count()).where(PhoneCorrection.trip_id == trip.id)) or 0
    if count >= MOST:
        raise Refused("corrections_used_up", N_("Please call us: the number was changed too often"))
    wish = PhoneCorrection(branch_id=trip.branch_id, trip_id=trip.id, phone=number, asked_at=now)
    try:
        with savepoint(session):
            session.add(wish)
            session.flush()
    except IntegrityError as error:
        raise Conflict("correction_open", N_("This was asked for at the same moment: please look again")) from error
    return wish


def _event(what: str, trip: Trip, number: str) -> Event:
    """The journal names the number by its end only."""
    return Event(f"trip.phone_{what}", {"trip": trip.number, "ends_in": number[-4:]})
