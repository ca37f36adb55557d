"""Which trips want a look from the desk, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.concern import Concern, concern
from dispatch.domain.states import ENDS, State

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)


def looked_at(state: State, *, booked: float, appointed: float, since: float) -> Concern | None:
    """A trip as it is now; everything in minutes before now, negative for what is still to come."""
    ago = [NOW - timedelta(minutes=minutes) for minutes in (booked, appointed, since)]
    return concern(state, booked_at=ago[0], appointed_at=ago[1], state_since=ago[2], now=NOW)


@pytest.mark.parametrize(
    ("state", "booked", "appointed", "since"),
    [
        (State.BOOKED, 1, -30, 1),
        (State.BOOKED, 600, -120, 600),  # booked in the morning for tonight
        (State.ACCEPTED, 600, -120, 590),
        (State.EN_ROUTE, 40, -5, 30),
        (State.ON_SITE, 60, -10, 30),  # the driver is early: the customer's time is their own
        (State.ON_SITE, 60, 20, 30),
        (State.INSPECTED, 60, 30, 15),
        (State.DRIVING, 200, 160, 120),
        (State.DELIVERED, 200, 160, 15),
    ],
)
def test_a_trip_that_runs_as_it_should_is_not_marked(
    state: State, booked: float, appointed: float, since: float
) -> None:
    assert looked_at(state, booked=booked, appointed=appointed, since=since) is None


@pytest.mark.parametrize(
    ("state", "appointed", "minutes"),
    [(State.BOOKED, 3, 3), (State.OFFERED, 12, 12), (State.ACCEPTED, 1, 1), (State.EN_ROUTE, 20, 20)],
)
def test_past_the_appointed_time_with_nobody_there_it_is_late_by_so_many_minutes(
    state: State, appointed: float, minutes: int
) -> None:
    found = looked_at(state, booked=60, appointed=appointed + 0.5, since=1)
    assert found is not None
    assert (found.late, found.params) == (True, {"minutes": minutes})


@pytest.mark.parametrize(
    ("state", "booked", "appointed", "since"),
    [
        (State.BOOKED, 6, -14, 6),
        (State.ACCEPTED, 60, -10, 6),
        (State.EN_ROUTE, 60, -1, 46),
        (State.ON_SITE, 60, 21, 40),
        (State.INSPECTED, 60, 30, 16),
        (State.AGREED, 60, 30, 11),
        (State.DRIVING, 200, 160, 121),
        (State.DELIVERED, 200, 160, 16),
    ],
)
def test_a_step_that_takes_too_long_is_marked_without_being_called_late(
    state: State, booked: float, appointed: float, since: float
) -> None:
    found = looked_at(state, booked=booked, appointed=appointed, since=since)
    assert found is not None
    assert not found.late


def test_a_job_wanted_at_once_is_late_only_when_somebody_could_have_been_there() -> None:
    assert not _late(booked=15)
    assert _late(booked=15.5)


def _late(*, booked: float) -> bool:
    found = looked_at(State.BOOKED, booked=booked, appointed=booked, since=booked)
    return found is not None and found.late


@pytest.mark.parametrize("state", sorted(ENDS))
def test_an_ended_trip_is_nobodys_concern(state: State) -> None:
    assert looked_at(state, booked=900, appointed=800, since=700) is None
