"""The pool of callbacks: what can be claimed now, what remains today, and what the clock does to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from dispatch.domain.callback import OPEN, CallbackState
from dispatch.domain.callback_claim import SAME_AGENT_FIRST
from dispatch.domain.errors import Conflict, Refused
from dispatch.domain.roles import Actor
from dispatch.services import callbacks
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask

BATCH = 200
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Today:
    """How far the day is: what was ended today, what can be called now, what comes later today, what is overdue."""

    ended: int
    ready: int
    later: int
    overdue: int

    @property
    def remaining(self) -> int:
        """What today still asks for."""
        return self.ready + self.later


def ready(
    session: Session, actor: Actor, now: datetime, *, after: int | None = None, limit: int = 50
) -> list[CallbackTask]:
    """Callbacks this agent may claim now, oldest due first; a time agreed with a colleague is theirs for a while."""
    query = _claimable(actor, now)
    if after is not None:
        last = session.get_one(CallbackTask, after)
        query = query.where(
            or_(
                CallbackTask.not_before > last.not_before,
                and_(CallbackTask.not_before == last.not_before, CallbackTask.id > last.id),
            )
        )
    return list(session.scalars(query.order_by(CallbackTask.not_before, CallbackTask.id).limit(limit)).unique())


def claim_next(session: Session, actor: Actor, now: datetime) -> CallbackTask | None:
    """Take the next callback: first one's own promises, then the longest due; None when nothing is left."""
    mine = (CallbackTask.preferred_staff_id == actor.id).desc()
    query = _claimable(actor, now).order_by(mine, CallbackTask.not_before, CallbackTask.id).limit(_TRIES)
    for task in session.scalars(query).unique().all():
        try:
            return callbacks.claim(session, task.id, actor, now)
        except (Conflict, Refused):
            continue  # a colleague was faster, or the customer asked not to be called: the next one
    return None


def held_by(session: Session, actor: Actor, now: datetime) -> CallbackTask | None:
    """What the agent has claimed and not yet ended."""
    query = select(CallbackTask).where(
        CallbackTask.claimed_by == actor.id, CallbackTask.state == CallbackState.CLAIMED, CallbackTask.lease_until > now
    )
    return session.scalars(query.limit(1)).unique().first()


def today(session: Session, branch: Branch, now: datetime) -> Today:
    """The figures of the day, counted by the database in one statement."""
    local = now.astimezone(branch.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    is_open = CallbackTask.state.in_(OPEN)
    row = session.execute(
        select(
            func.count().filter(CallbackTask.ended_at >= midnight),
            func.count().filter(is_open, CallbackTask.not_before <= now),
            func.count().filter(is_open, CallbackTask.not_before > now, CallbackTask.not_before < tomorrow),
            func.count().filter(is_open, CallbackTask.due_on < local.date()),
        ).where(CallbackTask.branch_id == branch.id, or_(is_open, CallbackTask.ended_at >= midnight))
    ).one()
    return Today(*row)


def make_due(session: Session, now: datetime) -> int:
    """Put scheduled callbacks whose time has come into the pool; answers how many. Any number may do it at once."""
    return _sweep(
        session,
        select(CallbackTask.id).where(CallbackTask.state == CallbackState.SCHEDULED, CallbackTask.not_before <= now),
        CallbackState.SCHEDULED,
    )


def return_lapsed(session: Session, now: datetime) -> int:
    """Put back what was claimed and left for longer than its lease; answers how many."""
    return _sweep(
        session,
        select(CallbackTask.id).where(CallbackTask.state == CallbackState.CLAIMED, CallbackTask.lease_until <= now),
        CallbackState.CLAIMED,
    )


def _sweep(session: Session, due: Select[int], source: CallbackState) -> int:
    """Compare-and-set on the state, a bounded number at a time: each row is moved by one sweeper only (R7)."""
    ids = list(session.scalars(due.order_by(CallbackTask.id).limit(BATCH)))
    if not ids:
        return 0
    moved: CursorResult[Any] = session.connection().execute(
        update(CallbackTask)
        .where(CallbackTask.id.in_(ids), CallbackTask.state == source)
        .values(state=CallbackState.DUE, claimed_by=None, lease_until=None, version=CallbackTask.version + 1)
    )
    return moved.rowcount


def _claimable(actor: Actor, now: datetime) -> Select[CallbackTask]:
    free = or_(
        CallbackTask.state.in_((CallbackState.DUE, CallbackState.SCHEDULED)),
        and_(
            CallbackTask.state == CallbackState.CLAIMED,
            or_(CallbackTask.lease_until <= now, CallbackTask.claimed_by == actor.id),
        ),
    )
    promised = or_(
        CallbackTask.preferred_staff_id.is_(None),
        CallbackTask.preferred_staff_id == actor.id,
        CallbackTask.not_before <= now - SAME_AGENT_FIRST,
    )
    return select(CallbackTask).where(
        CallbackTask.branch_id == actor.branch_id, CallbackTask.not_before <= now, free, promised
    )
