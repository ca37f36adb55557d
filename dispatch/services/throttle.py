"""Limits on how often something may be tried, counted in the database so that all processes share them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, TooMany
from dispatch.store import throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in a window of this length."""

    most: int
    window: timedelta


def forget(session: Session, key: str) -> None:
    """Begin to count anew: whoever it was has proved themselves."""
    throttle.forget(session, key)


def check(session: Session, key: str, limit: Limit, now: datetime) -> None:
    """Raise TooMany where the window is full, without counting."""
    if throttle.counted(session, key, now - limit.window) >= limit.most:
        raise _too_many(limit)


def count(session: Session, key: str, limit: Limit, now: datetime) -> None:
    """Count one try. Raises TooMany once the window is full; the entry point commits the count before that."""
    if throttle.hit(session, key, now - limit.window, now) > limit.most:
        raise _too_many(limit)


def _too_many(limit: Limit) -> TooMany:
    return TooMany(
        "too_many_tries",
        N_("Too many tries: please wait %(minutes)s minutes"),
        minutes=max(1, int(limit.window.total_seconds() // 60)),
    )
