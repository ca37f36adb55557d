"""Callbacks and their attempts. One callback per trip and purpose; attempts are only ever added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CursorResult,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.callback import CallbackState, Outcome
from dispatch.domain.consent import Purpose
from dispatch.store import consents
from dispatch.store.base import Base
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip


class CallbackTask(Base):
    """A call to make on or after `due_on`. `not_before` is the next moment (UTC) at which it may be tried.

    `after_workdays` is the branch's rule when the trip closed: a calendar that comes later is applied by it.
    `preferred_staff_id` is set when the customer asked for the time, and names whom they agreed on it with.
    """

    __tablename__ = "callback"
    __table_args__ = (
        UniqueConstraint("trip_id", "purpose"),
        Index("ix_callback_queue", "branch_id", "state", "not_before", "id"),
        Index("ix_callback_due", "state", "not_before"),
        Index("ix_callback_lease", "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    version: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[Purpose]
    state: Mapped[CallbackState]
    service_day: Mapped[date]
    after_workdays: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    provisional: Mapped[bool] = mapped_column(Boolean)
    not_before: Mapped[datetime]
    preferred_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    trip: Mapped[Trip] = relationship(lazy="joined", innerjoin=True)
    holder: Mapped[Staff | None] = relationship(lazy="select", foreign_keys=[claimed_by])
    attempts: Mapped[list["CallbackAttempt"]] = relationship(order_by="CallbackAttempt.number")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and shape are SQLAlchemy's


class CallbackAttempt(Base):
    """One call, made or tried. Its number within the callback can be taken once: a form is not saved twice."""

    __tablename__ = "callback_attempt"
    __table_args__ = (UniqueConstraint("callback_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callback.id"))
    number: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    outcome: Mapped[Outcome]
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    badge_worn: Mapped[bool | None] = mapped_column(Boolean)
    car_checked: Mapped[bool | None] = mapped_column(Boolean)
    fee_explained: Mapped[bool | None] = mapped_column(Boolean)
    copy_handed_over: Mapped[bool | None] = mapped_column(Boolean)
    opinions: Mapped[str] = mapped_column(Text, default="")
    suggestions: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    call_again_at: Mapped[datetime | None]


def of_trip(session: Session, trip_id: int) -> list[CallbackTask]:
    """The callbacks of a trip."""
    return list(session.scalars(select(CallbackTask).where(CallbackTask.trip_id == trip_id)))


def locked(session: Session, callback_id: int) -> CallbackTask | None:
    """A callback for changing: on PostgreSQL the row is locked, so that the loser of a race sees who won."""
    query = select(CallbackTask).where(CallbackTask.id == callback_id).with_for_update(of=CallbackTask)
    return session.scalars(query.execution_options(populate_existing=True)).unique().first()


def take(session: Session, task_id: int, version: int, staff_id: int, until: datetime) -> bool:
    """Claim by compare-and-set on the version; False when somebody was first (R2)."""
    taken: CursorResult[Any] = session.connection().execute(
        update(CallbackTask)
        .where(CallbackTask.id == task_id, CallbackTask.version == version)
        .values(state=CallbackState.CLAIMED, claimed_by=staff_id, lease_until=until, version=version + 1)
    )
    return taken.rowcount == 1


def blocked(session: Session, customer_id: int, purpose: Purpose) -> bool:
    """Whether the customer does not want to be called for this purpose."""
    return not consents.is_allowed(session, customer_id, purpose)
