"""The working-day table: seeded, imported, corrected; callbacks not yet tried follow it."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from dispatch.domain.calendar_csv import CalendarFileInvalid
from dispatch.domain.callback import Attempt, CallbackState, Outcome
from dispatch.domain.errors import Invalid
from dispatch.services import callback_queue, callbacks, working_days
from dispatch.services.working_days import CalendarChange
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.trips import Trip
from tests.world import World

CLOSED = datetime(2026, 12, 30, 11, tzinfo=UTC)  # 19:00 in Shanghai
HOLIDAYS_2027 = """date,is_working,name
2027-01-01,0,元旦
2027-01-02,0,元旦
2027-01-03,0,元旦
2027-01-04,0,元旦
2027-01-09,1,元旦调休上班
2027-02-05,0,春节
2027-02-06,0,春节
2027-02-07,0,春节
2027-02-08,0,春节
2027-04-05,0,清明节
2027-05-01,0,劳动节
2027-05-02,0,劳动节
2027-06-09,0,端午节
2027-09-15,0,中秋节
2027-10-01,0,国庆节
2027-10-02,0,国庆节
2027-10-03,0,国庆节
""".encode()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A branch with the calendar that the service comes with, calling after two working days."""
    with World.opened(database_url, CLOSED) as opened:
        with opened.db.transaction() as session:
            working_days.seed(session, opened.now)
            session.get_one(Branch, opened.branch_id).callback_workdays = 2
        yield opened


def closed(world: World) -> int:
    trip_id = world.book()
    with world.db.transaction() as session:
        return callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now).id


def task_of(world: World, callback_id: int) -> CallbackTask:
    with world.db.reading() as session:
        return session.get_one(CallbackTask, callback_id)


def imported(world: World, content: bytes = HOLIDAYS_2027) -> CalendarChange:
    with world.db.transaction() as session:
        return working_days.import_csv(session, content, "2027.csv", world.manager, world.now)


def corrected(world: World, day: date, *, is_working: bool) -> CalendarChange:
    with world.db.transaction() as session:
        return working_days.override(session, day, world.manager, world.now, is_working=is_working, name="公司通知")


def test_seeding_again_adds_nothing_and_keeps_what_was_corrected(world: World) -> None:
    corrected(world, date(2026, 10, 10), is_working=False)
    with world.db.transaction() as session:
        assert working_days.seed(session, world.now) == 0
        view = working_days.of_year(session, 2026)
    day = next(day for day in view.days if day.date == date(2026, 10, 10))
    assert (day.is_working, day.source, day.version) == (False, "manual", 2)


def test_a_year_is_listed_whole_and_one_not_announced_is_provisional(world: World) -> None:
    with world.db.reading() as session:
        known, unknown = working_days.of_year(session, 2026), working_days.of_year(session, 2027)
        with pytest.raises(Invalid):
            working_days.of_year(session, 1999)
    assert (len(known.days), known.provisional) == (365, False)
    assert (len(unknown.days), unknown.provisional) == (365, True)
    assert (unknown.days[0].name, unknown.days[0].is_working, unknown.days[0].source) == ("元旦", False, "rule")


def test_a_trip_is_closed_even_where_no_calendar_was_ever_filled_in(database_url: str) -> None:
    with World.opened(database_url, CLOSED) as bare:
        assert task_of(bare, closed(bare)).due_on == date(2026, 12, 31)


def test_the_announcement_moves_callbacks_not_yet_tried_and_the_journal_says_so(world: World) -> None:
    callback_id = closed(world)
    assert task_of(world, callback_id).due_on == date(2027, 1, 4)
    change = imported(world)
    assert len(change.changed) == 365
    (moved,) = change.moved
    assert (moved.callback_id, moved.due_before, moved.due_on) == (callback_id, date(2027, 1, 4), date(2027, 1, 5))
    task = task_of(world, callback_id)
    assert (task.due_on, task.provisional) == (date(2027, 1, 5), False)
    assert task.not_before == datetime(2027, 1, 5, 2, tzinfo=UTC)
    with world.db.reading() as session:
        told = journal.page(session, world.branch_id, subject="callback", subject_id=callback_id)[0]
    assert (told.type, told.actor_id) == ("callback.moved", world.manager.id)
    assert told.payload["due_on"] == "2027-01-05"


