"""The clocks of complaints, their pauses, and the rungs of the ladder that were climbed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.complaint_clock import Clock, ClockKind, Interval, Level, PauseReason
from dispatch.store.base import Base

_RUNNING = text("ended_at IS NULL")


class ComplaintClock(Base):
    """How long a stage may take. `due_at` is None while it is paused; at most one clock of a case runs."""

    __tablename__ = "complaint_clock"
    __table_args__ = (
        Index(
            "uq_complaint_clock_running",
            "complaint_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        Index("ix_complaint_clock_complaint", "complaint_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    kind: Mapped[ClockKind]
    round: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    allowed_seconds: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    pauses: Mapped[list["ComplaintPause"]] = relationship(order_by="ComplaintPause.id", lazy="selectin")
    escalations: Mapped[list["ComplaintEscalation"]] = relationship(order_by="ComplaintEscalation.id", lazy="selectin")

    def as_clock(self) -> Clock:
        """The clock as the rules see it."""
        pauses = tuple(Interval(pause.since, pause.until) for pause in self.pauses)
        return Clock(self.started_at, timedelta(seconds=self.allowed_seconds), pauses)


class ComplaintPause(Base):
    """A time during which a clock stood still, and why."""

    __tablename__ = "complaint_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("complaint_clock.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[PauseReason]
    words: Mapped[str] = mapped_column(Text)
    paused_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class ComplaintEscalation(Base):
    """A rung that was climbed, once, and who was told (staff ids)."""

    __tablename__ = "complaint_escalation"
    __table_args__ = (UniqueConstraint("clock_id", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("complaint_clock.id"))
    level: Mapped[Level]
    at: Mapped[datetime]


class ComplaintNotice(Base):
    """Something a staff member is to know of a case: the step or rung it is about; until it was seen."""

    __tablename__ = "complaint_notice"
    __table_args__ = (Index("ix_complaint_notice_staff", "staff_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    level: Mapped[Level | None]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


def running(session: Session, complaint_id: int) -> ComplaintClock | None:
    """The clock that runs (or is paused) now."""
    query = select(ComplaintClock).where(ComplaintClock.complaint_id == complaint_id, ComplaintClock.ended_at.is_(None))
    return session.scalars(query).first()


def running_of(session: Session, complaint_ids: Iterable[int]) -> dict[int, ComplaintClock]:
    """The running clocks of some cases, by case."""
    query = select(ComplaintClock).where(
        ComplaintClock.complaint_id.in_(list(complaint_ids)), ComplaintClock.ended_at.is_(None)
    )
    return {clock.complaint_id: clock for clock in session.scalars(query)}


def all_running(session: Session) -> list[ComplaintClock]:
    """Every clock that runs."""
    return list(session.scalars(select(ComplaintClock).where(ComplaintClock.ended_at.is_(None))))


def of_complaint(session: Session, complaint_id: int) -> list[ComplaintClock]:
    """Every clock a case ever had, oldest first."""
    query = select(ComplaintClock).where(ComplaintClock.complaint_id == complaint_id)
    return list(session.scalars(query.order_by(ComplaintClock.id)))


def unseen(session: Session, staff_id: int, *, complaint_id: int | None = None) -> list[ComplaintNotice]:
    """What somebody has not looked at yet, newest first; of one case when named."""
    query = select(ComplaintNotice).where(ComplaintNotice.staff_id == staff_id, ComplaintNotice.seen_at.is_(None))
    if complaint_id is not None:
        query = query.where(ComplaintNotice.complaint_id == complaint_id)
    return list(session.scalars(query.order_by(ComplaintNotice.id.desc())))
