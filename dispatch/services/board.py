"""What the desk looks at all night: the queue, the trips under way, the drivers; and which are late or stuck."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_
from dispatch.domain.states import State
from dispatch.services import driver_files
from dispatch.services.driver_files import Standing
from dispatch.store import trips
from dispatch.store.branches import Branch
from dispatch.store.trips import Trip

STUCK_AFTER = {
    State.ACCEPTED: timedelta(minutes=10),
    State.ON_SITE: timedelta(minutes=30),
    State.INSPECTED: timedelta(minutes=15),
    State.AGREED: timedelta(minutes=10),
    State.DRIVING: timedelta(hours=2),
    State.DELIVERED: timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A trip, and why it wants a look; empty when it runs as it should."""

    trip: Trip
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows."""

    queue: list[BoardRow]
    live: list[BoardRow]
    on_duty: list[Standing]


def look(session: Session, branch: Branch, now: datetime) -> Board:
    """The board as it is now; a constant number of statements."""
    standing = driver_files.overview(session, branch, now)
    return Board(
        queue=[BoardRow(trip, _why(trip, now)) for trip in trips.queue(session, branch.id)],
        live=[BoardRow(trip, _why(trip, now)) for trip in trips.live_with_driver(session, branch.id)],
        on_duty=[one for one in standing if one.on_shift_since is not None or one.trip_id is not None],
    )


def _why(trip: Trip, now: datetime) -> str:
    waiting = trip.state in {State.BOOKED, State.OFFERED, State.ACCEPTED, State.EN_ROUTE}
    if waiting and now > trip.appointed_at:
        return N_("Late: the appointed time has passed")
    if trip.state in {State.BOOKED, State.OFFERED} and trip.appointed_at - now < timedelta(minutes=10):
        return N_("Appointed in less than ten minutes, and no driver yet")
    limit = STUCK_AFTER.get(trip.state)
    if limit is not None and now - trip.state_since > limit:
        return N_("No progress for a long time: call the driver")
    return ""
