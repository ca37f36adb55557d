"""What was posted to accounts, and the statements it was asked for with. Entries are only ever added."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    event,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Mapper, Session, aliased, defer, deferred, mapped_column, relationship, selectinload

from dispatch.domain.accounts import EntryKind, Posting
from dispatch.store.accounts import Account
from dispatch.store.base import Base
from dispatch.store.trips import Trip


class AccountEntry(Base):
    """One posting (fen), on the day that decides which statement holds it.

    `source` says what it comes from ("trip:12", "line:40", "payment:…", "reversal:7"): nothing is posted twice.
    """

    __tablename__ = "account_entry"
    __table_args__ = (
        UniqueConstraint("account_id", "source"),
        Index("ix_account_entry_day", "account_id", "day", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[EntryKind]
    amount_fen: Mapped[int] = mapped_column(Integer)
    day: Mapped[date]
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(120))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("account_entry.id"), unique=True)
    note: Mapped[str] = mapped_column(String(200))
    by: Mapped[int] = mapped_column(Integer)
    by_name: Mapped[str] = mapped_column(String(80))

    trip: Mapped[Trip | None] = relationship(lazy="select")


class AccountStatement(Base):
    """A month of an account as it was asked for (fen): frozen when it was made, its PDF when it was first sent.

    `to_mail` while it waits to be sent, `mail_key` the outbox's key of the message it last went out with;
    `looked_at` when it was seen to after its due date: whoever is late was told then, once.
    """

    __tablename__ = "account_statement"
    __table_args__ = (UniqueConstraint("account_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    month: Mapped[date]
    opening_fen: Mapped[int] = mapped_column(Integer)
    charged_fen: Mapped[int] = mapped_column(Integer)
    paid_fen: Mapped[int] = mapped_column(Integer)
    closing_fen: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    addressee: Mapped[dict[str, Any]]
    lines: Mapped[list[dict[str, Any]]]
    pdf: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    to_mail: Mapped[bool] = mapped_column(Boolean)
    mails: Mapped[int] = mapped_column(Integer, default=0)
    mail_key: Mapped[str | None] = mapped_column(String(64))
    looked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def number(self) -> str:
        """What the statement is called on paper: 'S202611-00012'."""
        return f"S{self.month:%Y%m}-{self.account_id:05d}"


@event.listens_for(AccountEntry, "before_update")
@event.listens_for(AccountEntry, "before_delete")
def _only_added(_mapper: Mapper[Any], _connection: object, entry: AccountEntry) -> None:
    raise TypeError(f"entry {entry.id} of an account was posted: what is wrong in it is put right by another entry")


def balances(session: Session, account_ids: Collection[int], *, before: date | None = None) -> dict[int, int]:
    """What accounts owe (fen), now or as a day began; accounts without entries are left out."""
    query = select(AccountEntry.account_id, func.sum(AccountEntry.amount_fen))
    query = query.where(AccountEntry.account_id.in_(account_ids)).group_by(AccountEntry.account_id)
    if before is not None:
        query = query.where(AccountEntry.day < before)
    return {account_id: int(total) for account_id, total in session.execute(query)}


def booked(session: Session, account_ids: Collection[int]) -> dict[int, int]:
    """What is quoted (fen) for trips on these accounts that are not settled."""
    query = select(Trip.account_id, func.sum(Trip.quote_total_fen))
    query = query.where(Trip.account_id.in_(account_ids), Trip.total_fen.is_(None)).group_by(Trip.account_id)
    return {account_id: int(total) for account_id, total in session.execute(query) if account_id is not None}


def entries(
    session: Session,
    account_id: int,
    *,
    since: date | None = None,
    until: date | None = None,
    before_id: int | None = None,
    limit: int | None = None,
) -> list[AccountEntry]:
    """Postings from a day on and before another, newest first, with their trips."""
    query = select(AccountEntry).where(AccountEntry.account_id == account_id).options(selectinload(AccountEntry.trip))
    if since is not None:
        query = query.where(AccountEntry.day >= since)
    if until is not None:
        query = query.where(AccountEntry.day < until)
    if before_id is not None:
        query = query.where(AccountEntry.id < before_id)
    return list(session.scalars(query.order_by(AccountEntry.id.desc()).limit(limit)))


def payments_of(session: Session, account_id: int, reference: str) -> list[tuple[AccountEntry, bool]]:
    """Payments posted with a reference, and whether each was taken back."""
    back = aliased(AccountEntry)
    query = select(AccountEntry, back.id).outerjoin(back, back.reverses_id == AccountEntry.id)
    query = query.where(
        AccountEntry.account_id == account_id,
        AccountEntry.kind == EntryKind.PAYMENT,
        AccountEntry.note == reference,
        AccountEntry.reverses_id.is_(None),
    )
    return [(entry, undone is not None) for entry, undone in session.execute(query)]


def reversed_ids(session: Session, account_id: int) -> set[int]:
    """Which entries of an account were taken back."""
    query = select(AccountEntry.reverses_id).where(AccountEntry.account_id == account_id)
    return {one for one in session.scalars(query) if one is not None}


def settling(session: Session, account_ids: Collection[int], since: date) -> dict[int, list[tuple[date, Posting]]]:
    """What may have settled something of accounts from a day on: payments and lowering corrections, with their days."""
    fare = aliased(AccountEntry)
    query = select(AccountEntry.account_id, AccountEntry.day, AccountEntry.kind, AccountEntry.amount_fen, fare.day)
    query = query.outerjoin(fare, (fare.trip_id == AccountEntry.trip_id) & (fare.kind == EntryKind.FARE)).where(
        AccountEntry.account_id.in_(account_ids),
        AccountEntry.day >= since,
        or_(
            AccountEntry.kind == EntryKind.PAYMENT,
            (AccountEntry.kind == EntryKind.CORRECTION) & (AccountEntry.amount_fen < 0),
        ),
    )
    found: dict[int, list[tuple[date, Posting]]] = {}
    for account_id, day, kind, amount, about in session.execute(query):
        found.setdefault(account_id, []).append((day, Posting(kind, amount, about)))
    return found


def statements(session: Session, account_ids: Collection[int], *, each: int) -> list[AccountStatement]:
    """The newest statements of accounts, so many of each, newest first, without their lines."""
    age = func.row_number().over(partition_by=AccountStatement.account_id, order_by=AccountStatement.month.desc())
    newest = (
        select(AccountStatement.id, age.label("age")).where(AccountStatement.account_id.in_(account_ids)).subquery()
    )
    query = select(AccountStatement).join(newest, newest.c.id == AccountStatement.id).where(newest.c.age <= each)
    query = query.options(defer(AccountStatement.lines), defer(AccountStatement.addressee))
    return list(session.scalars(query.order_by(AccountStatement.month.desc())))


def last_month(session: Session, account_id: int) -> date | None:
    """The month of the newest statement of an account."""
    return session.scalar(select(func.max(AccountStatement.month)).where(AccountStatement.account_id == account_id))


def first_day(session: Session, account_id: int) -> date | None:
    """The day of an account's first entry."""
    return session.scalar(select(func.min(AccountEntry.day)).where(AccountEntry.account_id == account_id))
