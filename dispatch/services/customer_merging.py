"""Two profiles of one person become one, and two again for thirty days: what moved is written down.

What came in between stays where it belongs: trips from a number of the merged profile go with it, all others stay.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Conflict, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import customer_search
from dispatch.services.announce import announce
from dispatch.store import consents, customer_merges, customers
from dispatch.store.consents import Consent
from dispatch.store.customer_merges import CustomerMerge
from dispatch.store.customers import Customer, CustomerPhone, Vehicle
from dispatch.store.trips import Trip

UNDOABLE = timedelta(days=30)
SUGGESTED = 30
_SAME_NAME_READ = 100


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who may be the same person, and why: the plate of a car of both, or '' for name and address."""

    customer: Customer
    plate: str


def likely(session: Session, customer: Customer) -> list[Likely]:
    """Who may be the same person: a car of the same plate, or the same name driven to or from the same place."""
    plates = select(Vehicle.plate).where(Vehicle.customer_id == customer.id)
    others = (
        select(Customer, Vehicle.plate)
        .join(Vehicle, Vehicle.customer_id == Customer.id)
        .where(Vehicle.plate.in_(plates), *_somebody_else(customer))
        .limit(SUGGESTED)
    )
    found = {one.id: Likely(one, plate) for one, plate in session.execute(others)}
    places = _places(session, (customer.id,))
    named = select(Customer).where(Customer.name == customer.name, *_somebody_else(customer)).limit(_SAME_NAME_READ)
    same_name = {one.id: one for one in session.scalars(named)}
    for one_id in same_name.keys() - found.keys():
        if places & _places(session, (one_id,)):
            found[one_id] = Likely(same_name[one_id], "")
    return list(found.values())[:SUGGESTED]


def shared_cars(session: Session, branch_id: int) -> list[tuple[str, list[Customer]]]:
    """Plates that several profiles have, with the profiles."""
    here = (Customer.branch_id == branch_id, Customer.merged_into_id.is_(None))
    shared = (
        select(Vehicle.plate)
        .join(Customer, Customer.id == Vehicle.customer_id)
        .where(*here)
        .group_by(Vehicle.plate)
        .having(func.count() > 1)
        .order_by(Vehicle.plate)
        .limit(SUGGESTED)
    )
    plates = list(session.scalars(shared))
    owners = select(Vehicle.plate, Customer).join(Customer, Customer.id == Vehicle.customer_id)
    by_plate: dict[str, list[Customer]] = {}
    for plate, owner in session.execute(owners.where(*here, Vehicle.plate.in_(plates)).order_by(Customer.id)):
        by_plate.setdefault(plate, []).append(owner)
    return sorted(by_plate.items())


def merge(session: Session, kept_id: int, gone_id: int, actor: Actor, now: datetime) -> CustomerMerge:
    """Move everything of one profile to another. Raises NotFound, Invalid for itself, Conflict when one is merged."""
    if kept_id == gone_id:
        raise Invalid("merge_itself", N_("A profile is merged with another one"), field="other_id")
    kept, gone = _both(session, kept_id, gone_id, actor)
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise Conflict("customer_merged", N_("This profile was merged into another one: open that"))
    if kept.erased_at is not None or gone.erased_at is not None:
        raise Conflict("customer_erased", N_("This person was forgotten already"))
    moved: dict[str, Any] = {
        "trips": _move_trips(session, _ids(session, Trip.id, Trip.customer_id == gone.id), gone.id, kept.id),
        "vehicles": _move_cars(session, gone, kept),
        "phones": _ids(session, CustomerPhone.id, CustomerPhone.customer_id == gone.id),
        "notes_before": kept.notes,
        "do_not_serve_before": kept.do_not_serve,
    }
    _give_phones(session, moved["phones"], gone.id, kept.id)
    session.add(
        CustomerPhone(
            branch_id=gone.branch_id, customer_id=kept.id, phone=gone.phone, dialled=gone.phone_dialled, added_at=now
        )
    )
    _copy_refusals(session, gone, kept)
    kept.notes = "\n".join(part for part in dict.fromkeys((kept.notes, gone.notes)) if part)
    kept.do_not_serve = kept.do_not_serve or gone.do_not_serve
    moved |= {"notes_after": kept.notes, "do_not_serve_after": kept.do_not_serve}
    gone.merged_into_id = kept.id
    row = CustomerMerge(
        branch_id=kept.branch_id, kept_id=kept.id, gone_id=gone.id, moved=moved, merged_at=now, merged_by=actor.id
    )
    session.add(row)
    _settle(session, kept, gone)
    _tell(session, "merge", row, actor, now)
    return row


