"""Who answers for complaints in a branch: departments, their heads, reply templates, and how long a stage may take."""

from datetime import datetime, time

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.store.base import Base
from dispatch.store.staff import Staff


class Department(Base):
    """A part of the company that complaints are routed to; its head answers for them."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("branch_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(60))
    head_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())

    head: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)


class ReplyTemplate(Base):
    """A reply written once, with placeholders in braces."""

    __tablename__ = "reply_template"
    __table_args__ = (UniqueConstraint("branch_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class ComplaintTerms(Base):
    """A branch's office hours and the time each stage may take; without a row the defaults hold."""

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
