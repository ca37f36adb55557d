"""Counters for rate limits, shared by all processes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class Throttle(Base):
    """How often something was tried in the window that began at `window_start`."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer)


def hit(session: Session, key: str, oldest_start: datetime, now: datetime) -> int:
    """Count one try in one statement, whoever else counts; a window begun before `oldest_start` begins anew."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = Throttle.window_start <= oldest_start
    statement = (
        insert(Throttle)
        .values(key=key[:120], window_start=now, count=1)
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "count": case((over, 1), else_=Throttle.count + 1),
                "window_start": case((over, now), else_=Throttle.window_start),
            },
        )
        .returning(Throttle.count)
    )
    counted: int = session.execute(statement).scalar_one()
    return counted


def counted(session: Session, key: str, oldest_start: datetime) -> int:
    """How many tries stand in a window begun after `oldest_start`."""
    query = select(Throttle.count).where(Throttle.key == key[:120], Throttle.window_start > oldest_start)
    return session.scalar(query) or 0


def forget(session: Session, key: str) -> None:
    """Delete a counter."""
    session.execute(delete(Throttle).where(Throttle.key == key[:120]))
