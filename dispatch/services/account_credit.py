"""Credit of accounts: how they stand, which a caller may order on, and putting a trip on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dispatch.domain import accounts as rules
from dispatch.domain import phone
from dispatch.domain.accounts import Claim, Credit, Stop
from dispatch.domain.errors import N_, Conflict, Invalid
from dispatch.domain.roles import Actor
from dispatch.services import accounts
from dispatch.store import account_ledger as ledger
from dispatch.store import accounts as store
from dispatch.store.account_ledger import AccountStatement
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch
from dispatch.store.trips import Trip

LOOKED_BACK = 24
"""Statements: what was left open longer ago stands in every one since."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An account and how it stands."""

    account: Account
    credit: Credit


@dataclass(frozen=True, slots=True)
class Offered:
    """An account that a caller may order on, as the desk sees it: no amounts, but whether it may, or why not."""

    id: int
    name: str
    stop: Stop | None
    reason: str = ""
    overdue_since: date | None = None


def of_account(session: Session, account: Account, now: datetime) -> Credit:
    """How an account stands now."""
    return standings(session, [account], now)[0].credit


def standings(session: Session, found: Sequence[Account], now: datetime) -> list[Standing]:
    """How accounts stand now."""
    ids = [account.id for account in found]
    owed, booked, asked = ledger.balances(session, ids), ledger.booked(session, ids), _claims(session, ids)
    zones = {branch_id: session.get_one(Branch, branch_id).zone for branch_id in {one.branch_id for one in found}}
    result = []
    for account in found:
        today = now.astimezone(zones[account.branch_id]).date()
        late, since = rules.overdue((claim for _, claim in asked.get(account.id, ())), today)
        credit = Credit(
            limit_fen=account.limit_fen,
            balance_fen=owed.get(account.id, 0),
            booked_fen=booked.get(account.id, 0),
            overdue_fen=late,
            overdue_since=since,
            stopped=account.stopped_reason is not None,
        )
        result.append(Standing(account, credit))
    return result


def claims(session: Session, account_id: int) -> list[tuple[AccountStatement, Claim]]:
    """The statements of an account, newest first, with what of each is still open."""
    return _claims(session, [account_id]).get(account_id, [])


def offered(session: Session, branch: Branch, number: str, now: datetime) -> list[Offered]:
    """The accounts that a phone (E.164) may order on."""
    found = standings(session, store.of_phones(session, branch.id, (number,)), now)
    return [
        Offered(
            one.account.id, one.account.name, one.credit.stop(), one.account.stopped_reason or "",
            one.credit.overdue_since,
        )
        for one in found
    ]  # fmt: skip


def offered_to(session: Session, branch: Branch, typed: str, now: datetime) -> list[Offered]:
    """The same for a number as it was typed; nothing while it is none."""
    try:
        number = phone.parse(typed, area_code=branch.area_code or None)
    except Invalid:
        return []
    return offered(session, branch, number, now)


def take(session: Session, account_id: int, actor: Actor, now: datetime, *, number: str, quote_fen: int) -> Account:
    """The account for a trip about to be booked by a phone (E.164) at a quote, held until the transaction ends.

    Held before the credit is looked at: of two desks that want the last of it, the second sees what the first took.
    Raises Invalid naming `account_id`.
    """
    account = accounts.locked(session, account_id, actor)
    if all(caller.phone != number for caller in account.callers):
        raise Invalid(
            "account_caller",
            N_("This number may not order on the account of %(name)s"),
            field="account_id",
            name=account.name,
        )
    of_account(session, account, now).allow(quote_fen, name=account.name, reason=account.stopped_reason or "")
    return account


def move(session: Session, trip: Trip, account_id: int | None, actor: Actor, now: datetime) -> None:
    """Put a trip that is not settled on another account of its caller, or take it off so that the customer pays.

    The trip is locked by whoever calls. Raises Conflict once the fare is settled: then a correction is needed; Invalid
    as booking does.
    """
    if trip.total_fen is not None:
        raise Conflict("already_settled", N_("The fare is settled: it stays where it was posted"))
    if account_id == trip.account_id:
        return
    before = trip.account
    after = None
    if account_id is not None:
        number, quoted = trip.caller_phone, trip.quote_total_fen
        after = take(session, account_id, actor, now, number=number, quote_fen=quoted)
    trip.account = after
    session.flush()
    if after is not None:
        accounts.tell(session, after, "trip_on", actor, now, number=trip.number)
    elif before is not None:
        accounts.tell(session, before, "trip_off", actor, now, number=trip.number)


def _claims(session: Session, account_ids: Sequence[int]) -> dict[int, list[tuple[AccountStatement, Claim]]]:
    made = ledger.statements(session, account_ids, each=LOOKED_BACK)
    if not made:
        return {}
    settling = ledger.settling(session, account_ids, rules.next_month(min(one.month for one in made)))
    found: dict[int, list[tuple[AccountStatement, Claim]]] = {}
    for one in made:
        found.setdefault(one.account_id, []).append((one, _claim(one, settling.get(one.account_id, ()))))
    return found


def _claim(statement: AccountStatement, settling: Sequence[tuple[date, rules.Posting]]) -> Claim:
    since = rules.next_month(statement.month)
    postings = (posting for day, posting in settling if day >= since)
    return Claim(statement.closing_fen, statement.due_on, rules.settled(postings, since))
