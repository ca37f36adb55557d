"""Numbers that customers asked to be called at instead, and what the desk said to it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base

_OPEN = text("decided_at IS NULL")


class PhoneCorrection(Base):
    """A wish of the one who holds a trip's link. `phone` is E.164; open until the desk has decided."""

    __tablename__ = "phone_correction"
    __table_args__ = (
        # One open wish a trip: two taps at the same moment are one.
        Index("uq_phone_correction_open", "trip_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_phone_correction_branch", "branch_id", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    phone: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    accepted: Mapped[bool | None]


def open_of_trip(session: Session, trip_id: int) -> PhoneCorrection | None:
    """The wish that waits for the desk."""
    query = select(PhoneCorrection).where(PhoneCorrection.trip_id == trip_id, PhoneCorrection.decided_at.is_(None))
    return session.scalars(query).first()


def asked_of_branch(session: Session, branch_id: int) -> frozenset[int]:
    """Trips whose customer waits for the desk's answer."""
    query = select(PhoneCorrection.trip_id)
    waiting = query.where(PhoneCorrection.branch_id == branch_id, PhoneCorrection.decided_at.is_(None))
    return frozenset(session.scalars(waiting))
