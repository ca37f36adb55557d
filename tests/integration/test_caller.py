"""Who is calling, and places used before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from dispatch.domain.booking import Place
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import Invalid
from dispatch.domain.states import State
from dispatch.services import caller, complaints
from dispatch.services.caller import Caller
from dispatch.store.branches import Branch
from dispatch.store.customers import Customer
from tests.world import World

HOME, BAR, STATION = "信州区带湖路 6 号", "万达广场", "上饶站"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def called(world: World, dialled: str) -> Caller | None:
    with world.db.reading() as session:
        return caller.look_up(session, session.get_one(Branch, world.branch_id), dialled, world.now)


def driven(world: World, pickup: str, destination: str, phone: str = "13807931234", plate: str = "赣E12345") -> int:
    order = {"caller_phone": phone, "plate": plate, "pickup": Place(pickup), "destination": Place(destination)}
    trip_id = world.to(State.CANCELLED, world.book(**order))
    world.later(hours=1)
    return trip_id


def places(world: World, fragment: str) -> list[str]:
    with world.db.reading() as session:
        return [place.address for place in caller.places(session, world.branch_id, fragment)]


@pytest.mark.parametrize("dialled", ["13807931234", "138 0793 1234", "+86 138-0793-1234", "１３８０７９３１２３４"])
def test_a_caller_is_known_by_the_number_in_any_spelling(world: World, dialled: str) -> None:
    driven(world, BAR, HOME)
    found = called(world, dialled)
    assert found is not None
    assert found.customer.name == "李建国"


def test_a_new_caller_is_nobody_and_a_wrong_number_is_refused(world: World) -> None:
    assert called(world, "13900000000") is None
    with pytest.raises(Invalid):
        called(world, "12")


def test_the_desk_sees_cars_with_insurance_favourite_places_open_trips_and_complaints(world: World) -> None:
    world.to(State.REFUSED, world.book(caller_phone="13807931234", plate="赣E12345", pickup=Place(BAR)))
    world.later(hours=1)
    for pickup in (BAR, STATION, BAR):
        driven(world, pickup, HOME, plate="赣E67890")
    trip_id = world.book(caller_phone="13807931234", plate="赣E67890", pickup=Place(BAR), destination=Place(HOME))
    given = Registration(
        Channel.CALL,
        world.now,
        "李建国",
        "+8613807931234",
        "",
        world.now - timedelta(hours=1),
        "代驾员",
        "x",
        "y",
        trip_id,
    )
    with world.db.transaction() as session:
        complaints.register(session, given, world.agent)
        session.query(Customer).update({"do_not_serve": "多次骚扰代驾员"})
    found = called(world, "13807931234")
    assert found is not None
    assert [car.plate for car in found.customer.vehicles] == ["赣E67890", "赣E12345"]
    assert found.customer.vehicles[1].insurance_seen is None or "on" in found.customer.vehicles[1].insurance_seen
    assert found.pickups == (BAR, STATION)
    assert found.destinations[0] == HOME
    assert [trip.id for trip in found.open_trips] == [trip_id]
    assert (found.complaints, found.customer.do_not_serve) == (1, "多次骚扰代驾员")


def test_a_look_up_costs_the_same_for_a_regular_as_for_a_newcomer(world: World) -> None:
    statements: list[str] = []
    event.listen(world.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    driven(world, BAR, HOME)
    statements.clear()
    called(world, "13807931234")
    once = len(statements)
    for number in range(4):
        driven(world, BAR, STATION, plate=f"赣E2222{number}")
    statements.clear()
    called(world, "13807931234")
    assert len(statements) == once


@pytest.mark.parametrize("fragment", ["万达", "wdgc", "WDGC", " dgc "])
def test_a_place_is_found_by_a_fragment_or_by_pinyin_initials(world: World, fragment: str) -> None:
    driven(world, BAR, HOME)
    driven(world, BAR, STATION)
    assert places(world, fragment) == [BAR]


def test_places_come_most_used_first_and_nothing_for_nothing(world: World) -> None:
    driven(world, "上饶宾馆", STATION)
    driven(world, BAR, STATION)
    assert places(world, "sr") == [STATION, "上饶宾馆"]
    assert places(world, "  ") == []


def test_places_of_another_branch_are_not_told(world: World) -> None:
    driven(world, BAR, HOME)
    with world.db.reading() as session:
        assert caller.places(session, world.branch_id + 1, "万达") == []
