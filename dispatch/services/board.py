"""What the desk looks at all night: who waits, what is under way, who is on duty; and what wants a look, and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain.concern import Concern, concern
from dispatch.domain.position import Fix
from dispatch.domain.states import State
from dispatch.gateways.routing import Router
from dispatch.services import driver_files, trip_standing
from dispatch.services.driver_files import Standing as DriverStanding
from dispatch.services.trip_standing import NOTHING, Standing
from dispatch.store import offers, phone_corrections, positions, trips
from dispatch.store.branches import Branch
from dispatch.store.offers import Offer
from dispatch.store.trips import Trip


class Phase(StrEnum):
    """How far a trip with a driver has come, as the desk speaks of it."""

    COMING = auto()
    ON_SITE = auto()
    DRIVING = auto()


PHASES = {
    Phase.COMING: frozenset({State.ACCEPTED, State.EN_ROUTE}),
    Phase.ON_SITE: frozenset({State.ON_SITE, State.INSPECTED, State.AGREED}),
    Phase.DRIVING: frozenset({State.DRIVING, State.DELIVERED}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A driver who was offered the job and has not answered."""

    badge_id: str
    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A trip; what is wrong with it, if anything; who has it on offer, and how many did not take it before; its clocks;
    what its customer asks for.

    `nobody_why`: what kept how many drivers from it when the search took too long.
    """

    trip: Trip
    concern: Concern | None
    asked: tuple[Asked, ...] = ()
    asked_before: int = 0
    standing: Standing = NOTHING
    asks_new_number: bool = False

    @property
    def nobody_why(self) -> tuple[dict[str, Any], ...]:
        """Code and count, the commonest first; empty while nothing was told."""
        return tuple(self.trip.nobody_why or ())


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A driver on shift or on a trip, which jobs they have on offer, and where they were last seen on this shift."""

    standing: DriverStanding
    asked_for: tuple[str, ...]
    fix: Fix | None = None

    @property
    def free(self) -> bool:
        """Whether a job could be offered to them, as far as duty and trips go."""
        return self.standing.trip_id is None and self.standing.driver.held_reason is None and not self.standing.paused


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows. The queue is in the order in which it is to be served."""

    queue: list[BoardRow]
    live: dict[Phase, list[BoardRow]]
    on_duty: list[OnDuty]

    @property
    def concerns(self) -> int:
        """How many trips want a look."""
        return sum(
            row.concern is not None or bool(row.nobody_why)
            for rows in (self.queue, *self.live.values())
            for row in rows
        )

    @property
    def free(self) -> int:
        """How many drivers could take a job."""
        return sum(one.free for one in self.on_duty)


def look(session: Session, branch: Branch, router: Router, now: datetime) -> Board:
    """The board as it is now; a constant number of statements, however much is going on."""
    standing = driver_files.overview(session, branch, now)
    waiting = trips.queue(session, branch.id)
    under_way = trips.live_with_driver(session, branch.id)
    asked = offers.open_of_trips(session, [trip.id for trip in waiting], now)
    before = offers.not_taken_of_trips(session, [trip.id for trip in waiting])
    clocks = trip_standing.of_trips(session, under_way, router, now)
    numbers = phone_corrections.asked_of_branch(session, branch.id)

    def row(trip: Trip) -> BoardRow:
        return BoardRow(
            trip,
            _concern(trip, now),
            _names(asked, trip, standing),
            before.get(trip.id, 0),
            clocks.get(trip.id, NOTHING),
            trip.id in numbers,
        )

    return Board(
        queue=[row(trip) for trip in waiting],
        live={phase: [row(trip) for trip in under_way if trip.state in states] for phase, states in PHASES.items()},
        on_duty=_on_duty(standing, asked, waiting, positions.of_branch(session, branch.id)),
    )


def _concern(trip: Trip, now: datetime) -> Concern | None:
    return concern(
        trip.state, booked_at=trip.booked_at, appointed_at=trip.appointed_at, state_since=trip.state_since, now=now
    )


def _names(asked: Iterable[Offer], trip: Trip, standing: Iterable[DriverStanding]) -> tuple[Asked, ...]:
    drivers = {one.driver.id: one.driver for one in standing}
    mine = (offer for offer in asked if offer.trip_id == trip.id)
    return tuple(
        Asked(drivers[o.driver_id].badge_id, drivers[o.driver_id].name, o.expires_at)
        for o in mine
        if o.driver_id in drivers
    )


def _on_duty(
    standing: Iterable[DriverStanding], asked: Iterable[Offer], waiting: Iterable[Trip], fixes: Mapping[int, Fix]
) -> list[OnDuty]:
    """Who is free first: that is what the desk looks for."""
    numbers = {trip.id: trip.number for trip in waiting}
    jobs: dict[int, list[str]] = defaultdict(list)
    for offer in asked:
        jobs[offer.driver_id].append(numbers[offer.trip_id])
    here = [one for one in standing if one.on_shift_since is not None or one.trip_id is not None]
    found = [OnDuty(one, tuple(jobs[one.driver.id]), _seen(one, fixes)) for one in here]
    return sorted(found, key=lambda one: (not one.free, bool(one.asked_for), one.standing.driver.badge_id))


def _seen(one: DriverStanding, fixes: Mapping[int, Fix]) -> Fix | None:
    """Where they were on an earlier shift is nobody's business."""
    fix = fixes.get(one.driver.id)
    return fix if fix and one.on_shift_since and fix.at >= one.on_shift_since else None
