"""Undoing a mis-tap: what each state back takes away again. Signed papers are superseded, never changed (R9)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.states import State
from dispatch.services import inspecting
from dispatch.store import agreements, offers
from dispatch.store.agreements import DocumentKind
from dispatch.store.offers import OfferState
from dispatch.store.trips import Trip


def undo(session: Session, trip: Trip, source: State, now: datetime) -> None:
    """Take away what the step into `source` had stored."""
    _UNDO[source](session, trip, now)


def _offers(session: Session, trip: Trip, now: datetime) -> None:
    for offer in offers.of_trip(session, trip.id):
        if offer.state in {OfferState.OPEN, OfferState.ACCEPTED}:
            offer.state, offer.answered_at = OfferState.WITHDRAWN, now


def _acceptance(session: Session, trip: Trip, now: datetime) -> None:
    _offers(session, trip, now)
    trip.driver = None
    trip.accepted_at = None


def _departure(_session: Session, trip: Trip, _now: datetime) -> None:
    trip.departed_at = None


def _arrival(_session: Session, trip: Trip, _now: datetime) -> None:
    trip.arrived_at = None


def _inspection(session: Session, trip: Trip, now: datetime) -> None:
    inspecting.supersede(session, trip, now)


def _agreement(session: Session, trip: Trip, now: datetime) -> None:
    document = agreements.of_trip(session, trip.id, DocumentKind.AGREEMENT)
    if document is not None:
        document.superseded_at = now
    trip.agreed_at = None


def _start(_session: Session, trip: Trip, _now: datetime) -> None:
    trip.started_at = None


def _delivery(_session: Session, trip: Trip, _now: datetime) -> None:
    trip.delivered_at = None
    trip.end_odometer_km = None
    trip.closing_checklist = None
    trip.closing_note = ""


_UNDO: dict[State, Callable[[Session, Trip, datetime], None]] = {
    State.OFFERED: _offers,
    State.ACCEPTED: _acceptance,
    State.EN_ROUTE: _departure,
    State.ON_SITE: _arrival,
    State.INSPECTED: _inspection,
    State.AGREED: _agreement,
    State.DRIVING: _start,
    State.DELIVERED: _delivery,
}
