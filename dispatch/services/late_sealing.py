"""Signatures that were drawn and whose document was never made: the phone went dark, or the printer was busy.

The page that drew them tries by itself, and its button does. What is still left after a while is made here, so that no
signature waits for somebody to come back.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain import roles
from dispatch.domain.ceremony import Channel
from dispatch.domain.roles import Actor
from dispatch.services import signing, staff
from dispatch.services.document_facts import known
from dispatch.services.links import LinkKey
from dispatch.services.signing import Draft
from dispatch.store.ceremonies import Ceremony
from dispatch.store.trips import Trip

AFTER = timedelta(minutes=2)
"""Longer than a document may take: whoever makes it now is left alone."""
UNTIL = timedelta(days=1)
"""What could not be made by then never can: the trip has gone another way."""


def left(session: Session, now: datetime) -> list[int]:
    """The signings whose signature waits for its document, oldest first."""
    drawn = Ceremony.drawn_at.between(now - UNTIL, now - AFTER)
    query = select(Ceremony.id).where(Ceremony.ended_at.is_(None), drawn)
    return list(session.scalars(query.order_by(Ceremony.drawn_at)))


def draft(session: Session, ceremony_id: int, *, keys: LinkKey) -> tuple[Draft, Actor]:
    """The document to make, and on whose behalf: whoever's phone it was drawn on.

    Raises Conflict when what was shown is not what would be signed now: it has to be read again.
    """
    ceremony = session.get_one(Ceremony, ceremony_id)
    trip = session.get_one(Trip, ceremony.trip_id)
    actor = _on_behalf(session, ceremony, trip)
    return signing.draft(session, trip.id, ceremony.id, actor, keys=keys), actor


def _on_behalf(session: Session, ceremony: Ceremony, trip: Trip) -> Actor:
    if ceremony.channel is Channel.CUSTOMER_LINK:
        return roles.customer(trip.branch_id, trip.contact_name, trip.id)
    return staff.actor_of(session, known(trip.driver, "driver").staff)
