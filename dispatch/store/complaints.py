"""Complaints as registered."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.complaint import CaseKind, Channel, Stage
from dispatch.store.base import Base
from dispatch.store.trips import Trip


class ComplaintRow(Base):
    """Who complains, of what, and what they want.

    `contact_phone` is E.164 or empty: who writes may give another address only.
    """

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_branch", "branch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callback.id"), index=True)
    kind: Mapped[CaseKind] = mapped_column(default=CaseKind.COMPLAINT, server_default=CaseKind.COMPLAINT.value)
    channel: Mapped[Channel]
    stage: Mapped[Stage]
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    contact_address: Mapped[str] = mapped_column(String(200), default="")
    happened_at: Mapped[datetime]
    about: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    registered_at: Mapped[datetime]

    @property
    def number(self) -> str:
        """The number that the customer is told."""
        return f"C{self.id:06d}"


def page(
    session: Session, branch_id: int, *, trip_id: int | None = None, before: int | None = None, limit: int = 50
) -> list[ComplaintRow]:
    """Newest first, those before an id; of one trip when named."""
    query = select(ComplaintRow).where(ComplaintRow.branch_id == branch_id)
    if trip_id is not None:
        query = query.where(ComplaintRow.trip_id == trip_id)
    if before is not None:
        query = query.where(ComplaintRow.id < before)
    return list(session.scalars(query.order_by(ComplaintRow.id.desc()).limit(limit)))


def count_of_customer(session: Session, branch_id: int, customer_id: int, phones: Collection[str]) -> int:
    """How many complaints concern trips of a customer or came from one of their numbers."""
    own = select(Trip.id).where(Trip.customer_id == customer_id)
    query = select(func.count()).where(
        ComplaintRow.branch_id == branch_id, ComplaintRow.contact_phone.in_(phones) | ComplaintRow.trip_id.in_(own)
    )
    return session.scalar(query) or 0


def on_trip(session: Session, trip_id: int) -> bool:
    """Whether somebody complained about this trip."""
    return session.scalar(select(ComplaintRow.id).where(ComplaintRow.trip_id == trip_id).limit(1)) is not None
