"""The journal: append-only record of everything that happened; audit log and source of the boards."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, ForeignKey, Index, Integer, Select, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base, Json

CHANNEL = "homeward_journal"
"""Where PostgreSQL tells listeners that the journal has grown; all it says is how far."""
_PENDING = "journal_pending"
_PHONE = "journal_phone"
_APPEND_LOCK = 0x484F4D45  # one key for the whole installation


class JournalEntry(Base):
    """One thing that happened: when, who, what, to what. `phone_at`: when the phone says that it was done."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_subject", "branch_id", "subject", "subject_id", "id"),
        Index("ix_journal_branch", "branch_id", "id"),
        Index("ix_journal_type", "branch_id", "type", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    at: Mapped[datetime]
    phone_at: Mapped[datetime | None]
    actor_id: Mapped[int]
    actor_name: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    payload: Mapped[dict[str, Any]]
    concerns: Mapped[list[int] | None] = mapped_column(Json)
    """Whom it is told to besides the office: the drivers of a trip, the agents of a call, by id."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry for those who follow the journal: what happened to what, and whom it concerns. Nothing personal."""

    id: int
    branch_id: int
    type: str
    subject: str
    subject_id: int
    concerns: frozenset[int] = frozenset()


def append(session: Session, entry: JournalEntry) -> None:
    """Remember an entry; it is written as the transaction's last act, so that ids come in the order of commits."""
    entry.phone_at = session.info.get(_PHONE)
    session.info.setdefault(_PENDING, []).append(entry)


def done_at(session: Session, phone_at: datetime | None) -> None:
    """When the phone says that what this transaction does was done; every entry from now on is marked with it."""
    session.info[_PHONE] = phone_at


def mark(session: Session) -> int:
    """How many entries are remembered so far."""
    return len(session.info.get(_PENDING, []))


def forget_since(session: Session, position: int) -> None:
    """Forget what was remembered after a mark: its savepoint was rolled back."""
    del session.info.get(_PENDING, [])[position:]


def write_pending(session: Session) -> None:
    """Write what was remembered. On PostgreSQL under one lock held to the commit: a reader by id misses nothing."""
    pending: list[JournalEntry] = session.info.pop(_PENDING, [])
    if not pending:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _APPEND_LOCK})
    session.add_all(pending)
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        last = str(max(entry.id for entry in pending))
        session.execute(text("SELECT pg_notify(:channel, :position)"), {"channel": CHANNEL, "position": last})


def position(source: Session | Connection) -> int:
    """How far the journal has grown: the id of the newest entry, 0 while there is none."""
    return source.scalar(select(func.max(JournalEntry.id))) or 0


def told_after(source: Session | Connection, after: int, *, limit: int) -> list[Told]:
    """What was told after a position, in order, of all branches."""
    return _told(source.execute(_telling().where(JournalEntry.id > after).limit(limit)))


def told_between(session: Session, branch_id: int, after: int, until: int, *, limit: int) -> list[Told]:
    """What was told in a branch after a position and up to another, in order."""
    span = (JournalEntry.branch_id == branch_id, JournalEntry.id > after, JournalEntry.id <= until)
    return _told(session.execute(_telling().where(*span).limit(limit)))


def page(
    session: Session,
    branch_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
    subject: str | None = None,
    subject_id: int | None = None,
) -> list[JournalEntry]:
    """Newest entries first, those before an id; of one subject when named."""
    query = select(JournalEntry).where(JournalEntry.branch_id == branch_id)
    if subject is not None:
        query = query.where(JournalEntry.subject == subject, JournalEntry.subject_id == subject_id)
    if before is not None:
        query = query.where(JournalEntry.id < before)
    return list(session.scalars(query.order_by(JournalEntry.id.desc()).limit(limit)))


def of_types(
    session: Session, branch_id: int, types: Collection[str], *, before: int | None = None, limit: int = 50
) -> list[JournalEntry]:
    """Newest entries of these types first, those before an id."""
    query = select(JournalEntry).where(JournalEntry.branch_id == branch_id, JournalEntry.type.in_(types))
    if before is not None:
        query = query.where(JournalEntry.id < before)
    return list(session.scalars(query.order_by(JournalEntry.id.desc()).limit(limit)))


def _telling() -> Select[int, int, str, str, int, list[int] | None]:
    row = JournalEntry
    return select(row.id, row.branch_id, row.type, row.subject, row.subject_id, row.concerns).order_by(row.id)


def _told(rows: Iterable[Any]) -> list[Told]:
    return [Told(row[0], row[1], row[2], row[3], row[4], frozenset(row[5] or ())) for row in rows]
