"""Ways a customer was driven before, so that a known caller's booking is one key: from, to, and the kilometres."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.store.trips import Trip

RECENT = 30
MOST = 4


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where, with the kilometres it was booked with last."""

    pickup: str
    destination: str
    km: Decimal


def of_customer(session: Session, customer_id: int) -> tuple[Way, ...]:
    """The ways gone most among the last trips, the newest first among equals."""
    query = select(Trip.pickup_address, Trip.destination_address, Trip.booked_km)
    recent = session.execute(query.where(Trip.customer_id == customer_id).order_by(Trip.id.desc()).limit(RECENT))
    return _most_gone([Way(*row) for row in recent])


def _most_gone(recent: Sequence[Way]) -> tuple[Way, ...]:
    gone = Counter((way.pickup, way.destination) for way in recent)
    km = {(way.pickup, way.destination): way.km for way in reversed(recent)}
    return tuple(Way(*ends, km[ends]) for ends, _ in gone.most_common(MOST))
