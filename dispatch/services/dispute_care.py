"""What customer care did for a trip, as its dispute file tells it: callbacks, and complaints round by round."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from contracts.pack import Section
from contracts.wording import yuan
from dispatch.domain import phone
from dispatch.domain.bearing import Accident, CaseFacts, from_json
from dispatch.services.dispute_words import Telling
from dispatch.store import callbacks as calls
from dispatch.store import complaint_clocks, complaint_events, complaint_remedies, vouchers
from dispatch.store.callbacks import CallbackAttempt
from dispatch.store.complaint_clocks import ComplaintClock
from dispatch.store.complaint_events import ComplaintEvent
from dispatch.store.complaint_remedies import RemedyRow
from dispatch.store.complaints import ComplaintRow
from dispatch.store.vouchers import VoucherRow

QUESTIONS = ("badge_worn", "car_checked", "fee_explained", "copy_handed_over")


def cases(telling: Telling) -> list[ComplaintRow]:
    """Every case about the trip, oldest first: its own, those from its callbacks, and what was marked the same."""
    tasks = [task.id for task in calls.of_trip(telling.session, telling.trip.id)]
    own = select(ComplaintRow.id).where(
        or_(ComplaintRow.trip_id == telling.trip.id, ComplaintRow.callback_id.in_(tasks))
    )
    query = select(ComplaintRow).where(
        ComplaintRow.branch_id == telling.trip.branch_id,
        or_(ComplaintRow.id.in_(own), ComplaintRow.duplicate_of.in_(own)),
    )
    return list(telling.session.scalars(query.order_by(ComplaintRow.id)).unique())


def callbacks(telling: Telling) -> Section:
    """Every callback: what was planned, and each call with what the customer answered."""
    say = telling.say
    return Section(
        title=say("callbacks"),
        head=(say("time"), say("who"), say("what"), say("answers")),
        shape=("when", "who", "step", ""),
        rows=tuple(_calls(telling)),
    )


def complaints(telling: Telling) -> Iterator[Section]:
    """Every case: what it is about, its story with all rounds, what was given, and whether its times were kept."""
    found = cases(telling)
    if not found:
        yield Section(title=telling.say("complaints"))
    for case in found:
        yield from _case(telling, case)


def _calls(telling: Telling) -> Iterator[tuple[str, ...]]:
    for task in calls.of_trip(telling.session, telling.trip.id):
        planned = telling.words.code("callback.plan", "event")
        state = telling.words.code(task.state.value, "callback_state")
        yield telling.at(task.created_at), "", f"{planned} → {state}", telling.called("due", task.due_on.isoformat())
        for attempt in task.attempts:
            outcome = telling.words.code(attempt.outcome.value, "outcome")
            answers = telling.joined(_answers(telling, attempt))
            yield telling.at(attempt.at), telling.name(attempt.staff_id), outcome, answers


def _answers(telling: Telling, attempt: CallbackAttempt) -> Iterator[str]:
    if attempt.satisfaction is not None:
        yield f"{attempt.satisfaction}/5"
    for question in QUESTIONS:
        answer = getattr(attempt, question)
        if answer is not None:
            asked = telling.words.code(question, "callback_question")
            yield telling.named(asked, telling.yes_no(answer))
    yield from (text for text in (attempt.opinions, attempt.suggestions, attempt.note) if text)
    if attempt.call_again_at is not None:
        yield telling.called("call_again", telling.at(attempt.call_again_at))


def _case(telling: Telling, case: ComplaintRow) -> Iterator[Section]:
    say, session = telling.say, telling.session
    yield Section(
        title=f"{say('complaint')} {case.number}",
        pairs=tuple((say(name), told) for name, told in _about(telling, case) if told),
        head=(say("round"), say("time"), say("who"), say("step"), say("said")),
        shape=("tiny", "when", "who", "step", ""),
        rows=tuple(_event(telling, event) for event in complaint_events.of_complaint(session, case.id)),
    )
    given = complaint_remedies.of_complaint(session, case.id)
    if given:
        made = {voucher.remedy_id: voucher for voucher in vouchers.of_complaint(session, case.id)}
        yield Section(
            title=f"{case.number} · {say('remedies')}",
            head=(say("round"), say("remedy"), say("state"), say("proposed"), say("decided"), say("carried_out")),
            shape=("tiny", "", "narrow", "sign", "sign", "when"),
            rows=tuple(_remedy(telling, row, made.get(row.id)) for row in given),
        )
    clocks = complaint_clocks.of_complaint(session, case.id)
    if clocks:
        yield Section(
            title=f"{case.number} · {say('clocks')}",
            head=(say("round"), say("clock"), say("from"), say("until"), say("ended"), say("kept"), say("paused")),
            shape=("tiny", "who", "when", "when", "when", "narrow", ""),
            rows=tuple(_clock(telling, clock) for clock in clocks),
        )


def _about(telling: Telling, case: ComplaintRow) -> Iterator[tuple[str, str]]:
    """What is to be known of a case, by the names of its labels."""
    code = telling.words.code
    contact = (case.contact_name, phone.display(case.contact_phone) if case.contact_phone else "", case.contact_address)
    yield "case_kind", code(case.kind.value, "case_kind")
    yield "stage", f"{code(case.stage.value, 'complaint_stage')} · {telling.called('round', str(case.round))}"
    yield "channel", code(case.channel.value, "channel")
    yield "registered", telling.by(case.registered_at, case.registered_by)
    yield "contact", " · ".join(one for one in contact if one)
    yield "happened", telling.at(case.happened_at)
    yield "about", case.about
    yield "problem", case.problem
    yield "wish", case.wish
    yield "severity", code(case.severity.value, "severity") if case.severity else ""
    yield "department", f"{case.department.name} · {case.department.head.name}" if case.department else ""
    yield "cause", case.cause
    yield "responsible", case.responsible.name if case.responsible else ""
    yield "promise", f"{case.promise} · {telling.at(case.promise_by)}" if case.promise else ""
    yield "duplicate_of", telling.session.get_one(ComplaintRow, case.duplicate_of).number if case.duplicate_of else ""
    yield "lessons", case.lessons
    facts = from_json(case.facts)
    yield "bearing", "" if facts is None else telling.joined(_bearing(telling, facts))


def _event(telling: Telling, event: ComplaintEvent) -> tuple[str, ...]:
    step = telling.words.code(f"complaint.{event.step}", "event")
    if event.source is not None and event.source is not event.target:
        step = f"{step} → {telling.words.code(event.target.value, 'complaint_stage')}"
    told = telling.joined((event.words, *_named(telling, event.facts)))
    return str(event.round), telling.at(event.at), event.actor_name, step, told


def _named(telling: Telling, facts: Mapping[str, Any]) -> Iterator[str]:
    """What a step named besides its words."""
    called, code = telling.called, telling.words.code
    if facts.get("wish"):
        yield called("wish", facts["wish"])
    if facts.get("severity"):
        yield called("severity", code(facts["severity"], "severity"))
    if facts.get("department"):
        yield called("department", f"{facts['department']} · {facts.get('head', '')}")
    if facts.get("responsible"):
        yield called("responsible", facts["responsible"])
    for remedy in facts.get("remedies") or ():
        amount = "" if remedy["amount_fen"] is None else f" ¥{yuan(remedy['amount_fen'])}"
        yield f"{code(remedy['kind'], 'remedy_kind')}{amount} {remedy['words']}"
    if facts.get("refund_fen"):
        yield called("refunded", f"¥{yuan(facts['refund_fen'])}")
    if facts.get("voucher_until"):
        yield called("voucher_until", facts["voucher_until"])
    if facts.get("by"):
        yield called("promise_by", telling.at(datetime.fromisoformat(facts["by"])))
    if facts.get("other"):
        yield called("duplicate_of", facts["other"])
    bearing = from_json(facts.get("facts"))
    if bearing is not None:
        yield from _bearing(telling, bearing)


def _bearing(telling: Telling, facts: CaseFacts) -> Iterator[str]:
    """The facts of an accident or violation, and who bears what by the trip's form (A7, A8, B6)."""
    called = telling.called
    if isinstance(facts, Accident):
        yield called("fault", f"{facts.fault_percent} %")
        for name, fen in (("damage", facts.damage_fen), ("insurer_pays", facts.insurer_fen),
                          ("other_pays", facts.other_fen), ("deductible", facts.deductible_fen)):  # fmt: skip
            yield called(name, f"¥{yuan(fen)}")
        yield called("disturbed", telling.yes_no(facts.disturbed))
    else:
        yield called("fine", f"¥{yuan(facts.fine_fen)}")
        yield called("points", str(facts.points))
        yield from (called("notice", one) for one in [facts.notice] if one)
        yield called("inside", telling.yes_no(facts.inside_service))
    borne = facts.bearing(telling.trip.form)
    yield called("company_bears", f"¥{yuan(borne.company_fen)}")
    yield called("customer_bears", f"¥{yuan(borne.customer_fen)}")
    if borne.transport_fen:
        yield called("transport", f"¥{yuan(borne.transport_fen)}")


