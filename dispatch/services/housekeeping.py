"""Signs of life of the processes, and forgetting what has had its time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dispatch.store.heartbeats import Heartbeat
from dispatch.store.idempotency import RememberedReply
from dispatch.store.staff import SignIn
from dispatch.store.throttle import Throttle

SILENT_AFTER = timedelta(seconds=60)
HEARTBEATS_KEPT = timedelta(days=1)
TRIES_KEPT = timedelta(days=1)  # longer than any window they are counted in


def beat(session: Session, process: str, kind: str, now: datetime) -> None:
    """Note that a process is at work."""
    row = session.get(Heartbeat, process)
    if row is None:
        session.add(Heartbeat(process=process, kind=kind, at=now))
    else:
        row.at = now


def last_beat(session: Session, kind: str) -> datetime | None:
    """When any process of a kind was last at work."""
    return session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.kind == kind))


def is_silent(session: Session, kind: str, now: datetime) -> bool:
    """Whether no process of a kind has given a sign of life for a minute."""
    last = last_beat(session, kind)
    return last is None or now - last > SILENT_AFTER


def tidy(session: Session, now: datetime, replies_kept: timedelta) -> int:
    """Delete remembered replies, sessions, counted tries and signs of life past their time; answers how many rows."""
    gone = 0
    for statement in (
        delete(RememberedReply).where(RememberedReply.created_at < now - replies_kept),
        delete(SignIn).where(SignIn.expires_at < now),
        delete(Throttle).where(Throttle.window_start < now - TRIES_KEPT),
        delete(Heartbeat).where(Heartbeat.at < now - HEARTBEATS_KEPT),
    ):
        gone += session.connection().execute(statement).rowcount
    return gone
