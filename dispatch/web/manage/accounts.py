"""Accounts of venues and companies: the list, one account with its callers, ledger and statements, and changing it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import money, phone
from dispatch.domain.accounts import Claim, EntryKind
from dispatch.domain.errors import DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import account_credit, account_mail, account_postings, accounts
from dispatch.store import account_ledger as ledger
from dispatch.store import accounts as store
from dispatch.store import outbox
from dispatch.store.account_ledger import AccountEntry, AccountStatement
from dispatch.store.accounts import Account
from dispatch.store.outbox import OutboxMessage
from dispatch.web import payers
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState, Unfit
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas import accounts as s
from dispatch.web.statement_file import pdf_of
from dispatch.web.submitting import filled, read, submit

HERE = "/manage/accounts"
ENTRIES = 50
_READ, _EDIT = Permission.ACCOUNT_READ, Permission.ACCOUNT_EDIT
_PLAIN = ("kind", "name", "payment_days", "contact_name", "contact_phone", "address", "billing_email")


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as the page shows it: what is open, whether it is late, and what became of its message."""

    row: AccountStatement
    claim: Claim
    late: bool
    mail: OutboxMessage | None


@blueprint.get("/accounts")
@requires(_READ)
def list_accounts() -> str:
    """Every account and how it stands; those on which nothing can be booked are marked, with why."""
    with runtime().db.reading() as session:
        found = account_credit.standings(session, store.of_branch(session, g.actor.branch_id), g.now)
        return render_template("manage/accounts.html", rows=found, words=payers.standing)


@blueprint.get("/accounts/new")
@requires(_EDIT)
def new_account() -> str:
    """An empty form."""
    return render_template("manage/account_new.html", form=BLANK)


@blueprint.post("/accounts/new")
@requires(_EDIT)
def open_account() -> Response | tuple[str, int]:
    """Open an account, and go to its page."""

    def work(session: Session) -> str:
        return f"{HERE}/{accounts.add(session, _particulars(), g.actor, g.now).id}"

    try:
        done = submit(work)
    except DomainError as error:
        form = FormState.typed(request.form, error)
        return render_template("manage/account_new.html", form=form), status_of(error)
    flash(gettext("The account is open. Now say who may order on it."), "success")
    return done


@blueprint.get("/accounts/<int:account_id>")
@requires(_READ)
def show_account(account_id: int) -> str:
    """One account."""
    return _page(account_id)


@blueprint.post("/accounts/<int:account_id>")
@requires(_EDIT)
def change_account(account_id: int) -> Response | tuple[str, int]:
    """Write new particulars and terms."""
    return _done(account_id, "particulars", lambda session: accounts.change(
        session, account_id, _particulars(), g.actor, g.now))  # fmt: skip


@blueprint.post("/accounts/<int:account_id>/callers")
@requires(_EDIT)
def add_caller(account_id: int) -> Response | tuple[str, int]:
    """Let a number order on the account."""
    typed, name = request.form.get("phone", ""), request.form.get("caller_name", "")
    return _done(account_id, "caller", lambda session: accounts.add_caller(
        session, account_id, typed, g.actor, g.now, name=name))  # fmt: skip


@blueprint.post("/accounts/<int:account_id>/callers/<int:caller_id>/remove")
@requires(_EDIT)
def remove_caller(account_id: int, caller_id: int) -> Response | tuple[str, int]:
    """Let a number order on the account no longer."""
    return _done(account_id, "caller", lambda session: accounts.remove_caller(
        session, account_id, caller_id, g.actor, g.now))  # fmt: skip


@blueprint.post("/accounts/<int:account_id>/stop")
@requires(_EDIT)
def stop_account(account_id: int) -> Response | tuple[str, int]:
    """Book nothing more on the account."""
    reason = request.form.get("stop_reason", "")

    def work(session: Session) -> None:
        try:
            accounts.stop(session, account_id, reason, g.actor, g.now)
        except Invalid as error:
            raise Invalid(error.code, error.message, field="stop_reason", **error.params) from error

    return _done(account_id, "stop", work)


@blueprint.post("/accounts/<int:account_id>/resume")
@requires(_EDIT)
def resume_account(account_id: int) -> Response | tuple[str, int]:
    """Let the account go on."""
    return _done(account_id, "stop", lambda session: accounts.resume(session, account_id, g.actor, g.now))


@blueprint.post("/accounts/<int:account_id>/payments")
@requires(_EDIT)
def post_payment(account_id: int) -> Response | tuple[str, int]:
    """Post a payment."""

    def work(session: Session) -> None:
        filled("amount_fen", "reference")
        amount, reference = money.fen(request.form["amount_fen"], field="amount_fen"), request.form["reference"]
        account_postings.pay(session, account_id, g.actor, g.now, amount_fen=amount, reference=reference)

    return _done(account_id, "payment", work)


