"""The pool of callbacks: what can be claimed now, what remains today, and what the clock does to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Case, ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from dispatch.domain.callback import OPEN, CallbackState
from dispatch.domain.callback_claim import SAME_AGENT_FIRST
from dispatch.domain.errors import N_, Busy, Conflict, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, system
from dispatch.services import callbacks
from dispatch.services.announce import announce
from dispatch.store import consents
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.db import savepoint
from dispatch.store.trips import Trip

BATCH = 200
_TRIES = 5
_ROUNDS = 20

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


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
    """Callbacks this agent may claim now: what customers agreed on with them first, then the longest due.

    `after` is the last one seen. Raises NotFound when there is no such callback.
    """
    query = _claimable(actor, now)
    if after is not None:
        last = callbacks.find(session, after, actor)
        rank = 0 if last.preferred_staff_id == actor.id else 1
        query = query.where(
            or_(
                _rank(actor) > rank,
                and_(_rank(actor) == rank, CallbackTask.not_before > last.not_before),
                and_(_rank(actor) == rank, CallbackTask.not_before == last.not_before, CallbackTask.id > last.id),
            )
        )
    query = query.options(selectinload(CallbackTask.attempts))
    return list(session.scalars(_in_order(query, actor).limit(limit)).unique())


def claim_next(session: Session, actor: Actor, now: datetime) -> CallbackTask | None:
    """Take the next callback, the first that `ready` lists; None when nothing is left.

    Of agents who press the key together one gets the row and the others the next: each looks again when all that
    were read are gone. The savepoint lets go of a row that was lost, so that nobody waits for it in another order.
    """
    query = _in_order(_claimable(actor, now), actor).limit(_TRIES)
    for _ in range(_ROUNDS):
        candidates = session.scalars(query).unique().all()
        if not candidates:
            return None
        for task in candidates:
            try:
                with savepoint(session):
                    return callbacks.claim(session, task.id, actor, now)
            except (Conflict, Refused):
                continue  # a colleague was faster, or the customer asked not to be called: the next one
    raise Busy("queue_busy", N_("Many colleagues are at the queue: please try again"))


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
    """Put scheduled callbacks whose time has come into the pool; answers how many. Any number may do it at once.

    Those of customers who have asked meanwhile not to be called end here instead.
    """
    time = CallbackTask.not_before
    overdue = and_(CallbackTask.state == CallbackState.SCHEDULED, time <= now)
    ended = {"state": CallbackState.DECLINED, "ended_at": now}
    dropped = _sweep(session, and_(overdue, _unwanted()), time, ended, now)
    return dropped + _sweep(session, overdue, time, {"state": CallbackState.DUE}, now)


def return_lapsed(session: Session, now: datetime) -> int:
    """Put back what was claimed and left for longer than its lease; answers how many."""
    time = CallbackTask.lease_until
    lapsed = and_(CallbackTask.state == CallbackState.CLAIMED, time <= now)
    free = {"state": CallbackState.DUE, "claimed_by": None, "lease_until": None}
    return _sweep(session, lapsed, time, free, now)


def _sweep(session: Session, overdue: ColumnElement[bool], time: Moment, values: dict[str, Any], now: datetime) -> int:
    """Compare-and-set, a bounded number at a time: each row is moved, and told of, by one sweeper only (R7)."""
    # PostgreSQL passes over rows another sweeper is at: two never wait for each other in opposite orders.
    batch = select(CallbackTask.id).where(overdue).order_by(time, CallbackTask.id).limit(BATCH)
    ids = list(session.scalars(batch.with_for_update(skip_locked=True)))
    moved = session.execute(
        update(CallbackTask)
        .where(CallbackTask.id.in_(ids), overdue)
        .values(version=CallbackTask.version + 1, **values)
        .returning(CallbackTask.id, CallbackTask.branch_id, CallbackTask.trip_id)
        .execution_options(synchronize_session=False)
    )
    rows = moved.all()
    for callback_id, branch_id, trip_id in rows:
        event = Event("callback.sweep", {"trip_id": trip_id, "state": values["state"].value})
        announce(session, event, system(branch_id), now, subject="callback", subject_id=callback_id)
    return len(rows)


def _rank(actor: Actor) -> Case[int]:
    # A plain comparison would be NULL where nobody is preferred, and PostgreSQL sorts NULLs before what is true.
    return case((CallbackTask.preferred_staff_id == actor.id, 0), else_=1)


def _in_order(query: Select[CallbackTask], actor: Actor) -> Select[CallbackTask]:
    return query.order_by(_rank(actor), CallbackTask.not_before, CallbackTask.id)


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
        CallbackTask.branch_id == actor.branch_id, CallbackTask.not_before <= now, free, promised, ~_unwanted()
    )


def _unwanted() -> ColumnElement[bool]:
    """The customer does not want to be called for this purpose."""
    mine = select(Trip.id).where(
        Trip.id == CallbackTask.trip_id, consents.refuses(Trip.customer_id, CallbackTask.purpose)
    )
    return mine.correlate(CallbackTask).exists()
