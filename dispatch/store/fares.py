"""Settled fares, line by line. Lines are never changed: a correction is a new line (R10)."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class LineKind(StrEnum):
    """Whether a line came out of the tariff or was added by a manager later."""

    SETTLED = auto()
    CORRECTION = auto()


class FareLineRow(Base):
    """One line of a settled fare, with the facts it came from."""

    __tablename__ = "fare_line"
    __table_args__ = (UniqueConstraint("trip_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[LineKind]
    line: Mapped[dict[str, Any]]
    amount_fen: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]


def of_trip(session: Session, trip_id: int) -> list[FareLineRow]:
    """The lines in order."""
    query = select(FareLineRow).where(FareLineRow.trip_id == trip_id)
    return list(session.scalars(query.order_by(FareLineRow.position)))
