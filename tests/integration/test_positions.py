"""Drivers' positions: taken on shift only, harmless twice, never moved back, thinned after a month."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from dispatch.domain.errors import Conflict, Refused
from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.position import Fix
from dispatch.domain.retention import Kind
from dispatch.domain.states import State
from dispatch.domain.track import decode
from dispatch.services import drivers, positions, retention
from dispatch.services.positions import Reading
from dispatch.store import positions as newest
from dispatch.store import tracks
from dispatch.store.positions import DriverPosition
from dispatch.store.tracks import Track
from tests.world import NIGHT, World

HERE = Point(28.4451, 117.9650)
MONTH = timedelta(days=30)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def north(metres: float) -> Point:
    return Point(HERE.lat + metres / 111_195, HERE.lon)


def drive(world: World, seconds: int, *, every: int = 10, mps: float = 12) -> list[Reading]:
    """A way north up to now."""
    begin = world.now - timedelta(seconds=seconds)
    return [Reading(north(at * mps), begin + timedelta(seconds=at), 10.0, 0.0) for at in range(0, seconds + 1, every)]


def report(
    world: World, readings: list[Reading], *, clock: timedelta = timedelta(), sent: datetime | None = None
) -> int:
    """As a phone whose clock is wrong by `clock`."""
    wrong = [Reading(one.point, one.at + clock, one.accuracy_m, one.heading) for one in readings]
    with world.db.transaction() as session:
        return positions.report(session, world.driver.driver_id or 0, (sent or world.now) + clock, wrong, world.now)


def seen(world: World) -> DriverPosition:
    with world.db.reading() as session:
        found = newest.of_driver(session, world.driver.driver_id or 0)
    assert found is not None
    return found


def pieces(world: World) -> list[Track]:
    with world.db.reading() as session:
        return list(session.scalars(select(Track).order_by(Track.begins_at)))


def test_the_newest_position_is_kept_hot_and_the_way_in_pieces_of_minutes(world: World) -> None:
    world.later(hours=1)
    assert report(world, drive(world, 600)) == 61
    assert seen(world).at == world.now
    assert great_circle_m(seen(world).fix.point, north(7200)) < 1
    assert [piece.count for piece in pieces(world)] == [30, 30, 1]
    assert sum(len(piece.points) for piece in pieces(world)) < 61 * 9


def test_a_batch_that_comes_twice_changes_nothing(world: World) -> None:
    world.later(hours=1)
    batch = drive(world, 300)
    sent = world.now
    report(world, batch, sent=sent)
    before = [(piece.count, piece.points) for piece in pieces(world)]
    world.later(seconds=20)  # the answer was lost; the phone sends again with the same times
    assert report(world, batch, sent=sent) == 0
    assert report(world, batch, sent=world.now) == 0
    assert [(piece.count, piece.points) for piece in pieces(world)] == before


def test_a_late_batch_never_moves_a_driver_back(world: World) -> None:
    world.later(hours=1)
    late = drive(world, 60)
    world.later(minutes=2)
    report(world, [Reading(north(900), world.now)])
    at = seen(world).at
    assert report(world, late) == 0
    assert seen(world).at == at


def test_the_database_itself_keeps_the_later_position(world: World) -> None:
    world.later(hours=1)
    report(world, [Reading(HERE, world.now)])
    with world.db.transaction() as session:
        older = Fix(north(50), world.now - timedelta(seconds=1))
        assert not newest.move(session, world.driver.driver_id or 0, older, world.now)
    assert seen(world).fix.point == HERE


def test_of_two_requests_of_one_driver_at_once_the_second_is_told_to_send_again(world: World) -> None:
    world.later(hours=1)
    report(world, [Reading(HERE, world.now)])
    world.later(seconds=10)
    with world.db.reading() as session:
        duty = tracks.duty(session, world.driver.driver_id or 0)
    assert duty is not None
    assert duty.piece is not None
    report(world, [Reading(north(90), world.now)])  # somebody else was first
    with pytest.raises(Conflict), world.db.transaction() as session:
        tracks.extend(session, duty.piece, [Fix(north(90), world.now)])
    [piece] = pieces(world)
    assert len(decode(piece.points, piece.begins_at)) == 2


def test_a_driver_who_is_not_on_shift_leaves_no_trace(world: World) -> None:
    with world.db.transaction() as session:
        drivers.end_shift(session, world.driver, world.now)
    with pytest.raises(Refused) as refused:
        report(world, [Reading(HERE, world.now)])
    assert refused.value.code == "off_shift"
    assert pieces(world) == []


def test_points_from_before_the_shift_are_left_out(world: World) -> None:
    world.later(seconds=30)
    assert report(world, drive(world, 100)) == 4
    [piece] = pieces(world)
    assert piece.begins_at >= NIGHT


@pytest.mark.parametrize(
    "wrong", [timedelta(hours=-8), timedelta(minutes=17), timedelta(days=400), -timedelta(days=365 * 2000)]
)
def test_a_wrong_clock_of_the_phone_is_corrected(world: World, wrong: timedelta) -> None:
    world.later(hours=1)
    report(world, drive(world, 120), clock=wrong)
    assert seen(world).at == world.now
    world.later(seconds=10)
    assert report(world, [Reading(north(1500), world.now)], clock=wrong) == 1


def test_points_in_the_future_are_taken_as_of_now(world: World) -> None:
    world.later(hours=1)
    report(world, [Reading(HERE, world.now + timedelta(minutes=3))])
    assert seen(world).at == world.now


def test_impossible_points_are_kept_out_of_the_newest_position_but_not_out_of_the_way(world: World) -> None:
    world.later(hours=1)
    now = world.now
    report(
        world,
        [
            Reading(HERE, now - timedelta(seconds=30)),
            Reading(north(50_000), now - timedelta(seconds=20)),
            Reading(north(100), now - timedelta(seconds=10), 12.0),
            Reading(north(400), now, 900.0),
        ],
    )
    assert great_circle_m(seen(world).fix.point, north(100)) < 1
    assert pieces(world)[0].count == 4


def test_what_is_driven_for_a_trip_is_kept_with_the_trip(world: World) -> None:
    world.later(minutes=10)
    report(world, drive(world, 60))
    trip_id = world.to(State.DRIVING)
    report(world, drive(world, 120))
    with world.db.reading() as session:
        way = tracks.of_trip(session, trip_id)
    assert len(way) == 13
    assert {piece.trip_id for piece in pieces(world)} == {None, trip_id}


def test_after_a_month_ways_between_trips_are_gone_and_trips_are_thinned(world: World) -> None:
    world.later(minutes=10)
    report(world, drive(world, 60))
    trip_id = world.to(State.DRIVING)
    report(world, drive(world, 600))
    world.to(State.CLOSED, trip_id)
    closed = world.now

    def tidied(now: datetime) -> int:
        with world.db.transaction() as session:
            return sum(
                retention.sweep(session, world.branch_id, kind, now) for kind in (Kind.POSITIONS, Kind.WAYS_WHOLE)
            )

    assert tidied(closed + timedelta(hours=1)) == 0
    assert len(pieces(world)) > 2
    tidied(closed + MONTH + timedelta(seconds=1))
    [thin] = pieces(world)
    assert (thin.trip_id, thin.thinned, thin.count) == (trip_id, True, 11)
    assert tidied(closed + MONTH + timedelta(hours=1)) == 0
    with world.db.reading() as session:
        assert newest.of_driver(session, world.driver.driver_id or 0) is None


def test_a_trip_that_is_not_over_is_not_thinned(world: World) -> None:
    trip_id = world.to(State.DRIVING)
    report(world, drive(world, 600))
    with world.db.transaction() as session:
        retention.sweep(session, world.branch_id, Kind.WAYS_WHOLE, world.now + 2 * MONTH)
    assert not any(piece.thinned for piece in pieces(world))
    assert {piece.trip_id for piece in pieces(world)} == {trip_id}


def test_a_torn_piece_is_never_taken_for_a_short_way(world: World) -> None:
    world.later(hours=1)
    report(world, drive(world, 60))
    with world.db.transaction() as session:
        session.execute(update(Track).values(points=pieces(world)[0].points[:-1]))
    world.later(seconds=10)
    with pytest.raises(ValueError, match="ends in the middle"):
        report(world, [Reading(HERE, world.now)])
