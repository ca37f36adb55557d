"""What must not be erased, because somebody may need it as evidence; and in SQL, what that covers."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.complaint import OPEN
from dispatch.store.base import Base
from dispatch.store.branches import Branch
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer, CustomerPhone
from dispatch.store.trips import Trip

_STANDING = text("lifted_at IS NULL")


class Held(StrEnum):
    """What a hold is put on."""

    TRIP = auto()
    COMPLAINT = auto()
    CUSTOMER = auto()


class LegalHold(Base):
    """A hold with its reason, until it is lifted."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        # Of two managers at once the second is told: a thing is held once.
        Index(
            "uq_legal_hold_standing", "subject", "subject_id", unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        ),
        Index("ix_legal_hold_branch", "branch_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    subject: Mapped[Held]
    subject_id: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(200))
    placed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    placed_by_name: Mapped[str] = mapped_column(String(80))
    placed_at: Mapped[datetime]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(String(200), default="")

    @property
    def number(self) -> str:
        """What people call the thing that is held."""
        letter = {Held.TRIP: "T", Held.COMPLAINT: "C", Held.CUSTOMER: ""}[self.subject]
        return f"{letter}{self.subject_id:06d}" if letter else str(self.subject_id)


def hold_still(session: Session, branch_id: int) -> None:
    """Let holding and erasing in a branch come one after the other, until the transaction ends."""
    session.execute(select(Branch.id).where(Branch.id == branch_id).with_for_update(key_share=True))


def standing_on(session: Session, subject: Held, subject_id: int) -> LegalHold | None:
    """The hold on a thing."""
    query = select(LegalHold).where(
        LegalHold.subject == subject, LegalHold.subject_id == subject_id, LegalHold.lifted_at.is_(None)
    )
    return session.scalars(query).first()


def lifted(session: Session, subject: Held, subject_id: int) -> list[LegalHold]:
    """The holds that stood on a thing once, newest first."""
    query = select(LegalHold).where(
        LegalHold.subject == subject, LegalHold.subject_id == subject_id, LegalHold.lifted_at.is_not(None)
    )
    return list(session.scalars(query.order_by(LegalHold.id.desc())))


def standing(session: Session, branch_id: int) -> list[LegalHold]:
    """Every hold of a branch, newest first."""
    query = select(LegalHold).where(LegalHold.branch_id == branch_id, LegalHold.lifted_at.is_(None))
    return list(session.scalars(query.order_by(LegalHold.id.desc())))


def _on(subject: Held, subject_id: Any) -> ColumnElement[bool]:
    query = select(LegalHold.id).where(
        LegalHold.subject == subject, LegalHold.subject_id == subject_id, LegalHold.lifted_at.is_(None)
    )
    return query.exists()


def trip_is_held() -> ColumnElement[bool]:
    """Of a row of `trip`: it is held itself or with its customer, or a complaint about it is held or not settled."""
    cases = select(ComplaintRow.id).where(
        ComplaintRow.trip_id == Trip.id,
        or_(ComplaintRow.stage.in_(OPEN), _on(Held.COMPLAINT, ComplaintRow.id)),
    )
    return or_(_on(Held.TRIP, Trip.id), _on(Held.CUSTOMER, Trip.customer_id), cases.correlate(Trip).exists())


def complaint_is_held() -> ColumnElement[bool]:
    """Of a row of `complaint`: it is held itself, or with its trip or that trip's customer."""
    trip = select(Trip.id).where(
        Trip.id == ComplaintRow.trip_id, or_(_on(Held.TRIP, Trip.id), _on(Held.CUSTOMER, Trip.customer_id))
    )
    return or_(_on(Held.COMPLAINT, ComplaintRow.id), trip.correlate(ComplaintRow).exists())


def number_is_held(number: Any) -> ColumnElement[bool]:
    """The number is that of a customer on hold."""
    own = select(Customer.id).where(Customer.phone == number, _on(Held.CUSTOMER, Customer.id))
    further = select(CustomerPhone.id).where(
        CustomerPhone.phone == number, _on(Held.CUSTOMER, CustomerPhone.customer_id)
    )
    return or_(own.exists(), further.exists())


def customer_is_held() -> ColumnElement[bool]:
    """Of a row of `customer`: they are held, or a trip or complaint of theirs is."""
    trips = select(Trip.id).where(Trip.customer_id == Customer.id, trip_is_held())
    further = select(CustomerPhone.phone).where(CustomerPhone.customer_id == Customer.id)
    cases = select(ComplaintRow.id).where(
        ComplaintRow.branch_id == Customer.branch_id,
        or_(ComplaintRow.contact_phone == Customer.phone, ComplaintRow.contact_phone.in_(further.correlate(Customer))),
        or_(ComplaintRow.stage.in_(OPEN), _on(Held.COMPLAINT, ComplaintRow.id)),
    )
    return or_(_on(Held.CUSTOMER, Customer.id), trips.correlate(Customer).exists(), cases.correlate(Customer).exists())


def of_subjects(session: Session, subject: Held, ids: Collection[int]) -> list[LegalHold]:
    """The holds on some things of one sort."""
    query = select(LegalHold).where(
        LegalHold.subject == subject, LegalHold.subject_id.in_(ids), LegalHold.lifted_at.is_(None)
    )
    return list(session.scalars(query.order_by(LegalHold.id)))
