"""The only way a trip changes: load it, let the rules decide, store what follows, tell it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain import commands as c
from dispatch.domain.commands import Command
from dispatch.domain.driver import Competence
from dispatch.domain.errors import N_, Conflict, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission, Role
from dispatch.domain.states import WITH_DRIVER, Context, State, TripFacts
from dispatch.domain.trip import Decision, decide
from dispatch.services import drivers, effects
from dispatch.services.announce import announce_trip
from dispatch.store import agreements, inspections, offers, trips
from dispatch.store.agreements import DocumentKind
from dispatch.store.db import savepoint
from dispatch.store.offers import OfferState
from dispatch.store.trips import Trip


def find(session: Session, trip_id: int, actor: Actor) -> Trip:
    """A trip that the actor may see. Raises NotFound otherwise: somebody else's trip does not exist for them."""
    trip = session.get(Trip, trip_id)
    if trip is None or not may_see(session, trip, actor):
        raise NotFound("trip_unknown", N_("There is no such trip"))
    return trip


def may_see(session: Session, trip: Trip, actor: Actor) -> bool:
    """Whether the trip is of the actor's branch and, for drivers, their own or on offer to them."""
    if trip.branch_id != actor.branch_id:
        return False
    if actor.may(Permission.TRIP_READ) or actor.has(Role.SYSTEM):
        return True
    if actor.trip_id is not None:
        return trip.id == actor.trip_id
    if actor.driver_id is None:
        return False
    return trip.driver_id == actor.driver_id or any(
        offer.driver_id == actor.driver_id for offer in offers.of_trip(session, trip.id)
    )


def own(session: Session, trip_id: int, actor: Actor) -> Trip:
    """The driver's own trip while it lives. Raises NotFound for every other."""
    trip = find(session, trip_id, actor)
    if actor.driver_id is None or trip.driver_id != actor.driver_id or trip.state not in WITH_DRIVER:
        raise NotFound("trip_unknown", N_("There is no such trip"))
    return trip


def locked(session: Session, trip_id: int, actor: Actor) -> Trip:
    """A trip for changing: on PostgreSQL the row is locked, so that the loser of a race sees who won.

    Locked first and read after: one statement would join the winner's trip to the rows of before it waited.
    """
    session.execute(select(Trip.id).where(Trip.id == trip_id).with_for_update())
    trip = session.get(Trip, trip_id, populate_existing=True)
    if trip is None or not may_see(session, trip, actor):
        raise NotFound("trip_unknown", N_("There is no such trip"))
    return trip


def apply(
    session: Session, trip_id: int, command: Command, actor: Actor, now: datetime, *, phone_at: datetime | None = None
) -> Trip:
    """Carry out a command. Raises what the rules raise; nothing is stored then.

    `phone_at` is when it was done, where a phone without signal could tell only now.

    Signing is in `signing`: a document is rendered between two transactions, and `move` is called in the second.
    """
    trip = locked(session, trip_id, actor)
    decision = decided(session, trip, command, actor, now)
    try:
        with savepoint(session):
            effects.carry_out(command, effects.Work(session, trip, actor, now, trip.state, phone_at))
            move(session, trip, decision, actor, now)
    except IntegrityError as error:
        raise _lost_race(session, trip_id, command, actor) or error from error
    return trip


def decided(session: Session, trip: Trip, command: Command, actor: Actor, now: datetime) -> Decision:
    """What the rules say to a command on a trip as it stands."""
    return decide(facts_of(session, trip, now), command, actor, context_for(session, trip, command, actor, now))


def move(session: Session, trip: Trip, decision: Decision, actor: Actor, now: datetime) -> None:
    """Store the state decided on, and tell it. R1 and R2 are closed by the database as this is flushed."""
    if decision.state is not trip.state:
        trip.state = decision.state
        trip.state_since = now
    trip.urgent = trip.urgent and decision.state in {State.BOOKED, State.OFFERED}
    session.flush()
    for event in decision.events:
        announce_trip(session, _with_driver(event, trip), trip, actor, now)


def facts_of(session: Session, trip: Trip, now: datetime) -> TripFacts:
    """A trip as the rules see it. A few indexed look-ups."""
    report = inspections.of_trip(session, trip.id)
    agreement = agreements.of_trip(session, trip.id, DocumentKind.AGREEMENT)
    open_offers = offers.of_trip(session, trip.id, OfferState.OPEN) if trip.state is State.OFFERED else []
    return TripFacts(
        id=trip.id,
        number=trip.number,
        state=trip.state,
        form=trip.form,
        state_since=trip.state_since,
        driver_id=trip.driver_id,
        driver_badge=trip.driver.badge_id if trip.driver else "",
        driver_name=trip.driver.name if trip.driver else "",
        open_offers=frozenset(o.driver_id for o in open_offers if o.expires_at is None or o.expires_at > now),
        needs=frozenset(Competence(need) for need in trip.needs),
        intoxication=report.noted if report else None,
        companion_sober=report.companion_sober if report else False,
        start_odometer_km=trip.start_odometer_km,
        agreement_stored=agreement is not None,
        stopped=any(stop.ended_at is None for stop in trip.stops),
        incident_ids=frozenset(incident.id for incident in trip.incidents),
    )


def context_for(session: Session, trip: Trip, command: Command, actor: Actor, now: datetime) -> Context:
    """The time, the branch's day and rest rule, and the files of the drivers that the command is about."""
    match command:
        case c.Offer(driver_ids=ids):
            wanted = list(ids)
        case c.Assign(driver_id=one):
            wanted = [one]
        case c.Accept():
            wanted = [actor.driver_id] if actor.driver_id else []
        case _:
            wanted = []
    branch = trip.branch
    files = {driver_id: drivers.file_of(session, driver_id, branch.id) for driver_id in sorted(set(wanted))}
    return Context(now=now, today=now.astimezone(branch.zone).date(), rest=drivers.rest_rule(branch), drivers=files)


def _lost_race(session: Session, trip_id: int, command: Command, actor: Actor) -> Conflict | None:
    """Who was first, after the database's own guard of R1 spoke; None when it was another guard."""
    driver_id = command.driver_id if isinstance(command, c.Assign) else actor.driver_id
    winner = trips.live_of_driver(session, driver_id) if driver_id is not None else None
    if winner is None or winner.driver is None or winner.id == trip_id:
        return None
    return Conflict(
        "driver_busy",
        N_("Driver %(badge)s is on trip %(trip)s"),
        badge=winner.driver.badge_id,
        trip=winner.number,
    )


def _with_driver(event: Event, trip: Trip) -> Event:
    if trip.driver is None or trip.state not in WITH_DRIVER:
        return event
    return replace(event, data={**event.data, "badge": trip.driver.badge_id})
