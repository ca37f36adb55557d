"""Signs of life: a dead scheduler is noticed by its silence."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.store.base import Base


class Heartbeat(Base):
    """When a process was last at work."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    at: Mapped[datetime]
