"""What was proposed to a customer, and what became of it."""

from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import ForeignKey, Integer, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.remedy import RemedyKind
from dispatch.store.base import Base


class RemedyState(StrEnum):
    """Where a remedy stands."""

    PROPOSED = auto()
    RETURNED = auto()
    APPROVED = auto()
    CARRIED_OUT = auto()


class RemedyRow(Base):
    """One remedy of a proposal. A refund names its fare line; a voucher has a row of its own."""

    __tablename__ = "complaint_remedy"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    round: Mapped[int] = mapped_column(Integer)
    kind: Mapped[RemedyKind]
    words: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[RemedyState]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    carried_out_at: Mapped[datetime | None]
    fare_line_id: Mapped[int | None] = mapped_column(ForeignKey("fare_line.id"))


def of_complaint(session: Session, complaint_id: int) -> list[RemedyRow]:
    """Everything that was ever proposed in a case, oldest first."""
    query = select(RemedyRow).where(RemedyRow.complaint_id == complaint_id)
    return list(session.scalars(query.order_by(RemedyRow.id)))


def in_state(session: Session, complaint_id: int, state: RemedyState) -> list[RemedyRow]:
    """The remedies of a case that stand there."""
    return [row for row in of_complaint(session, complaint_id) if row.state is state]
