"""Vouchers: made out with a remedy that is carried out, kept for a trip from its booking, used when it is settled."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain import voucher as rules
from dispatch.domain.errors import N_, Conflict, Invalid
from dispatch.domain.events import Event
from dispatch.domain.fare_adjust import VOUCHER
from dispatch.domain.fare_lines import FareLine
from dispatch.domain.money import yuan
from dispatch.domain.roles import Actor
from dispatch.domain.voucher import VoucherState
from dispatch.services.announce import announce
from dispatch.store import customers
from dispatch.store import vouchers as store
from dispatch.store.branches import Branch
from dispatch.store.complaint_remedies import RemedyRow
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.trips import Trip
from dispatch.store.vouchers import VoucherRow


@dataclass(frozen=True, slots=True)
class Priced:
    """What a tariff is asked with, the company's own vouchers at their worth, and these vouchers."""

    options: dict[str, Any]
    vouchers: tuple[VoucherRow, ...]


def make(session: Session, case: ComplaintRow, remedy: RemedyRow, actor: Actor, now: datetime) -> VoucherRow:
    """Make out the voucher of a remedy that is carried out."""
    branch = session.get_one(Branch, case.branch_id)
    row = VoucherRow(
        branch_id=branch.id,
        complaint_id=case.id,
        remedy_id=remedy.id,
        customer_id=_whom(session, case),
        code="".join(secrets.choice(rules.LETTERS) for _ in range(rules.LENGTH)),
        amount_fen=remedy.amount_fen or 0,
        valid_until=now.astimezone(branch.zone).date() + timedelta(days=rules.DAYS),
        made_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, "make", row, actor, now, complaint=case.number, valid_until=row.valid_until.isoformat())
    return row


def priced(session: Session, branch_id: int, options: dict[str, Any], on: date) -> Priced:
    """The options with what our vouchers are worth, for a trip appointed on that day (the branch's).

    A number that is not ours is left as it was given: paper of others has its worth on it. Raises Invalid (field
    `vouchers.0.code`) for one that cannot be used, or that nobody knows and that names no worth.
    """
    given = options.get("vouchers")
    if not isinstance(given, list):
        return Priced(options, ())
    worth: list[Any] = []
    ours: list[VoucherRow] = []
    for number, one in enumerate(given):
        row = _ours(session, branch_id, one, on, f"vouchers.{number}.code")
        if row in ours:
            raise Invalid("voucher_twice", N_("This voucher is named twice"), field=f"vouchers.{number}.code")
        worth.append(one if row is None else {"code": row.code, "amount": yuan(row.amount_fen)})
        ours += [] if row is None else [row]
    return Priced({**options, "vouchers": worth}, tuple(ours))


def check_caller(session: Session, offered: Priced, caller: Customer, phone: str, on: date) -> None:
    """Raises Invalid when one of the vouchers was made out to somebody else than the caller."""
    for row in offered.vouchers:
        field = f"vouchers.{_place(offered, row)}.code"
        rules.check(row.standing, on, for_caller=_belongs(session, row, caller, phone), field=field)


def keep(session: Session, offered: Priced, trip: Trip, actor: Actor, now: datetime) -> None:
    """Keep the vouchers for a trip just booked. Raises Conflict for one that another booking took meanwhile."""
    for row in offered.vouchers:
        if not store.take(session, row.id, trip.id):
            raise Conflict("voucher_taken", N_("Another booking has just taken voucher %(voucher)s"), voucher=row.code)
        session.refresh(row)
        _tell(session, "keep", row, actor, now, trip=trip.number)


def settle(session: Session, trip: Trip, lines: Iterable[FareLine], actor: Actor, now: datetime) -> None:
    """A trip has ended: what its fare took is used, for good; what it did not need is the customer's again."""
    used = {line.facts["voucher"]: -line.amount_fen for line in lines if line.part == VOUCHER}
    for row in store.held_by(session, trip.id):
        if row.code in used:
            row.used_at, row.used_fen = now, used[row.code]
            _tell(session, "use", row, actor, now, trip=trip.number, used_fen=row.used_fen)
        else:
            row.trip_id = None
            _tell(session, "give_back", row, actor, now, trip=trip.number)


def of_customer(session: Session, customer: Customer) -> list[VoucherRow]:
    """Every voucher of a customer, those of profiles merged into theirs too, newest first."""
    ids, numbers = customers.ids_of(session, customer.id), customers.numbers_of(session, customer)
    return store.of_customer(session, customer.branch_id, ids, numbers)


def open_of(session: Session, customer: Customer, today: date) -> tuple[VoucherRow, ...]:
    """The vouchers that a customer can use today, the one that ends first before the others."""
    found = [row for row in of_customer(session, customer) if row.standing.state(today) is VoucherState.OPEN]
    return tuple(sorted(found, key=lambda row: (row.valid_until, row.id)))


def _ours(session: Session, branch_id: int, given: Any, on: date, field: str) -> VoucherRow | None:
    code = rules.normal(str(given.get("code") or "")) if isinstance(given, dict) else ""
    row = store.by_code(session, branch_id, code) if code else None
    if row is not None:
        rules.check(row.standing, on, for_caller=True, field=field)
    elif rules.is_ours(code) or (code and not given.get("amount")):
        raise Invalid("voucher_unknown", N_("There is no such voucher of ours"), field=field)
    return row


def _belongs(session: Session, row: VoucherRow, caller: Customer, phone: str) -> bool:
    if row.customer_id is not None:
        return caller.id is not None and row.customer_id in customers.ids_of(session, caller.id)
    told = session.get_one(ComplaintRow, row.complaint_id).contact_phone
    return told in {"", phone} or (caller.id is not None and told in customers.numbers_of(session, caller))


def _place(offered: Priced, row: VoucherRow) -> int:
    return next(number for number, one in enumerate(offered.options["vouchers"]) if one.get("code") == row.code)


def _whom(session: Session, case: ComplaintRow) -> int | None:
    trip = session.get(Trip, case.trip_id) if case.trip_id is not None else None
    if trip is not None:
        return trip.customer_id
    known = customers.by_phone(session, case.branch_id, case.contact_phone) if case.contact_phone else None
    return None if known is None else known.id


def _tell(session: Session, what: str, row: VoucherRow, actor: Actor, now: datetime, **data: Any) -> None:
    # The number itself is as good as money: whoever reads the journal needs the end of it only.
    told = {"voucher": f"…{row.code[-4:]}", "amount_fen": row.amount_fen, **data}
    announce(session, Event(f"voucher.{what}", told), actor, now, subject="voucher", subject_id=row.id)
