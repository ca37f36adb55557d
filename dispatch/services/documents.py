"""Reading signed documents. Whether one is genuine is told by `verifying`."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from dispatch.domain.errors import N_, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission, Role
from dispatch.services import trips
from dispatch.services.announce import announce
from dispatch.store import agreements
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.trips import Trip


def of_trip(session: Session, trip: Trip, kind: DocumentKind) -> Document | None:
    """The trip's agreement or receipt in force, without its bytes."""
    return agreements.of_trip(session, trip.id, kind)


def open_for(session: Session, trip_id: int, kind: DocumentKind, actor: Actor, now: datetime) -> Document:
    """A document with its bytes, for managers and the trip's own driver. A manager's reading is in the journal.

    Raises NotFound when there is none, or not for this actor.
    """
    trip = trips.find(session, trip_id, actor)
    if not (actor.may(Permission.AGREEMENT_DOWNLOAD) or trip.driver_id == actor.driver_id):
        raise NotFound("document_unknown", N_("There is no such document"))
    found = with_pdf(session, trip, kind)
    if actor.has(Role.MANAGER):
        event = Event("document.read", {"trip": trip.number, "number": found.number})
        announce(session, event, actor, now, subject="trip", subject_id=trip.id)
    return found


def with_pdf(session: Session, trip: Trip, kind: DocumentKind) -> Document:
    """The trip's document in force, with its bytes. Raises NotFound."""
    query = select(Document).where(Document.trip_id == trip.id, Document.kind == kind, Document.superseded_at.is_(None))
    found = session.scalars(query.options(undefer(Document.pdf))).first()
    if found is None:
        raise NotFound("document_unknown", N_("There is no such document"))
    return found
