"""Certificates that documents were sealed with: public, and kept for as long as the documents. Never the keys."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class SealCertificate(Base):
    """One seal of a branch, by its certificate's SHA-256."""

    __tablename__ = "seal_certificate"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    pem: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]


def remember(session: Session, branch_id: int, sha256: str, pem: str, now: datetime) -> str | None:
    """Keep a certificate at its first use; answers its SHA-256, None for no certificate.

    The branch's row must be locked: two may be first.
    """
    if not sha256:
        return None
    if session.get(SealCertificate, sha256) is None:
        session.add(SealCertificate(sha256=sha256, branch_id=branch_id, pem=pem, first_used_at=now))
        session.flush()
    return sha256


def by_fingerprint(session: Session, sha256: str) -> SealCertificate | None:
    """The certificate with this SHA-256; None where no document of ours was sealed with it."""
    return session.get(SealCertificate, sha256) if sha256 else None


def of_branch(session: Session, branch_id: int) -> list[SealCertificate]:
    """Every certificate that documents of the branch were sealed with, oldest first."""
    query = select(SealCertificate).where(SealCertificate.branch_id == branch_id)
    return list(session.scalars(query.order_by(SealCertificate.first_used_at)))
