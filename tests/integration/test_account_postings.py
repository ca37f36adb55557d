"""What is posted to accounts: fares and corrections, payments and what is taken back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from dispatch.domain.accounts import EntryKind
from dispatch.domain.commands import Cancel, Party
from dispatch.domain.errors import Conflict, Invalid, Refused
from dispatch.domain.states import State
from dispatch.services import (
    account_credit,
    messages,
    trips,
)
from dispatch.store import account_ledger as ledger
from dispatch.store.account_ledger import AccountEntry
from dispatch.store.outbox import OutboxMessage
from dispatch.store.trips import Trip
from tests.accounts import balance, book_on, close, correct, open_account, pay, posted, set_limit, take_back
from tests.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def test_closing_posts_the_fare_in_the_same_transaction_and_asks_nothing_of_the_customer(world: World) -> None:
    account_id = open_account(world)
    trip_id = book_on(world, account_id)
    fare = close(world, trip_id)
    assert posted(world, account_id) == [(EntryKind.FARE, fare)]
    with world.db.reading() as session:
        closed = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()[-1]
        trip = session.get_one(Trip, trip_id)
        assert closed.body["text"] == messages.for_event("trip.sign_receipt", trip)
        assert "由龙潭湖宾馆记账结算，您无需付款" in closed.body["text"]


def test_the_receipt_says_on_whose_account_the_trip_went(world: World) -> None:
    trip_id = book_on(world, open_account(world))
    world.to(State.DELIVERED, trip_id)
    receipt = world.sign_receipt(trip_id)
    assert receipt.facts["payment"] == {
        "zh": "由龙潭湖宾馆记账结算，客户无需付款",
        "en": "on account of 龙潭湖宾馆: nothing to pay now",
    }
    other = world.to(State.DELIVERED, driver=world.drivers[1])
    assert world.sign_receipt(other).facts["payment"]["zh"] == ""


@pytest.mark.parametrize("state", [State.CANCELLED, State.REFUSED, State.ABORTED, State.UNFULFILLED])
def test_every_end_of_a_trip_posts_what_it_costs(world: World, state: State) -> None:
    account_id = open_account(world)
    trip_id = book_on(world, account_id)
    if state is State.CANCELLED:
        world.to(State.EN_ROUTE, trip_id)
        world.do(trip_id, Cancel(Party.CUSTOMER, "不走了"), world.dispatcher)
    else:
        world.to(state, trip_id)
    fee = world.trip(trip_id).total_fen or 0
    assert balance(world, account_id) == fee
    assert len(posted(world, account_id)) == (1 if fee else 0)


def test_a_trip_that_the_customer_pays_posts_nothing(world: World) -> None:
    account_id = open_account(world)
    close(world, book_on(world, None))
    assert posted(world, account_id) == []


def test_a_correction_of_the_fare_is_a_posting_of_its_own(world: World) -> None:
    account_id = open_account(world)
    trip_id = book_on(world, account_id)
    fare = close(world, trip_id)
    correct(world, trip_id, -500)
    assert posted(world, account_id) == [(EntryKind.FARE, fare), (EntryKind.CORRECTION, -500)]
    assert balance(world, account_id) == world.trip(trip_id).total_fen


def test_a_payment_is_posted_once_and_taken_back_once(world: World) -> None:
    account_id = open_account(world)
    entry = pay(world, account_id, 30_000, "工行 0032")
    with pytest.raises(Conflict):
        pay(world, account_id, 30_000, "工行  0032")
    take_back(world, account_id, entry)
    with pytest.raises(Conflict):
        take_back(world, account_id, entry)
    assert balance(world, account_id) == 0
    pay(world, account_id, 31_000, "工行 0032")  # the right amount, under the reference it came with
    assert posted(world, account_id) == [
        (EntryKind.PAYMENT, -30_000),
        (EntryKind.PAYMENT, 30_000),
        (EntryKind.PAYMENT, -31_000),
    ]


def test_only_payments_are_taken_back(world: World) -> None:
    account_id = open_account(world)
    close(world, book_on(world, account_id))
    entry = pay(world, account_id, 100, "x")
    take_back(world, account_id, entry)
    with world.db.reading() as session:
        fare, _, back = (one.id for one in ledger.entries(session, account_id)[::-1])
    for wrong in (fare, back):
        with pytest.raises(Refused):
            take_back(world, account_id, wrong)


def test_what_was_posted_is_never_changed(world: World) -> None:
    account_id = open_account(world)
    entry = pay(world, account_id, 100, "x")
    with pytest.raises(TypeError, match="was posted"), world.db.transaction() as session:
        session.get_one(AccountEntry, entry).amount_fen = -200
    with pytest.raises(TypeError, match="was posted"), world.db.transaction() as session:
        session.delete(session.get_one(AccountEntry, entry))
    assert balance(world, account_id) == -100


def test_a_trip_changes_its_payer_until_it_is_settled(world: World) -> None:
    account_id = open_account(world)
    trip_id = book_on(world, None)

    def move(wanted: int | None) -> None:
        with world.db.transaction() as session:
            trip = trips.locked(session, trip_id, world.dispatcher)
            account_credit.move(session, trip, wanted, world.dispatcher, world.now)

    move(account_id)
    assert world.trip(trip_id).account_id == account_id
    move(None)
    assert world.trip(trip_id).account_id is None
    set_limit(world, account_id, 1)
    with pytest.raises(Invalid):
        move(account_id)
    close(world, trip_id)
    with pytest.raises(Conflict):
        move(account_id)
    assert posted(world, account_id) == []