def _remedy(telling: Telling, row: RemedyRow, voucher: VoucherRow | None) -> tuple[str, ...]:
    amount = "" if row.amount_fen is None else f" ¥{yuan(row.amount_fen)}"
    told = f"{telling.words.code(row.kind.value, 'remedy_kind')}{amount} · {row.words}"
    if voucher is not None:
        until = telling.called("voucher_until", str(voucher.valid_until))
        told = telling.joined((told, telling.called("voucher", voucher.code), until))
    return (
        str(row.round),
        told,
        telling.words.code(row.state.value, "remedy_state"),
        telling.by(row.proposed_at, row.proposed_by),
        telling.by(row.decided_at, row.decided_by),
        telling.at(row.carried_out_at),
    )


def _clock(telling: Telling, clock: ComplaintClock) -> tuple[str, ...]:
    if clock.ended_at is None:
        kept = "running"
    else:
        kept = "in_time" if clock.due_at is None or clock.ended_at <= clock.due_at else "late"
    pauses = (
        f"{telling.at(pause.since)} – {telling.at(pause.until)} "
        + telling.named(telling.words.code(pause.reason.value, "complaint_clock_pause_reason"), pause.words)
        for pause in clock.pauses
    )
    return (
        str(clock.round),
        telling.words.code(clock.kind.value, "clock_kind"),
        telling.at(clock.started_at),
        telling.at(clock.due_at),
        telling.at(clock.ended_at),
        telling.say(kept),
        telling.joined(pauses),
    )
