"""Looking at an import before it is done; New Year and Spring Festival 2026–2027 lived through with imports between."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from dispatch.domain.calendar_csv import CalendarFileInvalid
from dispatch.domain.calendar_diff import DayDifference
from dispatch.services import callbacks, working_days
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.outbox import OutboxMessage
from dispatch.store.trips import Trip
from dispatch.store.working_days import WorkingDayRow
from tests.integration.test_working_days import HOLIDAYS_2027
from tests.world import World

CLOSED = datetime(2026, 12, 30, 11, tzinfo=UTC)  # 19:00 in Shanghai
LATER = "date,is_working,name\n2027-02-09,0,春节\n2027-02-10,0,春节\n2027-02-14,1,春节调休上班\n".encode()
"""A correction: the festival is longer, and a Sunday is worked for it."""


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A branch that calls after one working day and tells a webhook, with the calendar the service comes with."""
    with World.opened(database_url, CLOSED) as opened:
        with opened.db.transaction() as session:
            working_days.seed(session, opened.now)
            session.get_one(Branch, opened.branch_id).webhook_url = "https://hooks.example/homeward"
        yield opened


def closed(world: World, at: datetime, after: int = 1) -> int:
    trip_id = world.book()
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).callback_workdays = after
        return callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), at).id


def previewed(world: World, content: bytes) -> working_days.CalendarPreview:
    with world.db.transaction() as session:
        return working_days.preview_csv(session, content, "2027.csv", world.manager, world.now)


def imported(world: World, content: bytes) -> working_days.CalendarChange:
    with world.db.transaction() as session:
        return working_days.import_csv(session, content, "2027.csv", world.manager, world.now)


def due(world: World, callback_id: int) -> tuple[date, bool]:
    with world.db.reading() as session:
        task = session.get_one(CallbackTask, callback_id)
        return task.due_on, task.provisional


def counts(world: World) -> tuple[int | None, ...]:
    with world.db.reading() as session:
        tables = (WorkingDayRow, journal.JournalEntry, OutboxMessage)
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)


def test_looking_at_an_import_tells_what_it_would_do_and_does_nothing(world: World) -> None:
    callback_id = closed(world, CLOSED, after=2)
    before = counts(world), due(world, callback_id)
    found = previewed(world, HOLIDAYS_2027)
    assert found.announced == (2027,)
    assert DayDifference(date(2027, 1, 4), True, False, "", "元旦") in found.differences
    assert [(one.due_before, one.due_on) for one in found.moved] == [(date(2027, 1, 4), date(2027, 1, 5))]
    assert (counts(world), due(world, callback_id)) == before


def test_the_import_does_what_was_seen_before(world: World) -> None:
    closed(world, CLOSED, after=2)
    seen = previewed(world, HOLIDAYS_2027)
    done = imported(world, HOLIDAYS_2027)
    assert done.moved == seen.moved
    assert {one.date for one in seen.differences} <= set(done.changed)
    assert previewed(world, HOLIDAYS_2027) == working_days.CalendarPreview((), (), ())


def test_due_dates_counted_in_the_same_transaction_after_a_look_go_by_the_calendar_in_force(world: World) -> None:
    trip_id = world.book()
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).callback_workdays = 2
        working_days.preview_csv(session, HOLIDAYS_2027, "2027.csv", world.manager, world.now)
        task = callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now)
        assert task.due_on == date(2027, 1, 4)


def test_a_faulty_file_is_refused_when_looked_at(world: World) -> None:
    with world.db.transaction() as session, pytest.raises(CalendarFileInvalid):
        working_days.preview_csv(session, b"date,is_working,name\n2027-13-01,0,x\n", "x", world.manager, world.now)


def test_new_year_and_spring_festival_are_lived_through_with_imports_between(world: World) -> None:
    new_year = closed(world, CLOSED, after=2)
    assert due(world, new_year) == (date(2027, 1, 4), True)
    world.later(days=1)
    imported(world, HOLIDAYS_2027)
    assert due(world, new_year) == (date(2027, 1, 5), False)

    world.later(days=35)  # the eve of the festival, 4 February, a Thursday
    eve = closed(world, datetime(2027, 2, 4, 15, 30, tzinfo=UTC))
    assert due(world, eve) == (date(2027, 2, 9), False)
    long = closed(world, datetime(2027, 2, 4, 15, 30, tzinfo=UTC), after=4)
    assert due(world, long) == (date(2027, 2, 12), False)
    assert [one.due_on for one in previewed(world, LATER).moved] == [date(2027, 2, 11), date(2027, 2, 15)]
    imported(world, LATER)
    assert due(world, eve) == (date(2027, 2, 11), False)
    assert due(world, long) == (date(2027, 2, 15), False)
    assert due(world, new_year) == (date(2027, 1, 5), False)
