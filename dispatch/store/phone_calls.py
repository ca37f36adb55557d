"""Calls of the telephone exchange, and at whose desk they are."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.phone_call import CallState
from dispatch.store.base import Base

RINGS_FOR = timedelta(minutes=3)
TALKS_FOR = timedelta(hours=2)
"""After this a call is over, though its end was never told."""


class PhoneCall(Base):
    """A call. `caller` is E.164, or as the exchange gave it; '' when withheld. Without an agent it is everybody's."""

    __tablename__ = "phone_call"
    __table_args__ = (
        UniqueConstraint("branch_id", "call_id"),
        Index("ix_phone_call_branch_id_state", "branch_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    call_id: Mapped[str] = mapped_column(String(80))
    state: Mapped[CallState]
    caller: Mapped[str] = mapped_column(String(40))
    extension: Mapped[str] = mapped_column(String(16))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    began_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


def by_call_id(session: Session, branch_id: int, call_id: str) -> PhoneCall | None:
    """The call that the exchange names so."""
    query = select(PhoneCall).where(PhoneCall.branch_id == branch_id, PhoneCall.call_id == call_id)
    return session.scalars(query.with_for_update()).first()


def open_for(session: Session, branch_id: int, staff_id: int, now: datetime) -> list[PhoneCall]:
    """Calls ringing or answered at somebody's desk, and those that are nobody's; the oldest first."""
    query = select(PhoneCall).where(
        PhoneCall.branch_id == branch_id,
        or_(PhoneCall.agent_id == staff_id, PhoneCall.agent_id.is_(None)),
        or_(
            (PhoneCall.state == CallState.RINGING) & (PhoneCall.began_at > now - RINGS_FOR),
            (PhoneCall.state == CallState.ANSWERED) & (PhoneCall.answered_at > now - TALKS_FOR),
        ),
    )
    return list(session.scalars(query.order_by(PhoneCall.id)))
