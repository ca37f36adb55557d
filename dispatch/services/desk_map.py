"""What the desk sees on a map: drivers on shift, customers who wait, trips under way. All of it is on the board too."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy.orm import Session

from dispatch.domain.geo import Point
from dispatch.domain.position import Fix
from dispatch.domain.states import State
from dispatch.gateways.routing import Router
from dispatch.services import board
from dispatch.services.board import OnDuty, Phase
from dispatch.store.branches import Branch
from dispatch.store.trips import Trip


class Doing(StrEnum):
    """What a driver on shift is at, as the map colours it."""

    FREE = auto()
    ASKED = auto()
    BUSY = auto()
    HELD = auto()


@dataclass(frozen=True, slots=True)
class DriverMark:
    """A driver on shift whose position is known."""

    badge_id: str
    name: str
    doing: Doing
    fix: Fix
    stale: bool
    trip_id: int | None
    trip: str


@dataclass(frozen=True, slots=True)
class TripMark:
    """A trip, at the place where something happens next: the pick-up, and from the departure on the destination."""

    trip_id: int
    number: str
    state: State
    address: str
    point: Point
    urgent: bool


@dataclass(frozen=True, slots=True)
class DeskMap:
    """Everything that has a place, and how many drivers and trips have none."""

    drivers: list[DriverMark]
    waiting: list[TripMark]
    live: list[TripMark]
    drivers_unseen: int
    trips_unplaced: int


def look(session: Session, branch: Branch, router: Router, now: datetime) -> DeskMap:
    """The map as it is now, from the same look that the board takes."""
    seen = board.look(session, branch, router, now)
    on_shift = [one for one in seen.on_duty if one.standing.on_shift_since is not None]
    drivers = [_driver(one, one.fix, now) for one in on_shift if one.fix is not None]
    waiting = [row.trip for row in seen.queue]
    live = [row.trip for phase in Phase for row in seen.live[phase]]
    placed = {trip.id: mark for trip in (*waiting, *live) if (mark := _trip(trip)) is not None}
    return DeskMap(
        drivers=drivers,
        waiting=[placed[trip.id] for trip in waiting if trip.id in placed],
        live=[placed[trip.id] for trip in live if trip.id in placed],
        drivers_unseen=len(on_shift) - len(drivers),
        trips_unplaced=len(waiting) + len(live) - len(placed),
    )


def _driver(one: OnDuty, fix: Fix, now: datetime) -> DriverMark:
    him = one.standing
    doing = Doing.FREE
    if him.trip_id is not None:
        doing = Doing.BUSY
    elif him.driver.held_reason is not None:
        doing = Doing.HELD
    elif one.asked_for:
        doing = Doing.ASKED
    return DriverMark(him.driver.badge_id, him.driver.name, doing, fix, fix.is_stale(now), him.trip_id, him.trip_number)


def _trip(trip: Trip) -> TripMark | None:
    under_way = trip.state in board.PHASES[Phase.DRIVING]
    lat, lon = (trip.destination_lat, trip.destination_lon) if under_way else (trip.pickup_lat, trip.pickup_lon)
    if lat is None or lon is None:
        return None
    address = trip.destination_address if under_way else trip.pickup_address
    return TripMark(trip.id, trip.number, trip.state, address, Point(lat, lon), trip.urgent)
