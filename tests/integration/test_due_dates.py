"""When callbacks are due: the table of the rules row by row, and a winter lived through with imports in between."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.callback import OPEN, Attempt, CallbackState, Outcome
from dispatch.domain.satisfaction import Answers
from dispatch.domain.states import State
from dispatch.services import callback_queue, callbacks, working_days
from dispatch.services.working_days import CalendarChange
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask, of_trip
from dispatch.store.trips import Trip
from tests.integration.test_working_days import HOLIDAYS_2027
from tests.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
CONTENT = Answers(5, badge_worn=True, car_checked=True, fee_explained=True, copy_handed_over=True)
LONGER_FESTIVAL = "date,is_working,name\n2027-02-09,0,春节\n2027-02-10,0,春节\n2027-02-14,1,春节调休上班\n".encode()

TABLE = [
    ("2026-02-13 23:10", "2026-02-13", "2026-02-14", "2026-02-24", False),
    ("2026-09-17 22:00", "2026-09-17", "2026-09-18", "2026-09-20", False),
    ("2026-09-24 21:30", "2026-09-24", "2026-09-28", "2026-09-29", False),
    ("2026-09-30 22:15", "2026-09-30", "2026-10-08", "2026-10-09", False),
    ("2026-10-02 20:00", "2026-10-02", "2026-10-08", "2026-10-09", False),
    ("2026-10-09 00:40", "2026-10-08", "2026-10-09", "2026-10-10", False),
    ("2026-12-30 19:00", "2026-12-30", "2026-12-31", "2027-01-04", True),
]
"""Closed, service day, due after one and after two working days, and whether the second is provisional."""


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A branch with the calendar that the service comes with."""
    with World.opened(database_url, local("2026-02-13 12:00").astimezone(UTC)) as opened:
        with opened.db.transaction() as session:
            working_days.seed(session, opened.now)
        yield opened


def closed(world: World, at: datetime, after: int = 1) -> int:
    trip_id = world.book()
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).callback_workdays = after
        return callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), at.astimezone(UTC)).id


def task_of(world: World, callback_id: int) -> CallbackTask:
    with world.db.reading() as session:
        return session.get_one(CallbackTask, callback_id)


def imported(world: World, content: bytes) -> CalendarChange:
    with world.db.transaction() as session:
        return working_days.import_csv(session, content, "2027.csv", world.manager, world.now)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
@pytest.mark.parametrize("after", [1, 2])
def test_a_closed_trip_is_called_back_on_the_day_of_the_table(
    world: World, row: tuple[str, str, str, str, bool], after: int
) -> None:
    at, service_day, first, second, provisional = row
    task = task_of(world, closed(world, local(at), after))
    due_on = date.fromisoformat(first if after == 1 else second)
    assert (task.service_day, task.due_on) == (date.fromisoformat(service_day), due_on)
    assert task.provisional == (provisional and after == 2)
    assert task.not_before == datetime.combine(due_on, time(10), SHANGHAI)


@pytest.mark.parametrize("year", [2027, 2029])
def test_a_trip_closes_in_a_year_that_was_never_announced(world: World, year: int) -> None:
    world.now = local(f"{year}-04-29 22:30").astimezone(UTC)
    world.drivers = [world.hire()]
    with world.db.reading() as session:
        assert working_days.years_missing(session, date(year, 4, 29)) == (year,)
    trip_id = world.to(State.CLOSED)
    with world.db.reading() as session:
        (task,) = of_trip(session, trip_id)
        assert task.provisional
        assert task.due_on > task.service_day


@dataclass
class Winter:
    """A branch from the end of December to the end of February: a trip every night, calls every working day."""

    world: World
    by_night: dict[date, int] = field(default_factory=dict)
    due_when_tried: dict[int, date] = field(default_factory=dict)

    def night(self, day: date) -> None:
        """A trip is closed at ten."""
        self.world.now = datetime.combine(day, time(22), SHANGHAI).astimezone(UTC)
        self.by_night[day] = closed(self.world, self.world.now)

    def morning(self, day: date) -> None:
        """On a working day what is due is called at half past ten; every fourth customer answers in the afternoon."""
        with self.world.db.reading() as session:
            if not working_days.calendar(session, day).is_working(day):
                return
        for at in (time(10, 30), time(14)):
            self.world.now = datetime.combine(day, at, SHANGHAI).astimezone(UTC)
            with self.world.db.transaction() as session:
                callback_queue.make_due(session, self.world.now)
            while self._call():
                pass

    def _call(self) -> bool:
        with self.world.db.transaction() as session:
            task = callback_queue.claim_next(session, self.world.agent, self.world.now)
            if task is None:
                return False
            self.due_when_tried.setdefault(task.id, task.due_on)
            first = not task.attempts
            silent = first and task.id % 4 == 0
            outcome, answers = (Outcome.NO_ANSWER, None) if silent else (Outcome.ANSWERED, CONTENT)
            attempt = Attempt(self.world.now, self.world.agent.id, outcome, answers)
            callbacks.record(session, task.id, len(task.attempts) + 1, attempt, self.world.agent)
        return True

    def due(self, day: str) -> str:
        """When the trip of a night is called back, as it stands now."""
        return task_of(self.world, self.by_night[date.fromisoformat(day)]).due_on.isoformat()


