"""What each reader sees of a trip, while it lives and afterwards; and what they are shown when they say why."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dispatch.domain.commands import RefusalReason, Refuse
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import Forbidden, Invalid
from dispatch.domain.roles import Actor, Role, customer
from dispatch.domain.states import State
from dispatch.services import complaints, visibility
from dispatch.services.visibility import DRIVER_KEEPS, Seen
from dispatch.store import journal
from dispatch.store.trips import Trip
from tests.world import World

WHOLE = Seen("李建国", "+8613807931234", "信州区五三大道 8 号", "广信区旭日街道 12 号", masked=False)
MASKED = Seen("李建国", "138****1234", "信州区**", "广信区**", masked=True)
BRIEF = Seen("李**", "138****1234", "信州区**", "广信区**", masked=True)
NOTHING = Seen("李**", "", "", "", masked=True)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def booked(world: World) -> int:
    place = world.booking().pickup
    return world.book(
        caller_phone="13807931234",
        pickup=type(place)("信州区五三大道 8 号"),
        destination=type(place)("广信区旭日街道 12 号"),
    )


def seen(world: World, trip_id: int, actor: Actor, **later: float) -> Seen:
    return visibility.of_trip(world.trip(trip_id), actor, world.now + timedelta(**later))


def note(world: World, trip_id: int, actor: Actor) -> str | None:
    with world.db.reading() as session:
        return visibility.intoxication(session, session.get_one(Trip, trip_id), actor)


def reveal(world: World, trip_id: int, actor: Actor, what: str = "phone", reason: str = "客人遗落手机") -> str:
    with world.db.transaction() as session:
        trip = session.get_one(Trip, trip_id)
        return visibility.reveal(session, trip, actor, world.now, what=what, reason=reason)


def complain(world: World, trip_id: int) -> None:
    given = Registration(
        Channel.CALL, world.now, "李建国", "+8613807931234", "", world.now, "代驾员", "x", "y", trip_id
    )
    with world.db.transaction() as session:
        complaints.register(session, given, world.agent)


def test_the_desk_and_the_trip_s_driver_see_all_while_it_lives(world: World) -> None:
    trip_id = world.to(State.ON_SITE, booked(world))
    assert seen(world, trip_id, world.dispatcher) == seen(world, trip_id, world.drivers[0]) == WHOLE


def test_others_see_a_living_trip_masked(world: World) -> None:
    trip_id = world.to(State.OFFERED, booked(world))
    assert seen(world, trip_id, world.agent) == seen(world, trip_id, world.manager) == MASKED
    assert seen(world, trip_id, world.drivers[0]) == BRIEF  # on offer is not yet one's own


def test_after_the_end_the_desk_sees_it_masked_and_the_driver_for_a_day(world: World) -> None:
    trip_id = world.to(State.REFUSED, booked(world))
    assert seen(world, trip_id, world.dispatcher) == MASKED
    assert seen(world, trip_id, world.drivers[0]) == BRIEF
    over = DRIVER_KEEPS.total_seconds()
    assert seen(world, trip_id, world.drivers[0], seconds=over) == BRIEF
    assert seen(world, trip_id, world.drivers[0], seconds=over + 1) == NOTHING


def test_the_note_on_the_customer_s_state_is_for_the_desk_while_the_trip_lives_and_for_its_driver(world: World) -> None:
    trip_id = world.to(State.INSPECTED, booked(world))
    assert note(world, trip_id, world.dispatcher) == note(world, trip_id, world.drivers[0]) == "mild"
    assert note(world, trip_id, world.drivers[1]) is None
    assert note(world, trip_id, world.agent) is None
    assert note(world, trip_id, world.manager) is None  # a manager asks for it, which is noted
    world.do(trip_id, Refuse(RefusalReason.WILL_NOT_SIGN))
    assert note(world, trip_id, world.dispatcher) is None


def test_who_says_why_is_shown_a_masked_fact_and_the_journal_keeps_who_and_why(world: World) -> None:
    trip_id = booked(world)
    for actor in (world.agent, world.manager):
        assert reveal(world, trip_id, actor) == "+8613807931234"
        assert reveal(world, trip_id, actor, "address") == "信州区五三大道 8 号 → 广信区旭日街道 12 号"
    with world.db.reading() as session:
        kept = journal.page(session, world.branch_id, subject="trip", subject_id=trip_id)
    told = [(entry.actor_id, entry.payload["what"], entry.payload["reason"]) for entry in kept[:-1]]
    assert told[0] == (world.manager.id, "address", "客人遗落手机")
    assert len(told) == 4
    assert not any("138" in str(entry.payload) or "五三" in str(entry.payload) for entry in kept)


def test_without_a_reason_nothing_is_shown(world: World) -> None:
    trip_id = booked(world)
    for what, reason, field in [("phone", "  ", "reason"), ("shoe size", "x", "what")]:
        with pytest.raises(Invalid) as refused:
            reveal(world, trip_id, world.agent, what, reason)
        assert refused.value.field == field


def test_the_desk_drivers_and_customers_cannot_ask(world: World) -> None:
    trip_id = booked(world)
    for actor in (world.dispatcher, world.driver, customer(world.branch_id, "李建国", trip_id)):
        with pytest.raises(Forbidden):
            reveal(world, trip_id, actor)


def test_customer_service_is_shown_the_customer_s_state_only_on_a_complaint(world: World) -> None:
    trip_id = world.to(State.INSPECTED, booked(world))
    with pytest.raises(Forbidden):
        reveal(world, trip_id, world.agent, "intoxication")
    assert reveal(world, trip_id, world.manager, "intoxication") == "mild"
    complain(world, trip_id)
    assert reveal(world, trip_id, world.agent, "intoxication") == "mild"


def test_somebody_who_is_dispatcher_and_manager_sees_a_living_trip_as_the_desk_does(world: World) -> None:
    both = Actor(7, "李", world.branch_id, frozenset({Role.DISPATCHER, Role.MANAGER}))
    assert seen(world, booked(world), both) == WHOLE
