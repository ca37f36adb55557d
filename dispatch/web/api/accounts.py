"""Accounts of venues and companies: terms, callers, postings, statements, and who pays for a trip."""

from flask import Response

from dispatch.domain import phone
from dispatch.domain.roles import Permission
from dispatch.services import account_credit, account_mail, account_postings, accounts, trips
from dispatch.services.account_credit import Standing
from dispatch.store import account_ledger as ledger
from dispatch.store import accounts as store
from dispatch.store.account_ledger import AccountEntry
from dispatch.store.accounts import Account
from dispatch.web.access import requires
from dispatch.web.api.endpoint import Call, api, document, endpoint
from dispatch.web.schemas import accounts as s
from dispatch.web.schemas.commands import Nothing
from dispatch.web.statement_file import pdf_of

_READ, _EDIT = Permission.ACCOUNT_READ, Permission.ACCOUNT_EDIT
_TAG = "accounts"


@endpoint("GET", "/accounts", _READ, reply=s.AccountsOut, tag=_TAG)
def list_accounts(call: Call) -> s.AccountsOut:
    """Every account of the branch, by name."""
    found = account_credit.standings(call.session, store.of_branch(call.session, call.actor.branch_id), call.now)
    return s.AccountsOut(accounts=[_account(one) for one in found])


@endpoint("GET", "/accounts/offered", Permission.TRIP_BOOK, query=s.OfferedQuery, reply=s.OfferedListOut, tag=_TAG)
def offered_accounts(call: Call) -> s.OfferedListOut:
    """The accounts that a number may order on, and whether credit is left."""
    number = phone.parse(call.query.phone, area_code=call.branch.area_code or None)
    found = account_credit.offered(call.session, call.branch, number, call.now)
    return s.OfferedListOut(accounts=[s.OfferedOut.model_validate(one) for one in found])


@endpoint("POST", "/accounts", _EDIT, body=s.AccountIn, reply=s.AccountOut, status=201, tag=_TAG)
def open_account(call: Call) -> s.AccountOut:
    """Open an account."""
    return _standing(call, accounts.add(call.session, call.body.to_domain(), call.actor, call.now))


@endpoint("GET", "/accounts/<int:account_id>", _READ, reply=s.AccountOut, tag=_TAG)
def read_account(call: Call, account_id: int) -> s.AccountOut:
    """An account and how it stands."""
    return _standing(call, accounts.find(call.session, account_id, call.actor))


@endpoint("PUT", "/accounts/<int:account_id>", _EDIT, body=s.AccountIn, reply=s.AccountOut, tag=_TAG)
def change_account(call: Call, account_id: int) -> s.AccountOut:
    """Write new particulars and terms."""
    return _standing(call, accounts.change(call.session, account_id, call.body.to_domain(), call.actor, call.now))


@endpoint("POST", "/accounts/<int:account_id>/stop", _EDIT, body=s.WhyIn, reply=s.AccountOut, tag=_TAG)
def stop_account(call: Call, account_id: int) -> s.AccountOut:
    """Book nothing more on the account, for a reason."""
    return _standing(call, accounts.stop(call.session, account_id, call.body.reason, call.actor, call.now))


@endpoint("POST", "/accounts/<int:account_id>/resume", _EDIT, body=Nothing, reply=s.AccountOut, tag=_TAG)
def resume_account(call: Call, account_id: int) -> s.AccountOut:
    """Let a stopped account go on."""
    return _standing(call, accounts.resume(call.session, account_id, call.actor, call.now))


@endpoint("POST", "/accounts/<int:account_id>/callers", _EDIT, body=s.CallerIn, reply=s.CallerOut, status=201, tag=_TAG)
def add_account_caller(call: Call, account_id: int) -> s.CallerOut:
    """Let a number order on the account."""
    body = call.body
    row = accounts.add_caller(call.session, account_id, body.phone, call.actor, call.now, name=body.name)
    return s.CallerOut(id=row.id, phone=phone.masked(row.phone), name=row.name)


@endpoint(
    "POST",
    "/accounts/<int:account_id>/callers/<int:caller_id>/remove",
    _EDIT,
    body=Nothing,
    reply=s.AccountOut,
    tag=_TAG,
)
def remove_account_caller(call: Call, account_id: int, caller_id: int) -> s.AccountOut:
    """Let a number order on the account no longer."""
    accounts.remove_caller(call.session, account_id, caller_id, call.actor, call.now)
    return _standing(call, accounts.find(call.session, account_id, call.actor))


@endpoint("GET", "/accounts/<int:account_id>/entries", _READ, query=s.EntriesQuery, reply=s.EntriesOut, tag=_TAG)
def account_entries(call: Call, account_id: int) -> s.EntriesOut:
    """What was posted, newest first."""
    account, asked = accounts.find(call.session, account_id, call.actor), call.query
    found = ledger.entries(call.session, account.id, before_id=asked.before, limit=asked.limit)
    rows = [_entry(one) for one in found]
    return s.EntriesOut(entries=rows, next_before=found[-1].id if len(found) == asked.limit else None)


