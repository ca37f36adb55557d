"""Everything that belongs to one person, by its keys: what an export tells and an erasure forgets."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch.store import customers
from dispatch.store.accounts import Account, AccountCaller
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """A person's profile with those that were merged into it, and what hangs on them."""

    profiles: tuple[Customer, ...]
    numbers: frozenset[str]
    names: frozenset[str]
    trips: tuple[int, ...]
    complaints: tuple[int, ...]
    callbacks: tuple[int, ...]
    calls: tuple[int, ...]
    orders: tuple[int, ...]
    """Their right to order on accounts."""

    @property
    def subjects(self) -> dict[str, tuple[int, ...]]:
        """What entries of the journal about them are about."""
        return {
            "customer": tuple(one.id for one in self.profiles),
            "trip": self.trips,
            "complaint": self.complaints,
            "callback": self.callbacks,
            "call": self.calls,
        }


def of(session: Session, customer: Customer) -> PersonRecords:
    """What there is of a person."""
    profiles = _with_merged(session, customer)
    ids = [one.id for one in profiles]
    rows = session.execute(
        select(Trip.id, Trip.caller_phone, Trip.contact_name).where(Trip.customer_id.in_(ids)).order_by(Trip.id)
    ).all()
    own = {number for one in profiles for number in customers.numbers_of(session, one)}
    trip_ids = [row[0] for row in rows]
    numbers = frozenset(number for number in own if number.startswith("+"))
    cases = select(ComplaintRow.id).where(
        ComplaintRow.branch_id == customer.branch_id,
        or_(ComplaintRow.contact_phone.in_(numbers), ComplaintRow.trip_id.in_(trip_ids)),
    )
    calls = select(PhoneCall.id).where(PhoneCall.branch_id == customer.branch_id, PhoneCall.caller.in_(numbers))
    orders = select(AccountCaller.id).join(Account, Account.id == AccountCaller.account_id)
    orders = orders.where(Account.branch_id == customer.branch_id, AccountCaller.phone.in_(numbers))
    tasks = select(CallbackTask.id).where(CallbackTask.trip_id.in_(trip_ids))
    return PersonRecords(
        profiles=profiles,
        numbers=numbers,
        names=frozenset({*(one.name for one in profiles), *(row[2] for row in rows)}),
        trips=tuple(trip_ids),
        complaints=tuple(session.scalars(cases.order_by(ComplaintRow.id))),
        callbacks=tuple(session.scalars(tasks.order_by(CallbackTask.id))),
        calls=tuple(session.scalars(calls.order_by(PhoneCall.id))),
        orders=tuple(session.scalars(orders.order_by(AccountCaller.id))),
    )


def _with_merged(session: Session, customer: Customer) -> tuple[Customer, ...]:
    found, newest = [customer], [customer.id]
    while newest:
        merged = list(
            session.scalars(select(Customer).where(Customer.merged_into_id.in_(newest)).order_by(Customer.id))
        )
        found += merged
        newest = [one.id for one in merged]
    return tuple(found)
