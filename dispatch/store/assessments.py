"""Assessment lines, the weights they were given by, and the months that are closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.assessment import Rule, Source, Weights
from dispatch.store.base import Base
from dispatch.store.branches import Branch
from dispatch.store.staff import Staff

_POSTED = text("reverses_id IS NULL")


class AssessmentWeights(Base):
    """What a month begins with and what each rule counts, from a month on; the newest for a month holds."""

    __tablename__ = "assessment_weights"
    __table_args__ = (Index("ix_assessment_weights_branch", "branch_id", "from_month", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    from_month: Mapped[date]
    start: Mapped[int] = mapped_column(Integer)
    points: Mapped[dict[str, Any]]
    published_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]

    @property
    def weights(self) -> Weights:
        """As the rules know them."""
        return Weights(self.start, {Rule(name): points for name, points in self.points.items()})


class AssessmentMonth(Base):
    """A month that is closed: nothing is added to it any more."""

    __tablename__ = "assessment_month"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    closed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime]


class AssessmentLine(Base):
    """Points of one person in one month, with the source and rule that explain them.

    `subject` and `subject_id` name the trip, callback or complaint; `part` tells sources of one subject apart.
    `happened_at` is when that was, `month` where it counts: later where its own was closed. A line with `reverses_id`
    takes another back.
    """

    __tablename__ = "assessment_line"
    __table_args__ = (
        # However many post at once, a source counts once; and a line is taken back once.
        Index(
            "uq_assessment_line_source",
            "source",
            "subject_id",
            "part",
            unique=True,
            sqlite_where=_POSTED,
            postgresql_where=_POSTED,
        ),
        Index("uq_assessment_line_reverses", "reverses_id", unique=True),
        Index("ix_assessment_line_month", "branch_id", "month", "staff_id", "id"),
        Index("ix_assessment_line_staff", "staff_id", "month", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    month: Mapped[date]
    source: Mapped[Source]
    rule: Mapped[Rule]
    points: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int] = mapped_column(Integer)
    part: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    posted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_line.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Staff] = relationship(lazy="joined", innerjoin=True, foreign_keys=[staff_id])


@dataclass(frozen=True, slots=True)
class Sum:
    """One person's lines of a month, added up by source."""

    staff_id: int
    source: Source
    lines: int
    points: int


def hold(session: Session, branch_id: int) -> None:
    """One at a time posts to a branch's months or closes one; who only refers to the branch does not wait."""
    query = select(Branch.id).where(Branch.id == branch_id)
    session.execute(query.with_for_update(key_share=True))


def closed_months(session: Session, branch_id: int) -> dict[date, AssessmentMonth]:
    """The months that are closed."""
    query = select(AssessmentMonth).where(AssessmentMonth.branch_id == branch_id)
    return {row.month: row for row in session.scalars(query)}


def weights_for(session: Session, branch_id: int, month: date) -> Weights:
    """What counts in a month; the usual until a manager has said otherwise."""
    query = select(AssessmentWeights).where(
        AssessmentWeights.branch_id == branch_id, AssessmentWeights.from_month <= month
    )
    latest = query.order_by(AssessmentWeights.from_month.desc(), AssessmentWeights.id.desc()).limit(1)
    found = session.scalars(latest).first()
    return Weights() if found is None else found.weights


def any_line_from(session: Session, branch_id: int, month: date) -> bool:
    """Whether a line counts in this month or a later one."""
    query = select(AssessmentLine.id).where(AssessmentLine.branch_id == branch_id, AssessmentLine.month >= month)
    return session.scalar(query.limit(1)) is not None


def months(session: Session, branch_id: int, staff_id: int | None = None) -> list[date]:
    """The months that have lines, the newest first; of one person when named."""
    query = select(AssessmentLine.month).where(AssessmentLine.branch_id == branch_id)
    if staff_id is not None:
        query = query.where(AssessmentLine.staff_id == staff_id)
    return list(session.scalars(query.distinct().order_by(AssessmentLine.month.desc())))


def sums(session: Session, branch_id: int, month: date, staff_id: int | None = None) -> list[Sum]:
    """The month by person and source, added up by the database."""
    line = AssessmentLine
    query = select(line.staff_id, line.source, func.count(), func.sum(line.points)).where(
        line.branch_id == branch_id, line.month == month
    )
    if staff_id is not None:
        query = query.where(line.staff_id == staff_id)
    rows = session.execute(query.group_by(line.staff_id, line.source).order_by(line.staff_id, line.source))
    return [Sum(row[0], row[1], row[2], int(row[3])) for row in rows]


def lines(
    session: Session,
    branch_id: int,
    month: date,
    staff_id: int | None = None,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[AssessmentLine]:
    """The lines of a month in the order in which they were posted, those after an id."""
    query = select(AssessmentLine).where(
        AssessmentLine.branch_id == branch_id, AssessmentLine.month == month, AssessmentLine.id > after
    )
    if staff_id is not None:
        query = query.where(AssessmentLine.staff_id == staff_id)
    return list(session.scalars(query.order_by(AssessmentLine.id).limit(limit)))


def taken_back(session: Session, found: Sequence[AssessmentLine]) -> dict[int, AssessmentLine]:
    """Of these lines those that were taken back, with the line that did it."""
    query = select(AssessmentLine).where(AssessmentLine.reverses_id.in_([line.id for line in found]))
    return {line.reverses_id: line for line in session.scalars(query) if line.reverses_id is not None}
