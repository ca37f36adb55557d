"""What each command stores besides the new state. Who may and when was decided before; nothing here says no."""

from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch

from sqlalchemy.orm import Session

from dispatch.domain import commands as c
from dispatch.domain.fare_facts import Ending
from dispatch.domain.phone_clock import ended_at
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import State
from dispatch.services import drivers, fares, inspecting, pausing
from dispatch.services.signatures import keep
from dispatch.services.stepping_back import undo
from dispatch.store import offers
from dispatch.store.offers import Offer, OfferState
from dispatch.store.signatures import SignedFor
from dispatch.store.trips import DestinationChange, Incident, Trip, TripStop


@dataclass(frozen=True, slots=True)
class Work:
    """What a command works on. `source` is the state before it; `phone_at` when a phone without signal did it."""

    session: Session
    trip: Trip
    actor: Actor
    now: datetime
    source: State
    phone_at: datetime | None = None


@singledispatch
def carry_out(command: object, _work: Work) -> None:
    """Store what follows from a command. A command without an entry here cannot be carried out."""
    raise TypeError(f"no effect is known for {type(command).__name__}")


@carry_out.register
def _(command: c.Offer, work: Work) -> None:
    already = {o.driver_id for o in offers.of_trip(work.session, work.trip.id, OfferState.OPEN)}
    for driver_id in sorted(set(command.driver_ids) - already):
        _add_offer(work, driver_id, OfferState.OPEN, command.expires_at)


@carry_out.register
def _(command: c.Assign, work: Work) -> None:
    _end_offers(work, OfferState.OPEN, OfferState.WITHDRAWN)
    _add_offer(work, command.driver_id, OfferState.ACCEPTED, None)
    _give_to(work, command.driver_id)


@carry_out.register
def _(_command: c.Accept, work: Work) -> None:
    for offer in offers.of_trip(work.session, work.trip.id, OfferState.OPEN):
        mine = offer.driver_id == work.actor.driver_id
        offer.state = OfferState.ACCEPTED if mine else OfferState.WITHDRAWN
        offer.answered_at = work.now
    if work.actor.driver_id is not None:
        _give_to(work, work.actor.driver_id)


@carry_out.register
def _(command: c.Decline, work: Work) -> None:
    for offer in offers.of_trip(work.session, work.trip.id, OfferState.OPEN):
        if offer.driver_id == work.actor.driver_id:
            offer.state, offer.answered_at, offer.reason = OfferState.DECLINED, work.now, command.reason
            pausing.count(work.session, offer.driver_id, work.trip.branch, work.actor, work.now)


@carry_out.register
def _(_command: c.Expire, work: Work) -> None:
    for offer in offers.of_trip(work.session, work.trip.id, OfferState.OPEN):
        if offer.expires_at is not None and offer.expires_at <= work.now:
            offer.state, offer.answered_at = OfferState.EXPIRED, work.now
            pausing.count(work.session, offer.driver_id, work.trip.branch, work.actor, work.now)


@carry_out.register
def _(_command: c.Depart, work: Work) -> None:
    work.trip.departed_at = work.now


@carry_out.register
def _(_command: c.Arrive, work: Work) -> None:
    work.trip.arrived_at = work.now


@carry_out.register
def _(command: c.ReplaceDriver, work: Work) -> None:
    """P4: head of the queue, nothing charged, and a driver who was drinking is off duty until cleared."""
    driver = work.trip.driver
    if driver is not None and command.reason is c.ReplaceReason.DRIVER_NOT_SOBER:
        drivers.hold(work.session, driver, command.note.strip() or command.reason.value, work.actor, work.now)
    release_driver(work.session, work.trip, work.now, OfferState.REPLACED)
    work.trip.urgent = True
    work.trip.replacements += 1


@carry_out.register
def _(command: c.Inspect, work: Work) -> None:
    inspecting.store(work.session, work.trip, command.report, work.now)


@carry_out.register
def _(command: c.Refuse, work: Work) -> None:
    fare = fares.refused(work.session, work.trip, command.reason.value, command.fee_fen, work.now)
    fares.settle(work.session, work.trip, fare, work.actor, work.now)
    _end(work, command.reason.value, command.note)


@carry_out.register
def _(_command: c.Start, work: Work) -> None:
    work.trip.started_at = ended_at(work.now, work.phone_at, work.trip.agreed_at)  # waiting ends


@carry_out.register
def _(command: c.Stop, work: Work) -> None:
    work.trip.stops.append(
        TripStop(requested_by=command.requested_by, reason=command.reason.strip(), started_at=work.now)
    )


