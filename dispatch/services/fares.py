"""Fares of trips: the quote at booking, what it comes to so far, and the settlement that freezes the lines (R10)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain.commands import Party
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.events import Event
from dispatch.domain.fare import Fare, compute
from dispatch.domain.fare_facts import Ending, FareFacts, Side, Stop
from dispatch.domain.roles import Actor
from dispatch.domain.tariff import Stage, Tariff
from dispatch.domain.waiting import Waiting, waiting
from dispatch.services import account_postings, tariffs, vouchers
from dispatch.services.announce import announce
from dispatch.store import fares
from dispatch.store.fares import FareLineRow, LineKind
from dispatch.store.trips import Trip


def quote_facts(
    appointed_at: datetime, zone: str, booked_km: Any, options: dict[str, Any], ordered_at: datetime
) -> FareFacts:
    """What a quote is computed from. `options` are the tariff's own questions (docs/tariffs.md). Raises Invalid."""
    facts = {
        **options,
        "appointed_at": appointed_at.isoformat(),
        "ordered_at": ordered_at.isoformat(),
        "booked_km": str(booked_km),
        "zone": zone,
    }
    return FareFacts.from_json(facts)


def facts_of(trip: Trip, now: datetime) -> FareFacts:
    """What is known of a trip: times, odometer, stops. A stop under way counts until now."""
    booked = quote_facts(trip.appointed_at, trip.branch.timezone, trip.booked_km, trip.fare_options, trip.booked_at)
    asked = [stop for stop in trip.stops if stop.requested_by is Party.CUSTOMER]
    return replace(
        booked,
        accepted_at=trip.accepted_at,
        arrived_at=trip.arrived_at,
        departed_at=trip.started_at,
        delivered_at=trip.delivered_at,
        stops=tuple(Stop(stop.started_at, stop.ended_at or max(now, stop.started_at)) for stop in asked),
        odometer_start_km=trip.start_odometer_km,
        odometer_end_km=trip.end_odometer_km,
        destination_changed=bool(trip.destination_changes),
        driver_replaced=trip.replacements > 0,
        stage=_stage(trip),
    )


def so_far(session: Session, trip: Trip, now: datetime) -> Fare:
    """The fare as the facts stand: before the drive the quote with the waiting so far, after it the settlement."""
    return compute(_tariff(session, trip), _leaving_now(facts_of(trip, now), now))


def waiting_so_far(session: Session, trip: Trip, now: datetime) -> Waiting | None:
    """The waiting clock of a driver with the customer; its cost is that of the lines in `so_far`."""
    facts = _leaving_now(facts_of(trip, now), now)
    return waiting(_tariff(session, trip).service(facts.service), facts, now)


def _leaving_now(facts: FareFacts, now: datetime) -> FareFacts:
    """As if they left this moment: that is what waiting has come to."""
    if facts.arrived_at is None or facts.departed_at is not None:
        return facts
    return replace(facts, departed_at=max(now, facts.arrived_at))


def completed(session: Session, trip: Trip, now: datetime) -> Fare:
    """The fare of a delivered trip."""
    return compute(_tariff(session, trip), facts_of(trip, now))


def cancelled(session: Session, trip: Trip, by: Party, now: datetime) -> Fare:
    """What cancelling now would cost; the company's side never costs the customer anything."""
    side = Side.CUSTOMER if by is Party.CUSTOMER else Side.COMPANY
    facts = replace(facts_of(trip, now), ending=Ending.CANCELLED, cancelled_by=side, cancelled_at=now)
    return compute(_tariff(session, trip), facts)


def refused(session: Session, trip: Trip, reason: str, fee_fen: int | None, now: datetime) -> Fare:
    """What a refused job costs (A6). Raises Invalid when the fee chosen lies outside the range."""
    facts = replace(facts_of(trip, now), ending=Ending.REFUSED, refusal_reason=reason, refusal_fee_fen=fee_fen)
    return compute(_tariff(session, trip), facts)


def ended(session: Session, trip: Trip, ending: Ending, now: datetime) -> Fare:
    """What an aborted or unfulfilled trip costs."""
    return compute(_tariff(session, trip), replace(facts_of(trip, now), ending=ending))


def allowance(session: Session, trip: Trip, fault_percent: int | None, chosen_fen: int | None) -> int | None:
    """What the company pays towards transport during repair (A7, B6); None below the share of fault that asks for it.

    Raises Invalid when the amount chosen lies outside the form's range.
    """
    tariff = _tariff(session, trip)
    term = tariff.service(facts_of(trip, trip.booked_at).service).allowance
    if term is None or fault_percent is None or fault_percent < term.fault_percent_from:
        return None
    return term.amount.chosen(chosen_fen, field="allowance_fen")


def settle(session: Session, trip: Trip, fare: Fare, actor: Actor, now: datetime) -> None:
    """Freeze the lines, and post the fare where an account pays it.

    A trip is settled once (R2): its lines have positions that cannot be taken twice.
    """
    for position, line in enumerate(fare.lines):
        session.add(
            FareLineRow(
                trip_id=trip.id,
                position=position,
                kind=LineKind.SETTLED,
                line=line.to_json(),
                amount_fen=line.amount_fen,
                created_by=actor.id,
                created_at=now,
            )
        )
    trip.total_fen = fare.total_fen
    trip.fare_flags = [flag.value for flag in fare.flags]
    account_postings.fare_settled(session, trip, actor, now)
    vouchers.settle(session, trip, fare.lines, actor, now)


def correct(session: Session, trip: Trip, actor: Actor, now: datetime, *, amount_fen: int, reason: str) -> FareLineRow:
    """Add a correction line to a settled fare (R10). Raises Invalid without a reason or below zero in total."""
    if trip.total_fen is None:
        raise Invalid("not_settled", N_("Only a settled fare can be corrected"), field="amount")
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    if amount_fen == 0 or trip.total_fen + amount_fen < 0:
        raise Invalid(
            "correction_range", N_("A correction is not zero, and the fare never falls below zero"), field="amount"
        )
    lines = fares.of_trip(session, trip.id)
    text = {"zh": f"更正：{reason.strip()}", "en": f"Correction: {reason.strip()}"}
    once = {"zh": "次", "en": "time"}
    row = FareLineRow(
        trip_id=trip.id,
        position=lines[-1].position + 1 if lines else 0,
        kind=LineKind.CORRECTION,
        line={
            "part": "correction",
            "rule": "correction",
            "text": text,
            "quantity": "1",
            "unit": once,
            "unit_price_fen": amount_fen,
            "amount_fen": amount_fen,
            "facts": {},
        },
        amount_fen=amount_fen,
        created_by=actor.id,
        created_at=now,
    )
    session.add(row)
    trip.total_fen += amount_fen
    account_postings.fare_corrected(session, trip, row, actor, now, reason=reason.strip())
    event = Event("trip.fare_corrected", {"trip": trip.number, "amount_fen": amount_fen, "reason": reason.strip()})
    announce(session, event, actor, now, subject="trip", subject_id=trip.id)
    return row


def _tariff(session: Session, trip: Trip) -> Tariff:
    return tariffs.of_id(session, trip.branch_id, trip.tariff_id).tariff


def _stage(trip: Trip) -> Stage:
    """How far the driver now on the trip has come; a replaced driver's progress costs the customer nothing (P4)."""
    if trip.arrived_at is not None:
        return Stage.ARRIVED
    if trip.departed_at is not None:
        return Stage.DEPARTED
    return Stage.ACCEPTED if trip.accepted_at is not None else Stage.BOOKED
