"""Traffic violations: from the plate and time on a notice to who drove then, and a case opened from it (A8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch.domain import plate
from dispatch.domain.bearing import Violation, to_json
from dispatch.domain.complaint import CaseKind, Channel, Registration
from dispatch.domain.errors import N_, Invalid, Refused
from dispatch.domain.roles import Actor
from dispatch.domain.violation import MINUTE, Course, Wheel, at_the_wheel
from dispatch.services import complaints, documents, trips
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.complaints import ComplaintRow
from dispatch.store.trips import Trip, load_ways

NEAR = timedelta(hours=12)
"""How far from the time asked about another trip of the same car is still worth naming."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Held:
    """A trip of the car at that time, who was at the wheel then, and the agreement that proves it."""

    trip: Trip
    wheel: Wheel
    agreement: Document | None


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of a plate and a minute. `near`: trips of the car before and after, when none covers it."""

    plate: str
    at: datetime
    held: tuple[Held, ...]
    near: tuple[Trip, ...]


def look_up(session: Session, typed: str, at: datetime, actor: Actor, now: datetime) -> Found:
    """Who drove this car in this minute. Raises Invalid for what is no plate (field plate), or a time to come (at)."""
    stored = plate.parse(typed).text
    if at > now:
        raise Invalid("violation_time", N_("The time of the offence cannot lie in the future"), field="at")
    own = select(Trip).where(Trip.branch_id == actor.branch_id, Trip.plate == stored)
    covering = own.where(
        Trip.arrived_at < at + MINUTE, or_(Trip.ended_at.is_(None), Trip.ended_at >= at), Trip.driver_id.is_not(None)
    )
    candidates = list(session.scalars(covering.order_by(Trip.id).limit(MOST)).unique())
    load_ways(session, [trip.id for trip in candidates])
    held = tuple(
        Held(trip, wheel, documents.of_trip(session, trip, DocumentKind.AGREEMENT))
        for trip in candidates
        if (wheel := at_the_wheel(_course(trip), at)) is not Wheel.NOT_OURS
    )
    near = () if held else _near(session, actor.branch_id, stored, at)
    return Found(stored, at, held, near)


@dataclass(frozen=True, slots=True)
class Notice:
    """The offence as the authority wrote it, in which minute (UTC), and what is to be done about it."""

    at: datetime
    words: str
    wish: str


def report(session: Session, trip_id: int, notice: Notice, actor: Actor, now: datetime) -> ComplaintRow:
    """Open a case: the company's to settle when our driver drove (A8), which its facts say; the fine is still to come.

    Raises Refused when nobody of ours had the car.
    """
    trip = trips.find(session, trip_id, actor)
    wheel = at_the_wheel(_course(trip), notice.at)
    if trip.driver is None or wheel is Wheel.NOT_OURS:
        raise Refused("not_our_drive", N_("Nobody of ours had this car at that time"))
    registration = Registration(
        kind=CaseKind.VIOLATION,
        channel=Channel.LETTER,
        registered_at=now,
        contact_name=trip.contact_name,
        contact_phone=trip.caller_phone,
        contact_address="",
        happened_at=notice.at,
        about=f"{trip.driver.name} {trip.driver.badge_id} · {plate.parse(trip.plate).display()} · {trip.number}",
        problem=notice.words,
        wish=notice.wish,
        trip_id=trip.id,
    )
    row = complaints.register(session, registration, actor)
    row.facts = to_json(Violation(fine_fen=0, inside_service=wheel in {Wheel.OURS, Wheel.STOPPED}))
    return row


def _course(trip: Trip) -> Course:
    stops = tuple((stop.started_at, stop.ended_at) for stop in trip.stops)
    return Course(trip.arrived_at, trip.started_at, trip.delivered_at, trip.ended_at, stops)


def _near(session: Session, branch_id: int, stored: str, at: datetime) -> tuple[Trip, ...]:
    own = select(Trip).where(Trip.branch_id == branch_id, Trip.plate == stored)
    window = own.where(Trip.appointed_at > at - NEAR, Trip.appointed_at < at + NEAR)
    return tuple(session.scalars(window.order_by(Trip.appointed_at).limit(MOST)).unique())
