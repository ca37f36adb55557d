"""Money of accounts is conserved, whatever is posted in whatever order and whenever statements are made (R10)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.domain import accounts as rules
from dispatch.domain.accounts import EntryKind
from dispatch.services import account_credit, account_postings, account_statements, fares, trips
from dispatch.store import account_ledger as ledger
from dispatch.store.accounts import Account
from dispatch.store.trips import Trip
from tests.accounts import balance, book_on, open_account, pay, statements, take_back
from tests.databases import Databases
from tests.world import NIGHT, World

amounts = st.integers(1, 50_000)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("fare"), amounts),
        st.tuples(st.just("correct"), st.integers(-50_000, 50_000)),
        st.tuples(st.just("pay"), amounts),
        st.tuples(st.just("take back"), st.integers(0, 5)),
        st.tuples(st.just("days"), st.integers(1, 45)),
        st.tuples(st.just("state"), st.just(0)),
    ),
    max_size=14,
)
names = count(1)


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    """One branch for all examples: each has an account of its own."""
    with databases.fresh("sqlite") as url, World.opened(url) as opened:
        yield opened


def settle(world: World, trip_id: int, fare_fen: int) -> None:
    """What `fares.settle` does to the account, for a fare of our choosing."""
    with world.db.transaction() as session:
        trip = session.get_one(Trip, trip_id)
        trip.total_fen = fare_fen
        account_postings.fare_settled(session, trip, world.clock, world.now)


class Books:
    """An account, and beside it the plainest books that anybody could keep."""

    def __init__(self, world: World) -> None:
        world.now = NIGHT
        self.world = world
        self.account_id = open_account(world, name=f"单位 {next(names)}", limit_fen=10_000_000_00)
        self.fares: dict[int, int] = {}
        self.payments: dict[int, int] = {}

    def do(self, what: str, amount: int) -> None:
        match what:
            case "fare":
                trip_id = book_on(self.world, self.account_id) if self.fresh() else book_on(self.world, None)
                if self.world.trip(trip_id).account_id is not None:
                    settle(self.world, trip_id, amount)
                    self.fares[trip_id] = amount
            case "correct" if self.fares and amount and self.last_fare + amount >= 0:
                self.correct(max(self.fares), amount)
            case "pay":
                entry = pay(self.world, self.account_id, amount, f"ref {len(self.payments)}")
                self.payments[entry] = amount
            case "take back" if (wrong := self.payment(amount)) is not None:
                take_back(self.world, self.account_id, wrong)
                self.payments[wrong] = 0
            case "days":
                self.world.later(days=amount)
            case "state":
                self.state()

    def fresh(self) -> bool:
        """Whether the account may be booked on: a late statement stops it, and the customer pays."""
        with self.world.db.reading() as session:
            account = session.get_one(Account, self.account_id)
            return account_credit.of_account(session, account, self.world.now).stop() is None

    @property
    def last_fare(self) -> int:
        return self.fares[max(self.fares)]

    def payment(self, number: int) -> int | None:
        standing = [entry for entry, amount in self.payments.items() if amount]
        return standing[number % len(standing)] if standing else None

    def correct(self, trip_id: int, amount: int) -> None:
        with self.world.db.transaction() as session:
            trip = trips.locked(session, trip_id, self.world.manager)
            fares.correct(session, trip, self.world.manager, self.world.now, amount_fen=amount, reason="x")
        self.fares[trip_id] += amount

    def state(self) -> None:
        while True:
            with self.world.db.transaction() as session:
                if not account_statements.make(session, self.account_id, self.world.now):
                    return

    @property
    def owed(self) -> int:
        return sum(self.fares.values()) - sum(self.payments.values())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps)
def test_an_account_owes_its_fares_less_its_payments_and_statements_hold_every_posting_once(
    world: World, taken: list[tuple[str, int]]
) -> None:
    books = Books(world)
    for what, amount in taken:
        books.do(what, amount)
        assert balance(world, books.account_id) == books.owed
    books.world.later(days=45)
    books.state()
    assert_statements_hold_everything(books)


def assert_statements_hold_everything(books: Books) -> None:
    made = statements(books.world, books.account_id)
    with books.world.db.reading() as session:
        entries = ledger.entries(session, books.account_id)
    before, months = 0, None
    for one in made:
        assert one.opening_fen == before
        assert one.closing_fen == one.opening_fen + one.charged_fen - one.paid_fen
        assert one.charged_fen - one.paid_fen == sum(line["amount_fen"] for line in one.lines)
        assert one.paid_fen == -sum(line["amount_fen"] for line in one.lines if line["kind"] == EntryKind.PAYMENT)
        assert months is None or one.month == rules.next_month(months)
        assert one.due_on > one.month + timedelta(days=27)
        before, months = one.closing_fen, one.month
    assert before == books.owed
    assert sum(len(one.lines) for one in made) == len(entries)
