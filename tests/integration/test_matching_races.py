"""R7 for offers that go out by themselves: whatever number of schedulers plans, each trip and driver is asked once."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select, text

from dispatch.domain.dispatching import DispatchMode
from dispatch.domain.errors import Conflict, DomainError
from dispatch.domain.states import State
from dispatch.gateways.routing import GreatCircleRouter
from dispatch.services import matching, seeking
from dispatch.services.matching import Move
from dispatch.store import offers
from dispatch.store.db import Database
from dispatch.store.offers import Offer, OfferState
from tests.integration.night_desk import NightDesk, opened

SCHEDULERS = 4
TRIPS = 8


@pytest.fixture
def databases_of_schedulers(database_url: str) -> Iterator[list[Database]]:
    """Each scheduler with connections of its own, as in processes of their own."""
    with ExitStack() as stack:
        made = [Database(database_url) for _ in range(SCHEDULERS)]
        for db in made:
            stack.callback(db.dispose)
        yield made


def planned(night: NightDesk) -> list[Move]:
    with night.world.db.reading() as session:
        seen = matching.scenes(session, night.world.now)
    return [move for scene in seen for move in matching.plan(scene, GreatCircleRouter())]


def act(night: NightDesk, move: Move) -> bool:
    with night.world.db.transaction() as session:
        return matching.act(session, move, night.world.now)


def open_offers(night: NightDesk) -> tuple[Counter[int], Counter[int]]:
    """How often each trip and each driver is on offer."""
    with night.world.db.reading() as session:
        rows = session.execute(select(Offer.trip_id, Offer.driver_id).where(Offer.state == OfferState.OPEN)).all()
    return Counter(row.trip_id for row in rows), Counter(row.driver_id for row in rows)


@pytest.mark.parametrize("mode", [DispatchMode.BEST, DispatchMode.AUTOMATIC])
def test_of_four_schedulers_with_the_same_plan_each_move_is_made_by_one(
    database_url: str, databases_of_schedulers: list[Database], mode: DispatchMode
) -> None:
    with opened(database_url, mode, drivers=TRIPS) as night:
        night.seen(*range(100, 100 * TRIPS + 1, 100))
        booked = [night.world.book() for _ in range(TRIPS)]
        gate = threading.Barrier(SCHEDULERS)

        def scheduler(db: Database) -> int:
            with db.reading() as session:
                seen = matching.scenes(session, night.world.now)
            moves = [move for scene in seen for move in matching.plan(scene, GreatCircleRouter())]
            gate.wait(timeout=20)
            made = 0
            for move in moves:
                try:
                    with db.transaction() as session:
                        made += matching.act(session, move, night.world.now)
                except DomainError:
                    continue
            return made

        with ThreadPoolExecutor(SCHEDULERS) as pool:
            made = list(pool.map(scheduler, databases_of_schedulers))
        assert sum(made) == TRIPS
        trips, drivers = open_offers(night)
        assert trips == Counter(booked)
        assert set(drivers.values()) == {1}


def test_of_four_schedulers_one_tells_that_nobody_was_found_and_one_gives_up(
    database_url: str, databases_of_schedulers: list[Database]
) -> None:
    with opened(database_url, DispatchMode.BEST, drivers=1, give_up_minutes=10) as night:
        trip_id = night.world.book()
        night.driver(0, badge_active=False)
        night.sweep()
        for minutes, sweep, event in ((5, seeking.tell, "trip.nobody_found"), (5, seeking.give_up, "trip.give_up")):
            night.world.later(minutes=minutes)
            gate = threading.Barrier(SCHEDULERS)

            def scheduler(db: Database, sweep: object = sweep, gate: threading.Barrier = gate) -> bool:
                gate.wait(timeout=20)
                try:
                    with db.transaction() as session:
                        return bool(sweep(session, trip_id, night.world.now))  # type: ignore[operator]
                except DomainError:
                    return False

            with ThreadPoolExecutor(SCHEDULERS) as pool:
                assert sum(pool.map(scheduler, databases_of_schedulers)) == 1
            assert len(night.told(event)) == 1
        assert night.world.trip(trip_id).state is State.UNFULFILLED


def test_a_plan_older_than_the_trip_is_left(database_url: str) -> None:
    with opened(database_url, DispatchMode.BEST) as night:
        night.seen(100, 200)
        trip_id = night.world.book()
        (move,) = planned(night)
        with night.world.db.transaction() as session:
            session.execute(text("UPDATE trip SET version = version + 1"))
        assert act(night, move) is False
        assert (night.world.trip(trip_id).state, night.offers(trip_id)) == (State.BOOKED, [])


def test_a_driver_asked_since_the_plan_was_made_is_not_asked_for_a_second_trip(database_url: str) -> None:
    with opened(database_url, DispatchMode.BEST, drivers=1) as night:
        (driver_id,) = night.seen(100)
        moves = [Move(night.world.book(), 1, (driver_id,)) for _ in range(2)]
        assert [act(night, move) for move in moves] == [True, False]


def asked_twice(night: NightDesk, monkeypatch: pytest.MonkeyPatch) -> list[Move]:
    """Two moves that ask one driver, each carried out as if the other could not be seen."""
    (driver_id,) = night.seen(100)
    monkeypatch.setattr(offers, "asked_elsewhere", lambda *_: frozenset())
    return [Move(night.world.book(), 1, (driver_id,)) for _ in range(2)]


def test_the_index_alone_keeps_a_driver_from_being_asked_for_two_trips(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(database_url, DispatchMode.BEST, drivers=1) as night:
        first, second = asked_twice(night, monkeypatch)
        assert act(night, first)
        with pytest.raises(Conflict):
            act(night, second)
        assert night.world.trip(second.trip_id).state is State.BOOKED


def test_without_the_index_a_driver_would_be_asked_for_two_trips(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(database_url, DispatchMode.BEST, drivers=1) as night:
        with night.world.db.transaction() as session:
            session.execute(text("DROP INDEX uq_offer_open_automatic_driver"))
        first, second = asked_twice(night, monkeypatch)
        assert act(night, first)
        assert act(night, second)
        with night.world.db.reading() as session:
            assert session.scalar(select(func.count(Offer.id)).where(Offer.state == OfferState.OPEN)) == 2


def test_an_offer_by_hand_may_go_to_a_driver_who_is_being_asked_for_another_trip(database_url: str) -> None:
    with opened(database_url, DispatchMode.MANUAL, drivers=1) as night:
        for _ in range(2):
            night.world.to(State.OFFERED)
        assert set(open_offers(night)[1].values()) == {2}
