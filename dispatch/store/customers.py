"""Customers and the cars they are driven home in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.store.base import Base


class Customer(Base):
    """A caller, known by phone number within a branch."""

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

    vehicles: Mapped[list["Vehicle"]] = relationship(
        order_by="Vehicle.last_used_at.desc()", lazy="select", back_populates="customer"
    )


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
    query = select(Customer).where(Customer.branch_id == branch_id, Customer.phone == phone)
    return session.scalars(query.with_for_update() if hold else query).first()


def vehicle_of(session: Session, customer_id: int, plate: str) -> Vehicle | None:
    """The customer's car with this plate."""
    return session.scalars(select(Vehicle).where(Vehicle.customer_id == customer_id, Vehicle.plate == plate)).first()
