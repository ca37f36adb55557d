"""Offers of a trip to drivers. At most one is ever accepted (partial unique index)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import Boolean, ForeignKey, Index, String, false, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base
from dispatch.store.drivers import Driver


class OfferState(StrEnum):
    """What became of an offer. `withdrawn`: somebody else got the job, or the desk took it back.

    `replaced`: accepted, and then the desk sent another driver: the job does not come back to this one by itself.
    """

    OPEN = auto()
    ACCEPTED = auto()
    DECLINED = auto()
    EXPIRED = auto()
    WITHDRAWN = auto()
    REPLACED = auto()


_ASKED_BY_ITSELF = text("state = 'open' AND automatic")


class Offer(Base):
    """One trip offered to one driver, or given to them outright; `automatic` without anybody at the desk."""

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
        # However many schedulers there are, a driver answers one question at a time.
        Index(
            "uq_offer_open_automatic_driver",
            "driver_id",
            unique=True,
            sqlite_where=_ASKED_BY_ITSELF,
            postgresql_where=_ASKED_BY_ITSELF,
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
    automatic: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


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


def made_for_trips(session: Session, trip_ids: Collection[int]) -> list[tuple[int, int, OfferState]]:
    """Every offer ever made of these trips: trip, driver, what became of it."""
    query = select(Offer.trip_id, Offer.driver_id, Offer.state).where(Offer.trip_id.in_(trip_ids)).order_by(Offer.id)
    return [(row.trip_id, row.driver_id, row.state) for row in session.execute(query)]


def not_taken_of_trips(session: Session, trip_ids: Collection[int]) -> dict[int, int]:
    """How many offers of each trip were declined or ran out."""
    mine = Offer.trip_id.in_(trip_ids) & Offer.state.in_((OfferState.DECLINED, OfferState.EXPIRED))
    query = select(Offer.trip_id, func.count(Offer.id)).where(mine).group_by(Offer.trip_id)
    return {trip_id: count for trip_id, count in session.execute(query)}  # noqa: C416 - dict() would lose the types


def open_of_branch(session: Session, branch_id: int) -> dict[int, int]:
    """The trip that each driver of the branch is being asked for, also where the time is just over."""
    own = (Driver.id == Offer.driver_id) & (Driver.branch_id == branch_id)
    query = select(Offer.driver_id, Offer.trip_id).join(Driver, own).where(Offer.state == OfferState.OPEN)
    return {row.driver_id: row.trip_id for row in session.execute(query.order_by(Offer.id))}


def asked_elsewhere(session: Session, driver_ids: Collection[int], trip_id: int) -> frozenset[int]:
    """Which of these drivers have another trip on offer."""
    query = select(Offer.driver_id).where(
        Offer.driver_id.in_(driver_ids), Offer.state == OfferState.OPEN, Offer.trip_id != trip_id
    )
    return frozenset(session.scalars(query))


def not_taken_since(session: Session, driver_id: int, since: datetime) -> int:
    """How many offers the driver declined or let run out after a moment."""
    query = select(func.count(Offer.id)).where(
        Offer.driver_id == driver_id,
        Offer.state.in_((OfferState.DECLINED, OfferState.EXPIRED)),
        Offer.answered_at > since,
    )
    return session.scalar(query) or 0


def overdue_trips(session: Session, now: datetime, *, limit: int = 100) -> list[int]:
    """Trips with an open offer whose time is over."""
    query = select(Offer.trip_id).where(Offer.state == OfferState.OPEN, Offer.expires_at <= now)
    return list(session.scalars(query.distinct().order_by(Offer.trip_id).limit(limit)))
