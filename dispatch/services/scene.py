"""What choosing drivers looks at: trips that wait, drivers with their places, offers made. Read whole, then let go."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.dispatching import LONGEST_WAY, DispatchMode, DispatchRules
from dispatch.domain.driver import Competence
from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.matching import BIKE_MPS, EndsSoon, Job, LastJob, Moment, Rider
from dispatch.domain.states import State
from dispatch.services import driver_files, drivers
from dispatch.services.driver_files import Standing
from dispatch.store import offers, positions, trips
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver, Shift
from dispatch.store.offers import OfferState
from dispatch.store.trips import Trip, number_of

LONGEST_QUEUE = 1000
CLOSING_UP = timedelta(minutes=10)
"""From the end of the way to the receipt signed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A branch at one moment. `versions`: of each trip as it was read; only unchanged ones are acted upon."""

    branch_id: int
    mode: DispatchMode
    at_once: int
    moment: Moment
    jobs: Sequence[Job]
    riders: Sequence[Rider]
    versions: dict[int, int]
    unsought: frozenset[int]


def look(session: Session, branch: Branch, now: datetime) -> Scene | None:
    """Trips without driver and offer that may be due, and all drivers; None when no trip waits.

    A constant number of statements, however many there are.
    """
    latest = now + timedelta(minutes=branch.release_minutes) + LONGEST_WAY
    waiting = [
        trip
        for trip in trips.queue(session, branch.id, limit=LONGEST_QUEUE)
        if trip.state is State.BOOKED and trip.appointed_at <= latest
    ]
    if not waiting:
        return None
    return Scene(
        branch_id=branch.id,
        mode=branch.dispatch_mode,
        at_once=branch.ask_at_once if branch.dispatch_mode is DispatchMode.SEVERAL else 1,
        moment=moment(branch, now),
        jobs=jobs(session, waiting),
        riders=riders(session, driver_files.overview(session, branch, now), branch, now),
        versions={trip.id: trip.version for trip in waiting},
        unsought=frozenset(trip.id for trip in waiting if trip.sought_since is None),
    )


def moment(branch: Branch, now: datetime) -> Moment:
    """The time and the branch's limits."""
    rules = DispatchRules(
        rest=drivers.rest_rule(branch),
        radius_m=branch.search_radius_km * 1000.0,
        release=timedelta(minutes=branch.release_minutes),
    )
    return Moment(now, now.astimezone(branch.zone).date(), rules)


def jobs(session: Session, waiting: Iterable[Trip]) -> list[Job]:
    """Trips as jobs to be matched, each with who did not take it before."""
    found = {trip.id: trip for trip in waiting}
    past: dict[tuple[int, OfferState], set[int]] = defaultdict(set)
    for trip_id, driver_id, state in offers.made_for_trips(session, found):
        past[trip_id, state].add(driver_id)
    return [
        Job(
            id=trip.id,
            appointed_at=trip.appointed_at,
            since=trip.sought_since or trip.booked_at,
            needs=frozenset(Competence(need) for need in trip.needs),
            pickup=point(trip.pickup_lat, trip.pickup_lon),
            destination=point(trip.destination_lat, trip.destination_lon),
            urgent=trip.urgent,
            declined=frozenset(past[trip.id, OfferState.DECLINED]),
            missed=frozenset(past[trip.id, OfferState.EXPIRED]),
            replaced=frozenset(past[trip.id, OfferState.REPLACED]),
        )
        for trip in found.values()
    ]


def riders(
    session: Session, standing: Iterable[Standing], branch: Branch, now: datetime, *, besides: int = 0
) -> list[Rider]:
    """Drivers as they are chosen; offers of the trip `besides` do not count as being asked elsewhere."""
    fixes = positions.of_branch(session, branch.id)
    asked = offers.open_of_branch(session, branch.id)
    last = _last_jobs(session, branch.id)
    ending = _ending(session, branch.id, now)
    home_going = _heading_home(session, branch.id)
    return [
        Rider(
            id=(driver := one.driver).id,
            file=one.file,
            means=driver.means,
            fix=fixes.get(driver.id),
            last=last.get(driver.id),
            home=driver.home,
            heading_home=driver.id in home_going,
            paused_until=driver.paused_until,
            pause_reason=driver.pause_reason,
            asked_for=number_of(asked[driver.id]) if asked.get(driver.id, besides) != besides else None,
            ends_soon=ending.get(driver.id),
        )
        for one in standing
    ]


def point(lat: float | None, lon: float | None) -> Point | None:
    """A point where both degrees are known."""
    return Point(lat, lon) if lat is not None and lon is not None else None


def _last_jobs(session: Session, branch_id: int) -> dict[int, LastJob]:
    """Each driver's newest ended trip; one look at the index a driver, not all trips there ever were."""
    newest = (
        select(Trip.id)
        .where(Trip.driver_id == Driver.id, Trip.ended_at.is_not(None))
        .order_by(Trip.id.desc())
        .limit(1)
        .correlate(Driver)
        .scalar_subquery()
    )
    query = (
        select(Driver.id, Trip.ended_at, Trip.delivered_at, Trip.destination_lat, Trip.destination_lon)
        .join(Trip, Trip.id == newest)
        .where(Driver.branch_id == branch_id)
    )
    return {
        driver_id: LastJob(ended, point(lat, lon) if delivered else None)
        for driver_id, ended, delivered, lat, lon in session.execute(query)
        if ended is not None
    }


def _ending(session: Session, branch_id: int, now: datetime) -> dict[int, EndsSoon]:
    """Drivers under way with a customer: where they will be, and about when."""
    under_way = (State.DRIVING, State.DELIVERED)
    query = select(Trip).where(Trip.branch_id == branch_id, Trip.state.in_(under_way), Trip.driver_id.is_not(None))
    found: dict[int, EndsSoon] = {}
    for trip in session.scalars(query).unique():
        end = point(trip.destination_lat, trip.destination_lon)
        if trip.driver_id is None or end is None:
            continue
        begin = point(trip.pickup_lat, trip.pickup_lon)
        way_m = great_circle_m(begin, end) if begin else float(trip.booked_km) * 1000
        driven = timedelta(seconds=way_m / BIKE_MPS)
        there = trip.delivered_at or max(now, (trip.started_at or now) + driven)
        found[trip.driver_id] = EndsSoon(trip.number, end, max(now, there + CLOSING_UP))
    return found


def _heading_home(session: Session, branch_id: int) -> frozenset[int]:
    query = (
        select(Shift.driver_id)
        .join(Driver, Driver.id == Shift.driver_id)
        .where(Driver.branch_id == branch_id, Shift.ended_at.is_(None), Shift.heading_home_at.is_not(None))
    )
    return frozenset(session.scalars(query))
