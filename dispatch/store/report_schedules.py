"""Reports by e-mail: what is sent to whom and when, and what has been sent."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.period import Grain, Period
from dispatch.domain.report_plan import ReportKind, ReportPlan
from dispatch.domain.spreadsheet import FileKind
from dispatch.store.base import Base
from dispatch.store.outbox import OutboxMessage


class ReportSchedule(Base):
    """A report that leaves by itself. `since`: nothing that should have left before is sent."""

    __tablename__ = "report_schedule"
    __table_args__ = (Index("ix_report_schedule_branch", "branch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[ReportKind]
    rhythm: Mapped[Grain]
    hour: Mapped[int] = mapped_column(Integer)
    file: Mapped[FileKind]
    language: Mapped[str] = mapped_column(String(8))
    recipients: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    since: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    @property
    def plan(self) -> ReportPlan:
        """As the rules know it."""
        return ReportPlan(self.kind, self.rhythm, self.hour, self.file, self.language, tuple(self.recipients))


class ReportMailing(Base):
    """A period's report as it was made and sent, once (R7). `content` is forgotten when nobody sends it any more."""

    __tablename__ = "report_mailing"
    __table_args__ = (UniqueConstraint("schedule_id", "first_day", "last_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    recipients: Mapped[list[str]]
    file_name: Mapped[str] = mapped_column(String(80))
    media_type: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    subject: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(index=True)

    schedule: Mapped[ReportSchedule] = relationship(lazy="joined", innerjoin=True)

    @property
    def period(self) -> Period:
        """The days that it tells of."""
        return Period(self.first_day, self.last_day)

    @property
    def keys(self) -> list[str]:
        """The keys of its messages in the outbox, one a recipient, in their order."""
        return [f"report-{self.id}-{number}" for number in range(1, len(self.recipients) + 1)]


def of_branch(session: Session, branch_id: int) -> list[ReportSchedule]:
    """A branch's schedules, oldest first."""
    query = select(ReportSchedule).where(ReportSchedule.branch_id == branch_id)
    return list(session.scalars(query.order_by(ReportSchedule.id)))


def mailed(session: Session, schedule: ReportSchedule) -> frozenset[Period]:
    """The periods whose reports were sent."""
    query = select(ReportMailing.first_day, ReportMailing.last_day).where(ReportMailing.schedule_id == schedule.id)
    return frozenset(Period(row.first_day, row.last_day) for row in session.execute(query))


def latest(session: Session, schedule_id: int, limit: int) -> list[ReportMailing]:
    """What was sent last, the newest first."""
    query = select(ReportMailing).where(ReportMailing.schedule_id == schedule_id)
    return list(session.scalars(query.order_by(ReportMailing.id.desc()).limit(limit)))


def messages(session: Session, mailings: list[ReportMailing]) -> dict[str, OutboxMessage]:
    """The messages of these mailings by their keys."""
    keys = [key for mailing in mailings for key in mailing.keys]
    return {row.key: row for row in session.scalars(select(OutboxMessage).where(OutboxMessage.key.in_(keys)))}
