"""Booking on the account of a venue or company: who may, and how far its credit reaches."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dispatch.domain.accounts import AccountKind
from dispatch.domain.commands import Cancel, Party
from dispatch.domain.errors import Conflict, DomainError, Invalid, NotFound
from dispatch.domain.roles import Actor
from dispatch.services import (
    account_credit,
    accounts,
    bookings,
)
from dispatch.store import accounts as account_store
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch
from tests.accounts import FRONT_DESK, KITCHEN, balance, book_on, close, open_account, pay, set_limit
from tests.world import KEYS, World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def test_a_caller_is_offered_the_accounts_of_their_number_and_nobody_elses(world: World) -> None:
    hotel = open_account(world, FRONT_DESK, KITCHEN)
    company = open_account(world, FRONT_DESK, name="江铜集团", kind=AccountKind.COMPANY)
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        offered = {
            number: {one.id for one in account_credit.offered_to(session, branch, number, world.now)}
            for number in (FRONT_DESK, "138 0793 0002", "13900000009", "12")
        }
    assert offered == {FRONT_DESK: {hotel, company}, "138 0793 0002": {hotel}, "13900000009": set(), "12": set()}


def test_a_number_that_is_not_of_the_account_may_not_order_on_it(world: World) -> None:
    account_id = open_account(world)
    with pytest.raises(Invalid) as refused:
        book_on(world, account_id, "13900000009")
    assert (refused.value.code, refused.value.field) == ("account_caller", "account_id")


def test_a_number_taken_off_orders_no_more_but_its_trips_stay(world: World) -> None:
    account_id = open_account(world)
    trip_id = book_on(world, account_id)
    with world.db.transaction() as session:
        (caller,) = accounts.find(session, account_id, world.manager).callers
        accounts.remove_caller(session, account_id, caller.id, world.manager, world.now)
    with pytest.raises(Invalid):
        book_on(world, account_id)
    assert world.trip(trip_id).account_id == account_id


def test_an_account_of_another_branch_does_not_exist(world: World) -> None:
    account_id = open_account(world)
    stranger = Actor(world.manager.id, "x", world.branch_id + 1, world.manager.roles)
    with world.db.reading() as session, pytest.raises(NotFound):
        accounts.find(session, account_id, stranger)


def test_quotes_of_open_trips_and_what_is_owed_use_the_limit_up(world: World) -> None:
    account_id = open_account(world, limit_fen=10_000_000)
    first = book_on(world, account_id)
    quote = world.trip(first).quote_total_fen
    set_limit(world, account_id, 2 * quote)
    second = book_on(world, account_id)
    with pytest.raises(Invalid) as refused:
        book_on(world, account_id)
    assert refused.value.code == "account_limit"
    world.do(second, Cancel(Party.COMPANY, "没车"), world.dispatcher)  # costs nothing, and gives its part back
    third = book_on(world, account_id)
    fare = close(world, third)
    assert balance(world, account_id) == fare
    with pytest.raises(Invalid):
        book_on(world, account_id)
    pay(world, account_id, fare, "工行 1")
    book_on(world, account_id)


def test_a_stopped_account_says_why_and_goes_on_when_it_is_let(world: World) -> None:
    account_id = open_account(world)
    with world.db.transaction() as session:
        with pytest.raises(Invalid):
            accounts.stop(session, account_id, " ", world.manager, world.now)
        accounts.stop(session, account_id, "换老板", world.manager, world.now)
    with pytest.raises(Invalid) as refused:
        book_on(world, account_id)
    assert refused.value.params["reason"] == "换老板"
    with world.db.transaction() as session:
        accounts.resume(session, account_id, world.manager, world.now)
        with pytest.raises(Conflict):
            accounts.resume(session, account_id, world.manager, world.now)
    book_on(world, account_id)


def take_together(world: World, account_id: int, monkeypatch: pytest.MonkeyPatch, desks: int = 6) -> list[str]:
    """Desks that book on one account at the same moment; answers what each was told."""
    world.hire()
    start, look = threading.Barrier(desks), account_credit.of_account

    def slowly(*args: Any) -> Any:
        credit = look(*args)
        threading.Event().wait(0.1)  # time enough for everybody to look before anybody has booked
        return credit

    monkeypatch.setattr(account_credit, "of_account", slowly)
    orders = [world.booking(caller_phone=f"1380793{n + 500:04d}", account_id=account_id) for n in range(desks)]
    for order in orders:
        with world.db.transaction() as session:
            accounts.add_caller(session, account_id, order.caller_phone, world.manager, world.now, name="")

    def book(order: Any) -> str:
        start.wait(timeout=20)
        try:
            with world.db.transaction() as session:
                bookings.take(session, order, world.dispatcher, world.now, KEYS)
        except DomainError as error:
            return error.code
        return "booked"

    with ThreadPoolExecutor(desks) as pool:
        return sorted(pool.map(book, orders))


def last_credit(world: World) -> int:
    """An account whose credit is enough for one trip."""
    account_id = open_account(world, limit_fen=10_000_000)
    trip_id = book_on(world, account_id)
    world.do(trip_id, Cancel(Party.COMPANY, "没车"), world.dispatcher)
    set_limit(world, account_id, world.trip(trip_id).quote_total_fen)
    return account_id


def test_of_desks_that_want_the_last_credit_at_once_one_gets_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account_id = last_credit(world)
    told = take_together(world, account_id, monkeypatch)
    assert told == ["account_limit"] * 5 + ["booked"]


def test_it_is_the_accounts_row_that_keeps_the_last_credit_from_being_taken_twice(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url) as world:
        account_id = last_credit(world)
        monkeypatch.setattr(account_store, "held", lambda session, one: session.get(Account, one))
        assert take_together(world, account_id, monkeypatch).count("booked") > 1
