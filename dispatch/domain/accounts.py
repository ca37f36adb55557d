"""Accounts of venues and companies: what they owe, what may still be ordered on them, and when credit stops.

Every amount is in fen: what an account owes is above zero, what it has paid ahead below.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

HIGHEST_LIMIT_FEN = 10_000_000_00
LARGEST_PAYMENT_FEN = 10_000_000_00
LONGEST_PAYMENT_DAYS = 180
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class AccountKind(StrEnum):
    """Who sends the customers."""

    RESTAURANT = auto()
    HOTEL = auto()
    BAR = auto()
    COMPANY = auto()
    OTHER = auto()


class EntryKind(StrEnum):
    """What was posted: fares and their corrections owe more or less, payments less. A reversal has the kind of what it
    takes back.
    """

    FARE = auto()
    CORRECTION = auto()
    PAYMENT = auto()


class Stop(StrEnum):
    """Why nothing more is booked on an account."""

    BY_HAND = auto()
    OVERDUE = auto()
    LIMIT = auto()


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry as far as it can settle what was asked for. `about` is the day of the fare that a correction changes."""

    kind: EntryKind
    amount_fen: int
    about: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that was made: what the account owed at its end, by when it is to be paid, what was settled since."""

    closing_fen: int
    due_on: date
    settled_fen: int = 0

    @property
    def open_fen(self) -> int:
        """What of it is still to be paid."""
        return max(0, self.closing_fen - self.settled_fen)

    def overdue_fen(self, today: date) -> int:
        """What of it is late: from the day after the due date on."""
        return self.open_fen if self.due_on < today else 0


@dataclass(frozen=True, slots=True)
class Credit:
    """How an account stands. `booked_fen` is quoted for trips that are not settled; `overdue_since` a due date."""

    limit_fen: int
    balance_fen: int
    booked_fen: int
    overdue_fen: int = 0
    overdue_since: date | None = None
    stopped: bool = False

    @property
    def left_fen(self) -> int:
        """What may still be ordered; below zero where fares came to more than was quoted, or the limit was lowered."""
        return self.limit_fen - self.balance_fen - self.booked_fen

    def stop(self, quote_fen: int = 1) -> Stop | None:
        """Why a trip of this quote cannot go on the account; None when it can."""
        if self.stopped:
            return Stop.BY_HAND
        if self.overdue_fen > 0:
            return Stop.OVERDUE
        return Stop.LIMIT if quote_fen > self.left_fen else None

    def allow(self, quote_fen: int, *, name: str, reason: str = "") -> None:
        """Raises Invalid naming `account_id`, and why a trip of this quote cannot go on the account.

        What the account owes is not the caller's business, nor the dispatcher's: no amount is told.
        """
        match self.stop(quote_fen):
            case Stop.BY_HAND:
                raise Invalid(
                    "account_stopped",
                    N_("The account of %(name)s is stopped: %(reason)s"),
                    field="account_id",
                    name=name,
                    reason=reason,
                )
            case Stop.OVERDUE:
                raise Invalid(
                    "account_overdue",
                    N_("%(name)s has not paid what was due on %(day)s: no credit until it is paid"),
                    field="account_id",
                    name=name,
                    day=self.overdue_since,
                )
            case Stop.LIMIT:
                raise Invalid(
                    "account_limit",
                    N_("The credit of %(name)s does not cover this trip"),
                    field="account_id",
                    name=name,
                )


def settled(postings: Iterable[Posting], since: date) -> int:
    """What of a claim was settled by postings from `since` on, the day after its statement's end.

    Payments count, and count against when they are taken back. A correction counts where it lowers a fare that the
    statement holds; one that lowers a newer fare only makes the next statement smaller.
    """
    return -sum(
        one.amount_fen
        for one in postings
        if one.kind is EntryKind.PAYMENT
        or (one.kind is EntryKind.CORRECTION and one.amount_fen < 0 and (one.about is None or one.about < since))
    )


def overdue(claims: Iterable[Claim], today: date) -> tuple[int, date | None]:
    """What is late of all statements, and since which due date.

    Each statement holds what those before it left open: the largest counts, not the sum.
    """
    late = [(claim.overdue_fen(today), claim.due_on) for claim in claims if claim.overdue_fen(today)]
    return (max(amount for amount, _ in late), min(due for _, due in late)) if late else (0, None)


def checked_payment(amount_fen: int, reference: str) -> str:
    """The reference of a payment as it is kept. Raises Invalid for no money, too much, and no reference."""
    if not 0 < amount_fen <= LARGEST_PAYMENT_FEN:
        raise Invalid(
            "payment_amount", N_("A payment is more than nothing and at most ¥10,000,000"), field="amount_fen"
        )
    kept = " ".join(reference.split())
    if not kept:
        raise Invalid("payment_reference", N_("Please give the bank’s reference or the receipt’s number"),
                      field="reference")  # fmt: skip
    return kept


def check_terms(limit_fen: int, payment_days: int) -> None:
    """Raises Invalid for a limit or days to pay that nobody could mean."""
    if not 0 <= limit_fen <= HIGHEST_LIMIT_FEN:
        raise Invalid("credit_limit", N_("A credit limit is from ¥0 to ¥10,000,000"), field="limit_fen")
    if not 1 <= payment_days <= LONGEST_PAYMENT_DAYS:
        raise Invalid("payment_days", N_("From 1 to %(most)s days"), field="payment_days", most=LONGEST_PAYMENT_DAYS)


def checked_email(text: str) -> str:
    """An e-mail address as it is kept; '' for none. Raises Invalid for what could not be one."""
    address = text.strip()
    if address and not _ADDRESS.fullmatch(address):
        raise Invalid("email", N_("“%(text)s” is not an e-mail address"), field="billing_email", text=address)
    return address


def month_of(day: date) -> date:
    """The month that a day lies in, named by its first day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def posted_on(today: date, last_month: date | None) -> date:
    """The day under which something is posted: today, or the first day that no statement holds yet.

    A statement is never changed: what comes late stands in the next one.
    """
    return today if last_month is None else max(today, next_month(last_month))


def due_on(made_on: date, payment_days: int) -> date:
    """The last day to pay a statement in time: counted from the day it was made, not from the end of its month."""
    return made_on + timedelta(days=payment_days)
