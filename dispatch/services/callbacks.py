"""The callback on the working day after a trip (P7): created at its close, claimed under a lease, recorded once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain import callback_claim
from dispatch.domain.callback import OPEN, Attempt, CallbackState, Decision, after_attempt
from dispatch.domain.callback_claim import LAPSED, Lease, Task
from dispatch.domain.calling_hours import CallingWindow, check_dialling, first_slot
from dispatch.domain.consent import How, Purpose
from dispatch.domain.errors import N_, Conflict, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, system
from dispatch.domain.satisfaction import Answers, Ground, grounds
from dispatch.domain.workdays import due_date, service_day
from dispatch.services import working_days
from dispatch.services.announce import announce
from dispatch.store import callbacks
from dispatch.store import working_days as calendar_rows
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.consents import Consent
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of an attempt. With `grounds` the customer is to be offered a complaint."""

    attempt_id: int
    state: CallbackState
    not_before: datetime | None
    grounds: tuple[Ground, ...]


def create_for_closed_trip(session: Session, trip: Trip, now: datetime) -> CallbackTask:
    """Plan the call of the next working day, in the transaction that closes the trip (P7). There is one a trip."""
    existing = next((t for t in callbacks.of_trip(session, trip.id) if t.purpose is Purpose.QUALITY), None)
    if existing is not None:
        return existing
    branch = trip.branch
    calendar_rows.hold_still(session)
    worked_on = service_day(now, branch.zone, branch.service_day_cutover)
    calendar = working_days.calendar(session, worked_on)
    due = due_date(now, branch.zone, branch.service_day_cutover, branch.callback_workdays, calendar)
    task = CallbackTask(
        branch_id=branch.id,
        trip=trip,
        purpose=Purpose.QUALITY,
        state=CallbackState.SCHEDULED,
        service_day=due.service_day,
        after_workdays=branch.callback_workdays,
        due_on=due.due_on,
        provisional=due.provisional,
        not_before=first_slot(due.due_on, branch.zone, window(branch)),
        created_at=now,
    )
    session.add(task)
    session.flush()
    data = {"trip": trip.number, "due_on": due.due_on.isoformat(), "provisional": due.provisional}
    announce(session, Event("callback.plan", data), system(branch.id), now, subject="callback", subject_id=task.id)
    return task


def window(branch: Branch) -> CallingWindow:
    """The hours in which a branch calls."""
    return CallingWindow(branch.calling_from, branch.calling_until)


def shut(branch: Branch, now: datetime) -> Refused | None:
    """Why nobody is to be rung just now, unless they asked for the time; None within the branch's hours."""
    try:
        check_dialling(now, branch.zone, window(branch), asked_for=False)
    except Refused as refused:
        return refused
    return None


def find(session: Session, callback_id: int, actor: Actor) -> CallbackTask:
    """A callback of the actor's branch. Raises NotFound."""
    return _known(session.get(CallbackTask, callback_id), actor)


def claim(session: Session, callback_id: int, actor: Actor, now: datetime) -> CallbackTask:
    """Take a callback for 15 minutes; one's own again for another 15.

    Raises Conflict naming the colleague who has it, Refused when it is not to be called, or not now.
    """
    task = _locked(session, callback_id, actor)
    lease = callback_claim.claim(_facts(session, task), actor.id, actor.name, now)
    if not callbacks.take(session, task.id, task.version, actor.id, lease.until):
        raise Conflict("callback_changed", N_("Somebody else took this callback at the same moment"))
    session.refresh(task)
    _tell(session, "claim", task, actor, now)
    return task


def renew(session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime) -> Lease:
    """Hold a callback for another 15 minutes while its form is open. Raises Conflict when it is no longer held."""
    task = _locked(session, callback_id, actor)
    lease = callback_claim.renew(_facts(session, task), actor.id, attempt_no, now)
    task.lease_until = lease.until
    return lease


def claim_again(session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime) -> None:
    """Take back what lapsed while its form was open, unless a colleague has it or has called meanwhile.

    Raises Conflict, or Refused as `claim` does.
    """
    try:
        callback_claim.check_holder(_facts(session, _locked(session, callback_id, actor)), actor.id, attempt_no, now)
    except Conflict as conflict:
        if conflict.code != LAPSED:
            raise
        claim(session, callback_id, actor, now)


def release(session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime) -> None:
    """Put a callback back into the pool. Raises Conflict when it is no longer held."""
    task = _locked(session, callback_id, actor)
    callback_claim.check_holder(_facts(session, task), actor.id, attempt_no, now)
    _let_go(task, CallbackState.DUE)
    _tell(session, "release", task, actor, now)


def dial(session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime) -> str:
    """The number to ring (E.164), for who holds the callback; the journal says who saw it.

    Raises Refused in quiet hours, outside the branch's hours, and when the customer does not want to be called.
    """
    task = _to_ring(session, callback_id, attempt_no, actor, now)
    _tell(session, "dial", task, actor, now)
    return task.trip.caller_phone


def ring(
    session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime, *, extension: str
) -> CallbackTask:
    """The callback that the exchange is about to ring at an extension: the number is not shown. Raises as `dial`."""
    task = _to_ring(session, callback_id, attempt_no, actor, now)
    _tell(session, "ring", task, actor, now, extension=extension)
    return task


