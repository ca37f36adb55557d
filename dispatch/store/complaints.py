"""Complaints as registered."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class ComplaintRow(Base):
    """Who complains, of what, and what they want."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_branch", "branch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(24))
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(20))
    happened_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(200), default="")
    wish: Mapped[str] = mapped_column(Text, default="")
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    registered_at: Mapped[datetime]

    @property
    def number(self) -> str:
        """The number that the customer is told."""
        return f"C{self.id:06d}"


def page(session: Session, branch_id: int, *, before: int | None = None, limit: int = 50) -> list[ComplaintRow]:
    """Newest first."""
    query = select(ComplaintRow).where(ComplaintRow.branch_id == branch_id)
    if before is not None:
        query = query.where(ComplaintRow.id < before)
    return list(session.scalars(query.order_by(ComplaintRow.id.desc()).limit(limit)))
