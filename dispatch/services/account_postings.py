"""What is posted to accounts: settled fares and their corrections, payments, and payments taken back.

Everything is posted once, in the transaction of what it comes from, and never changed. An account's row is held first:
the day of a posting must be one that no statement holds yet.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain import accounts as rules
from dispatch.domain.accounts import EntryKind
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound, Refused
from dispatch.domain.roles import Actor
from dispatch.services import accounts
from dispatch.store import account_ledger as ledger
from dispatch.store import accounts as store
from dispatch.store.account_ledger import AccountEntry
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch
from dispatch.store.fares import FareLineRow
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class _Item:
    """What is to be posted; `source` names it for good."""

    kind: EntryKind
    amount_fen: int
    source: str
    note: str = ""
    trip_id: int | None = None
    reverses_id: int | None = None


def fare_settled(session: Session, trip: Trip, actor: Actor, now: datetime) -> AccountEntry | None:
    """Post the settled fare of a trip to its account; None where the customer pays, or there is nothing to pay."""
    if not trip.total_fen:
        return None
    item = _Item(EntryKind.FARE, trip.total_fen, f"trip:{trip.id}", trip_id=trip.id)
    return _of_trip(session, trip, item, actor, now)


def fare_corrected(
    session: Session, trip: Trip, line: FareLineRow, actor: Actor, now: datetime, *, reason: str
) -> AccountEntry | None:
    """Post a correction of a settled fare to the trip's account; None where the customer pays."""
    if trip.account_id is None:
        return None
    session.flush()
    item = _Item(EntryKind.CORRECTION, line.amount_fen, f"line:{line.id}", reason[:200], trip_id=trip.id)
    return _of_trip(session, trip, item, actor, now)


def pay(
    session: Session, account_id: int, actor: Actor, now: datetime, *, amount_fen: int, reference: str
) -> AccountEntry:
    """Post a payment (fen) with its reference. Raises NotFound, Invalid, Conflict for one that was posted already."""
    account = accounts.locked(session, account_id, actor)
    kept = rules.checked_payment(amount_fen, reference)[:100]
    earlier = ledger.payments_of(session, account.id, kept)
    if any(not undone for _, undone in earlier):
        raise Conflict("payment_known", N_("A payment with this reference was posted already"))
    source = f"payment:{len(earlier) + 1}:{kept}"
    entry = _post(session, account, _Item(EntryKind.PAYMENT, -amount_fen, source, kept), actor, now)
    accounts.tell(session, account, "pay", actor, now, amount_fen=amount_fen, reference=kept)
    return entry


def take_back(
    session: Session, account_id: int, entry_id: int, actor: Actor, now: datetime, *, reason: str
) -> AccountEntry:
    """Take a payment back by a counter-entry, with a reason. Raises NotFound, Refused for what is no payment, Invalid
    without a reason, Conflict when it was taken back.
    """
    account = accounts.locked(session, account_id, actor)
    wrong = session.get(AccountEntry, entry_id)
    if wrong is None or wrong.account_id != account.id:
        raise NotFound("entry_unknown", N_("There is no such entry"))
    if wrong.kind is not EntryKind.PAYMENT or wrong.reverses_id is not None:
        raise Refused("entry_kind", N_("Only payments are taken back; a fare is corrected on its trip"))
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    if wrong.id in ledger.reversed_ids(session, account.id):
        raise Conflict("entry_reversed", N_("This payment was taken back already"))
    why = reason.strip()[:200]
    item = _Item(EntryKind.PAYMENT, -wrong.amount_fen, f"reversal:{wrong.id}", why, reverses_id=wrong.id)
    entry = _post(session, account, item, actor, now)
    told = {"amount_fen": -wrong.amount_fen, "reference": wrong.note, "reason": why}
    accounts.tell(session, account, "take_back", actor, now, **told)
    return entry


def _of_trip(session: Session, trip: Trip, item: _Item, actor: Actor, now: datetime) -> AccountEntry | None:
    account = None if trip.account_id is None else store.held(session, trip.account_id)
    return None if account is None else _post(session, account, item, actor, now)


def _post(session: Session, account: Account, item: _Item, actor: Actor, now: datetime) -> AccountEntry:
    """The account is held by now."""
    today = now.astimezone(session.get_one(Branch, account.branch_id).zone).date()
    entry = AccountEntry(
        account_id=account.id,
        kind=item.kind,
        amount_fen=item.amount_fen,
        day=rules.posted_on(today, ledger.last_month(session, account.id)),
        at=now,
        source=item.source,
        trip_id=item.trip_id,
        reverses_id=item.reverses_id,
        note=item.note,
        by=actor.id,
        by_name=actor.name,
    )
    session.add(entry)
    session.flush()
    return entry
