"""One agent calls 150 customers in a day by keys alone: hours, leases and retries kept, keystrokes counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from statistics import mean

import pytest

from dispatch.domain.callback import CallbackState, Outcome
from dispatch.domain.callback_coverage import Coverage
from dispatch.domain.states import State
from dispatch.services import callback_coverage, callback_queue, callbacks
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.trips import Trip
from tests.web.conftest import Web
from tests.web.keyboard import Keyboard

CUSTOMERS = 150
MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
EVENING = "2026-03-09T20:30"
CONTENT = ("5", "1", "1", "1", "1", "Enter")
MOST_KEYS = 9
"""For a customer who answers: claim, number, ring, five answers, save."""
WISH = "请道歉"


@dataclass
class Day:
    """The agent's day: every callback with the keys it took, call by call."""

    web: Web
    keys: Keyboard
    spent: dict[int, list[int]] = field(default_factory=dict)

    def call(self, say: Callable[[int, int], None]) -> bool:
        """The next callback; False when there is nothing to call just now."""
        if self.keys.path != "/care" or "/care/next" not in self.keys.text:
            self.keys.go("/care")
        if "/care/next" not in self.keys.text:
            return False
        self.keys.press("n")
        callback_id = int(self.keys.path.rsplit("/", 1)[1])
        self.keys.press("d", "Enter")
        say(callback_id, len(self.spent.get(callback_id, [])))
        self.spent.setdefault(callback_id, []).append(self.keys.counted())
        return True

    def later(self, minutes: int) -> None:
        """Time goes by, and the clock does its sweeps."""
        self.web.world.later(minutes=minutes)
        with self.web.world.db.transaction() as session:
            callback_queue.make_due(session, self.web.world.now)
            callback_queue.return_lapsed(session, self.web.world.now)


@pytest.fixture
def day(web: Web) -> Day:
    """Monday at ten, with the callbacks of everybody driven on Friday night."""
    trips = [web.world.book() for _ in range(CUSTOMERS)]
    with web.world.db.transaction() as session:
        for number in trips:
            trip = session.get_one(Trip, number)  # how it came to its close is nothing to the callback
            trip.state, trip.driver_id = State.CLOSED, web.world.driver.driver_id
            trip.ended_at, trip.total_fen = web.world.now, 6650
            callbacks.create_for_closed_trip(session, trip, web.world.now)
    web.world.now = MONDAY_TEN
    return Day(web, Keyboard(web.client(web.world.agent), "/care"))


def customer(day: Day) -> Callable[[int, int], None]:
    """What the customers do: most are content; some do not answer at first, ask for the evening, or complain."""

    def say(callback_id: int, calls_before: int) -> None:
        keys = day.keys
        if callback_id % 10 == 7 and calls_before == 0:
            keys.press("x", "Enter")
        elif callback_id % 30 == 11 and calls_before == 0:
            keys.press("t")
            keys.type("call_again_at", EVENING)
            keys.press("Enter")
        elif callback_id % 15 == 3:
            keys.press("2", "1", "2", "1", "1", "Enter")
            keys.type("wish", WISH)
            keys.press("Alt+s", "c")  # registered; back to the callbacks
        elif callback_id == 75:
            day.web.world.later(minutes=20)  # called away: the claim ends, and the callback is back in the pool
            with day.web.world.db.transaction() as session:
                callback_queue.return_lapsed(session, day.web.world.now)
            keys.press(*CONTENT, "Alt+s")  # not saved, then claimed again and saved
        else:
            keys.press(*CONTENT)

    return say


def test_150_customers_are_called_in_a_day_by_keys_alone(
    day: Day, record_property: Callable[[str, object], None]
) -> None:
    world, say = day.web.world, customer(day)
    while world.now < MONDAY_TEN + timedelta(hours=11):  # until nobody may be rung any more
        day.later(3 if day.call(say) else 10)

    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        assert callback_coverage.of_day(session, branch, world.now).total == Coverage(reached=CUSTOMERS)
        attempts = session.query(CallbackAttempt).order_by(CallbackAttempt.callback_id, CallbackAttempt.number).all()
        states = {task.state for task in session.query(CallbackTask)}
        complaints = session.query(ComplaintRow).count()
    assert states == {CallbackState.DONE}
    assert complaints == CUSTOMERS // 15

    hours = [(one, one.at.astimezone(branch.zone).time()) for one in attempts]
    asked = {one.callback_id for one in attempts if one.outcome is Outcome.CALLBACK_REQUESTED}
    assert all(time(10) <= at < time(20) or one.callback_id in asked for one, at in hours)
    assert all(time(9) <= at < time(21) for _, at in hours)
    assert len(asked) == CUSTOMERS // 30
    for first, second in pairwise(attempts):
        if first.callback_id == second.callback_id and first.outcome is Outcome.NO_ANSWER:
            assert second.at - first.at >= timedelta(hours=2)

    assert len(day.keys.rung) == len(attempts) == CUSTOMERS + CUSTOMERS // 10 + len(asked)
    assert all(address.startswith("tel:+86138") for address in day.keys.rung)
    plain = [spent for callback_id, spent in day.spent.items() if callback_id % 15 != 3 and callback_id != 75]
    assert max(calls[-1] for calls in plain) <= MOST_KEYS
    assert {calls[0] for callback_id, calls in day.spent.items() if callback_id % 10 == 7} == {5}
    record_property("keystrokes", day.spent)
    record_property("mean keystrokes", mean(sum(calls) for calls in day.spent.values()))
