"""The State Council's working days, as announced, seeded or imported; one row a day."""

from datetime import date, datetime

from sqlalchemy import Boolean, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class WorkingDayRow(Base):
    """Whether a day is worked, by which source. A year without rows is provisional."""

    __tablename__ = "working_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime]


def between(session: Session, first: date, last: date) -> list[WorkingDayRow]:
    """The rows of a span of days, both ends included."""
    query = select(WorkingDayRow).where(WorkingDayRow.day >= first, WorkingDayRow.day <= last)
    return list(session.scalars(query.order_by(WorkingDayRow.day)))