@pytest.fixture
def winter(world: World) -> Winter:
    return Winter(world)


def live(winter: Winter, first: str, last: str) -> None:
    day, until = date.fromisoformat(first), date.fromisoformat(last)
    while day <= until:
        winter.morning(day)
        winter.night(day)
        day += timedelta(days=1)


def test_new_year_and_spring_festival_are_lived_through_night_by_night(winter: Winter) -> None:
    live(winter, "2026-12-28", "2027-01-01")
    assert (winter.due("2026-12-30"), winter.due("2026-12-31"), winter.due("2027-01-01")) == (
        "2026-12-31", "2027-01-04", "2027-01-04",
    )  # fmt: skip
    assert task_of(winter.world, winter.by_night[date(2026, 12, 31)]).provisional

    change = imported(winter.world, HOLIDAYS_2027)  # the announcement comes late, in the holiday
    assert {(one.due_before, one.due_on) for one in change.moved} == {(date(2027, 1, 4), date(2027, 1, 5))}
    assert (winter.due("2026-12-30"), winter.due("2026-12-31"), winter.due("2027-01-01")) == (
        "2026-12-31", "2027-01-05", "2027-01-05",
    )  # fmt: skip
    assert not task_of(winter.world, winter.by_night[date(2026, 12, 31)]).provisional

    live(winter, "2027-01-02", "2027-02-06")
    nights = ["2027-01-07", "2027-01-08", "2027-01-09", "2027-02-03", "2027-02-04", "2027-02-06"]
    assert [winter.due(night) for night in nights] == [
        "2027-01-08", "2027-01-09", "2027-01-11", "2027-02-04", "2027-02-09", "2027-02-09",
    ]  # fmt: skip
    assert {one.due_on for one in imported(winter.world, LONGER_FESTIVAL).moved} == {date(2027, 2, 11)}

    live(winter, "2027-02-07", "2027-02-26")
    nights = ["2027-02-03", "2027-02-04", "2027-02-10", "2027-02-11", "2027-02-12", "2027-02-13", "2027-02-14"]
    assert [winter.due(night) for night in nights] == [
        "2027-02-04", "2027-02-11", "2027-02-11", "2027-02-12", "2027-02-14", "2027-02-14", "2027-02-15",
    ]  # fmt: skip
    with winter.world.db.reading() as session:
        calendar = working_days.calendar(session, date(2027, 1, 1))
        worked = {attempt.at.astimezone(SHANGHAI).date() for attempt in session.query(CallbackAttempt)}
        tasks = session.query(CallbackTask).all()
        kept = {task.id: task.due_on for task in tasks if task.id in winter.due_when_tried}
    assert kept == winter.due_when_tried  # who was tried keeps the day
    assert all(calendar.is_working(day) for day in worked if day.year == 2027)
    assert {task.state for task in tasks if task.due_on <= date(2027, 2, 24)} == {CallbackState.DONE}
    assert len(winter.by_night) == len(tasks) == 61


def test_an_import_moves_who_was_not_tried_and_leaves_everybody_else(world: World) -> None:
    untried, tried, wished, done, held = (closed(world, local("2026-12-30 19:00"), after=2) for _ in range(5))
    world.now = local("2027-01-04 10:30").astimezone(UTC)
    agent = world.agent
    with world.db.transaction() as session:
        for callback_id, outcome in (
            (tried, Outcome.NO_ANSWER), (wished, Outcome.CALLBACK_REQUESTED), (done, Outcome.ANSWERED),
        ):  # fmt: skip
            callbacks.claim(session, callback_id, agent, world.now)
            asked = world.now + timedelta(hours=5) if outcome is Outcome.CALLBACK_REQUESTED else None
            answers = CONTENT if outcome is Outcome.ANSWERED else None
            callbacks.record(session, callback_id, 1, Attempt(world.now, agent.id, outcome, answers, asked), agent)
        callbacks.claim(session, held, agent, world.now)
    before = {one: task_of(world, one).not_before for one in (tried, wished)}
    change = imported(world, HOLIDAYS_2027)
    assert {one.callback_id for one in change.moved} == {untried, held}
    assert {task_of(world, one).due_on for one in (untried, held)} == {date(2027, 1, 5)}
    assert {task_of(world, one).due_on for one in (tried, wished, done)} == {date(2027, 1, 4)}
    assert {one: task_of(world, one).not_before for one in (tried, wished)} == before
    assert task_of(world, held).claimed_by == agent.id  # a call that is under way is not broken off
    assert task_of(world, done).state not in OPEN


@pytest.mark.parametrize(("today", "missing"), [("2026-10-31", ()), ("2026-11-01", (2027,)), ("2027-01-01", (2027,))])
def test_next_year_is_warned_of_from_november_on(world: World, today: str, missing: tuple[int, ...]) -> None:
    with world.db.reading() as session:
        assert working_days.years_missing(session, date.fromisoformat(today)) == missing