def _to_ring(session: Session, callback_id: int, attempt_no: int, actor: Actor, now: datetime) -> CallbackTask:
    task = _locked(session, callback_id, actor)
    facts = _facts(session, task)
    callback_claim.check_holder(facts, actor.id, attempt_no, now)
    if facts.do_not_call:
        raise Refused("do_not_call", N_("This customer does not want to be called"))
    branch = task.trip.branch
    check_dialling(now, branch.zone, window(branch), asked_for=task.preferred_staff_id is not None)
    return task


def record(session: Session, callback_id: int, attempt_no: int, attempt: Attempt, actor: Actor) -> Recorded:
    """Add an attempt, made by the actor at `attempt.at`, and do what follows from it.

    Raises Conflict when the form was saved before or its claim has ended, Invalid when the time asked for cannot be
    kept.
    """
    task = _locked(session, callback_id, actor)
    callback_claim.check_holder(_facts(session, task), actor.id, attempt_no, attempt.at)
    branch = task.trip.branch
    today = attempt.at.astimezone(branch.zone).date()
    earlier = [_as_attempt(row) for row in task.attempts]
    calendar = working_days.calendar(session, min([today, task.service_day]))
    decision = after_attempt(earlier, attempt, branch.zone, window(branch), calendar)
    row = _row(attempt, attempt_no)
    task.attempts.append(row)
    _settle(task, decision, attempt.at)
    session.flush()
    _tell(session, "attempt", task, actor, attempt.at, outcome=attempt.outcome.value, number=attempt_no)
    if decision.do_not_call:
        stop_calling(session, task.trip.customer_id, task.purpose, actor, attempt.at, reason=attempt.note)
    found = grounds(attempt.answers) if attempt.answers else ()
    return Recorded(row.id, task.state, decision.not_before, found)


def stop_calling(
    session: Session,
    customer_id: int,
    purpose: Purpose,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    how: How = How.CALL,
) -> None:
    """Never call this customer for this purpose again, until they say otherwise; what is planned is dropped."""
    if callbacks.blocked(session, customer_id, purpose):
        return
    session.add(
        Consent(
            customer_id=customer_id, purpose=purpose, given=False, at=now, how=how, by=actor.id or None,
            by_name=actor.name if actor.id else "", note=reason.strip()[:200],
        )
    )  # fmt: skip
    session.flush()
    planned = select(CallbackTask).join(Trip).where(
        Trip.customer_id == customer_id, CallbackTask.purpose == purpose, CallbackTask.state.in_(OPEN)
    )  # fmt: skip
    for task in session.scalars(planned.with_for_update(of=CallbackTask)).unique():
        _let_go(task, CallbackState.DECLINED)
        task.ended_at = now
        _tell(session, "drop", task, actor, now, reason="do_not_call")


def _facts(session: Session, task: CallbackTask) -> Task:
    holder = task.holder
    lease = Lease(holder.id, holder.name, task.lease_until) if holder and task.lease_until else None
    return Task(
        state=task.state,
        not_before=task.not_before,
        preferred_staff_id=task.preferred_staff_id,
        attempts=len(task.attempts),
        lease=lease,
        do_not_call=callbacks.blocked(session, task.trip.customer_id, task.purpose),
    )


def _locked(session: Session, callback_id: int, actor: Actor) -> CallbackTask:
    return _known(callbacks.locked(session, callback_id), actor)


def _known(task: CallbackTask | None, actor: Actor) -> CallbackTask:
    if task is None or task.branch_id != actor.branch_id:
        raise NotFound("callback_unknown", N_("There is no such callback"))
    return task


def _let_go(task: CallbackTask, state: CallbackState) -> None:
    task.state = state
    task.claimed_by = task.lease_until = None


def _settle(task: CallbackTask, decision: Decision, now: datetime) -> None:
    _let_go(task, decision.state)
    task.preferred_staff_id = decision.preferred_staff_id
    if decision.not_before is None:
        task.ended_at = now
    else:
        task.not_before = decision.not_before


def _row(attempt: Attempt, number: int) -> CallbackAttempt:
    answers = attempt.answers
    return CallbackAttempt(
        number=number,
        staff_id=attempt.staff_id,
        at=attempt.at,
        outcome=attempt.outcome,
        satisfaction=answers.satisfaction if answers else None,
        badge_worn=answers.badge_worn if answers else None,
        car_checked=answers.car_checked if answers else None,
        fee_explained=answers.fee_explained if answers else None,
        copy_handed_over=answers.copy_handed_over if answers else None,
        opinions=answers.opinions.strip() if answers else "",
        suggestions=answers.suggestions.strip() if answers else "",
        note=attempt.note.strip(),
        call_again_at=attempt.call_again_at,
    )


def answers_of(row: CallbackAttempt) -> Answers | None:
    """What the customer answered on an attempt; None when it was not answered."""
    if row.satisfaction is None:
        return None
    return Answers(
        row.satisfaction, row.badge_worn, row.car_checked, row.fee_explained, row.copy_handed_over,
        row.opinions, row.suggestions,
    )  # fmt: skip


def _as_attempt(row: CallbackAttempt) -> Attempt:
    return Attempt(row.at, row.staff_id, row.outcome, answers_of(row), row.call_again_at, row.note)


def _tell(session: Session, what: str, task: CallbackTask, actor: Actor, now: datetime, **data: object) -> None:
    event = Event(f"callback.{what}", {"trip": task.trip.number, "state": task.state.value, **data})
    announce(session, event, actor, now, subject="callback", subject_id=task.id)
