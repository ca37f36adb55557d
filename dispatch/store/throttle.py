"""Counters for rate limits, shared by all processes."""

from datetime import datetime

from sqlalchemy import Integer, String, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class Throttle(Base):
    """How often something was tried in the window that began at `window_start`."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer)


def count_up(session: Session, key: str, now: datetime, expired: datetime) -> Throttle:
    """Count one more in the running window, or the first of a new one when it began at or before `expired`.

    One statement, so that no process counts from an old figure.
    """
    over = Throttle.window_start <= expired
    first = {"window_start": now, "count": 1}
    again = {
        "window_start": case((over, now), else_=Throttle.window_start),
        "count": case((over, 1), else_=Throttle.count + 1),
    }
    if session.get_bind().dialect.name == "postgresql":
        made = postgresql.insert(Throttle).values(key=key, **first)
        statement = made.on_conflict_do_update(index_elements=[Throttle.key], set_=again).returning(Throttle)
    else:
        lite = sqlite.insert(Throttle).values(key=key, **first)
        statement = lite.on_conflict_do_update(index_elements=[Throttle.key], set_=again).returning(Throttle)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def forget(session: Session, key: str, before: datetime) -> None:
    """Forget a counter, and every one whose window began before a time."""
    session.execute(delete(Throttle).where((Throttle.key == key) | (Throttle.window_start < before)))
