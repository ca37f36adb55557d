"""The customer's link to a trip: the token itself is never stored."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.store.base import Base
from dispatch.store.trips import Trip


class CustomerLink(Base):
    """A 128-bit token, hashed; it opens one trip until it expires."""

    __tablename__ = "customer_link"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    expires_at: Mapped[datetime]

    trip: Mapped[Trip] = relationship(lazy="joined", innerjoin=True)
