"""Where drivers were last seen: one row a driver, kept hot."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Float, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.geo import Point
from dispatch.domain.position import Fix
from dispatch.store.base import Base
from dispatch.store.drivers import Driver


class DriverPosition(Base):
    """The newest position of a driver, in WGS-84. `at`: when the phone was there; `received_at`: when we heard it."""

    __tablename__ = "driver_position"

    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"), primary_key=True, autoincrement=False)
    lat: Mapped[float] = mapped_column(Float)
    lon: Mapped[float] = mapped_column(Float)
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    heading: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime]
    received_at: Mapped[datetime]

    @property
    def fix(self) -> Fix:
        """The position as the rules see it."""
        return Fix(Point(self.lat, self.lon), self.at, self.accuracy_m)


def of_driver(session: Session, driver_id: int) -> DriverPosition | None:
    """Where the driver was last seen."""
    return session.get(DriverPosition, driver_id)


def of_branch(session: Session, branch_id: int) -> dict[int, Fix]:
    """Where each driver of the branch was last seen, by driver; one statement."""
    own = (Driver.id == DriverPosition.driver_id) & (Driver.branch_id == branch_id)
    query = select(DriverPosition).join(Driver, own)
    return {row.driver_id: row.fix for row in session.scalars(query)}


def of_drivers(session: Session, driver_ids: Collection[int]) -> dict[int, Fix]:
    """Where each of these drivers was last seen; one statement."""
    query = select(DriverPosition).where(DriverPosition.driver_id.in_(driver_ids))
    return {row.driver_id: row.fix for row in session.scalars(query)}
