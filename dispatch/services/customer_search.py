"""Finding customers by any fragment of a number, plate, name, pinyin initials or address; keeping them findable."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from dispatch.domain import searching
from dispatch.domain.searching import SearchKind
from dispatch.store import customer_search as store
from dispatch.store import customers
from dispatch.store.customer_search import Line
from dispatch.store.customers import Customer, Vehicle
from dispatch.store.trips import Trip

SHOWN = 30
_LINES_READ = 4 * SHOWN
_ORDER = tuple(SearchKind)


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer, and what of them holds the fragment."""

    customer: Customer
    kinds: tuple[SearchKind, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """Who was found. `more` says that others hold the fragment too: it wants to be longer."""

    found: tuple[Hit, ...]
    more: bool


def search(session: Session, branch_id: int, typed: str) -> Hits:
    """Customers of whom something holds what was typed, in any spelling; numbers before plates, names and addresses."""
    fragment = searching.normalised(typed[:100])
    if not fragment:
        return Hits((), more=False)
    lines = store.containing(session, branch_id, fragment, limit=_LINES_READ)
    kinds: dict[int, set[SearchKind]] = {}
    for line in lines:
        kinds.setdefault(line.customer_id, set()).add(line.kind)
    shown = sorted(kinds, key=lambda one: (min(_ORDER.index(kind) for kind in kinds[one]), one))[:SHOWN]
    query = select(Customer).where(Customer.id.in_(shown)).options(selectinload(Customer.vehicles))
    known = {customer.id: customer for customer in session.scalars(query)}
    hits = tuple(Hit(known[one], tuple(sorted(kinds[one], key=_ORDER.index))) for one in shown if one in known)
    return Hits(hits, more=len(lines) == _LINES_READ or len(kinds) > SHOWN)


def note(session: Session, trip: Trip) -> None:
    """Make the customer of a trip findable by what the trip says of them."""
    known = store.lines_of(session, trip.customer_id)
    told = _lines(
        (trip.caller_phone, trip.customer.phone),
        (trip.plate,),
        (trip.contact_name,),
        (trip.pickup_address, trip.destination_address),
    )
    store.add(session, trip.branch_id, trip.customer_id, told - known)


def refresh(session: Session, customer: Customer) -> None:
    """Bring what a customer is found by to what the tables say: after a profile was changed, merged or taken apart."""
    known, wanted = store.lines_of(session, customer.id), _wanted(session, customer)
    store.remove(session, customer.id, known - wanted)
    store.add(session, customer.branch_id, customer.id, wanted - known)


def _wanted(session: Session, customer: Customer) -> set[Line]:
    if customer.merged_into_id is not None:
        return set()
    trips = session.execute(
        select(Trip.contact_name, Trip.pickup_address, Trip.destination_address)
        .where(Trip.customer_id == customer.id)
        .distinct()
    ).all()
    return _lines(
        customers.numbers_of(session, customer),
        session.scalars(select(Vehicle.plate).where(Vehicle.customer_id == customer.id)),
        (customer.name, *(name for name, _, _ in trips)),
        (place for _, pickup, destination in trips for place in (pickup, destination)),
    )


def _lines(phones: Iterable[str], plates: Iterable[str], names: Iterable[str], places: Iterable[str]) -> set[Line]:
    lines = {
        *((SearchKind.PHONE, searching.phone_line(one)) for one in phones),
        *((SearchKind.PLATE, searching.plate_line(one)) for one in plates),
        *((SearchKind.NAME, searching.name_line(one)) for one in names),
        *((SearchKind.ADDRESS, searching.address_line(one)) for one in places),
    }
    return {(kind, text) for kind, text in lines if text}
