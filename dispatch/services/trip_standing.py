"""How a trip stands this moment: waiting, arrival, fare. The one read model of desk, phone, link and API.

Whoever shows one of these figures takes it from here, so that no two people on one trip are told different things.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.position import Fix
from dispatch.domain.states import State
from dispatch.domain.waiting import Waiting
from dispatch.gateways.routing import Router
from dispatch.services import fares
from dispatch.store import fares as settled_fares
from dispatch.store import positions, tariffs
from dispatch.store import trips as trip_rows
from dispatch.store.trips import Trip

COMING = frozenset({State.ACCEPTED, State.EN_ROUTE})
WAITING = frozenset({State.ON_SITE, State.INSPECTED, State.AGREED})
TOGETHER = 10
"""Ways that a router is asked for at once: it answers for every pair of them, and each trip needs its own alone."""
FOLLOWED_FROM = timedelta(hours=1)
"""How long before the appointed time a driver who has not set off yet is shown: what they do before is their own."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the driver who comes was last seen, and how far that is.

    `minutes` by road and `distance_m` as the crow flies; both None where the pick-up has no coordinates, `minutes` also
    when the position is stale: it is then told as what it is, not as where the driver is now.
    """

    seen: Fix
    stale: bool
    distance_m: int | None
    minutes: int | None
    pickup: Point | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The clocks of a trip: one of the two at most, and none before a driver is found or after the drive began."""

    waiting: Waiting | None = None
    arrival: Arrival | None = None


NOTHING = Standing()


@dataclass(frozen=True, slots=True)
class FareView:
    """The fare as it stands, line by line; settled once the trip has ended, with corrections as lines of their own."""

    lines: list[dict[str, Any]]
    total_fen: int
    flags: list[str]
    settled: bool


def of_trip(session: Session, trip: Trip, router: Router, now: datetime) -> Standing:
    """One trip's clocks."""
    return of_trips(session, [trip], router, now)[trip.id]


def of_trips(session: Session, trips: Sequence[Trip], router: Router, now: datetime) -> dict[int, Standing]:
    """The clocks of many trips by id, in a constant number of statements and with few questions to the router."""
    arrivals = _arrivals(session, [trip for trip in trips if _is_followed(trip, now)], router, now)
    waits = _waits(session, [trip for trip in trips if trip.state in WAITING], now)
    return {trip.id: Standing(waits.get(trip.id), arrivals.get(trip.id)) for trip in trips}


def fare(session: Session, trip: Trip, now: datetime) -> FareView:
    """Settled lines where there are any, else what the facts come to now."""
    if trip.total_fen is not None:
        lines = [row.line for row in settled_fares.of_trip(session, trip.id)]
        return FareView(lines, trip.total_fen, trip.fare_flags, settled=True)
    found = fares.so_far(session, trip, now).to_json()
    return FareView(found["lines"], found["total_fen"], found["flags"], settled=False)


def _waits(session: Session, waiting: Sequence[Trip], now: datetime) -> dict[int, Waiting | None]:
    if not waiting:
        return {}
    trip_rows.load_ways(session, [trip.id for trip in waiting])
    held = tariffs.of_ids(session, {trip.tariff_id for trip in waiting})
    found = {trip.id: fares.waiting_so_far(session, trip, now) for trip in waiting}
    del held  # the session forgets what nobody holds, and would read it again for every trip
    return found


def _is_followed(trip: Trip, now: datetime) -> bool:
    if trip.driver_id is None or trip.accepted_at is None:
        return False
    near = trip.appointed_at - now <= FOLLOWED_FROM
    return trip.state is State.EN_ROUTE or (trip.state is State.ACCEPTED and near)


def _arrivals(session: Session, coming: Sequence[Trip], router: Router, now: datetime) -> dict[int, Arrival]:
    drivers = {trip.driver_id for trip in coming if trip.driver_id is not None}
    fixes = positions.of_drivers(session, drivers) if drivers else {}
    seen = {trip.id: fix for trip in coming if (fix := _since_accepted(trip, fixes)) is not None}
    minutes = _minutes([(trip.id, seen[trip.id], pickup) for trip in coming
                        if trip.id in seen and not seen[trip.id].is_stale(now)
                        and (pickup := _pickup(trip)) is not None], router)  # fmt: skip
    return {
        trip.id: _arrival(seen[trip.id], _pickup(trip), minutes.get(trip.id), now) for trip in coming if trip.id in seen
    }


def _since_accepted(trip: Trip, fixes: dict[int, Fix]) -> Fix | None:
    """Where the driver was before they had this job is nobody's business."""
    fix = fixes.get(trip.driver_id or 0)
    return fix if fix is not None and trip.accepted_at is not None and fix.at >= trip.accepted_at else None


def _arrival(seen: Fix, pickup: Point | None, minutes: int | None, now: datetime) -> Arrival:
    distance = None if pickup is None else round(great_circle_m(seen.point, pickup))
    return Arrival(seen, seen.is_stale(now), distance, minutes, pickup)


def _minutes(ways: Sequence[tuple[int, Fix, Point]], router: Router) -> dict[int, int]:
    """Whole minutes by trip, rounded up: who is told one minute is not still waiting after two."""
    own: list[float | None] = []
    for at in range(0, len(ways), TOGETHER):
        part = ways[at : at + TOGETHER]
        seconds = router.seconds([fix.point for _, fix, _ in part], [pickup for _, _, pickup in part])
        own += [row[place] for place, row in enumerate(seconds)]
    return {
        trip_id: max(1, ceil(took / 60)) for (trip_id, _, _), took in zip(ways, own, strict=True) if took is not None
    }


def _pickup(trip: Trip) -> Point | None:
    if trip.pickup_lat is None or trip.pickup_lon is None:
        return None
    return Point(trip.pickup_lat, trip.pickup_lon)
