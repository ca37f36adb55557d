"""Taking a call: who is it, what will it cost, and the booking."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain import booking
from dispatch.domain.booking import Booking, CheckedBooking
from dispatch.domain.errors import N_, Conflict, Refused
from dispatch.domain.events import Event
from dispatch.domain.fare import Fare, booking_flags, compute
from dispatch.domain.fare_lines import FLAG_MESSAGES
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.domain.tariff import Outside
from dispatch.services import account_credit, agreement_forms, customer_search, fares, links, tariffs, vouchers
from dispatch.services.announce import announce_trip
from dispatch.services.links import LinkKey
from dispatch.services.vouchers import Priced
from dispatch.store import customers, trips
from dispatch.store.branches import Branch
from dispatch.store.customers import Customer, Vehicle
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class Quote:
    """What the caller is told: the fare, and by which tariff. `refusal` says why the job could not be booked.

    `priced` is what the tariff was asked with, and the vouchers of ours among it.
    """

    tariff_id: int
    fare: Fare
    refusal: Refused | None
    priced: Priced


def quote(
    session: Session,
    branch: Branch,
    now: datetime,
    *,
    appointed_at: datetime,
    booked_km: Decimal,
    options: dict[str, Any],
) -> Quote:
    """The fare of a job not yet booked. Raises Invalid for options that the tariff does not have, and for vouchers."""
    current = tariffs.in_force(session, branch.id, now)
    priced = vouchers.priced(session, branch.id, options, appointed_at.astimezone(branch.zone).date())
    facts = fares.quote_facts(appointed_at, branch.timezone, booked_km, priced.options, now)
    service = current.tariff.service(facts.service)
    flags = booking_flags(service, facts) if service.booking.outside is Outside.REFUSE else []
    refusal = Refused(f"booking_{flags[0]}", FLAG_MESSAGES[flags[0]]) if flags else None
    return Quote(current.id, compute(current.tariff, facts), refusal, priced)


def take(session: Session, order: Booking, actor: Actor, now: datetime, keys: LinkKey) -> tuple[Trip, str]:
    """Book a job; answers the trip and the customer's link.

    Raises Invalid by field, also for an account that may not be ordered on, Refused for uninsured cars, customers not
    served and times outside the service hours, Conflict for a duplicate of a live trip that is not explained, or a
    voucher that another booking takes.
    """
    checked = booking.check(order, now)
    branch = session.get_one(Branch, actor.branch_id)
    offered = quote(
        session,
        branch,
        now,
        appointed_at=order.appointed_at,
        booked_km=order.booked_km,
        options=order.fare_options,
    )
    if offered.refusal is not None:
        raise offered.refusal
    form = agreement_forms.in_force(session, branch.id, branch.form, now.astimezone(branch.zone).date())
    # Everything is looked up before anything is added, so that all of it is written in one go.
    caller = _customer(session, checked, actor, now)
    _check_duplicate(session, checked, actor)
    account = None
    if order.account_id is not None:
        quoted = offered.fare.total_fen
        account = account_credit.take(session, order.account_id, actor, now, number=checked.phone, quote_fen=quoted)
    vouchers.check_caller(
        session, offered.priced, caller, checked.phone, order.appointed_at.astimezone(branch.zone).date()
    )
    car = _vehicle(session, checked, caller, now)
    trip = _new_trip(checked, offered, car, booked_by=actor.id, now=now)
    trip.branch, trip.customer, trip.account = branch, caller, account
    trip.form = branch.form
    trip.clause_version = form.version
    session.add(trip)
    session.flush()
    vouchers.keep(session, offered.priced, trip, actor, now)
    customer_search.note(session, trip)
    address = links.create(session, trip, keys)
    data = {"trip": trip.number, "to": State.BOOKED.value, "quote_fen": trip.quote_total_fen, "form": trip.form}
    if trip.duplicate_reason:
        data["duplicate_reason"] = trip.duplicate_reason
    announce_trip(session, Event("trip.book", data), trip, actor, now)
    return trip, address


def _check_duplicate(session: Session, checked: CheckedBooking, actor: Actor) -> None:
    """The caller's row is held by now: of two desks booking the same caller, the second sees what the first did."""
    live = trips.live_duplicate(session, actor.branch_id, checked.phone, checked.plate)
    if live and not checked.order.duplicate_reason.strip():
        raise Conflict(
            "duplicate_trip",
            N_("Trip %(trip)s of this caller or car is still under way: give a reason to book another"),
            trip=live,
        )


def _customer(session: Session, checked: CheckedBooking, actor: Actor, now: datetime) -> Customer:
    """The caller's profile, found by number or made; the name last given is kept."""
    caller = customers.by_phone(session, actor.branch_id, checked.phone, hold=True)
    if caller is None:
        caller = Customer(
            branch_id=actor.branch_id,
            phone=checked.phone,
            phone_dialled=checked.order.caller_phone.strip(),
            name=checked.order.name.strip(),
            created_at=now,
        )
    if caller.do_not_serve:
        raise Refused("do_not_serve", N_("This customer is not served: %(reason)s"), reason=caller.do_not_serve)
    caller.name = checked.order.name.strip()
    return caller


def _vehicle(session: Session, checked: CheckedBooking, caller: Customer, now: datetime) -> Vehicle:
    car = customers.vehicle_of(session, caller.id, checked.plate) if caller.id else None
    if car is None:
        car = Vehicle(customer=caller, plate=checked.plate, model="", colour="", needs=[], last_used_at=now)
    car.model = checked.order.car_model.strip() or car.model
    car.colour = checked.order.car_colour.strip() or car.colour
    car.needs = sorted(checked.needs)
    car.last_used_at = now
    return car


def _new_trip(checked: CheckedBooking, offered: Quote, car: Vehicle, *, booked_by: int, now: datetime) -> Trip:
    order = checked.order
    return Trip(
        vehicle=car,
        state=State.BOOKED,
        state_since=now,
        tariff_id=offered.tariff_id,
        caller_phone=checked.phone,
        contact_name=order.name.strip(),
        plate=checked.plate,
        car_model=car.model,
        car_colour=car.colour,
        needs=sorted(checked.needs),
        insurance_stated=order.insurance,
        pickup_address=order.pickup.address.strip(),
        pickup_lat=order.pickup.lat,
        pickup_lon=order.pickup.lon,
        destination_address=order.destination.address.strip(),
        destination_lat=order.destination.lat,
        destination_lon=order.destination.lon,
        booked_km=order.booked_km,
        appointed_at=order.appointed_at,
        note=order.note.strip(),
        duplicate_reason=order.duplicate_reason.strip() or None,
        fare_options=offered.priced.options,
        quote=offered.fare.to_json(),
        quote_total_fen=offered.fare.total_fen,
        booked_by=booked_by,
        booked_at=now,
        fare_flags=[flag.value for flag in offered.fare.flags],
    )
