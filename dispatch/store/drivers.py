"""Drivers, their badges and papers, and their shifts."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.dispatching import PauseReason
from dispatch.domain.driver import Means
from dispatch.domain.geo import Point
from dispatch.store.base import Base
from dispatch.store.staff import Staff


class Driver(Base):
    """A driver's file. `held_reason` is set while off duty until a manager clears them (P4).

    Until `paused_until` no offers go out to them by themselves; what was declined before `declines_counted_from` is
    settled by an earlier pause.
    """

    __tablename__ = "driver"
    __table_args__ = (UniqueConstraint("branch_id", "badge_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), unique=True)
    badge_id: Mapped[str] = mapped_column(String(8))
    badge_active: Mapped[bool] = mapped_column(Boolean, default=True)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    licence_no: Mapped[str] = mapped_column(String(24))
    licence_class: Mapped[str] = mapped_column(String(8))
    licence_until: Mapped[date]
    permit_until: Mapped[date]
    competences: Mapped[list[str]]
    held_at: Mapped[datetime | None]
    held_reason: Mapped[str | None] = mapped_column(String(200))
    means: Mapped[Means] = mapped_column(default=Means.BIKE, server_default="bike")
    home_lat: Mapped[float | None] = mapped_column(Float)
    home_lon: Mapped[float | None] = mapped_column(Float)
    paused_until: Mapped[datetime | None]
    pause_reason: Mapped[PauseReason | None]
    declines_counted_from: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)

    @property
    def home(self) -> Point | None:
        """Where the driver lives, if they told us (WGS-84)."""
        return Point(self.home_lat, self.home_lon) if self.home_lat is not None and self.home_lon is not None else None


class Shift(Base):
    """A driver's time on duty; at most one is open (partial unique index). `heading_home_at`: when they said so."""

    __tablename__ = "shift"
    __table_args__ = (
        Index(
            "uq_shift_open_driver",
            "driver_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_shift_driver_ended", "driver_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    heading_home_at: Mapped[datetime | None]


def by_badge(session: Session, branch_id: int, badge_id: str) -> Driver | None:
    """The driver who wears this badge."""
    return session.scalars(select(Driver).where(Driver.branch_id == branch_id, Driver.badge_id == badge_id)).first()


def of_ids(session: Session, driver_ids: Collection[int]) -> dict[int, Driver]:
    """Drivers by id."""
    query = select(Driver).where(Driver.id.in_(driver_ids))
    return {driver.id: driver for driver in session.scalars(query).unique()}


def open_shift(session: Session, driver_id: int) -> Shift | None:
    """The shift the driver is on."""
    return session.scalars(select(Shift).where(Shift.driver_id == driver_id, Shift.ended_at.is_(None))).first()


def last_shift(session: Session, driver_id: int) -> Shift | None:
    """The last shift that ended."""
    query = select(Shift).where(Shift.driver_id == driver_id, Shift.ended_at.is_not(None))
    return session.scalars(query.order_by(Shift.ended_at.desc()).limit(1)).first()
