"""Choosing drivers: in words for the desk, and by itself for branches that dispatch so.

A plan is made without a transaction and carried out trip by trip, each only if the trip is still as it was read: any
number of schedulers may plan, one of them acts.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain import commands as c
from dispatch.domain.dispatching import DispatchMode
from dispatch.domain.geo import Point
from dispatch.domain.matching import Candidate, Rider, rank
from dispatch.domain.roles import system
from dispatch.domain.states import State
from dispatch.gateways.routing import CITY_MPS, ROAD_FACTOR, GreatCircleRouter, Router
from dispatch.services import driver_files, drivers, scene, trips
from dispatch.services.scene import Scene
from dispatch.store import branches, offers
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver
from dispatch.store.trips import Trip

NEAREST = 10
"""For so many drivers, the nearest by the straight line, the way along the roads is asked for."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A driver with what speaks for and against them."""

    driver: Driver
    rated: Candidate


@dataclass(frozen=True, slots=True)
class Move:
    """Ask these drivers for a trip if it is still of this version; with nobody to ask only the search begins."""

    trip_id: int
    version: int
    driver_ids: tuple[int, ...]


def shortlist(session: Session, trip: Trip, router: Router, now: datetime) -> list[Chosen]:
    """All drivers for a trip, whom to ask first on top; for everybody else why not. A constant number of statements."""
    branch = trip.branch
    standing = driver_files.overview(session, branch, now)
    riders = scene.riders(session, standing, branch, now, besides=trip.id)
    (job,) = scene.jobs(session, [trip])
    ranked = rank(job, riders, _car_seconds(job.pickup, riders, router, now), scene.moment(branch, now))
    by_id = {one.driver.id: one.driver for one in standing}
    return [Chosen(by_id[one.rider_id], one) for one in ranked]


def scenes(session: Session, now: datetime) -> list[Scene]:
    """Every branch that asks by itself and has somebody waiting."""
    found = (scene.look(session, branch, now) for branch in branches.that_ask_by_themselves(session))
    return [one for one in found if one is not None]


def plan(seen: Scene, router: Router) -> list[Move]:
    """Whom to ask for what, urgent trips first. Touches no database: roads may take their time."""
    from dispatch.domain import assignment, weighing  # noqa: PLC0415 - numpy and scipy only where they are needed

    automatic = seen.mode is DispatchMode.AUTOMATIC
    s_per_m = ROAD_FACTOR / CITY_MPS
    table = weighing.weigh(seen.jobs, seen.riders, seen.moment, s_per_m, _roads(router), ahead=automatic)
    pairs = assignment.all_at_once(table, seen.moment.now) if automatic else assignment.in_turn(table, seen.at_once)
    asked: dict[int, list[int]] = defaultdict(list)
    for pair in pairs:
        asked[pair.job_id].append(pair.rider_id)
    due = [job.id for job, open_ in zip(table.jobs, table.open_, strict=True) if open_]
    return [
        Move(job_id, seen.versions[job_id], tuple(asked[job_id]))
        for job_id in due
        if asked[job_id] or job_id in seen.unsought
    ]


def act(session: Session, move: Move, now: datetime) -> bool:
    """Carry a move out; False when the trip or the drivers are not as they were any more: the next plan will see.

    The trip's row is locked before its version is compared, and the drivers' before it is asked who else asks them.
    The index of open automatic offers is the last guard.
    """
    branch_id = session.get_one(Trip, move.trip_id).branch_id
    clock = system(branch_id)
    trip = trips.locked(session, move.trip_id, clock)
    if trip.version != move.version or trip.state is not State.BOOKED:
        return False
    for driver_id in sorted(move.driver_ids):
        drivers.find(session, driver_id, branch_id, lock=True)
    if offers.asked_elsewhere(session, move.driver_ids, trip.id):
        return False
    if trip.sought_since is None:
        trip.sought_since = now
        session.flush()
    if move.driver_ids:
        trips.apply(session, trip.id, _command(trip.branch, move.driver_ids, now), clock, now)
    return True


def _command(branch: Branch, driver_ids: tuple[int, ...], now: datetime) -> c.Command:
    if branch.dispatch_mode is DispatchMode.AUTOMATIC and branch.assign_directly:
        return c.Assign(driver_ids[0])
    return c.Offer(driver_ids, now + timedelta(seconds=branch.offer_seconds))


def _car_seconds(
    pickup: Point | None, riders: Sequence[Rider], router: Router, now: datetime
) -> dict[int, float | None]:
    """Seconds by car to the pickup: along the roads for the nearest, by the straight line for the rest."""
    places = {rider.id: place for rider in riders if (place := rider.place(now)) is not None}
    if pickup is None or not places:
        return {}
    straight = {
        rider_id: way for rider_id, way in _ways(GreatCircleRouter(), places, pickup).items() if way is not None
    }
    free = [rider.id for rider in riders if rider.id in straight and rider.file.busy_trip is None]
    nearest = sorted(free, key=lambda rider_id: straight[rider_id])[:NEAREST]
    return {**straight, **_ways(router, {rider_id: places[rider_id] for rider_id in nearest}, pickup)}


def _ways(router: Router, places: dict[int, Point], pickup: Point) -> dict[int, float | None]:
    found = router.seconds(list(places.values()), [pickup]) if places else []
    return {rider_id: row[0] for rider_id, row in zip(places, found, strict=True)}


def _roads(router: Router) -> Callable[[Sequence[Point], Point], list[float | None]] | None:
    """How to ask for roads; None where the straight line is all there is."""
    if isinstance(router, GreatCircleRouter):
        return None
    return lambda origins, to: [row[0] for row in router.seconds(origins, [to])]