def test_the_same_file_again_changes_nothing(world: World) -> None:
    imported(world)
    assert imported(world) == CalendarChange((), ())


def test_a_callback_already_tried_keeps_its_date(world: World) -> None:
    callback_id = closed(world)
    world.now = datetime(2027, 1, 4, 3, tzinfo=UTC)
    with world.db.transaction() as session:
        callbacks.claim(session, callback_id, world.agent, world.now)
        attempt = Attempt(world.now, world.agent.id, Outcome.NO_ANSWER)
        callbacks.record(session, callback_id, 1, attempt, world.agent)
    assert imported(world).moved == ()


def test_a_callback_in_the_pool_goes_back_to_waiting_when_its_day_turns_out_to_be_off(world: World) -> None:
    callback_id = closed(world)
    world.now = datetime(2027, 1, 4, 3, tzinfo=UTC)
    with world.db.transaction() as session:
        callback_queue.make_due(session, world.now)
    imported(world)
    assert task_of(world, callback_id).state is CallbackState.SCHEDULED


def test_a_day_corrected_by_hand_moves_only_the_callbacks_it_concerns(world: World) -> None:
    concerned = closed(world)
    world.later(days=5)
    closed(world)
    change = corrected(world, date(2026, 12, 31), is_working=False)
    assert [moved.callback_id for moved in change.moved] == [concerned]
    assert task_of(world, concerned).due_on == date(2027, 1, 5)


def test_a_faulty_file_changes_nothing_at_all(world: World) -> None:
    with pytest.raises(CalendarFileInvalid):
        imported(world, HOLIDAYS_2027 + b"2027-13-01,0,\n")
    with world.db.reading() as session:
        assert working_days.of_year(session, 2027).days[0].source == "rule"


def test_next_year_is_missed_from_november_on(world: World) -> None:
    with world.db.reading() as session:
        assert working_days.years_missing(session, date(2026, 10, 31)) == ()
        assert working_days.years_missing(session, date(2026, 11, 1)) == (2027,)
    imported(world)
    with world.db.reading() as session:
        assert working_days.years_missing(session, date(2026, 11, 1)) == ()


def test_a_transaction_reads_only_the_years_it_needs_and_each_once(world: World) -> None:
    statements: list[str] = []
    event.listen(
        world.db.engine,
        "before_cursor_execute",
        lambda *given: statements.append(given[2]) if "SELECT" in given[2] else None,
    )
    with world.db.reading() as session:
        for _ in range(3):
            working_days.calendar(session, date(2026, 3, 6))
        assert len(statements) == 1
        working_days.calendar(session, date(2026, 12, 30))
        assert len(statements) == 2


def test_a_trip_closed_while_a_calendar_comes_in_is_counted_by_the_new_one(postgres_url: str) -> None:
    """Who imports waits for closings under way; who closes meanwhile waits for the import: nobody is overlooked."""
    with World.opened(postgres_url, CLOSED) as world:
        with world.db.transaction() as session:
            working_days.seed(session, world.now)
        trips = [world.book(), world.book()]
        change, closing = list[CalendarChange](), threading.Event()

        def bring_in() -> None:
            closing.wait()
            change.append(corrected(world, date(2026, 12, 31), is_working=False))

        importer = threading.Thread(target=bring_in)
        importer.start()
        with world.db.transaction() as session:
            early = callbacks.create_for_closed_trip(session, session.get_one(Trip, trips[0]), world.now)
            closing.set()
            time.sleep(0.3)  # long enough for an import that does not wait to be through
            assert not change
        importer.join()
        assert [moved.callback_id for moved in change[0].moved] == [early.id]
        with world.db.transaction() as session:
            late = callbacks.create_for_closed_trip(
                session, session.get_one(Trip, trips[1]), world.now + timedelta(seconds=1)
            )
            assert late.due_on == task_of(world, early.id).due_on == date(2027, 1, 4)
