"""A complaint from its registration to the archive, on both databases: steps, clocks, remedies, rounds, notices."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.domain import complaint_steps as s
from dispatch.domain.assessment import Rule
from dispatch.domain.bearing import Accident
from dispatch.domain.complaint import CaseKind, Severity, Stage
from dispatch.domain.complaint_clock import ClockKind, Level, PauseReason, Terms
from dispatch.domain.errors import Conflict, Invalid, NotFound, Refused
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.roles import Role
from dispatch.domain.states import State
from dispatch.domain.working_time import OfficeHours
from dispatch.services import (
    assessing,
    complaint_cases,
    complaint_clocks,
    complaint_offices,
    complaint_reading,
    working_days,
)
from dispatch.services.complaint_offices import Wanted
from dispatch.store import complaint_clocks as clocks
from dispatch.store import complaint_remedies, fares, journal
from dispatch.store.assessments import AssessmentLine
from dispatch.store.complaint_clocks import ComplaintEscalation
from dispatch.store.complaints import ComplaintRow
from dispatch.store.staff import Staff
from tests.complaint_desk import MONDAY, ComplaintDesk, W
from tests.world import NIGHT, World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        with opened.db.transaction() as session:
            working_days.seed(session, opened.now)
        yield opened


@pytest.fixture
def desk(world: World) -> ComplaintDesk:
    made = ComplaintDesk(world)
    world.now = MONDAY
    return made


def story(desk: ComplaintDesk, case_id: int) -> complaint_reading.Story:
    with desk.world.db.reading() as session:
        return complaint_reading.story(session, case_id, desk.world.agent, desk.world.now)


def told(desk: ComplaintDesk, case_id: int, kind: str) -> list[dict[str, Any]]:
    with desk.world.db.reading() as session:
        rows = journal.page(session, desk.world.branch_id, subject="complaint", subject_id=case_id)
        return [row.payload for row in rows if row.type == kind]


def test_a_case_goes_all_the_way_with_a_second_round_and_its_story_tells_it(world: World, desk: ComplaintDesk) -> None:
    world.now = NIGHT
    trip_id = world.to(State.CLOSED)
    world.now = MONDAY
    driver = world.driver.id
    case_id = desk.register(trip_id=trip_id)
    desk.to_approved(case_id, Remedy(RemedyKind.REFUND, "退绕路费", 10_00), responsible=driver)
    before = world.trip(trip_id).total_fen
    assert desk.take(case_id, s.CarryOut("已退")) is Stage.CARRIED_OUT
    assert before is not None
    assert world.trip(trip_id).total_fen == before - 10_00
    with world.db.reading() as session:
        line = fares.of_trip(session, trip_id)[-1]
        row = complaint_remedies.of_complaint(session, case_id)[0]
        assert (row.fare_line_id, line.amount_fen) == (line.id, -10_00)
    assert desk.take(case_id, s.Conclude("退得太少", satisfied=False)) is Stage.DISSATISFIED
    desk.take(case_id, s.OpenRound("还要道歉"))
    for step in (s.Assess(W, Severity.MINOR), s.Accept(W), s.Route(W, desk.department)):
        desk.take(case_id, step)
    desk.take(case_id, s.Investigate("同上", driver), desk.head)
    desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.VOUCHER, "下次用", 20_00),)), desk.head)
    assert desk.take(case_id, s.Return("再加道歉"), world.manager) is Stage.RETURNED
    desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.APOLOGY, "登门道歉"),)), desk.head)
    desk.take(case_id, s.Approve(W), world.manager)
    for last in (s.CarryOut(W), s.AskFeedback("未接"), s.Conclude("满意", satisfied=True), s.Archive("加强导航培训")):
        desk.take(case_id, last)
    read = story(desk, case_id)
    assert (read.case.stage, read.case.round, read.case.lessons) == (Stage.ARCHIVED, 2, "加强导航培训")
    assert [event.target for event in read.events if event.round == 2][-1] is Stage.ARCHIVED
    assert (len(read.events), read.steps, read.timed.clock) == (23, (), None)
    assert all(clock.ended_at is not None for clock in read.clocks)
    upheld = told(desk, case_id, "complaint.upheld")
    assert [(one["staff_id"], one["driver_id"], one["round"]) for one in reversed(upheld)] == [
        (driver, world.driver.driver_id, 1), (driver, world.driver.driver_id, 2),
    ]  # fmt: skip


def test_an_upheld_case_and_the_times_people_kept_stand_in_the_assessment(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.take(case_id, s.Acknowledge(W))
    world.now += timedelta(days=3)
    desk.take(case_id, s.Assess(W, Severity.SERIOUS))
    for step in (s.Accept(W), s.Route(W, desk.department)):
        desk.take(case_id, step)
    desk.take(case_id, s.Investigate("未按导航", world.driver.id), desk.head)
    desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.APOLOGY, "电话道歉"),)), desk.head)
    desk.take(case_id, s.Approve(W), world.manager)
    with world.db.transaction() as session:
        assessing.post(session, world.branch_id, world.now)
    with world.db.reading() as session:
        lines = session.scalars(select(AssessmentLine).order_by(AssessmentLine.id)).all()
        found = {(line.rule, line.staff_id, line.facts.get("step", "")) for line in lines}
    assert found >= {
        (Rule.DEADLINE_KEPT, world.agent.id, "complaint.acknowledge"),
        (Rule.DEADLINE_MISSED, world.agent.id, "complaint.route"),
        (Rule.COMPLAINT_UPHELD, world.driver.id, ""),
    }


def test_a_case_that_is_not_upheld_gets_a_reply_and_no_line_in_the_assessment(desk: ComplaintDesk) -> None:
    case_id = desk.register()
    for step in (s.Acknowledge(W), s.Assess(W, Severity.MINOR), s.Dismiss(W), s.Reply("感谢您的反馈"), s.Archive(W)):
        desk.take(case_id, step)
    assert story(desk, case_id).case.stage is Stage.ARCHIVED
    assert told(desk, case_id, "complaint.upheld") == []


def test_two_steps_from_the_same_sight_of_a_case_are_one_step(desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.take(case_id, s.Remark("第一"), version=1)
    with pytest.raises(Conflict) as second:
        desk.take(case_id, s.Remark("第二"), version=1)
    assert second.value.code == "changed_meanwhile"
    assert [event.words for event in story(desk, case_id).events] == ["绕路", "第一"]


def test_the_approver_is_neither_proposer_nor_complained_about(world: World, desk: ComplaintDesk) -> None:
    both = world.staff("both", "两职", Role.CARE, Role.MANAGER)
    for proposer, responsible, code in ((both, None, "own_proposal"), (desk.head, both.id, "own_case")):
        case_id = desk.register()
        desk.to_department(case_id)
        desk.take(case_id, s.Investigate(W, responsible), desk.head)
        desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.APOLOGY, W),)), proposer)
        with pytest.raises(Refused) as refused:
            desk.take(case_id, s.Approve(W), both)
        assert refused.value.code == code
        assert desk.take(case_id, s.Approve(W), world.manager) is Stage.APPROVED


def test_a_head_sees_the_cases_of_the_own_department_only(world: World, desk: ComplaintDesk) -> None:
    mine, other = desk.register(), desk.register()
    desk.to_department(mine)
    with world.db.reading() as session:
        assert [one.case.id for one in complaint_reading.of_my_departments(session, desk.head, world.now)] == [mine]
        assert complaint_cases.find(session, mine, desk.head).id == mine
        with pytest.raises(NotFound):
            complaint_cases.find(session, other, desk.head)
        assert complaint_reading.of_my_departments(session, world.dispatcher, world.now) == ()


def test_each_rung_is_climbed_once_and_told_to_those_whose_turn_it_is(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.to_department(case_id)
    assert desk.sweep() == 0
    people = []
    for moment in ("2026-03-10T16:00", "2026-03-11T10:00", "2026-03-12T10:00", "2026-03-13T10:00"):
        world.now = datetime.fromisoformat(f"{moment}+08:00")
        assert desk.sweep() == 1
        assert desk.sweep() == 0
        people.append(told(desk, case_id, "complaint.escalate")[0]["told"])
    both = sorted([desk.head.id, world.manager.id])
    assert people == [[desk.head.id], [desk.head.id], both, both]
    with world.db.reading() as session:
        levels = [row.level for row in session.query(ComplaintEscalation).order_by(ComplaintEscalation.id)]
        assert levels == list(Level)
        assert len(clocks.unseen(session, world.manager.id)) == 2


def test_a_sweep_that_was_away_tells_only_the_highest_rung(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    world.later(days=30)
    assert desk.sweep() == 1
    assert [one["level"] for one in told(desk, case_id, "complaint.escalate")] == ["very_late"]


def test_a_pause_moves_the_due_time_and_keeps_its_reason(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.take(case_id, s.Acknowledge(W))
    due = story(desk, case_id).timed.clock
    assert due is not None
    assert due.due_at == MONDAY + timedelta(days=1)
    desk.take(case_id, s.Pause("等行车记录", PauseReason.CUSTOMER))
    world.later(days=7)
    assert desk.sweep() == 0
    desk.take(case_id, s.Resume("已收到"))
    clock = story(desk, case_id).clocks[-1]
    assert clock.due_at == MONDAY + timedelta(days=8)
    assert [(pause.reason, pause.words) for pause in clock.pauses] == [(PauseReason.CUSTOMER, "等行车记录")]


def test_a_day_that_becomes_a_holiday_moves_running_clocks(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.take(case_id, s.Acknowledge(W))
    with world.db.transaction() as session:
        working_days.override(session, MONDAY.date() + timedelta(days=1), world.manager, world.now, is_working=False)
    assert desk.sweep() == 1
    assert story(desk, case_id).clocks[-1].due_at == MONDAY + timedelta(days=2)


def test_a_branch_sets_its_own_hours_and_terms(world: World, desk: ComplaintDesk) -> None:
    with world.db.transaction() as session:
        hours, terms = OfficeHours(time(10), time(14), None, None), Terms(acknowledge_minutes=60)
        complaint_offices.set_terms(session, hours, terms, world.manager, world.now)
    clock = story(desk, desk.register()).timed.clock
    assert clock is not None
    assert clock.due_at == MONDAY + timedelta(hours=1)


def test_a_promise_has_its_own_clock_and_leads_back(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.to_department(case_id)
    with pytest.raises(Invalid) as refused:
        desk.take(case_id, s.Promise(W, MONDAY))
    assert refused.value.field == "by"
    desk.take(case_id, s.Promise("月底前答复", MONDAY + timedelta(days=9)))
    read = story(desk, case_id)
    assert read.timed.clock is not None
    assert (read.case.promise, read.timed.clock.due_at) == ("月底前答复", MONDAY + timedelta(days=9))
    assert desk.take(case_id, s.TakeUp("零件已到")) is Stage.ROUTED


def test_an_accident_by_form_b_owes_the_deductible_and_an_allowance_inside_the_range(database_url: str) -> None:
    with World.opened(database_url, form="B") as world:
        trip_id = world.to(State.CLOSED)
        desk = ComplaintDesk(world)
        case_id = desk.register(kind=CaseKind.ACCIDENT, trip_id=trip_id)
        desk.to_department(case_id)
        facts = Accident(60, 5000_00, insurer_fen=4500_00, deductible_fen=500_00, transport_fen=150_00)
        for wrong in (replace(facts, transport_fen=250_00), replace(facts, fault_percent=40)):
            with pytest.raises(Invalid) as refused:
                desk.take(case_id, s.SetFacts(W, wrong), desk.head)
            assert refused.value.field == "transport_fen"
        desk.take(case_id, s.SetFacts(W, facts), desk.head)
        read = story(desk, case_id)
        assert read.bearing is not None
        assert (read.bearing.owed_fen, read.limits.compensation_fen) == (650_00, 650_00)
        desk.take(case_id, s.Investigate("追尾", None), desk.head)
        with pytest.raises(Invalid):
            desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.COMPENSATION, W, 650_01),)), desk.head)
        desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.COMPENSATION, W, 650_00),)), desk.head)


def test_a_duplicate_names_the_other_case(world: World, desk: ComplaintDesk) -> None:
    first, second = desk.register(), desk.register()
    with pytest.raises(Invalid):
        desk.take(second, s.MarkDuplicate(W, second))
    assert desk.take(second, s.MarkDuplicate(W, first)) is Stage.DUPLICATE


def test_a_template_is_filled_in_for_the_case(world: World, desk: ComplaintDesk) -> None:
    with world.db.transaction() as session:
        template = complaint_offices.keep_template(
            session, "致歉", "{customer}您好，{number}", world.manager, world.now
        )
    case_id = desk.register()
    with world.db.transaction() as session:
        case = session.get_one(ComplaintRow, case_id)
        assert complaint_offices.reply_of(session, template, case, world.agent) == f"李建国您好，{case.number}"
        with pytest.raises(Invalid):
            complaint_offices.keep_template(session, "致歉", "再来", world.manager, world.now)
        complaint_offices.drop_template(session, template.id, world.manager, world.now)
        person = session.get_one(Staff, world.driver.id)
        with pytest.raises(Invalid):
            complaint_offices.keep_department(session, Wanted("维修", person.id), world.manager, world.now)


def test_no_rung_is_climbed_twice_whatever_two_sweeps_do(world: World, desk: ComplaintDesk) -> None:
    desk.register()
    world.later(hours=1)
    desk.sweep()
    with world.db.reading() as session:
        clock_id = clocks.all_running(session)[0].id
    with pytest.raises(Conflict), world.db.transaction() as session:
        session.add(ComplaintEscalation(clock_id=clock_id, level=Level.DUE, at=world.now))


def test_a_case_has_one_running_clock(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    with pytest.raises(Conflict), world.db.transaction() as session:
        complaint_clocks.start(session, session.get_one(ComplaintRow, case_id), ClockKind.ASSESS, world.now)


def test_the_head_of_a_department_hears_of_every_step_while_it_has_the_case(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    desk.to_department(case_id)
    desk.take(case_id, s.Remark("客户又来电"))
    with world.db.reading() as session:
        rows = journal.page(session, world.branch_id, subject="complaint", subject_id=case_id)
        heard = {row.type: set(row.concerns or ()) for row in rows}
    assert (heard["complaint.remark"], heard["complaint.accept"]) == ({desk.head.id}, set())


def test_a_compensation_by_form_a_is_what_insurance_leaves_and_transport_that_is_approved(
    world: World, desk: ComplaintDesk
) -> None:
    world.now = NIGHT
    trip_id = world.to(State.CLOSED)
    world.now = MONDAY
    case_id = desk.register(kind=CaseKind.ACCIDENT, trip_id=trip_id)
    desk.to_department(case_id)
    facts = Accident(100, 5000_00, insurer_fen=4200_00, transport_fen=80_00)
    desk.take(case_id, s.SetFacts(W, facts), desk.head)
    assert story(desk, case_id).limits.compensation_fen == 880_00
    desk.take(case_id, s.Investigate("追尾", None), desk.head)
    with pytest.raises(Invalid) as refused:
        desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.COMPENSATION, W, 880_01),)), desk.head)
    assert refused.value.field == "amount"
    desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.COMPENSATION, W, 880_00),)), desk.head)
    assert desk.take(case_id, s.Approve(W), world.manager) is Stage.APPROVED
