"""The password again: right ones pass, wrong ones are counted though their transaction is undone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dispatch.domain.errors import Invalid, TooMany
from dispatch.services import password_again, passwords
from dispatch.store.branches import Branch
from dispatch.store.staff import Staff
from tests.world import World

RIGHT = "lantern over the river"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, drivers=0) as opened:
        with opened.db.transaction() as session:
            session.get_one(Staff, opened.manager.id).password_hash = passwords.digest(RIGHT)
        yield opened


def tried(world: World, password: str) -> str:
    """What came of it, beside other work in the same transaction."""
    try:
        with world.db.transaction() as session:
            session.get_one(Branch, world.branch_id).name = password
            password_again.check(session, world.manager.id, password, world.now)
    except (Invalid, TooMany) as error:
        return error.code
    return "right"


def test_the_right_password_lets_the_work_pass_and_a_wrong_one_undoes_it(world: World) -> None:
    assert tried(world, RIGHT) == "right"
    assert tried(world, "lantern over the lake") == "password_wrong"
    with world.db.reading() as session:
        assert session.get_one(Branch, world.branch_id).name == RIGHT


def test_a_wrong_password_names_its_field(world: World) -> None:
    with pytest.raises(Invalid) as refused, world.db.transaction() as session:
        password_again.check(session, world.manager.id, "", world.now)
    assert refused.value.field == "password"


def test_after_ten_wrong_ones_the_right_one_has_to_wait_too(world: World) -> None:
    assert {tried(world, f"guess number {number}") for number in range(10)} == {"password_wrong"}
    assert tried(world, RIGHT) == "too_many_tries"
    world.later(minutes=16)
    assert tried(world, RIGHT) == "right"


def test_wrong_ones_are_counted_where_pages_only_look(world: World) -> None:
    for _ in range(10):
        with pytest.raises(Invalid), world.db.reading() as session:
            password_again.check(session, world.manager.id, "a guess", world.now)
    assert tried(world, RIGHT) == "too_many_tries"


def test_guesses_at_the_same_moment_are_all_counted(world: World) -> None:
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda number: tried(world, f"guess number {number}"), range(10)))
    assert tried(world, RIGHT) == "too_many_tries"


def test_nobody_and_who_has_left_have_no_password(world: World) -> None:
    with world.db.transaction() as session:
        session.get_one(Staff, world.manager.id).active = False
    assert tried(world, RIGHT) == "password_wrong"
    with pytest.raises(Invalid), world.db.reading() as session:
        password_again.check(session, 999, RIGHT, world.now + timedelta(days=1))
