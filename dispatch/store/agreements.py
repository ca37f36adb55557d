"""Signed documents: bytes and digest, never rendered again (R9). Each is chained to the one before it in its branch."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.store.base import Base
from dispatch.store.signatures import SignatureRow


class DocumentKind(StrEnum):
    """Both are PDFs under the same safeguards."""

    AGREEMENT = auto()
    RECEIPT = auto()


class Document(Base):
    """An agreement or a receipt as it was signed. `facts` is what it was rendered from, frozen."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("branch_id", "chain_position"),
        Index(
            "uq_document_trip_kind",
            "trip_id",
            "kind",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_document_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    kind: Mapped[DocumentKind]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    form: Mapped[str] = mapped_column(String(1))
    clause_version: Mapped[str] = mapped_column(String(16))
    facts: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    shown_sha256: Mapped[str] = mapped_column(String(64))
    chain_position: Mapped[int] = mapped_column(Integer)
    chain_previous: Mapped[str] = mapped_column(String(64))
    chain_sha256: Mapped[str] = mapped_column(String(64))
    seal_sha256: Mapped[str | None] = mapped_column(ForeignKey("seal_certificate.sha256"))
    timestamped: Mapped[bool] = mapped_column(Boolean, default=False)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    place: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    rating: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(Text, default="")

    signature: Mapped[SignatureRow] = relationship(lazy="joined", innerjoin=True)


def of_trip(session: Session, trip_id: int, kind: DocumentKind) -> Document | None:
    """The trip's agreement or receipt in force."""
    query = select(Document).where(Document.trip_id == trip_id, Document.kind == kind, Document.superseded_at.is_(None))
    return session.scalars(query).first()


def by_number(session: Session, number: str) -> Document | None:
    """The document with this number."""
    return session.scalars(select(Document).where(Document.number == number)).first()


def by_sha256(session: Session, sha256: str) -> Document | None:
    """The document with exactly these bytes."""
    return session.scalars(select(Document).where(Document.sha256 == sha256)).first()


def chain_digest(session: Session, branch_id: int, position: int) -> str | None:
    """The digest on record at a place of the branch's chain."""
    query = select(Document.chain_sha256).where(Document.branch_id == branch_id, Document.chain_position == position)
    return session.scalar(query)


def chain_end(session: Session, branch_id: int) -> Document | None:
    """The newest document of the branch."""
    query = select(Document).where(Document.branch_id == branch_id)
    return session.scalars(query.order_by(Document.chain_position.desc()).limit(1)).first()