@blueprint.post("/accounts/<int:account_id>/entries/<int:entry_id>/take-back")
@requires(_EDIT)
def take_payment_back(account_id: int, entry_id: int) -> Response | tuple[str, int]:
    """Take a payment back by a counter-entry."""
    reason = request.form.get("reason", "")
    return _done(account_id, f"entry_{entry_id}", lambda session: account_postings.take_back(
        session, account_id, entry_id, g.actor, g.now, reason=reason))  # fmt: skip


@blueprint.post("/accounts/<int:account_id>/statements/<int:statement_id>/send")
@requires(_EDIT)
def send_statement(account_id: int, statement_id: int) -> Response | tuple[str, int]:
    """Send a statement once more."""
    return _done(account_id, "particulars", lambda session: account_mail.send_again(
        session, account_id, statement_id, g.actor, g.now), gettext("It will be sent within a minute."))  # fmt: skip


@blueprint.get("/accounts/<int:account_id>/statements/<int:statement_id>.pdf")
@requires(_READ)
def statement_file(account_id: int, statement_id: int) -> Response:
    """A statement as PDF."""
    return pdf_of(account_id, statement_id)


def _particulars() -> accounts.Particulars:
    """The form's values. Raises Invalid naming every field that does not fit."""
    given = request.form
    filled("name", "limit_fen", "payment_days")
    faults: list[Invalid] = []
    limit = 0
    try:
        limit = money.fen(given["limit_fen"], field="limit_fen")
    except Invalid as error:
        faults.append(error)
    try:
        values: dict[str, Any] = {name: given.get(name, "").strip() for name in _PLAIN}
        body = read(s.AccountIn, {**values, "limit_fen": limit})
    except Unfit as error:
        raise Unfit([*faults, *error.faults]) from error
    if faults:
        raise Unfit(faults)
    return body.to_domain()


def _done(
    account_id: int, part: str, change: Callable[[Session], object], said: str = ""
) -> Response | tuple[str, int]:
    """Carry a form out, or show the page with that form as it was typed."""

    def work(session: Session) -> str:
        change(session)
        return f"{HERE}/{account_id}"

    with runtime().db.reading() as session:
        accounts.find(session, account_id, g.actor)
    try:
        done = submit(work)
    except DomainError as error:
        return _page(account_id, part, FormState.typed(request.form, error)), status_of(error)
    flash(said or gettext("Saved."), "success")
    return done


def _page(account_id: int, part: str = "", form: FormState = BLANK) -> str:
    """The account with its forms; `form` is the state of the one named by `part`."""
    with runtime().db.reading() as session:
        account = accounts.find(session, account_id, g.actor)
        credit = account_credit.of_account(session, account, g.now)
        before = request.args.get("before", type=int)
        entries = ledger.entries(session, account.id, before_id=before, limit=ENTRIES)
        return render_template(
            "manage/account.html",
            account=account,
            credit=credit,
            standing=payers.standing(credit.stop(), account.stopped_reason or "", credit.overdue_since),
            forms={"particulars": FormState(values=_values(account)), part: form},
            blank=BLANK,
            wrong=form,
            entries=entries,
            older=f"{HERE}/{account.id}?before={entries[-1].id}#ledger" if len(entries) == ENTRIES else "",
            newest=f"{HERE}/{account.id}#ledger" if before else "",
            taken_back=ledger.reversed_ids(session, account.id),
            may_take_back=_may_take_back,
            stated=_stated(session, account),
            editable=g.actor.may(_EDIT),
        )


def _may_take_back(entry: AccountEntry, taken_back: set[int]) -> bool:
    return entry.kind is EntryKind.PAYMENT and entry.reverses_id is None and entry.id not in taken_back


def _stated(session: Session, account: Account) -> list[Stated]:
    today = g.now.astimezone(ZoneInfo(g.zone)).date()
    found = account_credit.claims(session, account.id)
    keys = {one.mail_key for one, _ in found if one.mail_key}
    messages = outbox.by_keys(session, keys)
    return [Stated(one, claim, claim.overdue_fen(today) > 0, messages.get(one.mail_key or "")) for one, claim in found]


def _values(account: Account) -> dict[str, str]:
    return {
        "kind": account.kind.value,
        "name": account.name,
        "limit_fen": money.yuan(account.limit_fen),
        "payment_days": str(account.payment_days),
        "contact_name": account.contact_name,
        "contact_phone": phone.display(account.contact_phone) if account.contact_phone else "",
        "address": account.address,
        "billing_email": account.billing_email,
    }
