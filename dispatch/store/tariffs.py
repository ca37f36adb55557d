"""Published tariffs: the document as written, frozen. The one in force is the newest whose day has come."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class TariffVersion(Base):
    """One published version. Trips refer to it by id for ever."""

    __tablename__ = "tariff_version"
    __table_args__ = (
        UniqueConstraint("branch_id", "number"),
        Index("ix_tariff_version_valid", "branch_id", "valid_from", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[datetime]
    published_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]


def in_force(session: Session, branch_id: int, at: datetime) -> TariffVersion | None:
    """The tariff that a booking made at this time is quoted by."""
    query = select(TariffVersion).where(TariffVersion.branch_id == branch_id, TariffVersion.valid_from <= at)
    return session.scalars(query.order_by(TariffVersion.valid_from.desc(), TariffVersion.id.desc()).limit(1)).first()


def page(session: Session, branch_id: int, *, before: int | None = None, limit: int = 50) -> list[TariffVersion]:
    """Newest versions first."""
    query = select(TariffVersion).where(TariffVersion.branch_id == branch_id)
    if before is not None:
        query = query.where(TariffVersion.id < before)
    return list(session.scalars(query.order_by(TariffVersion.id.desc()).limit(limit)))


def of_ids(session: Session, tariff_ids: Collection[int]) -> list[TariffVersion]:
    """These versions; while the list is held, looking one up by its id asks the database nothing."""
    return list(session.scalars(select(TariffVersion).where(TariffVersion.id.in_(tariff_ids))))
