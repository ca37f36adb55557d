"""Profiles that were merged, with what moved: enough to take it back."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base

_STANDING = text("undone_at IS NULL")


class CustomerMerge(Base):
    """One merge. `moved`: ids of trips, cars and numbers that went over, and what was changed on the kept profile."""

    __tablename__ = "customer_merge"
    __table_args__ = (
        # A profile is merged into one other: of two agents at once, the second is told.
        Index("uq_customer_merge_gone", "gone_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
        Index("ix_customer_merge_kept", "kept_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kept_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    moved: Mapped[dict[str, Any]]
    merged_at: Mapped[datetime]
    merged_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


def into(session: Session, customer_id: int) -> list[CustomerMerge]:
    """What was merged into a profile and still is, newest first."""
    query = select(CustomerMerge).where(CustomerMerge.kept_id == customer_id, CustomerMerge.undone_at.is_(None))
    return list(session.scalars(query.order_by(CustomerMerge.id.desc())))
