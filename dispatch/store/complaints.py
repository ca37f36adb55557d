"""Complaints: as registered, and where each stands."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, ForeignKey, Index, Integer, String, Text, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.complaint import CaseKind, Channel, Severity, Stage
from dispatch.store.base import Base, Json
from dispatch.store.departments import Department
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip


class ComplaintRow(Base):
    """Who complains, of what, and what they want.

    `contact_phone` is E.164 or empty: who writes may give another address only. `incident_id`: what happened under way,
    which has one case at most.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_branch", "branch_id", "id"),
        Index("ix_complaint_branch_stage", "branch_id", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callback.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), unique=True)
    kind: Mapped[CaseKind] = mapped_column(default=CaseKind.COMPLAINT, server_default=CaseKind.COMPLAINT.value)
    channel: Mapped[Channel]
    stage: Mapped[Stage]
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    contact_address: Mapped[str] = mapped_column(String(200), default="")
    happened_at: Mapped[datetime]
    about: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    registered_at: Mapped[datetime]

    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    round: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    severity: Mapped[Severity | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    cause: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    promised_from: Mapped[Stage | None]
    promise: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    promise_by: Mapped[datetime | None]
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    lessons: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    archived_at: Mapped[datetime | None]

    trip: Mapped[Trip | None] = relationship(lazy="select")
    holder: Mapped[Staff | None] = relationship(foreign_keys=[holder_id], lazy="joined")
    responsible: Mapped[Staff | None] = relationship(foreign_keys=[responsible_id], lazy="joined")
    department: Mapped[Department | None] = relationship(lazy="joined")

    @property
    def number(self) -> str:
        """The number that the customer is told."""
        return f"C{self.id:06d}"


def advance(session: Session, complaint_id: int, version: int) -> bool:
    """Take the next version of a case; False when somebody else has taken it."""
    taken = update(ComplaintRow).where(ComplaintRow.id == complaint_id, ComplaintRow.version == version)
    result = session.execute(taken.values(version=version + 1), execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1


def page(
    session: Session,
    branch_id: int,
    *,
    trip_id: int | None = None,
    search: str = "",
    stage: Stage | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[ComplaintRow]:
    """Newest first, those before an id; of one trip, with some words in them, in one stage when asked for."""
    query = select(ComplaintRow).where(ComplaintRow.branch_id == branch_id)
    if trip_id is not None:
        query = query.where(ComplaintRow.trip_id == trip_id)
    if stage is not None:
        query = query.where(ComplaintRow.stage == stage)
    for word in search.split():
        query = query.where(_speaks_of(word))
    if before is not None:
        query = query.where(ComplaintRow.id < before)
    return list(session.scalars(query.order_by(ComplaintRow.id.desc()).limit(limit)).unique())


def _speaks_of(word: str) -> Any:
    """The number of a case, or a fragment of whatever was written down about it."""
    digits = word.upper().removeprefix("C").lstrip("0")
    texts = (
        ComplaintRow.contact_name,
        ComplaintRow.contact_phone,
        ComplaintRow.contact_address,
        ComplaintRow.about,
        ComplaintRow.problem,
        ComplaintRow.wish,
        ComplaintRow.cause,
    )
    found = [column.icontains(word, autoescape=True) for column in texts]
    if digits.isascii() and digits.isdecimal() and len(digits) < 10:
        found.append(ComplaintRow.id == int(digits))
    return or_(*found)


def in_stages(
    session: Session, branch_id: int, stages: Collection[Stage], *, departments: Collection[int] | None = None
) -> list[ComplaintRow]:
    """The cases of some stages, oldest first; only those of some departments when named."""
    query = select(ComplaintRow).where(ComplaintRow.branch_id == branch_id, ComplaintRow.stage.in_(stages))
    if departments is not None:
        query = query.where(ComplaintRow.department_id.in_(departments))
    return list(session.scalars(query.order_by(ComplaintRow.id)).unique())


def count_of_customer(session: Session, branch_id: int, customer_id: int, phones: Collection[str]) -> int:
    """How many complaints concern trips of a customer or came from one of their numbers."""
    own = select(Trip.id).where(Trip.customer_id == customer_id)
    query = select(func.count()).where(
        ComplaintRow.branch_id == branch_id, ComplaintRow.contact_phone.in_(phones) | ComplaintRow.trip_id.in_(own)
    )
    return session.scalar(query) or 0


def on_trip(session: Session, trip_id: int) -> bool:
    """Whether somebody complained about this trip."""
    return session.scalar(select(ComplaintRow.id).where(ComplaintRow.trip_id == trip_id).limit(1)) is not None
