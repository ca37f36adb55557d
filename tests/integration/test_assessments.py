"""Assessment: every source once, taken back by a counter-line, months frozen when they are closed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.domain.assessment import USUAL, Rule, Weights
from dispatch.domain.callback import Attempt, Outcome
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import Conflict, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.domain.satisfaction import Answers
from dispatch.domain.states import State
from dispatch.services import assessing, assessments, callbacks, complaints
from dispatch.services.announce import announce
from dispatch.services.assessments import Month
from dispatch.store import assessments as store
from dispatch.store.assessments import AssessmentLine
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from tests.world import World

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
IN_APRIL = datetime(2026, 4, 2, 3, tzinfo=UTC)
CONTENT = Answers(5, badge_worn=True, car_checked=True, fee_explained=True, copy_handed_over=True)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def post(world: World) -> int:
    with world.db.transaction() as session:
        return assessing.post(session, world.branch_id, world.now)


def lines(world: World) -> list[AssessmentLine]:
    with world.db.reading() as session:
        return list(session.scalars(select(AssessmentLine).order_by(AssessmentLine.id)))


def month(world: World, first: date = MARCH) -> Month:
    with world.db.reading() as session:
        return assessments.month(session, session.get_one(Branch, world.branch_id), first, world.now)


def take_back(world: World, line_id: int, reason: str = "客人按错了", actor: Actor | None = None) -> AssessmentLine:
    with world.db.transaction() as session:
        return assessments.take_back(session, line_id, reason, actor or world.manager, world.now)


def close(world: World, first: date = MARCH) -> None:
    with world.db.transaction() as session:
        assessments.close(session, session.get_one(Branch, world.branch_id), first, world.manager, world.now)


def weigh(world: World, first: date, **points: int) -> None:
    weights = Weights(100, {**USUAL, **{Rule(name): value for name, value in points.items()}})
    with world.db.transaction() as session:
        assessments.weigh(session, first, weights, world.manager, world.now)


def complaint(world: World, kind: str, **told: Any) -> int:
    """A complaint that the journal tells something of."""
    given = Registration(
        Channel.CALL, world.now, "李建国", "", "上饶市", world.now - timedelta(hours=1), "陈师傅", "迟到", "道歉"
    )
    with world.db.transaction() as session:
        row = complaints.register(session, given, world.agent)
        announce(session, Event(kind, told), world.agent, world.now, subject="complaint", subject_id=row.id)
        return row.id


# Posting


def test_a_closed_trip_gives_its_driver_a_line_for_the_rating_and_one_for_the_arrival(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    assert post(world) == 2
    told = {line.rule: line for line in lines(world)}
    assert set(told) == {Rule.RATED_5, Rule.ON_TIME}
    for line in told.values():
        assert (line.staff_id, line.month, line.subject, line.subject_id) == (world.driver.id, MARCH, "trip", trip_id)
    assert told[Rule.RATED_5].facts == {"trip": world.trip(trip_id).number, "rating": 5}
    assert [(score.name, score.points) for score in month(world).scores] == [(world.driver.name, 101)]


def test_posting_again_and_again_changes_nothing(world: World) -> None:
    world.to(State.CLOSED)
    post(world)
    before = [line.id for line in lines(world)]
    assert [post(world) for _ in range(3)] == [0, 0, 0]
    assert [line.id for line in lines(world)] == before


def test_a_driver_who_comes_late_is_told_by_which_times(world: World) -> None:
    late = world.book(appointed_at=world.now + timedelta(minutes=1))
    world.to(State.CLOSED, late)
    post(world)
    line = next(line for line in lines(world) if line.rule is Rule.LATE)
    assert line.points == USUAL[Rule.LATE]
    assert datetime.fromisoformat(line.facts["arrived_at"]) > datetime.fromisoformat(line.facts["appointed_at"])


def test_a_trip_under_way_is_not_assessed_yet(world: World) -> None:
    world.to(State.DRIVING)
    assert post(world) == 0


def test_many_who_post_at_once_post_every_source_once(world: World) -> None:
    for _ in range(3):
        world.to(State.CLOSED)
    together = Barrier(4)

    def run(_: int) -> int:
        together.wait()
        return post(world)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 6
    assert len(lines(world)) == 6


def test_the_database_refuses_a_second_line_of_one_source(world: World) -> None:
    world.to(State.CLOSED)
    post(world)
    first = lines(world)[0]
    fields = {
        column.key: getattr(first, column.key) for column in AssessmentLine.__table__.columns if column.key != "id"
    }
    with pytest.raises(Conflict), world.db.transaction() as session:
        session.add(AssessmentLine(**fields))


def test_the_first_call_counts_for_its_agent(world: World) -> None:
    world.to(State.CLOSED)
    world.now = datetime(2026, 3, 9, 2, tzinfo=UTC)
    with world.db.transaction() as session:
        task = session.scalars(select(CallbackTask)).unique().one()
        callbacks.claim(session, task.id, world.agent, world.now)
        callbacks.record(
            session, task.id, 1, Attempt(world.now, world.agent.id, Outcome.ANSWERED, CONTENT), world.agent
        )
    post(world)
    assert [(line.rule, line.staff_id) for line in lines(world) if line.subject == "callback"] == [
        (Rule.CALLED_IN_TIME, world.agent.id)
    ]


def test_an_upheld_complaint_counts_against_whom_it_names(world: World) -> None:
    complaint(world, "complaint.upheld", driver_id=world.driver.driver_id)
    complaint(world, "complaint.upheld", staff_id=world.dispatcher.id)
    complaint(world, "complaint.upheld")  # nobody's fault
    complaint(world, "complaint.upheld", staff_id=99999)
    post(world)
    assert [(line.rule, line.staff_id) for line in lines(world)] == [
        (Rule.COMPLAINT_UPHELD, world.driver.id), (Rule.COMPLAINT_UPHELD, world.dispatcher.id)
    ]  # fmt: skip
    assert post(world) == 0


def test_a_step_of_a_complaint_keeps_or_misses_its_deadline_for_who_took_it(world: World) -> None:
    complaint(world, "complaint.acknowledge", in_time=True)
    complaint(world, "complaint.assess", in_time=False)
    post(world)
    assert [(line.rule, line.staff_id, line.facts["step"]) for line in lines(world)] == [
        (Rule.DEADLINE_KEPT, world.agent.id, "complaint.acknowledge"),
        (Rule.DEADLINE_MISSED, world.agent.id, "complaint.assess"),
    ]


# Taking back


def test_a_line_is_taken_back_by_a_counter_line_and_stays_as_it_was(world: World) -> None:
    world.to(State.CLOSED)
    post(world)
    line = next(line for line in lines(world) if line.rule is Rule.RATED_5)
    counter = take_back(world, line.id)
    assert (counter.points, counter.month, counter.reason) == (-line.points, MARCH, "客人按错了")
    assert next(one for one in lines(world) if one.id == line.id).points == line.points
    assert month(world).scores[0].points == 100
    assert post(world) == 0, "what was taken back does not come again by itself"


def test_a_line_is_taken_back_once_with_a_reason_and_a_counter_line_not_at_all(world: World) -> None:
    world.to(State.CLOSED)
    post(world)
    line = lines(world)[0]
    with pytest.raises(Invalid) as without:
        take_back(world, line.id, " ")
    assert without.value.field == "reason"
    counter = take_back(world, line.id)
    with pytest.raises(Conflict):
        take_back(world, line.id)
    with pytest.raises(Refused):
        take_back(world, counter.id)


def test_a_line_of_another_branch_does_not_exist(world: World) -> None:
    world.to(State.CLOSED)
    post(world)
    with pytest.raises(NotFound):
        take_back(world, lines(world)[0].id, actor=replace(world.manager, branch_id=99))


# Months


def test_a_month_is_closed_when_its_last_night_is_over_and_once(world: World) -> None:
    with pytest.raises(Refused):
        close(world)
    world.now = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)  # 05:59 of 1 April
    with pytest.raises(Refused):
        close(world)
    world.later(minutes=1)
    assert month(world).can_close
    close(world)
    assert not month(world).can_close
    with pytest.raises(Conflict):
        close(world)


def test_closing_posts_what_was_not_told_yet_and_freezes_the_sum(world: World) -> None:
    world.to(State.CLOSED)
    world.now = IN_APRIL
    close(world)
    frozen = month(world).scores
    assert [score.points for score in frozen] == [101]
    counter = take_back(world, next(line.id for line in lines(world) if line.rule is Rule.RATED_5))
    assert counter.month == APRIL
    assert month(world).scores == frozen
    assert [score.points for score in month(world, APRIL).scores] == [99]


def test_what_is_found_after_the_close_lands_in_the_open_month(world: World) -> None:
    world.now = datetime(2026, 3, 20, 3, tzinfo=UTC)
    complaint(world, "complaint.assess", in_time=False)
    world.now = IN_APRIL
    close(world)
    with world.db.transaction() as session:  # told late: its day is in March
        entry = Event("complaint.route", {"in_time": False})
        announce(session, entry, world.agent, datetime(2026, 3, 25, tzinfo=UTC), subject="complaint", subject_id=1)
    assert post(world) == 1
    assert [line.month for line in lines(world)] == [MARCH, APRIL]


# Weights


def test_new_weights_hold_from_their_month_on_and_weigh_nobody_anew(world: World) -> None:
    weigh(world, APRIL, rated_5=4)
    world.to(State.CLOSED)
    post(world)
    assert {line.rule: line.points for line in lines(world)}[Rule.RATED_5] == USUAL[Rule.RATED_5]
    for begun in (MARCH, date(2026, 2, 1)):
        with pytest.raises(Refused):
            weigh(world, begun, rated_5=9)
    world.now = IN_APRIL
    world.drivers = [world.hire()]
    world.to(State.CLOSED)
    post(world)
    assert [line.points for line in lines(world) if line.rule is Rule.RATED_5] == [USUAL[Rule.RATED_5], 4]
    with world.db.reading() as session:
        assert store.weights_for(session, world.branch_id, MARCH) == Weights()
