"""Ratings given by the customer's link; the one under a receipt is the receipt's own."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.store.base import Base


class LinkRating(Base):
    """A trip's rating from 1 to 5 by its link. The key is the trip: it is given once, however often it is sent."""

    __tablename__ = "link_rating"

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), primary_key=True, autoincrement=False)
    rating: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
