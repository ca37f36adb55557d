"""Accounts of venues and companies: their particulars and terms, who may order on them, stopping by hand."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain import accounts as rules
from dispatch.domain import phone
from dispatch.domain.accounts import AccountKind
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store import accounts as store
from dispatch.store.accounts import Account, AccountCaller
from dispatch.store.branches import Branch


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a manager writes down of an account. `limit_fen` is the credit limit, `payment_days` from a statement on."""

    kind: AccountKind
    name: str
    limit_fen: int
    payment_days: int
    contact_name: str = ""
    contact_phone: str = ""
    address: str = ""
    billing_email: str = ""


def find(session: Session, account_id: int, actor: Actor) -> Account:
    """An account of the actor's branch. Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None or account.branch_id != actor.branch_id:
        raise _unknown()
    return account


def locked(session: Session, account_id: int, actor: Actor) -> Account:
    """An account for changing, or for taking credit: nobody else does so meanwhile. Raises NotFound."""
    account = store.held(session, account_id)
    if account is None or account.branch_id != actor.branch_id:
        raise _unknown()
    return account


def add(session: Session, given: Particulars, actor: Actor, now: datetime) -> Account:
    """Open an account. Raises Invalid naming the field."""
    account = Account(branch_id=actor.branch_id, created_at=now)
    _write(session, account, given)
    session.add(account)
    session.flush()
    tell(session, account, "add", actor, now, limit_fen=given.limit_fen, payment_days=given.payment_days)
    return account


def change(session: Session, account_id: int, given: Particulars, actor: Actor, now: datetime) -> Account:
    """Write new particulars. Raises NotFound, and Invalid naming the field; the journal keeps what was changed."""
    account = locked(session, account_id, actor)
    names = tuple(asdict(given))
    before = {name: getattr(account, name) for name in names}
    _write(session, account, given)
    changed = [name for name in names if before[name] != getattr(account, name)]
    if changed:
        told = {name: getattr(account, name) for name in ("limit_fen", "payment_days") if name in changed}
        tell(session, account, "change", actor, now, changed=changed, **told)
    return account


def stop(session: Session, account_id: int, reason: str, actor: Actor, now: datetime) -> Account:
    """Book nothing more on an account until it is let go on. Raises NotFound, Invalid without a reason."""
    account = locked(session, account_id, actor)
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    account.stopped_reason, account.stopped_at = reason.strip()[:200], now
    tell(session, account, "stop", actor, now, reason=account.stopped_reason)
    return account


def resume(session: Session, account_id: int, actor: Actor, now: datetime) -> Account:
    """Let an account that was stopped by hand go on. Raises NotFound, Conflict when it is not stopped."""
    account = locked(session, account_id, actor)
    if account.stopped_reason is None:
        raise Conflict("account_not_stopped", N_("This account is not stopped"))
    account.stopped_reason = account.stopped_at = None
    tell(session, account, "resume", actor, now)
    return account


def add_caller(
    session: Session, account_id: int, typed: str, actor: Actor, now: datetime, *, name: str
) -> AccountCaller:
    """Let a phone order on an account; it may be of other accounts too. Raises NotFound, Invalid, Refused if it does
    so already.
    """
    account = locked(session, account_id, actor)
    number = phone.parse(typed, field="phone", area_code=session.get_one(Branch, actor.branch_id).area_code or None)
    if any(one.phone == number for one in account.callers):
        raise Refused("caller_known", N_("This number orders on the account already"))
    caller = AccountCaller(account_id=account.id, phone=number, name=name.strip()[:80], added_at=now)
    account.callers.append(caller)
    session.flush()
    tell(session, account, "caller_add", actor, now, ends_in=number[-4:])
    return caller


def remove_caller(session: Session, account_id: int, caller_id: int, actor: Actor, now: datetime) -> None:
    """Let a phone order on an account no longer; trips already booked stay on it. Raises NotFound."""
    account = locked(session, account_id, actor)
    caller = next((one for one in account.callers if one.id == caller_id), None)
    if caller is None:
        raise NotFound("phone_unknown", N_("There is no such number"))
    account.callers.remove(caller)
    session.delete(caller)
    tell(session, account, "caller_remove", actor, now, ends_in=caller.phone[-4:])


def tell(session: Session, account: Account, happened: str, actor: Actor, now: datetime, **data: object) -> None:
    """Write into the journal what happened to an account."""
    event = Event(f"account.{happened}", {"account": account.name, **data})
    announce(session, event, actor, now, subject="account", subject_id=account.id)


def _write(session: Session, account: Account, given: Particulars) -> None:
    rules.check_terms(given.limit_fen, given.payment_days)
    name = " ".join(given.name.split())
    if not name:
        raise Invalid("missing", N_("Please fill this in"), field="name")
    same = select(Account.id).where(Account.branch_id == account.branch_id, Account.name == name)
    if session.scalar(same) not in (None, account.id):
        raise Invalid("account_name", N_("There is an account of this name already"), field="name")
    branch = session.get_one(Branch, account.branch_id)
    number = given.contact_phone.strip()
    account.kind, account.name = given.kind, name
    account.contact_name, account.address = given.contact_name.strip(), given.address.strip()
    account.contact_phone = (
        phone.parse(number, field="contact_phone", area_code=branch.area_code or None) if number else ""
    )
    account.billing_email = rules.checked_email(given.billing_email)
    account.limit_fen, account.payment_days = given.limit_fen, given.payment_days


def _unknown() -> NotFound:
    return NotFound("account_unknown", N_("There is no such account"))
