"""How far the day is: counted once, by agent and branch, and the same as in the reports."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from dispatch.domain.breakdown import Breakdown
from dispatch.domain.callback import Attempt, CallbackState, Outcome
from dispatch.domain.callback_coverage import Coverage, by_state
from dispatch.domain.period import Period
from dispatch.domain.roles import Actor, Role
from dispatch.domain.satisfaction import Answers
from dispatch.services import callback_coverage, callbacks, reports
from dispatch.services.callback_coverage import DayCoverage
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.scopes import Scope
from dispatch.store.trips import Trip
from tests.world import World

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
CONTENT = Answers(5, badge_worn=True, car_checked=True, fee_explained=True, copy_handed_over=True)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


@pytest.fixture
def colleague(world: World) -> Actor:
    return world.staff("zheng", "郑客服", Role.CARE)


def planned(world: World, count: int) -> list[int]:
    """Callbacks of trips closed now."""
    trips = [world.book() for _ in range(count)]
    with world.db.transaction() as session:
        made = [callbacks.create_for_closed_trip(session, session.get_one(Trip, trip), world.now) for trip in trips]
        return [task.id for task in made]


def call(world: World, callback_id: int, agent: Actor, outcome: Outcome) -> None:
    with world.db.transaction() as session:
        callbacks.claim(session, callback_id, agent, world.now)
        answers = CONTENT if outcome is Outcome.ANSWERED else None
        number = len(session.get_one(CallbackTask, callback_id).attempts) + 1
        callbacks.record(session, callback_id, number, Attempt(world.now, agent.id, outcome, answers), agent)


def coverage(world: World) -> DayCoverage:
    with world.db.reading() as session:
        return callback_coverage.of_day(session, session.get_one(Branch, world.branch_id), world.now)


def monday(world: World, colleague: Actor) -> list[int]:
    """Seven callbacks on Monday: one reached, one with a wrong number, one not wanted, one tried in vain, one taken."""
    ids = planned(world, 7)
    world.now = MONDAY_TEN
    call(world, ids[0], world.agent, Outcome.ANSWERED)
    call(world, ids[1], world.agent, Outcome.INVALID_NUMBER)
    call(world, ids[2], colleague, Outcome.REFUSED)
    call(world, ids[3], colleague, Outcome.NO_ANSWER)
    with world.db.transaction() as session:
        callbacks.claim(session, ids[4], colleague, world.now)
    return ids


def test_the_day_is_counted_for_the_branch_and_agent_by_agent(world: World, colleague: Actor) -> None:
    monday(world, colleague)
    day = coverage(world)
    assert day.day == date(2026, 3, 9)
    assert day.total == Coverage(reached=1, unreachable=1, dropped=1, left=4)
    assert (day.total.due, day.total.done) == (7, 3)
    assert [(one.name, one.coverage) for one in day.agents] == [
        ("郑客服", Coverage(dropped=1, left=2)),
        ("", Coverage(left=2)),
        ("吴客服", Coverage(reached=1, unreachable=1)),
    ]


def test_what_was_left_is_overdue_the_day_after_and_caught_up_when_it_is_done(world: World, colleague: Actor) -> None:
    ids = monday(world, colleague)
    world.now += timedelta(days=1)
    assert coverage(world).total == Coverage(overdue=4)
    call(world, ids[3], world.agent, Outcome.ANSWERED)
    assert coverage(world).total == Coverage(overdue=3, caught_up=1)
    world.now += timedelta(days=1)
    assert coverage(world).total == Coverage(overdue=3)


def test_the_day_is_the_branch_s_own(world: World) -> None:
    planned(world, 1)
    world.now = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)  # Sunday 23:59 in Shanghai
    assert coverage(world).total == Coverage()
    world.later(minutes=1)
    assert coverage(world).total == Coverage(left=1)


def test_the_figures_are_those_of_the_reports(world: World, colleague: Actor) -> None:
    monday(world, colleague)
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        friday = Scope((branch,), Period(date(2026, 3, 6), date(2026, 3, 8)))  # the service days called back on Monday
        counted = reports.count(session, friday, Breakdown.CALLBACK_STATE)
        covered = reports.count(session, friday, Breakdown.CALLBACK_COVERAGE)
    found = coverage(world).total
    assert found == by_state({CallbackState(state): count for state, count in counted.items()})
    assert sum(covered.values()) == found.due


def test_the_day_costs_one_statement_however_many_agents_there_are(world: World, colleague: Actor) -> None:
    monday(world, colleague)
    statements: list[str] = []
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        event.listen(world.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        callback_coverage.of_day(session, branch, world.now)
    assert len(statements) == 1


def test_another_branch_s_callbacks_are_not_counted(world: World, colleague: Actor) -> None:
    monday(world, colleague)
    with world.db.transaction() as session:
        branch = session.get_one(Branch, world.branch_id)
        other = Branch(
            code="NC", name="南昌分公司", company_name=branch.company_name, city="南昌", phone=branch.phone, form="A"
        )
        session.add(other)
        session.flush()
        assert callback_coverage.of_day(session, other, world.now).total == Coverage()