@endpoint(
    "POST", "/accounts/<int:account_id>/payments", _EDIT, body=s.PaymentIn, reply=s.EntryOut, status=201, tag=_TAG
)
def post_payment(call: Call, account_id: int) -> s.EntryOut:
    """Post a payment with its reference; the same reference is not posted twice."""
    body = call.body
    return _entry(
        account_postings.pay(
            call.session, account_id, call.actor, call.now, amount_fen=body.amount_fen, reference=body.reference
        )
    )


@endpoint(
    "POST",
    "/accounts/<int:account_id>/entries/<int:entry_id>/take-back",
    _EDIT,
    body=s.WhyIn,
    reply=s.EntryOut,
    status=201,
    tag=_TAG,
)
def take_payment_back(call: Call, account_id: int, entry_id: int) -> s.EntryOut:
    """Take a payment back by a counter-entry."""
    reason = call.body.reason
    return _entry(account_postings.take_back(call.session, account_id, entry_id, call.actor, call.now, reason=reason))


@endpoint("GET", "/accounts/<int:account_id>/statements", _READ, reply=s.StatementsOut, tag=_TAG)
def account_statement_list(call: Call, account_id: int) -> s.StatementsOut:
    """The monthly statements, newest first, with what of each is still open."""
    account = accounts.find(call.session, account_id, call.actor)
    return s.StatementsOut(
        statements=[
            s.StatementOut(
                id=one.id,
                number=one.number,
                month=one.month,
                opening_fen=one.opening_fen,
                charged_fen=one.charged_fen,
                paid_fen=one.paid_fen,
                closing_fen=one.closing_fen,
                open_fen=claim.open_fen,
                due_on=one.due_on,
                made_at=one.made_at,
            )
            for one, claim in account_credit.claims(call.session, account.id)
        ]
    )


@endpoint(
    "POST",
    "/accounts/<int:account_id>/statements/<int:statement_id>/send",
    _EDIT,
    body=Nothing,
    reply=s.AccountOut,
    tag=_TAG,
)
def send_statement(call: Call, account_id: int, statement_id: int) -> s.AccountOut:
    """Send a statement to the billing address once more."""
    account_mail.send_again(call.session, account_id, statement_id, call.actor, call.now)
    return _standing(call, accounts.find(call.session, account_id, call.actor))


@endpoint(
    "POST",
    "/trips/<int:trip_id>/account",
    Permission.TRIP_DISPATCH,
    body=s.TripAccountIn,
    reply=s.TripAccountIn,
    tag=_TAG,
)
def set_trip_account(call: Call, trip_id: int) -> s.TripAccountIn:
    """Put a trip that is not settled on an account of its caller, or take it off."""
    trip = trips.locked(call.session, trip_id, call.actor)
    account_credit.move(call.session, trip, call.body.account_id, call.actor, call.now)
    return s.TripAccountIn(account_id=trip.account_id)


def statement_pdf(account_id: int, statement_id: int) -> Response:
    """The statement as PDF: as it was sent, or printed from what was frozen."""
    return pdf_of(account_id, statement_id)


api.add_url_rule(
    "/accounts/<int:account_id>/statements/<int:statement_id>/pdf",
    "statement_pdf",
    requires(_READ)(document(statement_pdf, method="GET", tag=_TAG, reply=None)),
)


def _standing(call: Call, account: Account) -> s.AccountOut:
    call.session.flush()
    return _account(account_credit.standings(call.session, [account], call.now)[0])


def _account(one: Standing) -> s.AccountOut:
    account, credit = one.account, one.credit
    return s.AccountOut(
        id=account.id,
        kind=account.kind,
        name=account.name,
        contact_name=account.contact_name,
        contact_phone=account.contact_phone,
        address=account.address,
        billing_email=account.billing_email,
        limit_fen=account.limit_fen,
        payment_days=account.payment_days,
        balance_fen=credit.balance_fen,
        booked_fen=credit.booked_fen,
        left_fen=credit.left_fen,
        overdue_fen=credit.overdue_fen,
        overdue_since=credit.overdue_since,
        stopped_reason=account.stopped_reason,
        stop=credit.stop(),
        callers=[s.CallerOut(id=row.id, phone=phone.masked(row.phone), name=row.name) for row in account.callers],
    )


def _entry(row: AccountEntry) -> s.EntryOut:
    return s.EntryOut(
        id=row.id,
        kind=row.kind,
        amount_fen=row.amount_fen,
        day=row.day,
        at=row.at,
        trip_id=row.trip_id,
        reverses_id=row.reverses_id,
        note=row.note,
        by=row.by_name,
    )
