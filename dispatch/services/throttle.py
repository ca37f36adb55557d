"""Rate limits that hold across processes: so many tries in a window, counted in the database."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, TooMany
from dispatch.store import throttle

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries in `window`, for each subject of a kind."""

    kind: str
    most: int
    window: timedelta


def hit(session: Session, limit: Limit, subject: str, now: datetime) -> None:
    """Count a try; it counts only once the transaction is committed. Raises TooMany saying when to come back."""
    counter = throttle.count_up(session, _key(limit, subject), now, now - limit.window)
    if counter.count > limit.most:
        wait = counter.window_start + limit.window - now
        raise TooMany(
            "too_many_tries", N_("Too many tries: wait %(minutes)s minutes"),
            minutes=max(1, -(-int(wait.total_seconds()) // 60)),
        )  # fmt: skip


def forget(session: Session, limit: Limit, subject: str, now: datetime) -> None:
    """Start counting anew for a subject that has proved itself; old counters go with it."""
    throttle.forget(session, _key(limit, subject), now - KEPT)


def _key(limit: Limit, subject: str) -> str:
    """Hashed: what was typed for a sign-in name may be a password, and may be long."""
    return f"{limit.kind}:{hashlib.sha256(subject.encode()).hexdigest()}"
