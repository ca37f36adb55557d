"""Accounts of venues and companies: booking on credit, what is posted, statements, overdue stop."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.domain.accounts import AccountKind, EntryKind, Stop
from dispatch.domain.commands import Cancel, Party
from dispatch.domain.errors import Conflict, DomainError, Invalid, NotFound, Refused
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import (
    account_credit,
    account_mail,
    account_postings,
    account_statements,
    accounts,
    bookings,
    delivering,
    fares,
    messages,
    trips,
)
from dispatch.services.accounts import Particulars
from dispatch.store import account_ledger as ledger
from dispatch.store import accounts as account_store
from dispatch.store.account_ledger import AccountEntry, AccountStatement
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch
from dispatch.store.journal import JournalEntry
from dispatch.store.outbox import OutboxMessage
from dispatch.store.trips import Trip
from tests.world import KEYS, World

FRONT_DESK, KITCHEN = "13807930001", "13807930002"
TERMS: dict[str, Any] = {"kind": AccountKind.HOTEL, "name": "龙潭湖宾馆", "limit_fen": 1_000_00, "payment_days": 15,
                         "billing_email": "bills@hotel.example.cn"}  # fmt: skip


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def open_account(world: World, *phones: str, **over: Any) -> int:
    with world.db.transaction() as session:
        account = accounts.add(session, Particulars(**{**TERMS, **over}), world.manager, world.now)
        for number in phones or (FRONT_DESK,):
            accounts.add_caller(session, account.id, number, world.manager, world.now, name="前台")
        return account.id


def book_on(world: World, account_id: int | None, phone: str = FRONT_DESK, **over: Any) -> int:
    return world.book(caller_phone=phone, account_id=account_id, duplicate_reason="又一位客人", **over)


def close(world: World, trip_id: int) -> int:
    """Drive a trip to its end; answers the fare."""
    world.to(State.CLOSED, trip_id)
    return world.trip(trip_id).total_fen or 0


def pay(world: World, account_id: int, amount_fen: int, reference: str) -> int:
    with world.db.transaction() as session:
        return account_postings.pay(
            session, account_id, world.manager, world.now, amount_fen=amount_fen, reference=reference
        ).id


def take_back(world: World, account_id: int, entry_id: int) -> None:
    with world.db.transaction() as session:
        account_postings.take_back(session, account_id, entry_id, world.manager, world.now, reason="记错户")


def correct(world: World, trip_id: int, amount_fen: int) -> None:
    with world.db.transaction() as session:
        trip = trips.locked(session, trip_id, world.manager)
        fares.correct(session, trip, world.manager, world.now, amount_fen=amount_fen, reason="绕路")


def make_all(world: World) -> int:
    made = 0
    while True:
        with world.db.reading() as session:
            due = account_statements.due(session, world.now)
        if not due:
            return made
        for account_id in due:
            with world.db.transaction() as session:
                made += account_statements.make(session, account_id, world.now)


def statements(world: World, account_id: int) -> list[AccountStatement]:
    """Oldest first."""
    with world.db.reading() as session:
        return ledger.statements(session, account_id)[::-1]


def posted(world: World, account_id: int) -> list[tuple[EntryKind, int]]:
    """Oldest first."""
    with world.db.reading() as session:
        return [(one.kind, one.amount_fen) for one in ledger.entries(session, account_id)[::-1]]


def balance(world: World, account_id: int) -> int:
    with world.db.reading() as session:
        return ledger.balances(session, [account_id]).get(account_id, 0)


def stop_of(world: World, account_id: int) -> Stop | None:
    with world.db.reading() as session:
        return account_credit.of_account(session, session.get_one(Account, account_id), world.now).stop()


def to_month(world: World, month: int, day: int = 1, year: int = 2026) -> None:
    """Set the clock to noon in Shanghai."""
    world.now = datetime(year, month, day, 4, 0, tzinfo=UTC)


# Booking


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


def set_limit(world: World, account_id: int, limit_fen: int) -> None:
    with world.db.transaction() as session:
        accounts.change(session, account_id, Particulars(**{**TERMS, "limit_fen": limit_fen}), world.manager, world.now)


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


# What is posted


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


# Statements


def test_a_month_is_stated_once_and_its_lines_are_frozen(world: World) -> None:
    account_id = open_account(world)
    trip_id = book_on(world, account_id)
    fare = close(world, trip_id)
    pay(world, account_id, 2_000, "现金 7")
    assert make_all(world) == 0  # the month is not over
    to_month(world, 4)
    assert make_all(world) == 1
    (statement,) = statements(world, account_id)
    assert (statement.month, statement.number) == (date(2026, 3, 1), f"S202603-{account_id:05d}")
    assert (statement.opening_fen, statement.charged_fen, statement.paid_fen) == (0, fare, 2_000)
    assert statement.closing_fen == fare - 2_000
    assert statement.due_on == date(2026, 4, 16)
    trip_line, payment_line = statement.lines
    assert trip_line["trip"] == world.trip(trip_id).number
    assert (trip_line["from"], trip_line["to"]) == ("信州区 五三大道 8 号", "广信区 旭日街道 12 号")
    assert trip_line["at"] == "03-06 23:00"
    assert trip_line["caller"] == "李建国 138****0001"
    assert (payment_line["note"], payment_line["amount_fen"]) == ("现金 7", -2_000)
    assert make_all(world) == 0
    correct(world, trip_id, -500)
    (same,) = statements(world, account_id)
    assert (same.lines, same.closing_fen) == (statement.lines, statement.closing_fen)


def test_months_that_were_missed_are_stated_one_by_one_and_each_begins_where_the_last_ended(world: World) -> None:
    account_id = open_account(world)
    fare = close(world, book_on(world, account_id))
    to_month(world, 5, 20)
    pay(world, account_id, fare, "x")
    to_month(world, 7, 3)
    assert make_all(world) == 4
    made = statements(world, account_id)
    assert [(one.month.month, one.opening_fen, one.closing_fen) for one in made] == [
        (3, 0, fare), (4, fare, fare), (5, fare, 0), (6, 0, 0)]  # fmt: skip


def test_what_comes_after_a_statement_stands_in_the_next_one_whatever_the_clock_says(world: World) -> None:
    account_id = open_account(world)
    close(world, book_on(world, account_id))
    to_month(world, 4)
    make_all(world)
    world.now = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)  # a machine whose clock is a moment behind
    entry = pay(world, account_id, 100, "late")
    with world.db.reading() as session:
        assert session.get_one(AccountEntry, entry).day == date(2026, 4, 1)


def test_many_schedulers_make_one_statement_and_one_message(world: World) -> None:
    account_id = open_account(world)
    close(world, book_on(world, account_id))
    to_month(world, 4)
    start = threading.Barrier(4)

    def sweep(_: int) -> int:
        start.wait(timeout=20)
        try:
            with world.db.transaction() as session:
                return account_statements.make(session, account_id, world.now)
        except DomainError:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    (statement,) = statements(world, account_id)

    def send(_: int) -> bool:
        start.wait(timeout=20)
        with world.db.transaction() as session:
            return account_mail.send(session, statement.id, b"%PDF-1.7 one", world.now)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(4))) == 1
    (mail,) = mails(world)
    assert (mail.recipient, mail.key) == ("bills@hotel.example.cn", f"statement-{statement.id}-1")
    with world.db.transaction() as session:
        leased = delivering.take(session, mail.id, world.now, KEYS)
    assert leased is not None
    assert [file["name"] for file in leased.message.body["files"]] == [f"{statement.number}.pdf"]


def mails(world: World) -> list[OutboxMessage]:
    with world.db.reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.channel == account_mail.CHANNEL)
        return list(session.scalars(query.order_by(OutboxMessage.id)))


# Overdue


def test_an_unpaid_statement_stops_credit_by_itself_the_day_after_and_payment_lets_it_go_on(world: World) -> None:
    account_id = open_account(world)
    fare = close(world, book_on(world, account_id))
    to_month(world, 4)
    make_all(world)
    to_month(world, 4, 16)
    assert stop_of(world, account_id) is None
    to_month(world, 4, 17)
    assert stop_of(world, account_id) is Stop.OVERDUE
    with pytest.raises(Invalid) as refused:
        book_on(world, account_id)
    assert (refused.value.code, refused.value.params["day"]) == ("account_overdue", date(2026, 4, 16))
    pay(world, account_id, fare - 1, "part")
    assert stop_of(world, account_id) is Stop.OVERDUE
    last = pay(world, account_id, 1, "rest")
    assert stop_of(world, account_id) is None
    take_back(world, account_id, last)
    assert stop_of(world, account_id) is Stop.OVERDUE


def test_an_overdue_statement_is_told_once(world: World) -> None:
    account_id = open_account(world)
    close(world, book_on(world, account_id))
    to_month(world, 4)
    make_all(world)
    to_month(world, 4, 17)
    with world.db.reading() as session:
        late = account_mail.past_due(session, world.now)
    told = []
    for statement_id in late * 3:
        with world.db.transaction() as session:
            told.append(account_mail.look_at(session, statement_id, world.now))
    assert told == [True, False, False]
    (mail,) = mails(world)
    assert "已逾期" in mail.body["subject"]
    with world.db.reading() as session:
        events = session.scalars(select(JournalEntry.type).where(JournalEntry.type == "account.overdue")).all()
        assert (list(events), account_mail.past_due(session, world.now)) == (["account.overdue"], [])


def test_a_statement_paid_in_time_is_not_told_of(world: World) -> None:
    account_id = open_account(world)
    fare = close(world, book_on(world, account_id))
    to_month(world, 4)
    make_all(world)
    to_month(world, 4, 10)
    pay(world, account_id, fare, "x")
    to_month(world, 4, 17)
    with world.db.transaction() as session:
        (statement_id,) = account_mail.past_due(session, world.now)
        assert account_mail.look_at(session, statement_id, world.now) is False
    assert mails(world) == []


def test_an_account_without_an_address_gets_no_mail_and_can_be_sent_its_statement_later(world: World) -> None:
    account_id = open_account(world, billing_email="")
    close(world, book_on(world, account_id))
    to_month(world, 4)
    make_all(world)
    (statement,) = statements(world, account_id)
    with world.db.reading() as session:
        assert account_mail.to_send(session, world.now) == []
    with world.db.transaction() as session, pytest.raises(Invalid):
        account_mail.send_again(session, account_id, statement.id, world.manager, world.now)
    set_limit(world, account_id, 1)  # writes the address of TERMS
    with world.db.transaction() as session:
        account_mail.send_again(session, account_id, statement.id, world.manager, world.now)
    with world.db.reading() as session:
        assert account_mail.to_send(session, world.now) == [statement.id]


def test_names_of_accounts_are_unique_and_changes_are_in_the_journal_without_personal_data(world: World) -> None:
    first = open_account(world)
    open_account(world, name="江铜集团")
    with world.db.transaction() as session, pytest.raises(Invalid) as refused:
        accounts.change(session, first, Particulars(**{**TERMS, "name": "江铜集团"}), world.manager, world.now)
    assert refused.value.field == "name"
    set_limit(world, first, 5_000)
    with world.db.reading() as session:
        told = session.scalars(select(JournalEntry).where(JournalEntry.type == "account.change")).one()
    assert told.payload == {"account": "龙潭湖宾馆", "changed": ["limit_fen"], "limit_fen": 5_000}
    assert world.now - told.at < timedelta(days=1)
