"""Who answers for complaints in a branch: departments, their heads, reply templates, and how long a stage may take."""

from datetime import datetime, time

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, select, text, true
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.complaint_clock import Level
from dispatch.domain.telling import Occasion
from dispatch.store.base import Base
from dispatch.store.staff import Staff


class Department(Base):
    """A part of the company that complaints are routed to; its head answers for them, and is texted at `phone`."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("branch_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(60))
    head_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    phone: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))

    head: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)


class ReplyTemplate(Base):
    """A reply written once, with placeholders in braces; one with an occasion goes out then, by itself."""

    __tablename__ = "reply_template"
    __table_args__ = (UniqueConstraint("branch_id", "name"), UniqueConstraint("branch_id", "occasion"))

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    occasion: Mapped[Occasion | None]
    updated_at: Mapped[datetime]


class ComplaintTerms(Base):
    """A branch's office hours, the time each stage may take, and whom it tells; without a row the defaults hold."""

    __tablename__ = "complaint_terms"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    office_opens: Mapped[time]
    office_closes: Mapped[time]
    lunch_from: Mapped[time | None]
    lunch_until: Mapped[time | None]
    acknowledge_minutes: Mapped[int] = mapped_column(Integer)
    assess_days: Mapped[int] = mapped_column(Integer)
    department_days: Mapped[int] = mapped_column(Integer)
    approve_days: Mapped[int] = mapped_column(Integer)
    carry_out_days: Mapped[int] = mapped_column(Integer)
    confirm_days: Mapped[int] = mapped_column(Integer)
    heads_from: Mapped[Level] = mapped_column(default=Level.DUE, server_default=Level.DUE.value)
    managers_from: Mapped[Level] = mapped_column(default=Level.LATE, server_default=Level.LATE.value)
    texts_from: Mapped[Level | None]
    managers_phone: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    tells_customers: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())


def of_branch(session: Session, branch_id: int) -> list[Department]:
    """A branch's departments by name, those dissolved last."""
    query = select(Department).where(Department.branch_id == branch_id)
    return list(session.scalars(query.order_by(Department.active.desc(), Department.name, Department.id)))


def headed_by(session: Session, staff_id: int) -> list[int]:
    """The departments somebody heads, by id."""
    return list(session.scalars(select(Department.id).where(Department.head_id == staff_id)))


def templates(session: Session, branch_id: int) -> list[ReplyTemplate]:
    """A branch's reply templates by name."""
    query = select(ReplyTemplate).where(ReplyTemplate.branch_id == branch_id)
    return list(session.scalars(query.order_by(ReplyTemplate.name, ReplyTemplate.id)))


def for_occasion(session: Session, branch_id: int, occasion: Occasion) -> str | None:
    """What a branch says on an occasion; None where nobody wrote it anew."""
    query = select(ReplyTemplate.body).where(ReplyTemplate.branch_id == branch_id, ReplyTemplate.occasion == occasion)
    return session.scalars(query).first()
