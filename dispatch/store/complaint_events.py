"""The story of a complaint: one row a step, only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.complaint import Stage
from dispatch.store.base import Base


class ComplaintEvent(Base):
    """Who did what to a case, when, and what was said. `facts` holds what else the step named."""

    __tablename__ = "complaint_event"
    __table_args__ = (Index("ix_complaint_event_complaint", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    round: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(32))
    source: Mapped[Stage | None]
    target: Mapped[Stage]
    at: Mapped[datetime]
    actor_id: Mapped[int]
    actor_name: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]


def of_complaint(session: Session, complaint_id: int) -> list[ComplaintEvent]:
    """The story so far, oldest first."""
    query = select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id)
    return list(session.scalars(query.order_by(ComplaintEvent.id)))


def latest(session: Session, complaint_id: int) -> ComplaintEvent:
    """The step taken last; a case begins with one."""
    query = select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id)
    return session.scalars(query.order_by(ComplaintEvent.id.desc()).limit(1)).one()
