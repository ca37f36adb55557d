"""An account of a hotel for tests that need one: opened, ordered on, paid, stated, by the real services."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from dispatch.domain.accounts import AccountKind, EntryKind, Stop
from dispatch.domain.states import State
from dispatch.services import (
    account_credit,
    account_mail,
    account_postings,
    account_statements,
    accounts,
    fares,
    trips,
)
from dispatch.services.accounts import Particulars
from dispatch.store import account_ledger as ledger
from dispatch.store.account_ledger import AccountStatement
from dispatch.store.accounts import Account
from dispatch.store.outbox import OutboxMessage
from tests.world import World

FRONT_DESK, KITCHEN = "13807930001", "13807930002"
TERMS: dict[str, Any] = {"kind": AccountKind.HOTEL, "name": "龙潭湖宾馆", "limit_fen": 1_000_00, "payment_days": 15,
                         "billing_email": "bills@hotel.example.cn"}  # fmt: skip


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
        query = select(AccountStatement).where(AccountStatement.account_id == account_id)
        return list(session.scalars(query.order_by(AccountStatement.month)))


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


def set_limit(world: World, account_id: int, limit_fen: int) -> None:
    with world.db.transaction() as session:
        accounts.change(session, account_id, Particulars(**{**TERMS, "limit_fen": limit_fen}), world.manager, world.now)


def mails(world: World) -> list[OutboxMessage]:
    with world.db.reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.channel == account_mail.CHANNEL)
        return list(session.scalars(query.order_by(OutboxMessage.id)))
