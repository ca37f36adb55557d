"""Messages to the outside, written in the transaction they report and sent by the scheduler under a lease."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import CursorResult, ForeignKey, Index, Integer, String, case, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base

LEASE = timedelta(minutes=2)


class OutboxState(StrEnum):
    """`failed` is final: a permanent error, or too many tries."""

    WAITING = auto()
    SENT = auto()
    FAILED = auto()


class OutboxMessage(Base):
    """One message. `key` is told to the receiver, so that a second delivery can be recognised.

    From `not_after` on it does harm, and is not sent.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(500))
    body: Mapped[dict[str, Any]]
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.WAITING)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def due(session: Session, now: datetime, *, limit: int = 50) -> list[int]:
    """Messages to send now that nobody holds; those that can come too late are first."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.state == OutboxState.WAITING,
        OutboxMessage.not_before <= now,
        or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
    )
    in_haste = case((OutboxMessage.not_after.is_not(None), 0), else_=1)
    return list(session.scalars(query.order_by(in_haste, OutboxMessage.not_before, OutboxMessage.id).limit(limit)))


def lease(session: Session, message_id: int, now: datetime) -> bool:
    """Take a message for sending; False when another sender was first (R7)."""
    taken: CursorResult[Any] = session.connection().execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.state == OutboxState.WAITING,
            or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
        )
        .values(leased_until=now + LEASE, tries=OutboxMessage.tries + 1)
    )
    return taken.rowcount == 1


def by_keys(session: Session, keys: Collection[str]) -> dict[str, OutboxMessage]:
    """Messages by their keys: what became of them."""
    found = session.scalars(select(OutboxMessage).where(OutboxMessage.key.in_(keys)))
    return {message.key: message for message in found}
