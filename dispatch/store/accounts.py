"""Accounts of venues and companies, and the phones that may order on them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from dispatch.domain.accounts import AccountKind
from dispatch.store.base import Base


class Account(Base):
    """A restaurant, hotel or company that pays for trips once a month. It is stopped while `stopped_reason` is set."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("branch_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[AccountKind]
    name: Mapped[str] = mapped_column(String(80))
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    billing_email: Mapped[str] = mapped_column(String(200))
    limit_fen: Mapped[int] = mapped_column(Integer)
    payment_days: Mapped[int] = mapped_column(Integer)
    stopped_reason: Mapped[str | None] = mapped_column(String(200))
    stopped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    callers: Mapped[list["AccountCaller"]] = relationship(order_by="AccountCaller.id", lazy="select")


class AccountCaller(Base):
    """A phone (E.164) that may order on an account, and whose it is. A phone may be of several accounts."""

    __tablename__ = "account_caller"
    __table_args__ = (UniqueConstraint("account_id", "phone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]


def of_branch(session: Session, branch_id: int) -> list[Account]:
    """The accounts of a branch by name, with who may order on them."""
    query = select(Account).where(Account.branch_id == branch_id).options(selectinload(Account.callers))
    return list(session.scalars(query.order_by(Account.name)))


def of_phones(session: Session, branch_id: int, phones: Collection[str]) -> list[Account]:
    """The accounts that one of these phones (E.164) may order on, by name."""
    callers = select(AccountCaller.account_id).where(AccountCaller.phone.in_(phones))
    mine = select(Account).where(Account.branch_id == branch_id, Account.id.in_(callers))
    return list(session.scalars(mine.order_by(Account.name)))


def held(session: Session, account_id: int) -> Account | None:
    """An account whose credit and ledger nobody else changes until the transaction ends, freshly read."""
    query = select(Account).where(Account.id == account_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).first()
