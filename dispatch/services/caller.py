"""Who is calling: what the desk knows of a number the moment it is typed, and places people were driven from and to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from dispatch.domain import phone, pinyin
from dispatch.domain.booking import Place
from dispatch.domain.geo import Point
from dispatch.domain.states import LIVE
from dispatch.services import vouchers
from dispatch.store import complaints, customers
from dispatch.store.branches import Branch
from dispatch.store.customers import Customer
from dispatch.store.trips import Trip
from dispatch.store.vouchers import VoucherRow

RECENT = 30
PLACES = 6
SUGGESTED_FROM = 2000


@dataclass(frozen=True, slots=True)
class Caller:
    """A known caller, their live trips and vouchers, the places they went from and to most, and their known points."""

    customer: Customer
    open_trips: tuple[Trip, ...]
    pickups: tuple[str, ...]
    destinations: tuple[str, ...]
    trip_count: int
    complaints: int
    points: Mapping[str, Point]
    vouchers: tuple[VoucherRow, ...]


def look_up(session: Session, branch: Branch, dialled: str, now: datetime) -> Caller | None:
    """The caller behind a number in any spelling; None for a new one. Raises Invalid when it is no number."""
    number = phone.parse(dialled, field="caller_phone", area_code=branch.area_code or None)
    known = customers.by_phone(session, branch.id, number)
    if known is None:
        return None
    customer = session.get_one(Customer, known.id, options=[selectinload(Customer.vehicles)], populate_existing=True)
    recent = list(
        session.scalars(
            select(Trip).where(Trip.customer_id == customer.id).order_by(Trip.id.desc()).limit(RECENT)
        ).unique()
    )
    return Caller(
        customer=customer,
        open_trips=tuple(trip for trip in recent if trip.state in LIVE),
        pickups=_favourites(trip.pickup_address for trip in recent),
        destinations=_favourites(trip.destination_address for trip in recent),
        trip_count=len(recent),
        complaints=complaints.count_of_customer(
            session, branch.id, customer.id, customers.numbers_of(session, customer)
        ),
        points=_points(end for trip in recent for end in _ends(trip)),
        vouchers=vouchers.open_of(session, customer, now.astimezone(branch.zone).date()),
    )


def places(session: Session, branch_id: int, fragment: str, *, limit: int = 8) -> list[Place]:
    """Places used before that contain the fragment, or whose pinyin initials do, most used first; with their points."""
    wanted = fragment.strip().lower()
    if not wanted:
        return []
    recent = select(
        Trip.pickup_address,
        Trip.pickup_lat,
        Trip.pickup_lon,
        Trip.destination_address,
        Trip.destination_lat,
        Trip.destination_lon,
    ).where(Trip.branch_id == branch_id)
    rows = session.execute(recent.order_by(Trip.id.desc()).limit(SUGGESTED_FROM))
    ends = [end for row in rows for end in (Place(*row[:3]), Place(*row[3:]))]
    used = Counter(end.address for end in ends)
    fitting = [place for place, _ in used.most_common() if _contains(place, wanted)][:limit]
    points = _points(end for end in ends if end.address in fitting)
    return [_place(address, points.get(address)) for address in fitting]


def _ends(trip: Trip) -> tuple[Place, Place]:
    return (
        Place(trip.pickup_address, trip.pickup_lat, trip.pickup_lon),
        Place(trip.destination_address, trip.destination_lat, trip.destination_lon),
    )


def _points(newest_first: Iterable[Place]) -> dict[str, Point]:
    """The point last known of each address."""
    points: dict[str, Point] = {}
    for place in newest_first:
        if place.lat is not None and place.lon is not None:
            points.setdefault(place.address, Point(place.lat, place.lon))
    return points


def _place(address: str, point: Point | None) -> Place:
    return Place(address) if point is None else Place(address, point.lat, point.lon)


def _contains(place: str, wanted: str) -> bool:
    return wanted in place.lower() or wanted in _initials(place)


@lru_cache(maxsize=2 * SUGGESTED_FROM)
def _initials(place: str) -> str:
    # Asked for at every key: reading thousands of addresses anew would be felt.
    return pinyin.initials(place)


def _favourites(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(place for place, _ in Counter(addresses).most_common(PLACES))
