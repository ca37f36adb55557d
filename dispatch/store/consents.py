"""What customers said to the uses of their data. Only ever added: the last word on a purpose holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from dispatch.domain.consent import BASIS, Basis, How, Purpose, allowed
from dispatch.store.base import Base


class Consent(Base):
    """One word of a customer: given or withdrawn, when, on which way, told to whom (`by` None: said by link)."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_customer", "customer_id", "purpose", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    purpose: Mapped[Purpose]
    given: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime]
    how: Mapped[How]
    by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by_name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(200), default="")


def history(session: Session, customer_id: int) -> list[Consent]:
    """Everything a customer ever said, newest first."""
    query = select(Consent).where(Consent.customer_id == customer_id)
    return list(session.scalars(query.order_by(Consent.id.desc())))


def standing(said: Sequence[Consent]) -> dict[Purpose, Consent]:
    """The last word on each purpose, of a history that has the newest first."""
    last: dict[Purpose, Consent] = {}
    for one in said:
        last.setdefault(one.purpose, one)
    return last


def is_allowed(session: Session, customer_id: int, purpose: Purpose) -> bool:
    """Whether a customer's data may be used for a purpose."""
    query = select(Consent.given).where(Consent.customer_id == customer_id, Consent.purpose == purpose)
    return allowed(purpose, session.scalar(query.order_by(Consent.id.desc()).limit(1)))


def allowing(session: Session, purpose: Purpose, customer_ids: Collection[int]) -> frozenset[int]:
    """Which of these customers' data may be used for a purpose."""
    query = select(Consent.customer_id, Consent.given).where(
        Consent.customer_id.in_(customer_ids), Consent.purpose == purpose
    )
    last = {customer_id: given for customer_id, given in session.execute(query.order_by(Consent.id))}  # noqa: C416 - the types
    return frozenset(one for one in customer_ids if allowed(purpose, last.get(one)))


def refuses(customer_id: Any, purpose: Any) -> ColumnElement[bool]:
    """In SQL: the customer's last word on a purpose that holds unless withdrawn was no."""
    later = aliased(Consent)
    after = select(later.id).where(
        later.customer_id == Consent.customer_id, later.purpose == Consent.purpose, later.id > Consent.id
    )
    last_no = select(Consent.id).where(
        Consent.customer_id == customer_id,
        Consent.purpose == purpose,
        Consent.purpose.in_([one for one in Purpose if BASIS[one] is Basis.UNLESS_WITHDRAWN]),
        Consent.given.is_(False),
        ~after.correlate(Consent).exists(),
    )
    return last_no.exists()
