"""Offers of a trip to drivers. At most one is ever accepted (partial unique index)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class OfferState(StrEnum):
    """What became of an offer. `withdrawn`: somebody else got the job, or the desk took it back."""

    OPEN = auto()
    ACCEPTED = auto()
    DECLINED = auto()
    EXPIRED = auto()
    WITHDRAWN = auto()


class Offer(Base):
    """One trip offered to one driver, or given to them outright."""

    __tablename__ = "offer"
    __table_args__ = (
        # R1: a trip never has two drivers who accepted.
        Index(
            "uq_offer_accepted_trip",
            "trip_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index("ix_offer_trip", "trip_id", "id"),
        Index("ix_offer_driver_state", "driver_id", "state"),
        Index("ix_offer_state_expires", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"))
    state: Mapped[OfferState]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


def of_trip(session: Session, trip_id: int, state: OfferState | None = None) -> list[Offer]:
    """The trip's offers in order, those in one state when named."""
    query = select(Offer).where(Offer.trip_id == trip_id)
    if state is not None:
        query = query.where(Offer.state == state)
    return list(session.scalars(query.order_by(Offer.id)))


def open_for_driver(session: Session, driver_id: int, now: datetime) -> list[Offer]:
    """What the driver can accept now."""
    query = select(Offer).where(Offer.driver_id == driver_id, Offer.state == OfferState.OPEN, Offer.expires_at > now)
    return list(session.scalars(query.order_by(Offer.id)))


def open_of_trips(session: Session, trip_ids: Collection[int], now: datetime) -> list[Offer]:
    """What is on offer of these trips and can still be accepted."""
    query = select(Offer).where(Offer.trip_id.in_(trip_ids), Offer.state == OfferState.OPEN, Offer.expires_at > now)
    return list(session.scalars(query.order_by(Offer.id)))


def overdue_trips(session: Session, now: datetime, *, limit: int = 100) -> list[int]:
    """Trips with an open offer whose time is over."""
    query = select(Offer.trip_id).where(Offer.state == OfferState.OPEN, Offer.expires_at <= now)
    return list(session.scalars(query.distinct().order_by(Offer.trip_id).limit(limit)))
