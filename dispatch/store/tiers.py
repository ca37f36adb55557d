"""Tiers of customers: what a branch has, who went up and down when, and how far the month's assessment is."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.tiers import Tier
from dispatch.store.base import Base


class TierRow(Base):
    """A tier above the general one. One that is taken off stays for the history of those who had it."""

    __tablename__ = "tier"
    __table_args__ = (Index("ix_tier_branch", "branch_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    rank: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(20))
    trips_from: Mapped[int | None] = mapped_column(Integer)
    spend_from_fen: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean)

    def to_domain(self) -> Tier:
        """The tier as the rules see it."""
        return Tier(self.id, self.name, self.trips_from, self.spend_from_fen)


class TierChange(Base):
    """One change of a customer's tier: None stands for the general one, `by` 0 for the assessment."""

    __tablename__ = "tier_change"
    __table_args__ = (Index("ix_tier_change_customer", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    before_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id"))
    after_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id"))
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(Integer)
    by_name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200))
    until: Mapped[date | None]
    trips: Mapped[int] = mapped_column(Integer)
    spend_fen: Mapped[int] = mapped_column(Integer)


class TierAssessment(Base):
    """A branch's assessment of a month. `reached_id`: the customers up to this id are through."""

    __tablename__ = "tier_assessment"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    reached_id: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None]


def of_branch(session: Session, branch_id: int) -> list[TierRow]:
    """The tiers in force, lowest first."""
    query = select(TierRow).where(TierRow.branch_id == branch_id, TierRow.active)
    return list(session.scalars(query.order_by(TierRow.rank)))


def history(session: Session, customer_id: int) -> list[TierChange]:
    """How a customer's tier went, newest first."""
    query = select(TierChange).where(TierChange.customer_id == customer_id)
    return list(session.scalars(query.order_by(TierChange.id.desc()).limit(50)))
