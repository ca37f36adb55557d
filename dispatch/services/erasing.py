"""Erasing rows of one kind, by their keys: deleted, or emptied where figures, evidence or other rows hang on them.

Each statement names only what is still there, so that of two sweeps at once each row counts for one of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dispatch.services import emptying, person_erasure, positions
from dispatch.store.base import Base
from dispatch.store.ceremonies import Ceremony
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.due_for_erasure import Due
from dispatch.store.inspections import ConditionReport
from dispatch.store.trips import Trip

Keys = Sequence[Any]
Erase = Callable[[Session, Keys, datetime], int]


def erase(session: Session, due: Due, keys: Keys, now: datetime) -> int:
    """Erase the rows with these keys; answers how many this transaction did."""
    if due.table in _EMPTIED:
        return _EMPTIED[due.table](session, keys, now)
    return emptying.count(session, delete(due.table).where(due.key.in_(keys)))


def _signings(session: Session, ceremonies: Keys, now: datetime) -> int:
    emptying.signatures(session, ceremonies)
    return emptying.signings(session, ceremonies, now)


def _thin(session: Session, trip_ids: Keys, _now: datetime) -> int:
    for trip_id in trip_ids:
        positions.thin(session, trip_id)
    return len(trip_ids)


def _persons(session: Session, customer_ids: Keys, now: datetime) -> int:
    """Who has not been seen for years is forgotten as somebody who asked for it; holds were looked at by the query."""
    done = 0
    for customer_id in customer_ids:
        customer = session.scalars(select(Customer).where(Customer.id == customer_id).with_for_update()).one()
        session.refresh(customer)
        if customer.erased_at is None and not person_erasure.obstacles(session, customer):
            person_erasure.forget(session, customer, now)
            done += 1
    return done


_EMPTIED: dict[type[Base], Erase] = {
    ConditionReport: emptying.states,
    Ceremony: _signings,
    ComplaintRow: emptying.contacts,
    Customer: _persons,
    Trip: _thin,
}
"""Tables whose rows stay when what they say of a person goes; all others lose theirs."""
