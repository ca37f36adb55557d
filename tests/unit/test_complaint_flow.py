"""The way of a complaint: who may do what, stage by stage, and what follows."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import complaint_steps as s
from dispatch.domain import reply_template
from dispatch.domain.bearing import Accident, Violation, from_json, to_json
from dispatch.domain.complaint import OPEN, Severity, Stage
from dispatch.domain.complaint_clock import CLOCK_OF, PauseReason
from dispatch.domain.complaint_diagram import page
from dispatch.domain.complaint_flow import TRANSITIONS, CaseState, Side, decide, open_steps, sides
from dispatch.domain.errors import Conflict, DomainError, Forbidden, Invalid, Refused
from dispatch.domain.remedy import Limits, Remedy, RemedyKind, check
from dispatch.domain.roles import Actor, Role

CARE = Actor(1, "care", 1, frozenset({Role.CARE}))
HEAD = Actor(2, "head", 1, frozenset({Role.DISPATCHER}))
MANAGER = Actor(3, "manager", 1, frozenset({Role.MANAGER}))
OTHER = Actor(4, "other", 1, frozenset({Role.DISPATCHER}))
PEOPLE = {Side.CARE: CARE, Side.DEPARTMENT: HEAD, Side.APPROVER: MANAGER}
BY = datetime(2026, 3, 9, tzinfo=UTC)
W = "说明"
STEPS: dict[type[s.Step], s.Step] = {
    type(step): step
    for step in (
        s.Acknowledge(W), s.Assess(W, Severity.MINOR), s.Accept(W), s.Dismiss(W), s.Reply(W), s.Route(W, 1),
        s.Investigate(W, None), s.Propose(W, (Remedy(RemedyKind.APOLOGY, W),)), s.Approve(W), s.Return(W),
        s.CarryOut(W), s.AskFeedback(W), s.Conclude(W, True), s.OpenRound(W), s.Promise(W, BY), s.TakeUp(W),
        s.Withdraw(W), s.MarkDuplicate(W, 7), s.Archive(W), s.Remark(W), s.Pause(W, PauseReason.CUSTOMER),
        s.Resume(W), s.SetFacts(W, Violation(100)),
    )
}  # fmt: skip


def standing(stage: Stage, **over: object) -> CaseState:
    usual = CaseState(stage, head_id=HEAD.id, proposed_by=HEAD.id, promised_from=Stage.ROUTED, investigated=True)
    return replace(usual, **over)  # type: ignore[arg-type]  # each case sets fields of their own types


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: type(step).__name__)
def test_a_step_is_open_exactly_where_the_table_has_it_and_to_whom_it_names(step: s.Step, stage: Stage) -> None:
    row = next((row for row in TRANSITIONS if row.step is type(step) and row.source is stage), None)
    case = standing(stage, is_paused=isinstance(step, s.Resume))
    for side, actor in PEOPLE.items():
        if row is None:
            with pytest.raises(Conflict):
                decide(case, step, actor)
        elif side not in row.by:
            with pytest.raises((Forbidden, Refused)):
                decide(case, step, actor)
        else:
            assert isinstance(decide(case, step, actor), Stage)
            assert type(step) in open_steps(case, actor)


def test_every_open_stage_has_a_clock_and_a_way_on() -> None:
    assert set(CLOCK_OF) == OPEN
    moving = {row.source for row in TRANSITIONS if row.target is not row.source}
    assert moving == set(Stage) - {Stage.ARCHIVED}


def test_every_stage_can_be_reached() -> None:
    reached = {Stage.REGISTERED}
    while True:
        further = {
            stage
            for row in TRANSITIONS
            if row.source in reached
            for stage in ([Stage.RESOLVED, Stage.DISSATISFIED] if callable(row.target) else [row.target])
        }
        if further <= reached:
            break
        reached |= further
    assert reached == set(Stage)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"proposed_by": MANAGER.id}, "own_proposal"),
        ({"about": frozenset({MANAGER.id})}, "own_case"),
    ],
)
def test_who_proposed_or_is_complained_about_does_not_approve(over: dict[str, object], code: str) -> None:
    for step in (s.Approve(W), s.Return(W)):
        with pytest.raises(Refused) as refused:
            decide(standing(Stage.REMEDY_PROPOSED, **over), step, MANAGER)
        assert refused.value.code == code


def test_a_head_of_another_department_is_nobody_to_the_case() -> None:
    assert sides(standing(Stage.ROUTED), OTHER) == frozenset()
    with pytest.raises(Forbidden):
        decide(standing(Stage.ROUTED), s.Investigate(W, None), OTHER)


def test_a_dissatisfied_customer_leads_to_a_new_round_and_a_promise_back_to_where_it_was_made() -> None:
    case = standing(Stage.FEEDBACK)
    assert decide(case, s.Conclude(W, satisfied=False), CARE) is Stage.DISSATISFIED
    assert decide(standing(Stage.DISSATISFIED), s.OpenRound(W), CARE) is Stage.ACKNOWLEDGED
    assert decide(standing(Stage.PROMISED, promised_from=Stage.RETURNED), s.TakeUp(W), CARE) is Stage.RETURNED


def test_a_remedy_needs_a_cause_and_a_clock_is_paused_once() -> None:
    with pytest.raises(Refused):
        decide(standing(Stage.RETURNED, investigated=False), STEPS[s.Propose], HEAD)
    with pytest.raises(Refused):
        decide(standing(Stage.ROUTED, is_paused=True), STEPS[s.Pause], HEAD)
    with pytest.raises(Refused):
        decide(standing(Stage.ROUTED), STEPS[s.Resume], HEAD)


def test_a_step_without_words_is_refused_by_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        s.Acknowledge(" ")
    assert refused.value.field == "words"


@pytest.mark.parametrize(
    ("form", "facts", "company", "customer"),
    [
        ("A", Accident(100, 5000_00, insurer_fen=4200_00), 800_00, 0),  # A7: what insurance does not pay
        ("A", Accident(30, 5000_00, 3000_00, other_fen=1000_00), 1000_00, 0),
        ("A", Accident(0, 5000_00, other_fen=5000_00), 0, 0),  # the other side is at fault
        ("A", Accident(100, 5000_00, 4000_00, disturbed=True), 0, 1000_00),
        ("B", Accident(100, 5000_00, 4200_00, deductible_fen=500_00), 500_00, 300_00),  # B6: the deductible
        ("B", Accident(100, 5000_00, 4800_00, deductible_fen=500_00), 200_00, 0),
        ("B", Accident(0, 5000_00, 4200_00, deductible_fen=500_00), 0, 800_00),
        ("A", Violation(200_00, 3, inside_service=True), 200_00, 0),  # A8
        ("A", Violation(200_00, 3), 0, 200_00),
    ],
)  # fmt: skip
def test_who_bears_what_follows_the_form(form: str, facts: Accident | Violation, company: int, customer: int) -> None:
    bearing = facts.bearing(form)
    assert (bearing.company_fen, bearing.customer_fen) == (company, customer)
    whole = facts.damage_fen if isinstance(facts, Accident) else facts.fine_fen
    assert bearing.insurer_fen + bearing.other_fen + company + customer == whole
    assert from_json(to_json(facts)) == facts


FEN = st.integers(0, 10**9)


@st.composite
def accidents(draw: st.DrawFn) -> Accident:
    """Any accident; others pay no more than the damage."""
    insurer, other, rest = draw(FEN), draw(FEN), draw(FEN)
    return Accident(
        draw(st.integers(0, 100)), insurer + other + rest, insurer, other, draw(FEN), disturbed=draw(st.booleans())
    )


@given(accidents(), st.sampled_from("AB"))
def test_what_everybody_bears_is_the_damage_and_nobody_bears_less_than_nothing(facts: Accident, form: str) -> None:
    borne = facts.bearing(form)
    parts = (borne.insurer_fen, borne.other_fen, borne.company_fen, borne.customer_fen)
    assert sum(parts) == facts.damage_fen
    assert min(parts) >= 0
    if form == "B":
        assert borne.company_fen <= facts.deductible_fen  # B6: no more than the insurer leaves to be paid
    if not facts.company_is_liable:
        assert borne.owed_fen == 0


@given(FEN, st.booleans(), st.sampled_from("AB"))
def test_a_fine_is_borne_whole_by_one_of_the_two(fine: int, inside: bool, form: str) -> None:
    borne = Violation(fine, inside_service=inside).bearing(form)
    assert (borne.company_fen, borne.customer_fen) == ((fine, 0) if inside else (0, fine))


def test_the_diagram_in_the_docs_is_drawn_from_the_table() -> None:
    assert (Path(__file__).parents[2] / "docs" / "complaint-stages.md").read_text(encoding="utf-8") == page()


def test_what_the_table_says_of_targets_is_what_steps_lead_to() -> None:
    for row in TRANSITIONS:
        case = standing(row.source, is_paused=row.step is s.Resume)
        step = STEPS[row.step]
        actor = PEOPLE[min(row.by, key=list(Side).index)]
        assert decide(case, step, actor) in row.targets


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"fault_percent": 101}, "fault_percent"),
        ({"insurer_fen": 6000_00}, "damage_fen"),
        ({"fault_percent": 0, "transport_fen": 100_00}, "transport_fen"),
        ({"other_fen": -1}, "other_fen"),
    ],
)
def test_figures_of_an_accident_that_cannot_be_are_refused(fault: dict[str, int], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        replace(Accident(100, 5000_00), **fault)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("remedies", "limits", "fits"),
    [
        ((Remedy(RemedyKind.REFUND, W, 50_00),), Limits(50_00, None), True),
        ((Remedy(RemedyKind.REFUND, W, 30_00), Remedy(RemedyKind.REFUND, W, 30_00)), Limits(50_00, None), False),
        ((Remedy(RemedyKind.REFUND, W, 1),), Limits(None, None), False),
        ((Remedy(RemedyKind.COMPENSATION, W, 800_00),), Limits(None, 800_00), True),
        ((Remedy(RemedyKind.COMPENSATION, W, 800_01),), Limits(None, 800_00), False),
        ((Remedy(RemedyKind.COMPENSATION, W, 1),), Limits(50_00, None), False),
        ((Remedy(RemedyKind.APOLOGY, W), Remedy(RemedyKind.VOUCHER, W, 20_00)), Limits(None, None), True),
        ((), Limits(None, None), False),
    ],
)
def test_remedies_stay_within_what_there_is_to_give(remedies: tuple[Remedy, ...], limits: Limits, fits: bool) -> None:
    try:
        check(remedies, limits)
    except DomainError:
        assert not fits
    else:
        assert fits


def test_a_template_is_filled_in_once_and_knows_its_placeholders() -> None:
    body = reply_template.check(" {customer}您好：{problem} ")
    assert reply_template.filled(body, {"customer": "李先生", "problem": "{phone}"}) == "李先生您好：{phone}"
    for wrong in ("", "{who}", "长" * 2001):
        with pytest.raises(Invalid) as refused:
            reply_template.check(wrong)
        assert refused.value.field == "body"
