"""Counters for rate limits, shared by all processes."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.store.base import Base


class Throttle(Base):
    """How often something was tried in the window that began at `window_start`."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer)
