"""Taking a case a step further: the only way a complaint changes after it was registered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain import complaint_steps as s
from dispatch.domain.complaint import Stage
from dispatch.domain.complaint_flow import CaseState, decide
from dispatch.domain.complaint_steps import Step
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound
from dispatch.domain.events import Event, name_of
from dispatch.domain.roles import Actor, Permission
from dispatch.services import complaint_clocks, complaint_effects, complaint_texts
from dispatch.services.announce import announce
from dispatch.store import complaint_clocks as clock_store
from dispatch.store import complaint_events
from dispatch.store import complaints as store
from dispatch.store.complaint_clocks import ComplaintClock
from dispatch.store.complaint_events import ComplaintEvent
from dispatch.store.complaints import ComplaintRow
from dispatch.store.drivers import Driver
from dispatch.store.trips import Trip

UPHELD = "complaint.upheld"
"""Told once a finding about a person was confirmed by a third: who keeps the assessment listens to it."""


def find(session: Session, complaint_id: int, actor: Actor) -> ComplaintRow:
    """A case that the actor may see: all of the branch, or those of the departments they head. Raises NotFound."""
    case = session.get(ComplaintRow, complaint_id)
    if case is None or case.branch_id != actor.branch_id or not _sees(case, actor):
        raise NotFound("complaint_unknown", N_("There is no such complaint"))
    return case


def take(session: Session, complaint_id: int, step: Step, actor: Actor, now: datetime, *, version: int) -> ComplaintRow:
    """Take a step with the case as it was seen in `version`.

    Raises Conflict naming whoever has taken one meanwhile, and whatever the rules object.
    """
    case = find(session, complaint_id, actor)
    if case.version != version:
        raise _overtaken(session, case)
    before = case.stage
    target = decide(state_of(session, case), step, actor)
    if not store.advance(session, case.id, version):
        raise _overtaken(session, case)
    session.refresh(case)
    facts = complaint_effects.apply(session, case, step, actor, now)
    case.stage = target
    session.flush()
    if texted := complaint_texts.tell_customer(session, case, step, actor, now):
        facts["texted"] = texted
    clock = clock_store.running(session, case.id)
    _keep_time(session, case, step, actor, now)
    session.add(
        ComplaintEvent(
            complaint_id=case.id,
            round=case.round,
            step=name_of(step),
            source=before,
            target=target,
            at=now,
            actor_id=actor.id,
            actor_name=actor.name,
            words=step.words.strip(),
            facts=facts,
        )
    )
    _tell(session, case, step, actor, now, before=before, ended=clock if clock and clock.ended_at else None)
    session.flush()
    return case


def contact(session: Session, complaint_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """How the customer is reached, whole, for somebody who says why; the journal keeps it. Raises Invalid, NotFound."""
    case = find(session, complaint_id, actor)
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    event = Event("complaint.reveal", {"complaint": case.number, "reason": reason.strip()[:200]})
    announce(session, event, actor, now, subject="complaint", subject_id=case.id)
    return " · ".join(one for one in (case.contact_phone, case.contact_address) if one)


def state_of(session: Session, case: ComplaintRow) -> CaseState:
    """The case as the rules see it."""
    clock = clock_store.running(session, case.id)
    return CaseState(
        stage=case.stage,
        round=case.round,
        promised_from=case.promised_from,
        head_id=case.department.head_id if case.department else None,
        proposed_by=case.proposed_by,
        about=frozenset(_complained_about(session, case)),
        is_paused=clock is not None and clock.as_clock().is_paused,
        investigated=bool(case.cause),
    )


def _overtaken(session: Session, case: ComplaintRow) -> Conflict:
    latest = complaint_events.latest(session, case.id)
    return Conflict(
        "changed_meanwhile",
        N_("%(name)s has taken a step with this case meanwhile: look again"),
        name=latest.actor_name,
    )


def _sees(case: ComplaintRow, actor: Actor) -> bool:
    heads = case.department is not None and case.department.head_id == actor.id
    return heads or actor.may(Permission.COMPLAINT_READ)


def _complained_about(session: Session, case: ComplaintRow) -> Iterable[int]:
    if case.responsible_id is not None:
        yield case.responsible_id
    trip = session.get(Trip, case.trip_id) if case.trip_id is not None else None
    if trip is not None and trip.driver is not None:
        yield trip.driver.staff_id


def _keep_time(session: Session, case: ComplaintRow, step: Step, actor: Actor, now: datetime) -> None:
    match step:
        case s.Pause():
            complaint_clocks.pause(session, case, step, actor, now)
        case s.Resume():
            complaint_clocks.resume(session, case, now)
        case s.Route():
            complaint_clocks.follow(session, case, now, anew=True, until=step.deadline)
        case s.Promise():
            complaint_clocks.follow(session, case, now, until=step.by)
        case _:
            complaint_clocks.follow(session, case, now)


def _tell(
    session: Session, case: ComplaintRow, step: Step, actor: Actor, now: datetime, *,
    before: Stage, ended: ComplaintClock | None,
) -> None:  # fmt: skip
    people = {one for one in _whose_turn(session, case, step) if one != actor.id}
    complaint_clocks.notify(session, case, people, now, None)
    follow = people | ({case.department.head_id} if case.department is not None else set())
    data: dict[str, Any] = {"complaint": case.number, "from": before.value, "to": case.stage.value, "round": case.round}
    if ended is not None:
        data["in_time"] = ended.due_at is None or now <= ended.due_at
    event = Event(f"complaint.{name_of(step)}", data)
    announce(session, event, actor, now, subject="complaint", subject_id=case.id, concerns=follow)
    if isinstance(step, s.Approve) and case.responsible_id is not None:
        _tell_upheld(session, case, case.responsible_id, actor, now)


def _whose_turn(session: Session, case: ComplaintRow, step: Step) -> Iterable[int]:
    """Who is to act next, where a step hands the case on to somebody else."""
    match step:
        case s.Route() | s.Return() if case.department is not None:
            yield case.department.head_id
        case s.Propose():
            yield from complaint_clocks.managers_of(session, case.branch_id)
        case s.Approve() | s.CarryOut() if case.holder_id is not None:
            yield case.holder_id
        case _:
            return


def _tell_upheld(session: Session, case: ComplaintRow, staff_id: int, actor: Actor, now: datetime) -> None:
    driver = session.query(Driver.id).filter(Driver.staff_id == staff_id).scalar()
    data = {
        "complaint": case.number,
        "staff_id": staff_id,
        "driver_id": driver,
        "trip_id": case.trip_id,
        "case": case.kind.value,
        "severity": case.severity.value if case.severity else None,
        "round": case.round,
    }
    announce(session, Event(UPHELD, data), actor, now, subject="complaint", subject_id=case.id)
