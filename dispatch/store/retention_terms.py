"""How long a branch keeps each kind of data, where it has set that itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.retention import Kind
from dispatch.store.base import Base


class RetentionTerm(Base):
    """Days of one kind, as set by whom and when."""

    __tablename__ = "retention_term"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(Integer)
    set_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    set_at: Mapped[datetime]


def of_branch(session: Session, branch_id: int) -> dict[Kind, int]:
    """The terms that a branch has set."""
    query = select(RetentionTerm).where(RetentionTerm.branch_id == branch_id)
    return {row.kind: row.days for row in session.scalars(query)}
