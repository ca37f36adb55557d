"""What the clock does to trips: taking back offers whose time is over."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.commands import Expire
from dispatch.domain.errors import Refused
from dispatch.domain.roles import system
from dispatch.domain.states import State
from dispatch.services import trips
from dispatch.store import offers
from dispatch.store.trips import Trip


def overdue(session: Session, now: datetime) -> list[int]:
    """Trips with an offer whose time is over."""
    return offers.overdue_trips(session, now)


def expire(session: Session, trip_id: int, now: datetime) -> bool:
    """Take back a trip's overdue offers; False when somebody answered meanwhile."""
    trip = session.get_one(Trip, trip_id)
    if trip.state is not State.OFFERED:
        return False
    try:
        trips.apply(session, trip_id, Expire(), system(trip.branch_id), now)
    except Refused:
        return False
    return True
