"""Branches that ask drivers by themselves: every mode, declines, pauses, release, nobody found. On both databases."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

import pytest

from dispatch.domain import commands as c
from dispatch.domain.dispatching import DispatchMode, PauseReason
from dispatch.domain.errors import Refused
from dispatch.domain.states import State
from dispatch.gateways.routing import GreatCircleRouter
from dispatch.services import board, drivers, matching, pausing
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver
from dispatch.store.offers import OfferState
from dispatch.store.trips import Trip
from tests.integration.night_desk import NightDesk, opened

BY_ITSELF = [DispatchMode.BEST, DispatchMode.SEVERAL, DispatchMode.AUTOMATIC]
Desk = Callable[..., AbstractContextManager[NightDesk]]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    return partial(opened, database_url)  # type: ignore[return-value]


def pause_of(desk: NightDesk, driver_id: int) -> tuple[bool, PauseReason | None]:
    with desk.world.db.reading() as session:
        driver = session.get_one(Driver, driver_id)
        return driver.paused_until is not None and driver.paused_until > desk.world.now, driver.pause_reason


def test_where_the_desk_chooses_nothing_goes_out_by_itself(desk: Desk) -> None:
    with desk(DispatchMode.MANUAL) as night:
        night.seen(100, 200)
        trip_id = night.world.book()
        night.world.later(minutes=30)
        night.sweep(3)
        trip = night.world.trip(trip_id)
        assert (trip.state, trip.sought_since, trip.nobody_told_at) == (State.BOOKED, None, None)


def test_the_best_is_asked_then_the_next_and_whoever_let_it_run_out_not_again(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=3) as night:
        far, near, nearer = night.seen(3_000, 900, 200)
        trip_id = night.world.book()
        night.sweep()
        assert night.offers(trip_id) == [nearer]
        night.sweep()
        assert night.offers(trip_id) == [nearer]
        for following in ([near], [far], []):
            night.world.later(seconds=30)
            night.sweep()
            assert night.offers(trip_id) == following
        night.seen(3_000, 900, 200)
        night.sweep()
        assert night.world.trip(trip_id).state is State.BOOKED


def test_a_declined_offer_goes_on_to_the_next_at_once(desk: Desk) -> None:
    with desk(DispatchMode.BEST) as night:
        first, second = night.seen(200, 900)
        trip_id = night.world.book()
        night.sweep()
        night.world.do(trip_id, c.Decline("太远了"), night.world.drivers[0])
        night.sweep()
        assert (night.offers(trip_id), night.offers(trip_id, OfferState.DECLINED)) == ([second], [first])
        night.world.do(trip_id, c.Accept(), night.world.drivers[1])
        night.sweep()
        assert night.world.trip(trip_id).driver_id == second


def test_several_are_asked_at_once_and_nobody_for_two_trips(desk: Desk) -> None:
    with desk(DispatchMode.SEVERAL, drivers=5, ask_at_once=2) as night:
        ids = night.seen(100, 200, 300, 400, 500)
        trips = [night.world.book() for _ in range(3)]
        night.sweep()
        assert [night.offers(trip_id) for trip_id in trips] == [ids[:2], ids[2:4], ids[4:]]


def test_the_whole_queue_is_matched_so_that_all_ways_together_are_shortest(desk: Desk) -> None:
    with desk(DispatchMode.AUTOMATIC) as night:
        west, middle = night.seen(-3_000, 900)
        first = night.world.book()
        second = night.world.book(pickup=night.world.booking().pickup.__class__("东边", 28.4451, 117.9855))
        night.sweep()
        assert (night.offers(first), night.offers(second)) == ([west], [middle])


def test_automatic_dispatch_assigns_without_asking_where_the_branch_wants_it(desk: Desk) -> None:
    with desk(DispatchMode.AUTOMATIC, assign_directly=True) as night:
        nearest, _ = night.seen(100, 900)
        trip_id = night.world.book()
        night.sweep()
        trip = night.world.trip(trip_id)
        assert (trip.state, trip.driver_id) == (State.ACCEPTED, nearest)


@pytest.mark.parametrize("mode", BY_ITSELF)
def test_an_urgent_trip_is_served_first_and_never_by_the_driver_who_was_replaced(
    desk: Desk, mode: DispatchMode
) -> None:
    with desk(mode, ask_at_once=2) as night:
        replaced, other = night.seen(100, 900)
        urgent = night.world.to(State.EN_ROUTE)
        waiting = night.world.book()
        night.world.do(urgent, c.ReplaceDriver(c.ReplaceReason.DRIVER_LATE), night.world.dispatcher)
        night.seen(100, 900)
        night.sweep()
        assert night.world.trip(urgent).sought_since == night.world.now
        assert night.offers(urgent) == [other]
        assert night.offers(waiting) == [replaced]


@pytest.mark.parametrize("mode", BY_ITSELF)
def test_a_booking_for_later_is_released_its_time_and_the_way_before(desk: Desk, mode: DispatchMode) -> None:
    with desk(mode) as night:
        trip_id = night.world.book(appointed_at=night.world.now + timedelta(hours=2))
        night.seen(4_000, 5_000)  # some seventeen minutes by folding bike
        night.sweep()
        assert (night.offers(trip_id), night.world.trip(trip_id).sought_since) == ([], None)
        night.world.later(minutes=72)
        night.seen(4_000, 5_000)
        night.sweep()
        assert night.offers(trip_id) == []
        night.world.later(minutes=2)
        night.seen(4_000, 5_000)
        night.sweep()
        assert night.offers(trip_id) != []


def test_the_desk_may_give_away_a_booking_that_is_not_released(desk: Desk) -> None:
    with desk(DispatchMode.BEST) as night:
        trip_id = night.world.book(appointed_at=night.world.now + timedelta(hours=5))
        driver_id = night.driver(0, paused_until=night.world.now + timedelta(hours=1))
        night.world.do(trip_id, c.Assign(driver_id), night.world.dispatcher)
        assert night.world.trip(trip_id).driver_id == driver_id


def test_who_has_gone_silent_is_not_asked_and_who_tells_no_position_comes_last(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=3) as night:
        night.seen(100)
        night.world.later(seconds=121)
        _, near, unknown = night.seen(None, 5_000, None)
        trip_id = night.world.book()
        night.sweep()
        assert night.offers(trip_id) == [near]
        night.world.do(trip_id, c.Decline(), night.world.drivers[1])
        night.sweep()
        assert night.offers(trip_id) == [unknown]
        night.world.do(trip_id, c.Decline(), night.world.drivers[2])
        night.sweep()
        assert night.offers(trip_id) == []


def test_three_offers_not_taken_pause_the_driver_until_the_desk_or_the_clock_ends_it(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=1) as night:
        (driver_id,) = night.seen(100)
        trips = [night.world.book() for _ in range(4)]
        for trip_id in trips[:2]:
            night.sweep()
            assert night.offers(trip_id) == [driver_id]
            night.world.do(trip_id, c.Decline(), night.world.driver)
        night.sweep()
        night.world.later(seconds=31)
        night.sweep()
        assert pause_of(night, driver_id) == (True, PauseReason.DECLINES)
        assert [told["not_taken"] for told in night.told("driver.paused")] == [3]
        night.seen(100)
        night.sweep()
        assert night.offers(trips[3]) == []
        with night.world.db.transaction() as session, pytest.raises(Refused, match="Only the desk"):
            pausing.end_break(session, night.world.driver, night.world.now)
        with night.world.db.transaction() as session:
            pausing.resume(session, driver_id, night.world.dispatcher, night.world.now)
        night.sweep()
        assert night.offers(trips[3]) == [driver_id]
        night.world.do(trips[3], c.Decline(), night.world.driver)
        assert pause_of(night, driver_id)[0] is False  # what led to the first pause is settled


def test_a_pause_is_over_by_itself(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=1, declines_to_pause=1) as night:
        (driver_id,) = night.seen(100)
        first, second = night.world.book(), night.world.book()
        night.sweep()
        night.world.do(first, c.Decline(), night.world.driver)
        night.sweep()
        assert night.offers(second) == []
        night.world.later(minutes=15)
        night.seen(100)
        night.sweep()
        assert night.offers(second) == [driver_id]


def test_where_the_desk_asks_declining_pauses_nobody(desk: Desk) -> None:
    with desk(DispatchMode.MANUAL, drivers=1, declines_to_pause=1) as night:
        trip_id = night.world.to(State.OFFERED)
        night.world.do(trip_id, c.Decline(), night.world.driver)
        assert pause_of(night, night.world.driver.driver_id or 0) == (False, None)


def test_a_driver_takes_a_break_and_comes_back(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=1) as night:
        (driver_id,) = night.seen(100)
        with night.world.db.transaction() as session:
            pausing.take_break(session, night.world.driver, night.world.now)
        trip_id = night.world.book()
        night.sweep()
        assert (night.offers(trip_id), pause_of(night, driver_id)) == ([], (True, PauseReason.BREAK))
        with night.world.db.transaction() as session:
            pausing.end_break(session, night.world.driver, night.world.now)
        night.sweep()
        assert night.offers(trip_id) == [driver_id]


def test_a_driver_heading_home_gets_the_job_that_ends_there(desk: Desk) -> None:
    with desk(DispatchMode.BEST) as night:
        homeward, nearer = night.seen(1_500, 300)
        night.driver(0, home_lat=28.4480, home_lon=117.9060)
        with night.world.db.transaction() as session:
            pausing.head_home(session, True, night.world.drivers[0], night.world.now)
        trip_id = night.world.book()
        night.sweep()
        assert night.offers(trip_id) == [homeward]
        with night.world.db.transaction() as session:
            pausing.head_home(session, False, night.world.drivers[0], night.world.now)
        other = night.world.book()
        night.sweep()
        assert night.offers(other) == [nearer]


def test_heading_home_needs_a_home_and_a_shift(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=1) as night:
        with pytest.raises(Refused, match="home is not on file"), night.world.db.transaction() as session:
            pausing.head_home(session, True, night.world.driver, night.world.now)
        night.driver(0, home_lat=28.4, home_lon=117.9)
        with night.world.db.transaction() as session:
            drivers.end_shift(session, night.world.driver, night.world.now)
        with pytest.raises(Refused, match="not on shift"), night.world.db.transaction() as session:
            pausing.head_home(session, True, night.world.driver, night.world.now)


def test_nobody_found_is_told_once_with_why_to_desk_journal_and_customer(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=3) as night:
        night.seen(100, 50_000)
        trip_id = night.world.book()
        night.world.to(State.ACCEPTED, driver=night.world.drivers[2])
        night.sweep()
        night.world.do(trip_id, c.Decline(), night.world.drivers[0])
        night.world.later(minutes=4)
        night.seen(100, 50_000)
        night.sweep()
        assert night.world.trip(trip_id).nobody_told_at is None
        night.world.later(minutes=1, seconds=1)
        night.seen(100, 50_000)
        night.sweep(3)
        why = [{"code": code, "count": 1} for code in ("declined", "too_far", "driver_busy")]
        trip = night.world.trip(trip_id)
        assert sorted(trip.nobody_why or [], key=str) == sorted(why, key=str)
        assert len(night.told("trip.nobody_found")) == 1
        assert night.texts("暂时还没有人接单") == 1
        with night.world.db.reading() as session:
            look = board.look(
                session, session.get_one(Branch, night.world.branch_id), GreatCircleRouter(), night.world.now
            )
        (row,) = [row for row in look.queue if row.trip.id == trip_id]
        assert (row.nobody_why, row.asked_before) == (tuple(trip.nobody_why or []), 1)


def test_nobody_on_duty_is_said_so(desk: Desk) -> None:
    with desk(DispatchMode.AUTOMATIC, drivers=0) as night:
        trip_id = night.world.book()
        night.sweep()
        night.world.later(minutes=5)
        night.sweep()
        assert night.world.trip(trip_id).nobody_why == [{"code": "nobody_on_duty", "count": 1}]


def test_a_trip_nobody_takes_ends_only_by_a_person_unless_the_branch_sets_a_limit(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=0) as night:
        trip_id = night.world.book()
        night.sweep()
        night.world.later(hours=3)
        night.sweep(2)
        assert night.world.trip(trip_id).state is State.BOOKED
        night.set(give_up_minutes=240)
        night.world.later(hours=1)
        night.sweep(2)
        trip = night.world.trip(trip_id)
        assert (trip.state, trip.end_note, trip.total_fen) == (State.UNFULFILLED, "240分钟内没有代驾员接单", 0)
        assert len(night.told("trip.give_up")) == 1
        assert night.texts("未收取任何费用") == 1


def test_nothing_is_given_up_while_somebody_is_being_asked(desk: Desk) -> None:
    with desk(DispatchMode.BEST, drivers=1, give_up_minutes=5, offer_seconds=600) as night:
        night.seen(100)
        trip_id = night.world.book()
        night.sweep()
        night.world.later(minutes=6)
        night.sweep()
        assert night.world.trip(trip_id).state is State.OFFERED
        night.world.later(minutes=5)
        night.sweep()
        assert night.world.trip(trip_id).state is State.UNFULFILLED


def test_the_desk_is_told_who_is_near_and_why_in_words(desk: Desk) -> None:
    with desk(DispatchMode.MANUAL, drivers=3) as night:
        night.seen(1_900, None, 300)
        night.driver(2, paused_until=night.world.now + timedelta(minutes=3), pause_reason=PauseReason.DECLINES)
        trip_id = night.world.book()
        with night.world.db.reading() as session:
            trip = session.get_one(Trip, trip_id)
            found = matching.shortlist(session, trip, GreatCircleRouter(), night.world.now)
        told = {one.driver.badge_id: [reason.text for reason in one.rated.reasons] for one in found}
        assert [(one.driver.badge_id, one.rated.askable) for one in found] == [
            ("SR001", True),
            ("SR002", True),
            ("SR003", False),
        ]
        assert told["SR001"] == ["9 min away", "no trip yet"]
        assert told["SR002"] == ["position unknown", "no trip yet"]
