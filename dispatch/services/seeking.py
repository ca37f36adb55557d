"""A search that takes too long: the desk and the customer are told, once; given up only where the branch says so."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from dispatch.domain.commands import GiveUp
from dispatch.domain.dispatching import DispatchMode, search_failed
from dispatch.domain.events import Event
from dispatch.domain.roles import system
from dispatch.domain.states import State
from dispatch.gateways.routing import GreatCircleRouter
from dispatch.services import matching, messages, trips
from dispatch.services.announce import announce_trip
from dispatch.store import offers
from dispatch.store.branches import Branch
from dispatch.store.offers import OfferState
from dispatch.store.trips import Trip

SEEKING = (State.BOOKED, State.OFFERED)
OFF_DUTY, NOBODY_ON_DUTY = "not_on_shift", "nobody_on_duty"


def unanswered(session: Session, now: datetime) -> list[int]:
    """Trips sought for as long as the branch allows before it tells, and not told yet."""
    found = [trip for trip in _sought(session) if trip.nobody_told_at is None]
    return [trip.id for trip in found if search_failed(trip.sought_since, trip.branch.nobody_minutes, now)]


def hopeless(session: Session, now: datetime) -> list[int]:
    """Trips that the branch gives up by now. While somebody is being asked, nothing is given up."""
    found = [trip for trip in _sought(session) if trip.state is State.BOOKED]
    return [trip.id for trip in found if search_failed(trip.sought_since, trip.branch.give_up_minutes, now)]


def tell(session: Session, trip_id: int, now: datetime) -> bool:
    """Mark the trip with why nobody was found, and write to the customer; False when it is over or told already."""
    trip = _still(session, trip_id)
    if trip is None or trip.nobody_told_at or not search_failed(trip.sought_since, trip.branch.nobody_minutes, now):
        return False
    trip.nobody_told_at = now
    trip.nobody_why = why(session, trip, now)
    session.flush()
    told = {"trip": trip.number, "minutes": trip.branch.nobody_minutes, "why": trip.nobody_why}
    announce_trip(session, Event("trip.nobody_found", told), trip, system(trip.branch_id), now)
    return True


def give_up(session: Session, trip_id: int, now: datetime) -> bool:
    """End the trip as unfulfilled; False when somebody is being asked again or has taken it."""
    trip = _still(session, trip_id)
    if trip is None or trip.state is not State.BOOKED:
        return False
    minutes = trip.branch.give_up_minutes
    if not search_failed(trip.sought_since, minutes, now):
        return False
    trips.apply(session, trip.id, GiveUp(messages.given_up_after(minutes)), system(trip.branch_id), now)
    return True


def why(session: Session, trip: Trip, now: datetime) -> list[dict[str, Any]]:
    """What keeps how many drivers on duty from this trip, the commonest first: `code` and `count`."""
    asked = {offer.driver_id for offer in offers.of_trip(session, trip.id, OfferState.OPEN)}
    against = Counter(
        (*one.rated.obstacles, *one.rated.bars)[0].code
        for one in matching.shortlist(session, trip, GreatCircleRouter(), now)
        if one.driver.id not in asked and not one.rated.askable
    )
    del against[OFF_DUTY]
    if not against and not asked:
        against[NOBODY_ON_DUTY] = 1
    return [{"code": code, "count": count} for code, count in against.most_common()]


def _sought(session: Session) -> list[Trip]:
    """Trips without a driver in branches that ask by themselves, whose search has begun."""
    mine = and_(Branch.id == Trip.branch_id, Branch.dispatch_mode != DispatchMode.MANUAL)
    query = select(Trip).join(Branch, mine).where(Trip.state.in_(SEEKING), Trip.sought_since.is_not(None))
    return list(session.scalars(query.order_by(Trip.id)).unique())


def _still(session: Session, trip_id: int) -> Trip | None:
    """The trip, locked; None when it is not sought any more."""
    trip = trips.locked(session, trip_id, system(session.get_one(Trip, trip_id).branch_id))
    sought = trip.state in SEEKING and trip.branch.dispatch_mode is not DispatchMode.MANUAL
    return trip if sought else None
