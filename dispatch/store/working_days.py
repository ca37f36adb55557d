"""The State Council's working days, as announced, seeded or imported; one row a day."""

from datetime import date, datetime

from sqlalchemy import Boolean, Integer, String, extract, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.workdays import WorkingDay
from dispatch.store.base import Base

_LOCK = 0x43414C44  # one key for the whole installation


class WorkingDayRow(Base):
    """Whether a day is worked, by which source. A year without rows is provisional.

    `version` counts how often the day was restated.
    """

    __tablename__ = "working_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime]

    def as_day(self) -> WorkingDay:
        """The row as the rules see it."""
        return WorkingDay(self.day, self.is_working, self.name, self.source, self.version)


def between(session: Session, first: date, last: date) -> list[WorkingDayRow]:
    """The rows of a span of days, both ends included."""
    query = select(WorkingDayRow).where(WorkingDayRow.day >= first, WorkingDayRow.day <= last)
    return list(session.scalars(query.order_by(WorkingDayRow.day)))


def days_by_year(session: Session) -> dict[int, int]:
    """How many days of each year have a row."""
    year = extract("year", WorkingDayRow.day)
    return {int(which): days for which, days in session.execute(select(year, func.count()).group_by(year))}


def hold_still(session: Session) -> None:
    """Keep the calendar as it is until the transaction ends; any number may. SQLite's writers queue anyway."""
    _lock(session, "pg_advisory_xact_lock_shared")


def lock_for_change(session: Session) -> None:
    """Wait for whoever counts by the calendar, and keep others from it: no due date is counted by old days unseen."""
    _lock(session, "pg_advisory_xact_lock")


def _lock(session: Session, function: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT {function}(:key)"), {"key": _LOCK})
