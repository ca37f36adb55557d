"""Customers and the cars they are driven home in."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.store.base import Base


class Customer(Base):
    """A caller, known by phone number within a branch; further numbers are in `customer_phone`.

    `merged_into_id`: the profile that this one was merged into; a merged profile keeps its own number, which nobody
    finds it by. `erased_at`: the person was forgotten, and what is left names nobody. `tier_until`: the last day of a
    tier given by hand. `custom`: answers by the id of their field.
    """

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("branch_id", "phone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    phone: Mapped[str] = mapped_column(String(20))
    phone_dialled: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    notes: Mapped[str] = mapped_column(Text, default="")
    do_not_serve: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id"), index=True)
    tier_until: Mapped[date | None]
    custom: Mapped[dict[str, Any] | None]
    erased_at: Mapped[datetime | None]

    phones: Mapped[list["CustomerPhone"]] = relationship(order_by="CustomerPhone.id", lazy="select")
    vehicles: Mapped[list["Vehicle"]] = relationship(
        order_by="Vehicle.last_used_at.desc()", lazy="select", back_populates="customer"
    )


class CustomerPhone(Base):
    """A further number of a customer, in E.164 and as it was dialled."""

    __tablename__ = "customer_phone"
    __table_args__ = (UniqueConstraint("branch_id", "phone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    phone: Mapped[str] = mapped_column(String(20))
    dialled: Mapped[str] = mapped_column(String(40))
    added_at: Mapped[datetime]


class Vehicle(Base):
    """A customer's car. `insurance_seen` is what the last inspection saw, with its date."""

    __tablename__ = "vehicle"
    __table_args__ = (UniqueConstraint("customer_id", "plate"), Index("ix_vehicle_plate", "plate"))

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    plate: Mapped[str] = mapped_column(String(10))
    model: Mapped[str] = mapped_column(String(60))
    colour: Mapped[str] = mapped_column(String(20), default="")
    needs: Mapped[list[str]]
    insurance_seen: Mapped[dict[str, Any] | None]
    last_used_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship(back_populates="vehicles")

    @property
    def words(self) -> str:
        """The car as people call it: '黑色 大众 帕萨特'."""
        return f"{self.colour} {self.model}".strip()


def by_phone(session: Session, branch_id: int, phone: str, *, hold: bool = False) -> Customer | None:
    """The customer with this number (E.164); `hold` keeps others from booking for them until the transaction ends."""
    own = select(Customer).where(
        Customer.branch_id == branch_id, Customer.phone == phone, Customer.merged_into_id.is_(None)
    )
    further = (
        select(Customer)
        .join(CustomerPhone, CustomerPhone.customer_id == Customer.id)
        .where(CustomerPhone.branch_id == branch_id, CustomerPhone.phone == phone)
    )
    for query in (own, further):
        found = session.scalars(query.with_for_update(of=Customer) if hold else query).first()
        if found is not None:
            return found
    return None


def held(session: Session, customer_ids: Collection[int]) -> list[Customer]:
    """Profiles for changing, locked in one order wherever several are, freshly read."""
    query = select(Customer).where(Customer.id.in_(customer_ids)).order_by(Customer.id)
    return list(session.scalars(query.with_for_update(), execution_options={"populate_existing": True}))


def numbers_of(session: Session, customer: Customer) -> list[str]:
    """Every number of a customer (E.164), the first one first."""
    further = select(CustomerPhone.phone).where(CustomerPhone.customer_id == customer.id).order_by(CustomerPhone.id)
    return [customer.phone, *session.scalars(further)]


def vehicle_of(session: Session, customer_id: int, plate: str) -> Vehicle | None:
    """The customer's car with this plate."""
    return session.scalars(select(Vehicle).where(Vehicle.customer_id == customer_id, Vehicle.plate == plate)).first()


def ids_of(session: Session, customer_id: int) -> frozenset[int]:
    """A customer's id with those of the profiles that were merged into theirs, however often."""
    found, latest = {customer_id}, {customer_id}
    while latest:
        query = select(Customer.id).where(Customer.merged_into_id.in_(latest))
        latest = set(session.scalars(query)) - found
        found |= latest
    return frozenset(found)
