"""Forgetting a person: in one transaction everything that names them goes, and every figure stays as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dispatch.domain.complaint import OPEN
from dispatch.domain.erasure import Obstacle, Stays
from dispatch.domain.errors import N_, Invalid, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.domain.states import LIVE
from dispatch.services import customers, forgetting, password_again, person_records
from dispatch.services.announce import announce
from dispatch.services.person_records import PersonRecords
from dispatch.store import legal_holds
from dispatch.store.account_ledger import AccountEntry
from dispatch.store.agreements import Document
from dispatch.store.ceremonies import Ceremony
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.fares import FareLineRow
from dispatch.store.legal_holds import Held
from dispatch.store.photos import Photo
from dispatch.store.tracks import Track
from dispatch.store.trips import Trip, number_of

MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What forgetting a person would do. `goes` and `stays` are counts; with obstacles nothing happens."""

    goes: dict[str, int]
    stays: dict[Stays, int]
    obstacles: tuple[tuple[Obstacle, str], ...]
    """Each with what people call the thing that stands in the way."""


def plan(session: Session, customer: Customer) -> Plan:
    """What would go, what would stay, and what stands in the way."""
    records = person_records.of(session, customer)
    return Plan(
        goes={
            "profiles": len(records.profiles),
            "numbers": len(records.numbers),
            "cars": sum(len(one.vehicles) for one in records.profiles),
            "trips": len(records.trips),
            "photos": _count(session, Photo.id, Photo.trip_id, records.trips),
            "ways": _count(session, Track.id, Track.trip_id, records.trips),
            "orders": len(records.orders),
            "calls": len(records.calls),
            "callbacks": len(records.callbacks),
            "complaints": len(records.complaints),
        },
        stays={
            Stays.DOCUMENTS: _count(session, Document.id, Document.trip_id, records.trips),
            Stays.SIGNING: _count(session, Ceremony.id, Ceremony.trip_id, records.trips, Ceremony.erased_at.is_(None)),
            Stays.FARES: _count(session, FareLineRow.id, FareLineRow.trip_id, records.trips),
            Stays.STATEMENTS: _count(session, AccountEntry.id, AccountEntry.trip_id, records.trips),
            Stays.FIGURES: len(records.trips),
        },
        obstacles=tuple(_obstacles(session, records)),
    )


def obstacles(session: Session, customer: Customer) -> tuple[tuple[Obstacle, str], ...]:
    """What stands in the way of forgetting somebody."""
    return tuple(_obstacles(session, person_records.of(session, customer)))


def erase(session: Session, customer_id: int, actor: Actor, now: datetime, *, reason: str, password: str) -> int:
    """Forget a person who asked for it; answers how many trips name nobody any more.

    Raises Invalid for a missing reason or a wrong password, Conflict when they were forgotten already, Refused while
    a trip or complaint is open or something of theirs is on hold.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason_missing", N_("Please say why, in at most 200 characters"), field="reason")
    password_again.check(session, actor.id, password, now)
    legal_holds.hold_still(session, actor.branch_id)
    customer = customers.locked(session, customer_id, actor)
    if obstacles(session, customer):
        raise Refused("erasure_held", N_("Something of this person is still open or on hold: nothing was erased"))
    records = forget(session, customer, now)
    event = Event("customer.erase", {"reason": reason, "trips": len(records.trips)})
    announce(session, event, actor, now, subject="customer", subject_id=customer.id)
    return len(records.trips)


def forget(session: Session, customer: Customer, now: datetime) -> PersonRecords:
    """Take the person out of everything. The caller holds the profile and has looked for obstacles."""
    records = person_records.of(session, customer)
    forgetting.trips(session, records)
    forgetting.signing(session, records, now)
    forgetting.words(session, records, now)
    forgetting.complaints(session, records)
    forgetting.messages(session, records)
    forgetting.journal_entries(session, records)
    forgetting.profiles(session, records, now)
    session.flush()
    session.expire_all()
    return records


def _obstacles(session: Session, records: PersonRecords) -> Iterator[tuple[Obstacle, str]]:
    live = select(Trip.id).where(Trip.id.in_(records.trips), Trip.state.in_(LIVE)).order_by(Trip.id)
    yield from ((Obstacle.LIVE_TRIP, number_of(trip_id)) for trip_id in session.scalars(live))
    open_cases = select(ComplaintRow).where(ComplaintRow.id.in_(records.complaints), ComplaintRow.stage.in_(OPEN))
    yield from ((Obstacle.OPEN_COMPLAINT, case.number) for case in session.scalars(open_cases).unique())
    for subject, ids in ((Held.CUSTOMER, [one.id for one in records.profiles]), (Held.TRIP, records.trips),
                         (Held.COMPLAINT, records.complaints)):  # fmt: skip
        yield from ((Obstacle.LEGAL_HOLD, hold.reason) for hold in legal_holds.of_subjects(session, subject, ids))


def _count(session: Session, key: Any, column: Any, trip_ids: tuple[int, ...], *more: Any) -> int:
    return session.scalar(select(func.count(key)).where(or_(column.in_(trip_ids)), *more)) or 0
