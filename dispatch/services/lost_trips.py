"""Why a trip is not the driver's any more, for whoever was out of reach when it happened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Conflict
from dispatch.domain.roles import Actor
from dispatch.domain.states import WITH_DRIVER, State
from dispatch.store import offers
from dispatch.store.journal import JournalEntry
from dispatch.store.trips import Trip

_TAKEN = frozenset({"trip.replace_driver", "trip.assign", "trip.accept"})
_ENDED = frozenset({"trip.cancel", "trip.refuse", "trip.abort", "trip.give_up", "trip.sign_receipt"})


def told(session: Session, trip_id: int, actor: Actor) -> Conflict | None:
    """What became of a trip that was once this driver's or on offer to them; None where there is nothing to tell."""
    trip = session.get(Trip, trip_id)
    if trip is None or trip.branch_id != actor.branch_id or actor.driver_id is None:
        return None
    if trip.driver_id == actor.driver_id:
        return None if trip.state in WITH_DRIVER else _ended(session, trip)
    if not any(offer.driver_id == actor.driver_id for offer in offers.of_trip(session, trip.id)):
        return None
    if trip.driver is None and trip.state not in {State.BOOKED, State.OFFERED}:
        return _ended(session, trip)
    at = _last(session, trip, _TAKEN)
    if trip.driver is None:
        return Conflict("trip_taken_back", N_("The desk took this trip back at %(at)s to send another driver."), at=at)
    return Conflict(
        "trip_given_away",
        N_("The desk gave this trip to another driver, %(badge)s, at %(at)s."),
        badge=trip.driver.badge_id,
        at=at,
    )


def _ended(session: Session, trip: Trip) -> Conflict:
    at = trip.ended_at or _last(session, trip, _ENDED)
    return Conflict("trip_ended", N_("This trip ended at %(at)s: %(state)s."), at=at, state=trip.state.value)


def _last(session: Session, trip: Trip, types: frozenset[str]) -> object:
    """When one of these last happened to the trip."""
    of_trip = (JournalEntry.branch_id == trip.branch_id, JournalEntry.subject == "trip")
    found = select(JournalEntry.at).where(*of_trip, JournalEntry.subject_id == trip.id, JournalEntry.type.in_(types))
    return session.scalar(found.order_by(JournalEntry.id.desc()).limit(1)) or trip.state_since
