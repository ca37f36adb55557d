"""Vouchers that were made out to customers, and the trips they were used for."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import CursorResult, ForeignKey, Integer, String, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.voucher import Standing
from dispatch.store.base import Base
from dispatch.store.complaint_remedies import RemedyRow
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.trips import Trip, number_of


class VoucherRow(Base):
    """One voucher of one remedy. `customer_id` is None where whom it is for was not known: then the case tells.

    `trip_id` is the trip that has it, from booking on; `used_at` and `used_fen` tell that the trip was paid with it.
    """

    __tablename__ = "voucher"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    complaint_id: Mapped[int] = mapped_column(ForeignKey(ComplaintRow.id), index=True)
    remedy_id: Mapped[int] = mapped_column(ForeignKey(RemedyRow.id), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    amount_fen: Mapped[int] = mapped_column(Integer)
    valid_until: Mapped[date]
    made_at: Mapped[datetime]
    trip_id: Mapped[int | None] = mapped_column(ForeignKey(Trip.id), index=True)
    used_at: Mapped[datetime | None]
    used_fen: Mapped[int | None] = mapped_column(Integer)

    @property
    def standing(self) -> Standing:
        """The voucher as the rules see it."""
        trip = None if self.trip_id is None else number_of(self.trip_id)
        return Standing(self.valid_until, trip, used=self.used_at is not None)


def by_code(session: Session, branch_id: int, code: str) -> VoucherRow | None:
    """The voucher with this number (in its normal form)."""
    return session.scalars(select(VoucherRow).where(VoucherRow.branch_id == branch_id, VoucherRow.code == code)).first()


def take(session: Session, voucher_id: int, trip_id: int) -> bool:
    """Keep a voucher for a trip; False when another trip has it. Whoever comes second finds no free row."""
    free = update(VoucherRow).where(VoucherRow.id == voucher_id, VoucherRow.trip_id.is_(None))
    taken = session.execute(free.values(trip_id=trip_id), execution_options={"synchronize_session": False})
    return isinstance(taken, CursorResult) and taken.rowcount == 1


def held_by(session: Session, trip_id: int) -> list[VoucherRow]:
    """The vouchers that a trip has and was not yet paid with, for changing."""
    query = select(VoucherRow).where(VoucherRow.trip_id == trip_id, VoucherRow.used_at.is_(None))
    return list(session.scalars(query.order_by(VoucherRow.id).with_for_update()))


def of_complaint(session: Session, complaint_id: int) -> list[VoucherRow]:
    """The vouchers of a case."""
    query = select(VoucherRow).where(VoucherRow.complaint_id == complaint_id)
    return list(session.scalars(query.order_by(VoucherRow.id)))


def of_customer(
    session: Session, branch_id: int, customer_ids: Collection[int], phones: Collection[str]
) -> list[VoucherRow]:
    """The vouchers made out to a customer (by every id they ever had) or to one of their numbers, newest first."""
    query = select(VoucherRow).join(ComplaintRow, ComplaintRow.id == VoucherRow.complaint_id)
    theirs: Any = or_(
        VoucherRow.customer_id.in_(customer_ids),
        and_(VoucherRow.customer_id.is_(None), ComplaintRow.contact_phone.in_(phones)),
    )
    return list(session.scalars(query.where(VoucherRow.branch_id == branch_id, theirs).order_by(VoucherRow.id.desc())))
