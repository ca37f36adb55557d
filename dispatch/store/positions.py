"""Where drivers were last seen: one row a driver, kept hot."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Float, ForeignKey, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.geo import Point
from dispatch.domain.position import Fix
from dispatch.store.base import Base
from dispatch.store.drivers import Driver


class DriverPosition(Base):
    """The newest position of a driver, in WGS-84. `at`: when the phone was there; `received_at`: when we heard it.

    `clock_s` is what was added to the phone's time, in seconds.
    """

    __tablename__ = "driver_position"

    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"), primary_key=True, autoincrement=False)
    lat: Mapped[float] = mapped_column(Float)
    lon: Mapped[float] = mapped_column(Float)
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    heading: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_s: Mapped[float] = mapped_column(Float, default=0.0, server_default=text("0"))

    @property
    def fix(self) -> Fix:
        """The position as the rules see it."""
        return Fix(Point(self.lat, self.lon), self.at, self.accuracy_m)

    @property
    def clock(self) -> timedelta:
        """What is added to the phone's time."""
        return timedelta(seconds=self.clock_s)


_MOVE = update(DriverPosition).where(
    DriverPosition.driver_id == bindparam("driver"), DriverPosition.at < bindparam("later")
)


def of_driver(session: Session, driver_id: int) -> DriverPosition | None:
    """Where the driver was last seen."""
    return session.get(DriverPosition, driver_id)


def of_branch(session: Session, branch_id: int) -> dict[int, Fix]:
    """Where each driver of the branch was last seen, by driver; one statement."""
    own = (Driver.id == DriverPosition.driver_id) & (Driver.branch_id == branch_id)
    query = select(DriverPosition).join(Driver, own)
    return {row.driver_id: row.fix for row in session.scalars(query)}


def move(
    session: Session,
    driver_id: int,
    fix: Fix,
    now: datetime,
    *,
    heading: float | None = None,
    clock: timedelta = timedelta(),
    first: bool = False,
) -> bool:
    """Move a driver on to a later fix; answers False when one as late is known. `first`: none was known before."""
    values = {
        "lat": fix.point.lat,
        "lon": fix.point.lon,
        "accuracy_m": fix.accuracy_m,
        "heading": heading,
        "at": fix.at,
        "received_at": now,
        "clock_s": clock.total_seconds(),
    }
    if first:  # the primary key tells whoever comes second to send again
        session.connection().execute(insert(DriverPosition), {"driver_id": driver_id, **values})
        return True
    moved = session.connection().execute(_MOVE, {"driver": driver_id, "later": fix.at, **values})
    return moved.rowcount > 0


def of_drivers(session: Session, driver_ids: Collection[int]) -> dict[int, Fix]:
    """Where each of these drivers was last seen; one statement."""
    query = select(DriverPosition).where(DriverPosition.driver_id.in_(driver_ids))
    return {row.driver_id: row.fix for row in session.scalars(query)}
