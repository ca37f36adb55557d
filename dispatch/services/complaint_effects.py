"""What a step changes besides the stage: who holds the case, what was found, what is given to the customer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain import complaint_steps as s
from dispatch.domain import remedy as rules
from dispatch.domain.bearing import Accident, from_json, to_json
from dispatch.domain.complaint import Stage
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.remedy import Limits, RemedyKind
from dispatch.domain.roles import Actor
from dispatch.services import fares, trips, vouchers
from dispatch.store import complaint_remedies as remedies
from dispatch.store.complaint_remedies import RemedyRow, RemedyState
from dispatch.store.complaints import ComplaintRow
from dispatch.store.departments import Department
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip

_GIVEN = frozenset({RemedyState.PROPOSED, RemedyState.APPROVED, RemedyState.CARRIED_OUT})

Effect = Callable[[Session, ComplaintRow, Any, Actor, datetime], dict[str, Any]]


def apply(session: Session, case: ComplaintRow, step: s.Step, actor: Actor, now: datetime) -> dict[str, Any]:
    """Do what the step does to the case; answers the facts that its row in the story keeps besides the words."""
    effect = _EFFECTS.get(type(step))
    return effect(session, case, step, actor, now) if effect else {}


def limits(session: Session, case: ComplaintRow) -> Limits:
    """What can still be given in a case: not more than the fare, nor than what the form makes the company bear."""
    trip = session.get(Trip, case.trip_id) if case.trip_id is not None else None
    facts = from_json(case.facts)
    refund = None if trip is None or trip.total_fen is None else trip.total_fen
    owed = None if facts is None else facts.bearing(form_of(session, case)).owed_fen
    given = [row for row in remedies.of_complaint(session, case.id) if row.state in _GIVEN]
    # A refund that was carried out has lowered the fare already.
    open_refunds = sum(_amount(row, RemedyKind.REFUND) for row in given if row.state is not RemedyState.CARRIED_OUT)
    paid = sum(_amount(row, RemedyKind.COMPENSATION) for row in given)
    return Limits(
        refund_fen=None if refund is None else refund - open_refunds,
        compensation_fen=None if owed is None else max(0, owed - paid),
    )


def form_of(session: Session, case: ComplaintRow) -> str:
    """The agreement form whose rules hold: that of the trip; without one form A, which asks more of the company."""
    trip = session.get(Trip, case.trip_id) if case.trip_id is not None else None
    return trip.form if trip is not None else "A"


def _acknowledge(_s: Session, case: ComplaintRow, _step: s.Acknowledge, actor: Actor, _n: datetime) -> dict[str, Any]:
    case.holder_id = actor.id
    return {}


def _assess(_s: Session, case: ComplaintRow, step: s.Assess, _a: Actor, _n: datetime) -> dict[str, Any]:
    case.severity = step.severity
    return {"severity": step.severity.value}


def _route(session: Session, case: ComplaintRow, step: s.Route, _a: Actor, _n: datetime) -> dict[str, Any]:
    department = session.get(Department, step.department_id)
    if department is None or department.branch_id != case.branch_id or not department.active:
        raise Invalid("department_unknown", N_("Please choose a department"), field="department_id")
    case.department = department
    return {"department": department.name, "head": department.head.name}


def _investigate(session: Session, case: ComplaintRow, step: s.Investigate, _a: Actor, _n: datetime) -> dict[str, Any]:
    person = None
    if step.responsible_id is not None:
        person = session.get(Staff, step.responsible_id)
        if person is None or person.branch_id != case.branch_id:
            raise Invalid("staff_unknown", N_("There is no such staff member"), field="responsible_id")
    case.cause, case.responsible = step.words.strip(), person
    return {"responsible": person.name if person else None}


def _propose(session: Session, case: ComplaintRow, step: s.Propose, actor: Actor, now: datetime) -> dict[str, Any]:
    rules.check(step.remedies, limits(session, case))
    for remedy in step.remedies:
        session.add(
            RemedyRow(
                complaint_id=case.id,
                round=case.round,
                kind=remedy.kind,
                words=remedy.words.strip(),
                amount_fen=remedy.amount_fen,
                state=RemedyState.PROPOSED,
                proposed_by=actor.id,
                proposed_at=now,
            )
        )
    case.proposed_by = actor.id
    told = [{"kind": one.kind.value, "words": one.words.strip(), "amount_fen": one.amount_fen} for one in step.remedies]
    return {"remedies": told}


def _decide(state: RemedyState) -> Effect:
    def decide(session: Session, case: ComplaintRow, _step: Any, actor: Actor, now: datetime) -> dict[str, Any]:
        for row in remedies.in_state(session, case.id, RemedyState.PROPOSED):
            row.state, row.decided_by, row.decided_at = state, actor.id, now
        return {}

    return decide


def _carry_out(session: Session, case: ComplaintRow, _step: s.CarryOut, actor: Actor, now: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for row in remedies.in_state(session, case.id, RemedyState.APPROVED):
        row.state, row.carried_out_at = RemedyState.CARRIED_OUT, now
        if row.kind is RemedyKind.REFUND:
            _refund(session, case, row, actor, now)
            facts["refund_fen"] = facts.get("refund_fen", 0) + row.amount_fen
        elif row.kind is RemedyKind.VOUCHER:
            facts["voucher_until"] = vouchers.make(session, case, row, actor, now).valid_until.isoformat()
    return facts


def _refund(session: Session, case: ComplaintRow, row: RemedyRow, actor: Actor, now: datetime) -> None:
    if case.trip_id is None or row.amount_fen is None:
        raise Invalid("remedy_basis", N_("There is no settled fare to refund from"))
    trip = trips.locked(session, case.trip_id, actor)
    line = fares.correct(
        session, trip, actor, now, amount_fen=-row.amount_fen, reason=f"{case.number} {row.words}"[:200]
    )
    session.flush()
    row.fare_line_id = line.id


def _open_round(_s: Session, case: ComplaintRow, _step: s.OpenRound, actor: Actor, _n: datetime) -> dict[str, Any]:
    case.round += 1
    case.holder_id = actor.id
    case.cause, case.responsible, case.proposed_by, case.department = "", None, None, None
    return {}


def _promise(_s: Session, case: ComplaintRow, step: s.Promise, _a: Actor, _n: datetime) -> dict[str, Any]:
    case.promised_from, case.promise, case.promise_by = case.stage, step.words.strip(), step.by
    return {"by": step.by.isoformat()}


def _take_up(_s: Session, case: ComplaintRow, _step: s.TakeUp, _a: Actor, _n: datetime) -> dict[str, Any]:
    case.promised_from, case.promise, case.promise_by = None, "", None
    return {}


def _duplicate(session: Session, case: ComplaintRow, step: s.MarkDuplicate, _a: Actor, _n: datetime) -> dict[str, Any]:
    other = session.get(ComplaintRow, step.other_id)
    if other is None or other.branch_id != case.branch_id or other.id == case.id or other.stage is Stage.DUPLICATE:
        raise Invalid("duplicate_of", N_("Please enter the number of the other case"), field="other_id")
    case.duplicate_of = other.id
    return {"other": other.number}


def _archive(_s: Session, case: ComplaintRow, step: s.Archive, _a: Actor, now: datetime) -> dict[str, Any]:
    case.lessons, case.archived_at = step.words.strip(), now
    return {}


def _set_facts(session: Session, case: ComplaintRow, step: s.SetFacts, _a: Actor, _n: datetime) -> dict[str, Any]:
    facts = step.facts
    if isinstance(facts, Accident) and facts.transport_fen:
        _check_transport(session, case, facts)
    case.facts = to_json(facts)
    return {"facts": case.facts}


def _check_transport(session: Session, case: ComplaintRow, facts: Accident) -> None:
    """B6 knows a range and a share of fault; A7 leaves what is reasonable to whoever approves it."""
    if form_of(session, case) != "B" or case.trip_id is None:
        return
    trip = session.get(Trip, case.trip_id)
    if trip is None:
        raise NotFound("trip_unknown", N_("There is no such trip"))
    try:
        chosen = fares.allowance(session, trip, facts.fault_percent, facts.transport_fen)
    except Invalid as error:
        raise Invalid(error.code, error.message, field="transport_fen", **error.params) from error
    if chosen is None:
        raise Invalid(
            "transport_not_owed", N_("The allowance is not owed with this share of fault (B6)"), field="transport_fen"
        )


def _amount(row: RemedyRow, kind: RemedyKind) -> int:
    return (row.amount_fen or 0) if row.kind is kind else 0


_EFFECTS: dict[type[s.Step], Effect] = {
    s.Acknowledge: _acknowledge,
    s.Assess: _assess,
    s.Route: _route,
    s.Investigate: _investigate,
    s.Propose: _propose,
    s.Approve: _decide(RemedyState.APPROVED),
    s.Return: _decide(RemedyState.RETURNED),
    s.CarryOut: _carry_out,
    s.OpenRound: _open_round,
    s.Promise: _promise,
    s.TakeUp: _take_up,
    s.MarkDuplicate: _duplicate,
    s.Archive: _archive,
    s.SetFacts: _set_facts,
}
