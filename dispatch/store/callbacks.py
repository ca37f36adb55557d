"""Callbacks and their attempts. One callback per trip and purpose; attempts are only ever added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.store.base import Base
from dispatch.store.trips import Trip


class CallbackTask(Base):
    """A call to make on or after `due_on`. `not_before` is the next moment (UTC) at which it may be tried."""

    __tablename__ = "callback"
    __table_args__ = (
        UniqueConstraint("trip_id", "purpose"),
        Index("ix_callback_queue", "branch_id", "state", "not_before", "id"),
        Index("ix_callback_lease", "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    version: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    service_day: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool] = mapped_column(Boolean)
    not_before: Mapped[datetime]
    preferred_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    trip: Mapped[Trip] = relationship(lazy="joined", innerjoin=True)
    attempts: Mapped[list["CallbackAttempt"]] = relationship(order_by="CallbackAttempt.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and shape are SQLAlchemy's


class CallbackAttempt(Base):
    """One call, made or tried."""

    __tablename__ = "callback_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callback.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(24))
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    answers: Mapped[dict[str, Any]]
    opinions: Mapped[str] = mapped_column(Text, default="")
    suggestions: Mapped[str] = mapped_column(Text, default="")
    call_again_at: Mapped[datetime | None]


def of_trip(session: Session, trip_id: int) -> list[CallbackTask]:
    """The callbacks of a trip."""
    return list(session.scalars(select(CallbackTask).where(CallbackTask.trip_id == trip_id)))


def counts_by_state(session: Session, branch_id: int, first: date, last: date) -> dict[str, int]:
    """How many callbacks due in a span of days are in which state; counted by the database."""
    query = (
        select(CallbackTask.state, func.count())
        .where(CallbackTask.branch_id == branch_id, CallbackTask.due_on.between(first, last))
        .group_by(CallbackTask.state)
    )
    return dict(session.execute(query).tuples().all())