@carry_out.register
def _(_command: c.Resume, work: Work) -> None:
    for stop in work.trip.stops:
        stop.ended_at = stop.ended_at or ended_at(work.now, work.phone_at, stop.started_at)


@carry_out.register
def _(command: c.ChangeDestination, work: Work) -> None:
    signature = keep(work.session, work.trip, SignedFor.DESTINATION, command.signature, work.now)
    work.trip.destination_changes.append(
        DestinationChange(
            address_before=work.trip.destination_address,
            address=command.address.strip(),
            signature_id=signature.id,
            at=work.now,
        )
    )
    work.trip.destination_address = command.address.strip()
    work.trip.destination_lat = work.trip.destination_lon = None


@carry_out.register
def _(command: c.ReportIncident, work: Work) -> None:
    allowance = fares.allowance(work.session, work.trip, command.driver_fault_percent, command.allowance_fen)
    work.trip.incidents.append(
        Incident(
            kind=command.kind,
            note=command.note.strip(),
            driver_fault_percent=command.driver_fault_percent,
            allowance_fen=allowance,
            at=work.now,
        )
    )


@carry_out.register
def _(command: c.Deliver, work: Work) -> None:
    work.trip.delivered_at = ended_at(work.now, work.phone_at, _under_way_since(work.trip))
    work.trip.end_odometer_km = command.odometer_km
    work.trip.closing_checklist = {item.value: found for item, found in command.checklist.items()}
    work.trip.closing_note = command.note.strip()


@carry_out.register
def _(command: c.Cancel, work: Work) -> None:
    fare = fares.cancelled(work.session, work.trip, command.by, work.now)
    fares.settle(work.session, work.trip, fare, work.actor, work.now)
    _end_offers(work, OfferState.OPEN, OfferState.WITHDRAWN)
    _end(work, f"by_{command.by.value}", command.reason)


@carry_out.register
def _(command: c.Abort, work: Work) -> None:
    fare = fares.ended(work.session, work.trip, Ending.ABORTED, work.now)
    fares.settle(work.session, work.trip, fare, work.actor, work.now)
    _end(work, f"incident_{command.incident_id}", command.reason)


@carry_out.register
def _(command: c.GiveUp, work: Work) -> None:
    fare = fares.ended(work.session, work.trip, Ending.UNFULFILLED, work.now)
    fares.settle(work.session, work.trip, fare, work.actor, work.now)
    _end_offers(work, OfferState.OPEN, OfferState.WITHDRAWN)
    _end(work, "nobody_found", command.reason)


@carry_out.register
def _(_command: c.StepBack, work: Work) -> None:
    undo(work.session, work.trip, work.source, work.now)


def _under_way_since(trip: Trip) -> datetime | None:
    """The last moment of the drive that is known."""
    known = [trip.started_at, *(stop.ended_at or stop.started_at for stop in trip.stops)]
    return max((moment for moment in known if moment is not None), default=None)


def release_driver(
    session: Session, trip: Trip, now: datetime, accepted_becomes: OfferState = OfferState.WITHDRAWN
) -> None:
    """Free the trip of its driver and of everything that driver did; signed papers stay on record as superseded.

    The search for a driver begins anew.
    """
    for offer in offers.of_trip(session, trip.id):
        if offer.state is OfferState.OPEN:
            offer.state, offer.answered_at = OfferState.WITHDRAWN, now
        elif offer.state is OfferState.ACCEPTED:
            offer.state, offer.answered_at = accepted_becomes, now
    trip.sought_since = trip.nobody_told_at = trip.nobody_why = None
    inspecting.supersede(session, trip, now)
    trip.driver = None
    trip.accepted_at = trip.departed_at = trip.arrived_at = trip.agreed_at = None


def _give_to(work: Work, driver_id: int) -> None:
    work.trip.driver = drivers.find(work.session, driver_id, work.trip.branch_id)
    work.trip.accepted_at = work.now


def _add_offer(work: Work, driver_id: int, state: OfferState, expires_at: datetime | None) -> None:
    work.session.add(
        Offer(
            trip_id=work.trip.id,
            driver_id=driver_id,
            state=state,
            offered_at=work.now,
            expires_at=expires_at,
            answered_at=None if state is OfferState.OPEN else work.now,
            automatic=work.actor.has(Role.SYSTEM),
        )
    )


def _end_offers(work: Work, source: OfferState, target: OfferState) -> None:
    for offer in offers.of_trip(work.session, work.trip.id, source):
        offer.state, offer.answered_at = target, work.now


def _end(work: Work, reason: str, note: str) -> None:
    work.trip.ended_at = work.now
    work.trip.end_reason = reason
    work.trip.end_note = note.strip()
