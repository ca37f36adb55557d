"""Monthly statements: made once per account and month, frozen, printed, looked at when they are due."""

from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.compose import statement_sheet
from contracts.facts import NOTHING
from contracts.sheet import Sheet
from contracts.statement import StatementFacts, StatementPayment, StatementTrip
from contracts.wording import Language, Wording
from dispatch.domain import accounts as rules
from dispatch.domain import phone
from dispatch.domain.accounts import EntryKind
from dispatch.domain.errors import N_, NotFound
from dispatch.domain.roles import Actor, system
from dispatch.domain.states import State
from dispatch.services import accounts, document_facts
from dispatch.store import account_ledger as ledger
from dispatch.store import accounts as store
from dispatch.store.account_ledger import AccountEntry, AccountStatement
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch

_ENDS = {
    State.CANCELLED: Wording("取消费", "cancelled: fee"),
    State.REFUSED: Wording("未代驾：交通费", "not driven: transport fee"),
    State.ABORTED: Wording("中途终止", "broken off"),
}


def due(session: Session, now: datetime) -> list[int]:
    """Accounts of which a month is over that no statement was made of."""
    found: list[int] = []
    for branch in session.scalars(select(Branch).order_by(Branch.id)):
        this_month = rules.month_of(now.astimezone(branch.zone).date())
        posted = select(AccountEntry.id).where(AccountEntry.account_id == Account.id, AccountEntry.day < this_month)
        made = select(AccountStatement.id).where(
            AccountStatement.account_id == Account.id, AccountStatement.month == _before(this_month)
        )
        query = select(Account.id).where(Account.branch_id == branch.id, posted.exists(), ~made.exists())
        found += session.scalars(query.order_by(Account.id))
    return found


def make(session: Session, account_id: int, now: datetime) -> int:
    """Make the earliest statement that is missing of an account; answers how many, 0 when none is.

    The account is held: what is posted meanwhile comes before the statement or into the next one.
    """
    account = store.held(session, account_id)
    if account is None:
        return 0
    today = now.astimezone(session.get_one(Branch, account.branch_id).zone).date()
    last, first = ledger.last_month(session, account_id), ledger.first_day(session, account_id)
    if first is None:
        return 0
    month = rules.month_of(first) if last is None else rules.next_month(last)
    if month >= rules.month_of(today):
        return 0
    _make(session, account, month, today, now)
    return 1


def find(session: Session, account_id: int, statement_id: int, actor: Actor) -> AccountStatement:
    """A statement of an account of the actor's branch. Raises NotFound."""
    accounts.find(session, account_id, actor)
    statement = session.get(AccountStatement, statement_id)
    if statement is None or statement.account_id != account_id:
        raise NotFound("statement_unknown", N_("There is no such statement"))
    return statement


def sheet(session: Session, statement: AccountStatement) -> Sheet:
    """The statement to print, from what was frozen: the same whenever it is printed."""
    branch = session.get_one(Branch, statement.account.branch_id)
    facts = StatementFacts(
        number=statement.number,
        company=document_facts.company_of(branch),
        account=statement.addressee["name"],
        contact=statement.addressee["contact"],
        address=statement.addressee["address"],
        first_day=statement.month,
        last_day=rules.next_month(statement.month) - timedelta(days=1),
        made_on=statement.made_at.astimezone(branch.zone).date(),
        due_on=statement.due_on,
        opening_fen=statement.opening_fen,
        charged_fen=statement.charged_fen,
        paid_fen=statement.paid_fen,
        closing_fen=statement.closing_fen,
        trips=tuple(_trip_row(line) for line in statement.lines if line["kind"] != EntryKind.PAYMENT),
        payments=tuple(_payment_row(line) for line in statement.lines if line["kind"] == EntryKind.PAYMENT),
        language=cast(Language, branch.document_language),
    )
    return statement_sheet(facts, statement.made_at)


def _make(session: Session, account: Account, month: date, today: date, now: datetime) -> AccountStatement:
    end = rules.next_month(month)
    entries = ledger.entries(session, account.id, since=month, until=end)[::-1]
    zone = session.get_one(Branch, account.branch_id).zone
    opening = ledger.balances(session, [account.id], before=month).get(account.id, 0)
    paid = -sum(one.amount_fen for one in entries if one.kind is EntryKind.PAYMENT)
    charged = sum(one.amount_fen for one in entries if one.kind is not EntryKind.PAYMENT)
    statement = AccountStatement(
        account_id=account.id,
        month=month,
        opening_fen=opening,
        charged_fen=charged,
        paid_fen=paid,
        closing_fen=opening + charged - paid,
        due_on=rules.due_on(today, account.payment_days),
        made_at=now,
        addressee={"name": account.name, "contact": account.contact_name, "address": account.address},
        lines=[_frozen(entry, zone) for entry in entries],
        to_mail=bool(account.billing_email) and bool(entries or opening),
        account=account,
    )
    session.add(statement)
    session.flush()
    told = {"number": statement.number, "closing_fen": statement.closing_fen, "due_on": statement.due_on.isoformat()}
    accounts.tell(session, account, "statement", system(account.branch_id), now, **told)
    return statement


def _frozen(entry: AccountEntry, zone: ZoneInfo) -> dict[str, Any]:
    """An entry as a statement keeps it, whatever becomes of trip and customer."""
    line: dict[str, Any] = {
        "kind": entry.kind.value,
        "day": entry.day.isoformat(),
        "amount_fen": entry.amount_fen,
        "note": entry.note,
        "taken_back": entry.reverses_id is not None,
    }
    trip = entry.trip
    if trip is not None:
        line |= {
            "trip": trip.number,
            "state": trip.state.value,
            "at": f"{trip.appointed_at.astimezone(zone):%m-%d %H:%M}",
            "from": trip.pickup_address,
            "to": trip.destination_address,
            "caller": f"{trip.contact_name} {phone.masked(trip.caller_phone)}",
        }
    return line


def _trip_row(line: dict[str, Any]) -> StatementTrip:
    corrected = line["kind"] == EntryKind.CORRECTION
    ended = _ENDS.get(State(line["state"]), NOTHING)
    return StatementTrip(
        number=line["trip"],
        at=line["at"],
        origin="" if corrected else line["from"],
        destination="" if corrected else line["to"],
        caller=line["caller"],
        amount_fen=line["amount_fen"],
        note=Wording(f"更正：{line['note']}", f"Correction: {line['note']}") if corrected else ended,
    )


def _payment_row(line: dict[str, Any]) -> StatementPayment:
    return StatementPayment(
        day=date.fromisoformat(line["day"]),
        reference=line["note"],
        amount_fen=-line["amount_fen"],
        taken_back=line["taken_back"],
    )


def _before(month: date) -> date:
    return rules.month_of(month - timedelta(days=1))
