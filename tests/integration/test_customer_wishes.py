"""Another number and a rating by link: asked for once, decided once, on both databases, however many tap at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from dispatch.domain import roles
from dispatch.domain.errors import Conflict, DomainError, Invalid, NotFound, Refused
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import phone_corrections, ratings
from dispatch.services.ratings import Rating
from dispatch.store.phone_corrections import PhoneCorrection
from dispatch.store.ratings import LinkRating
from tests.world import World

NEW = "139 0793 4321"


def customer(world: World, trip_id: int) -> Actor:
    return roles.customer(world.branch_id, "李建国", trip_id)


def ask(world: World, trip_id: int, typed: str = NEW) -> int:
    with world.db.transaction() as session:
        return phone_corrections.ask(session, trip_id, typed, customer(world, trip_id), world.now).id


def decide(world: World, trip_id: int, wish: int, *, accept: bool) -> None:
    with world.db.transaction() as session:
        phone_corrections.decide(session, trip_id, wish, world.dispatcher, world.now, accept=accept)


def at_once(work: Callable[[], object], times: int = 4) -> list[object]:
    """What came of doing it from several threads at the same moment."""
    together = Barrier(times)

    def one(_number: int) -> object:
        together.wait()
        try:
            return work()
        except DomainError as error:
            return error.code

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_the_number_changes_when_the_desk_says_so_and_not_before(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        before = world.trip(trip_id).caller_phone
        wish = ask(world, trip_id)
        assert world.trip(trip_id).caller_phone == before
        decide(world, trip_id, wish, accept=True)
        assert world.trip(trip_id).caller_phone == "+8613907934321"


def test_a_wish_is_decided_once(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        wish = ask(world, trip_id)
        decide(world, trip_id, wish, accept=False)
        with pytest.raises(Conflict):
            decide(world, trip_id, wish, accept=True)


def test_four_desks_deciding_at_once_change_the_number_once(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        wish = ask(world, trip_id)
        results = at_once(lambda: decide(world, trip_id, wish, accept=True))
        assert sorted(map(str, results)) == ["None", *["correction_decided"] * 3]


def test_a_wish_that_waits_is_replaced_by_the_next_one(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        assert ask(world, trip_id) == ask(world, trip_id, "139 0793 5678")
        with world.db.reading() as session:
            assert session.scalars(select(PhoneCorrection.phone)).all() == ["+8613907935678"]


def test_taps_at_the_same_moment_leave_one_wish(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        at_once(lambda: ask(world, trip_id))
        with world.db.reading() as session:
            assert session.scalar(select(func.count()).select_from(PhoneCorrection)) == 1


def test_the_database_itself_refuses_a_second_open_wish(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        ask(world, trip_id)
        with pytest.raises(Conflict), world.db.transaction() as session:
            session.add(
                PhoneCorrection(branch_id=world.branch_id, trip_id=trip_id, phone="+8613800000000", asked_at=world.now)
            )


def test_a_link_asks_five_times_at_most(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        for number in range(phone_corrections.MOST):
            decide(world, trip_id, ask(world, trip_id, f"1390793432{number}"), accept=False)
        with pytest.raises(Refused):
            ask(world, trip_id)


def test_the_number_we_have_is_no_correction(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.EN_ROUTE)
        with pytest.raises(Invalid) as refused:
            ask(world, trip_id, world.trip(trip_id).caller_phone)
        assert refused.value.field == "phone"


def test_a_link_asks_for_its_own_trip_only(database_url: str) -> None:
    with World.opened(database_url) as world:
        own, other = world.to(State.EN_ROUTE), world.book()
        with pytest.raises(NotFound), world.db.transaction() as session:
            phone_corrections.ask(session, other, NEW, customer(world, own), world.now)
        wish = ask(world, own)
        with pytest.raises(NotFound):
            decide(world, other, wish, accept=True)


def rate(world: World, trip_id: int, rating: int) -> None:
    with world.db.transaction() as session:
        ratings.give(session, trip_id, Rating(rating, ""), customer(world, trip_id), world.now)


def test_ratings_sent_at_the_same_moment_count_once(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.to(State.ABORTED)
        results = at_once(lambda: rate(world, trip_id, 4))
        assert sorted(map(str, results)) == ["None", "rated", "rated", "rated"]
        with world.db.reading() as session:
            assert session.scalar(select(func.count()).select_from(LinkRating)) == 1


@pytest.mark.parametrize(
    ("state", "rating", "error"),
    [
        (State.DRIVING, 5, Refused),
        (State.CANCELLED, 5, Refused),
        (State.CLOSED, 5, Conflict),
        (State.ABORTED, 0, Invalid),
        (State.ABORTED, 6, Invalid),
    ],
)
def test_only_what_is_over_and_not_rated_yet_is_rated_from_1_to_5(
    sqlite_url: str, state: State, rating: int, error: type[DomainError]
) -> None:
    with World.opened(sqlite_url) as world:
        trip_id = world.to(state)
        with pytest.raises(error):
            rate(world, trip_id, rating)


def test_the_rating_under_the_receipt_is_the_trips_rating(sqlite_url: str) -> None:
    with World.opened(sqlite_url) as world:
        trip_id = world.to(State.DELIVERED)
        world.later(minutes=1)
        world.sign_receipt(trip_id, rating=3)
        with world.db.reading() as session:
            found = ratings.of_trip(session, world.trip(trip_id))
        assert found is not None
        assert found.rating == 3


def test_a_wish_outlives_the_trip_until_the_link_ends(sqlite_url: str) -> None:
    with World.opened(sqlite_url) as world:
        trip_id = world.to(State.CLOSED)
        world.later(days=1)
        decide(world, trip_id, ask(world, trip_id), accept=True)
        assert world.trip(trip_id).caller_phone == "+8613907934321"  # the callback of the next day goes there
