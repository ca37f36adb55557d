"""Who pays for a trip, as a choice: the customer on the spot, or an account that the caller may order on."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from dispatch.domain.accounts import Stop
from dispatch.services.account_credit import Offered
from dispatch.web.formstate import FormState

FIELD = "account_id"
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Payers:
    """The choice as it is asked: value, name and a word on each; no options where nothing is to be asked."""

    form: FormState
    options: tuple[tuple[str, str, str], ...] = ()


def asked(form: FormState, offered: Sequence[Offered], current: int | None = None) -> Payers:
    """The choice for a caller with accounts. What was chosen stays, unless it is of another caller."""
    if not offered:
        return Payers(form)
    options = (
        (CUSTOMER, gettext("The customer"), gettext("on the spot")),
        *((str(one.id), one.name, standing(one.stop, one.reason, one.overdue_since)) for one in offered),
    )
    known = {value for value, _, _ in options}
    chosen = form.value(FIELD, current or "")
    return Payers(FormState({FIELD: chosen if chosen in known else CUSTOMER}, form.errors), options)


def meant(typed: str | None) -> str | None:
    """The account's number as it was chosen; None for the customer."""
    return None if not typed or typed == CUSTOMER else typed


def standing(stop: Stop | None, reason: str = "", overdue_since: object = None) -> str:
    """Whether something can be booked on an account, and why not, without an amount."""
    match stop:
        case Stop.BY_HAND:
            return gettext("Stopped: %(reason)s", reason=reason)
        case Stop.OVERDUE:
            return gettext("Overdue since %(day)s", day=overdue_since)
        case Stop.LIMIT:
            return gettext("No credit left")
        case _:
            return gettext("Credit is left")
