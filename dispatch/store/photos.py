"""Photos as bytes: already re-encoded, without EXIF."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.store.base import Base


class Photo(Base):
    """A picture of a car on a trip, or of a driver for the badge; a driver's newest one counts."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("driver.id"), index=True)
    taken_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    content_type: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
