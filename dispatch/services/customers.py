"""A customer's profile: numbers, names, cars, places, notes, own fields, trips, callbacks, complaints; changing it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.domain import custom_fields, masking, phone
from dispatch.domain.consent import Purpose
from dispatch.domain.custom_fields import CustomField
from dispatch.domain.errors import N_, Conflict, Forbidden, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission
from dispatch.domain.states import LIVE, State
from dispatch.services import customer_search
from dispatch.services.announce import announce
from dispatch.store import accounts as account_store
from dispatch.store import consents
from dispatch.store import custom_fields as field_store
from dispatch.store import customers as store
from dispatch.store import trips as trip_store
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.consents import Consent
from dispatch.store.customers import Customer, CustomerPhone, Vehicle
from dispatch.store.trips import Trip

TRIPS_SHOWN = 20
LOOKED_BACK = 200
FAVOURITES = 6
REVEALABLE = frozenset({"phones", "places"})


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer as the reader may see them: `phones` and `places` are masked unless the desk has a live trip.

    `dialled` is each of the phones as somebody typed it, '' where they are masked. `accounts` may be ordered on by one
    of them.
    """

    customer: Customer
    phones: tuple[str, ...]
    dialled: tuple[str, ...]
    numbers: tuple[CustomerPhone, ...]
    names: tuple[str, ...]
    places: tuple[str, ...]
    vehicles: tuple[Vehicle, ...]
    trips: tuple[Trip, ...]
    callbacks: tuple[CallbackTask, ...]
    complaints: tuple[ComplaintRow, ...]
    accounts: tuple[Account, ...]
    said: tuple[Consent, ...]
    trip_count: int
    closed_count: int
    masked: bool

    @property
    def do_not_call(self) -> tuple[Consent, ...]:
        """The customer's last words where they do not want to be called."""
        return tuple(
            word for word in consents.standing(self.said).values() if word.purpose is Purpose.QUALITY and not word.given
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What is written into a profile; None leaves a thing as it is. Answers of fields go by the field's id."""

    name: str | None = None
    notes: str | None = None
    do_not_serve: str | None = None
    custom: Mapping[int, str] | None = None


def find(session: Session, customer_id: int, actor: Actor) -> Customer:
    """A customer of the actor's branch; of a merged profile the one that it was merged into. Raises NotFound."""
    customer = session.get(Customer, customer_id)
    while customer is not None and customer.merged_into_id is not None:
        customer = session.get(Customer, customer.merged_into_id)
    if customer is None or customer.branch_id != actor.branch_id:
        raise _unknown()
    return customer


def locked(session: Session, customer_id: int, actor: Actor) -> Customer:
    """A customer for changing. Raises NotFound, Conflict when the profile was merged or forgotten."""
    found = store.held(session, (customer_id,))
    if not found or found[0].branch_id != actor.branch_id:
        raise _unknown()
    if found[0].merged_into_id is not None:
        raise Conflict("customer_merged", N_("This profile was merged into another one: open that"))
    if found[0].erased_at is not None:
        raise Conflict("customer_erased", N_("This person was forgotten already"))
    return found[0]


def profile(session: Session, customer: Customer, actor: Actor) -> Profile:
    """Everything that is known of a customer, as far as the actor may see it."""
    recent = trip_store.page(session, customer.branch_id, customer_id=customer.id, limit=LOOKED_BACK)
    whole = actor.may(Permission.TRIP_DISPATCH) and any(trip.state in LIVE for trip in recent)
    numbers = store.numbers_of(session, customer)
    places = Counter(place for trip in recent for place in (trip.pickup_address, trip.destination_address))
    count = select(func.count()).where(Trip.customer_id == customer.id)
    own_trips = select(Trip.id).where(Trip.customer_id == customer.id)
    calls = select(CallbackTask).where(CallbackTask.trip_id.in_(own_trips)).order_by(CallbackTask.id.desc())
    cases = select(ComplaintRow).where(
        ComplaintRow.branch_id == customer.branch_id,
        ComplaintRow.contact_phone.in_(numbers) | ComplaintRow.trip_id.in_(own_trips),
    )
    return Profile(
        customer=customer,
        phones=tuple(numbers if whole else map(phone.masked, numbers)),
        dialled=tuple(_dialled(customer) if whole else [""] * len(numbers)),
        numbers=tuple(customer.phones),
        names=tuple(dict.fromkeys([customer.name, *(trip.contact_name for trip in recent)])),
        places=tuple(
            dict.fromkeys(place if whole else masking.address(place) for place, _ in places.most_common(FAVOURITES))
        ),
        vehicles=tuple(customer.vehicles),
        trips=tuple(recent[:TRIPS_SHOWN]),
        callbacks=tuple(session.scalars(calls.limit(TRIPS_SHOWN)).unique())
        if actor.may(Permission.CALLBACK_READ)
        else (),
        complaints=tuple(session.scalars(cases.order_by(ComplaintRow.id.desc()).limit(TRIPS_SHOWN)))
        if actor.may(Permission.COMPLAINT_READ)
        else (),
        accounts=tuple(account_store.of_phones(session, customer.branch_id, numbers)),
        said=tuple(consents.history(session, customer.id)),
        trip_count=session.scalar(count) or 0,
        closed_count=session.scalar(count.where(Trip.state == State.CLOSED)) or 0,
        masked=not whole,
    )


def reveal(session: Session, customer: Customer, actor: Actor, now: datetime, *, what: str, reason: str) -> str:
    """Show the numbers or the places of a customer to somebody who says why; the journal keeps who asked and why."""
    if not actor.may(Permission.PERSONAL_REVEAL):
        raise Forbidden("not_permitted", N_("This is not yours to do"))
    if what not in REVEALABLE:
        raise Invalid("reveal_unknown", N_("Please choose one of the answers"), field="what")
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    _tell(session, customer, actor, now, "reveal", what=what, reason=reason.strip()[:200])
    if what == "phones":
        dialled = zip(store.numbers_of(session, customer), _dialled(customer), strict=True)
        return " · ".join(_every_form(number, typed) for number, typed in dialled)
    recent = trip_store.page(session, customer.branch_id, customer_id=customer.id, limit=LOOKED_BACK)
    places = Counter(place for trip in recent for place in (trip.pickup_address, trip.destination_address))
    return " · ".join(place for place, _ in places.most_common(FAVOURITES))


def change(session: Session, customer_id: int, wanted: Change, actor: Actor, now: datetime) -> Customer:
    """Write into a profile. Raises Invalid naming the field; the journal keeps what was changed, not the words."""
    customer = locked(session, customer_id, actor)
    before = (customer.name, customer.notes, customer.do_not_serve, customer.custom)
    if wanted.name is not None:
        if not wanted.name.strip():
            raise Invalid("missing", N_("Please fill this in"), field="name")
        customer.name = wanted.name.strip()
    if wanted.notes is not None:
        customer.notes = wanted.notes.strip()
    if wanted.do_not_serve is not None:
        customer.do_not_serve = wanted.do_not_serve.strip() or None
    if wanted.custom is not None:
        kept = custom_fields.answers(fields(session, customer.branch_id), wanted.custom, answers(customer))
        customer.custom = {str(field_id): text for field_id, text in kept.items()}
    after = (customer.name, customer.notes, customer.do_not_serve, customer.custom)
    names = ("name", "notes", "do_not_serve", "custom")
    changed = [name for name, old, new in zip(names, before, after, strict=True) if old != new]
    if changed:
        session.flush()
        customer_search.refresh(session, customer)
        _tell(session, customer, actor, now, "change", changed=changed)
    return customer


def add_phone(session: Session, customer_id: int, typed: str, actor: Actor, now: datetime) -> CustomerPhone:
    """Give a customer a further number. Raises Invalid, and Refused for a number that somebody has: merge them."""
    customer = locked(session, customer_id, actor)
    area_code = session.get_one(Branch, customer.branch_id).area_code or None
    number = phone.parse(typed, field="phone", area_code=area_code)
    owner = store.by_phone(session, customer.branch_id, number)
    if owner is not None:
        raise Refused("phone_taken", N_("A customer has this number already: merge the two profiles"))
    row = CustomerPhone(
        branch_id=customer.branch_id, customer_id=customer.id, phone=number, dialled=typed.strip()[:40], added_at=now
    )
    session.add(row)
    session.flush()
    customer_search.refresh(session, customer)
    _tell(session, customer, actor, now, "phone_add", ends_in=number[-4:])
    return row


def remove_phone(session: Session, customer_id: int, phone_id: int, actor: Actor, now: datetime) -> None:
    """Take a further number off. Raises NotFound, and Refused for the number of a merged profile."""
    customer = locked(session, customer_id, actor)
    row = session.get(CustomerPhone, phone_id)
    if row is None or row.customer_id != customer.id:
        raise NotFound("phone_unknown", N_("There is no such number"))
    merged = select(Customer.id).where(Customer.branch_id == customer.branch_id, Customer.phone == row.phone)
    if session.scalar(merged) is not None:
        raise Refused("phone_of_merged", N_("This number came with a merged profile: undo the merge instead"))
    session.delete(row)
    session.flush()
    customer_search.refresh(session, customer)
    _tell(session, customer, actor, now, "phone_remove", ends_in=row.phone[-4:])


def fields(session: Session, branch_id: int) -> list[CustomField]:
    """The branch's own fields."""
    return [row.to_domain() for row in field_store.of_branch(session, branch_id)]


def answers(customer: Customer) -> dict[int, str]:
    """What was answered in the branch's own fields, by their id."""
    return {int(field_id): str(text) for field_id, text in (customer.custom or {}).items()}


def _dialled(customer: Customer) -> list[str]:
    """Every number as somebody typed it, in the order of `numbers_of`."""
    return [customer.phone_dialled, *(row.dialled for row in customer.phones)]


def _every_form(number: str, typed: str) -> str:
    """A number as it is read, in E.164, and as it was dialled where that says more: an extension, say."""
    return f"{phone.display(number)} ({number}{f' · {typed}' if typed else ''})"


def _tell(session: Session, customer: Customer, actor: Actor, now: datetime, happened: str, **data: object) -> None:
    event = Event(f"customer.{happened}", dict(data))
    announce(session, event, actor, now, subject="customer", subject_id=customer.id)


def _unknown() -> NotFound:
    return NotFound("customer_unknown", N_("There is no such customer"))
