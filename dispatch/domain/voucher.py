"""Vouchers that the company made out: their numbers, for whom they are, until when, and that each is used once."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

DAYS = 365
"""How long a voucher can be used after the day it was made out."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another when read out
LENGTH = 10


class VoucherState(StrEnum):
    """Where a voucher stands; `held` by a trip that has not ended, which may yet give it back."""

    OPEN = auto()
    HELD = auto()
    USED = auto()
    EXPIRED = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to say of a voucher: its last day, the trip that has it, and whether that trip was paid with it."""

    valid_until: date
    trip: str | None = None
    used: bool = False

    def state(self, today: date) -> VoucherState:
        """Where it stands on a day (the branch's)."""
        if self.used:
            return VoucherState.USED
        if self.trip is not None:
            return VoucherState.HELD
        return VoucherState.OPEN if today <= self.valid_until else VoucherState.EXPIRED


def normal(typed: str) -> str:
    """A number as it was read out or typed, in its one form: without gaps, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def is_ours(code: str) -> bool:
    """Whether a number (in its normal form) has the shape of those that the company makes out."""
    return len(code) == LENGTH and set(code) <= set(LETTERS)


def check(standing: Standing, on: date, *, for_caller: bool, field: str) -> None:
    """Raises Invalid when a trip appointed on that day (the branch's) cannot be paid with it.

    `for_caller`: whether it was made out to whoever books.
    """
    match standing.state(on):
        case VoucherState.USED:
            raise Invalid(
                "voucher_used", N_("This voucher was used for trip %(trip)s"), field=field, trip=standing.trip
            )
        case VoucherState.HELD:
            raise Invalid("voucher_held", N_("This voucher is kept for trip %(trip)s"), field=field, trip=standing.trip)
        case VoucherState.EXPIRED:
            raise Invalid(
                "voucher_expired",
                N_("This voucher could be used until %(day)s"),
                field=field,
                day=standing.valid_until.isoformat(),
            )
        case _ if not for_caller:
            raise Invalid("voucher_of_another", N_("This voucher was made out to another customer"), field=field)
