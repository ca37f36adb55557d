"""Monthly statements: made once, frozen, sent; an unpaid one stops credit."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from dispatch.domain.accounts import Stop
from dispatch.domain.errors import DomainError, Invalid
from dispatch.services import (
    account_mail,
    account_statements,
    accounts,
    delivering,
)
from dispatch.services.accounts import Particulars
from dispatch.store.account_ledger import AccountEntry
from dispatch.store.journal import JournalEntry
from tests.accounts import (
    TERMS,
    book_on,
    close,
    correct,
    mails,
    make_all,
    open_account,
    pay,
    set_limit,
    statements,
    stop_of,
    take_back,
    to_month,
)
from tests.world import KEYS, World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


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
