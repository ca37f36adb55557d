"""Callbacks: made with the close of a trip, claimed by one agent, recorded once, moved on by the clock."""

from datetime import UTC, date, datetime

from dispatch.domain.callback import CallbackState
from dispatch.services import callbacks
from dispatch.store.callbacks import CallbackTask
from dispatch.store.trips import Trip
from tests.world import World


def planned(world: World, trip_id: int) -> CallbackTask:
    with world.db.transaction() as session:
        return callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now)


def test_a_trip_closed_on_friday_night_is_called_back_when_monday_s_hours_begin(database_url: str) -> None:
    with World.opened(database_url) as world:
        task = planned(world, world.book())
        assert (task.service_day, task.due_on) == (date(2026, 3, 6), date(2026, 3, 9))
        assert task.not_before == datetime(2026, 3, 9, 2, tzinfo=UTC)
        assert task.state is CallbackState.SCHEDULED
        assert task.provisional  # nobody has filled in the calendar of this installation