def undo(session: Session, merge_id: int, actor: Actor, now: datetime) -> CustomerMerge:
    """Take a merge back. Raises NotFound, Conflict when it was, Refused after thirty days or under a later merge."""
    row = session.get(CustomerMerge, merge_id)
    if row is None or row.branch_id != actor.branch_id:
        raise NotFound("merge_unknown", N_("There is no such merge"))
    kept, gone = _both(session, row.kept_id, row.gone_id, actor)
    session.refresh(row)
    if row.undone_at is not None:
        raise Conflict("merge_undone", N_("This merge was taken back already"))
    if now - row.merged_at > UNDOABLE:
        raise Refused("merge_old", N_("A merge can be taken back for 30 days"))
    if kept.merged_into_id is not None:
        raise Refused("merge_covered", N_("This profile was merged further: take that back first"))
    moved = row.moved
    _give_phones(session, moved["phones"], kept.id, gone.id)
    session.execute(
        delete(CustomerPhone).where(CustomerPhone.customer_id == kept.id, CustomerPhone.phone == gone.phone)
    )
    gone.merged_into_id = None
    session.flush()
    numbers = customers.numbers_of(session, gone)
    since = _ids(
        session,
        Trip.id,
        (Trip.customer_id == kept.id) & (Trip.booked_at >= row.merged_at) & Trip.caller_phone.in_(numbers),
    )
    _move_trips(session, {*moved["trips"], *since}, kept.id, gone.id)
    session.execute(
        update(Vehicle)
        .where(Vehicle.id.in_(moved["vehicles"]), Vehicle.customer_id == kept.id)
        .values(customer_id=gone.id),
        execution_options={"synchronize_session": False},
    )
    if kept.notes == moved["notes_after"]:
        kept.notes = moved["notes_before"]
    if kept.do_not_serve == moved["do_not_serve_after"]:
        kept.do_not_serve = moved["do_not_serve_before"]
    row.undone_at, row.undone_by = now, actor.id
    _settle(session, kept, gone)
    _tell(session, "unmerge", row, actor, now)
    return row


def standing(session: Session, customer: Customer, now: datetime) -> list[tuple[CustomerMerge, Customer, bool]]:
    """What was merged into a profile: the merge, the other profile, and whether it can still be taken back."""
    return [
        (row, session.get_one(Customer, row.gone_id), now - row.merged_at <= UNDOABLE)
        for row in customer_merges.into(session, customer.id)
    ]


def _both(session: Session, kept_id: int, gone_id: int, actor: Actor) -> tuple[Customer, Customer]:
    found = {one.id: one for one in customers.held(session, (kept_id, gone_id)) if one.branch_id == actor.branch_id}
    if found.keys() != {kept_id, gone_id}:
        raise NotFound("customer_unknown", N_("There is no such customer"))
    return found[kept_id], found[gone_id]


def _move_trips(session: Session, trip_ids: Collection[int], source: int, target: int) -> list[int]:
    session.execute(
        update(Trip).where(Trip.id.in_(trip_ids), Trip.customer_id == source).values(customer_id=target),
        execution_options={"synchronize_session": False},
    )
    return sorted(trip_ids)


def _move_cars(session: Session, gone: Customer, kept: Customer) -> list[int]:
    """Cars that the kept profile has too stay behind; what was last seen of their insurance goes over."""
    own = {car.plate: car for car in session.scalars(select(Vehicle).where(Vehicle.customer_id == kept.id))}
    moved = []
    for car in session.scalars(select(Vehicle).where(Vehicle.customer_id == gone.id)):
        twin = own.get(car.plate)
        if twin is None:
            moved.append(car.id)
        elif _seen_on(car) > _seen_on(twin):
            twin.insurance_seen = car.insurance_seen
    session.execute(
        update(Vehicle).where(Vehicle.id.in_(moved)).values(customer_id=kept.id),
        execution_options={"synchronize_session": False},
    )
    return moved


def _seen_on(car: Vehicle) -> str:
    return str(car.insurance_seen.get("on", "")) if car.insurance_seen else ""


def _give_phones(session: Session, phone_ids: Collection[int], source: int, target: int) -> None:
    session.execute(
        update(CustomerPhone)
        .where(CustomerPhone.id.in_(phone_ids), CustomerPhone.customer_id == source)
        .values(customer_id=target),
        execution_options={"synchronize_session": False},
    )


def _copy_refusals(session: Session, gone: Customer, kept: Customer) -> None:
    """Who did not want to be called under one number does not want it under the other, even if it was not them."""
    known = consents.standing(consents.history(session, kept.id))
    for said in consents.standing(consents.history(session, gone.id)).values():
        own = known.get(said.purpose)
        if not said.given and (own is None or own.given):
            session.add(
                Consent(
                    customer_id=kept.id, purpose=said.purpose, given=False, at=said.at, how=said.how, by=said.by,
                    by_name=said.by_name, note=said.note,
                )
            )  # fmt: skip


def _settle(session: Session, kept: Customer, gone: Customer) -> None:
    """Rows were moved below what the session holds: it reads them anew, and the search table follows."""
    session.flush()
    session.expire_all()
    for customer in (kept, gone):
        customer_search.refresh(session, customer)


def _somebody_else(customer: Customer) -> tuple[Any, ...]:
    return (
        Customer.branch_id == customer.branch_id,
        Customer.id != customer.id,
        Customer.merged_into_id.is_(None),
        Customer.erased_at.is_(None),
    )


def _places(session: Session, customer_ids: Collection[int]) -> set[str]:
    rows = session.execute(
        select(Trip.pickup_address, Trip.destination_address).where(Trip.customer_id.in_(customer_ids)).limit(200)
    )
    return {place for row in rows for place in row}


def _ids(session: Session, column: Any, condition: Any) -> list[int]:
    return list(session.scalars(select(column).where(condition).order_by(column)))


def _tell(session: Session, what: str, row: CustomerMerge, actor: Actor, now: datetime) -> None:
    event = Event(f"customer.{what}", {"other_id": row.gone_id, "trips": len(row.moved["trips"])})
    announce(session, event, actor, now, subject="customer", subject_id=row.kept_id)
