"""A day's callbacks counted by how they stand and by whose they are, in one statement."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, func, or_, select
from sqlalchemy.orm import Session

from dispatch.domain.callback import OPEN
from dispatch.domain.callback_coverage import STANDINGS, Coverage
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.staff import Staff

Index("ix_callback_due_on", CallbackTask.branch_id, CallbackTask.due_on)


def by_agent(
    session: Session, branch_id: int, day: date, began: datetime, ended: datetime
) -> list[tuple[int | None, str, Coverage]]:
    """The coverage of a day by agent, most first; those nobody has tried or taken stand under None.

    A callback is its last caller's, and before the first call its holder's: each is counted once, so that agents add
    up to the branch. `began` and `ended` are the ends of the day where the branch is (UTC).
    """
    of_day, is_open = CallbackTask.due_on == day, CallbackTask.state.in_(OPEN)
    before = CallbackTask.due_on < day
    ended_today = and_(CallbackTask.ended_at >= began, CallbackTask.ended_at < ended)
    counted: dict[str, ColumnElement[bool]] = {
        name: and_(of_day, CallbackTask.state.in_(states)) for name, states in STANDINGS
    }
    counted |= {"overdue": and_(before, is_open), "caught_up": and_(before, ended_today)}
    agent = _agent().label("agent")
    figures = (
        select(agent, *[func.count().filter(condition).label(name) for name, condition in counted.items()])
        .where(CallbackTask.branch_id == branch_id, or_(of_day, and_(before, or_(is_open, ended_today))))
        .group_by("agent")
        .subquery()
    )
    query = select(figures, Staff.name).outerjoin(Staff, Staff.id == figures.c.agent)
    found = [
        (row["agent"], row["name"] or "", Coverage(**{name: row[name] for name in counted}))
        for row in session.execute(query).mappings()
    ]
    return sorted(found, key=lambda one: (-one[2].due - one[2].overdue, one[1]))


def _agent() -> ColumnElement[Any]:
    last = select(CallbackAttempt.staff_id).where(CallbackAttempt.callback_id == CallbackTask.id)
    newest = last.order_by(CallbackAttempt.number.desc()).limit(1).correlate(CallbackTask).scalar_subquery()
    return func.coalesce(newest, CallbackTask.claimed_by)
