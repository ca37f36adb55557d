"""Accounts of venues and companies as the API takes and answers them. Money in fen."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from dispatch.domain.accounts import AccountKind, EntryKind, Stop
from dispatch.services.accounts import Particulars
from dispatch.web.schemas.common import Fen, Id, Name, Page, Schema, ShortText


class AccountIn(Schema):
    """Particulars and terms of an account."""

    kind: AccountKind
    name: Annotated[str, Field(min_length=1, max_length=80)]
    limit_fen: Annotated[int, Field(ge=-(2**31), le=2**31 - 1, description="Credit limit")]
    payment_days: Annotated[int, Field(ge=0, le=1000, description="Days to pay a statement in")]
    contact_name: Name = ""
    contact_phone: Annotated[str, Field(max_length=40)] = ""
    address: ShortText = ""
    billing_email: ShortText = ""

    def to_domain(self) -> Particulars:
        """What the use case takes."""
        return Particulars(**self.model_dump())


class CallerIn(Schema):
    """A phone that may order on the account, and whose it is."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]
    name: Name = ""


class CallerOut(Schema):
    """A phone that may order on the account."""

    id: Id
    phone: str
    name: str


class WhyIn(Schema):
    """A reason."""

    reason: ShortText


class AccountOut(Schema):
    """An account and how it stands. `stop` says why nothing can be booked on it now."""

    id: Id
    kind: AccountKind
    name: str
    contact_name: str
    contact_phone: str
    address: str
    billing_email: str
    limit_fen: Fen
    payment_days: int
    balance_fen: Fen
    booked_fen: Fen
    left_fen: Fen
    overdue_fen: Fen
    overdue_since: date | None
    stopped_reason: str | None
    stop: Stop | None
    callers: list[CallerOut]


class AccountsOut(Schema):
    """Accounts by name."""

    accounts: list[AccountOut]


class OfferedQuery(Schema):
    """Whose accounts: a number in any spelling."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]


class OfferedOut(Schema):
    """An account that the caller may order on; `stop` says why nothing can be booked on it now."""

    id: Id
    name: str
    stop: Stop | None
    reason: str
    overdue_since: date | None


class OfferedListOut(Schema):
    """The accounts of a caller, by name."""

    accounts: list[OfferedOut]


class TripAccountIn(Schema):
    """Who pays for a trip that is not settled: an account of its caller, or null for the customer."""

    account_id: Id | None


class PaymentIn(Schema):
    """A payment that came in."""

    amount_fen: Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
    reference: Annotated[str, Field(min_length=1, max_length=100)]


class EntryOut(Schema):
    """A posting: fares above zero, payments below. `day` decides which statement holds it."""

    id: Id
    kind: EntryKind
    amount_fen: Fen
    day: date
    at: datetime
    trip_id: Id | None
    reverses_id: Id | None
    note: str
    by: str


class EntriesOut(Schema):
    """Postings, newest first."""

    entries: list[EntryOut]
    next_before: Id | None


class EntriesQuery(Page):
    """Asks for a page of postings."""


class StatementOut(Schema):
    """A monthly statement: opening + charged - paid = closing; `open_fen` is what of it is still to be paid."""

    id: Id
    number: str
    month: date
    opening_fen: Fen
    charged_fen: Fen
    paid_fen: Fen
    closing_fen: Fen
    open_fen: Fen
    due_on: date
    made_at: datetime


class StatementsOut(Schema):
    """Statements, newest first."""

    statements: list[StatementOut]
