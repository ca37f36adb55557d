"""Statements on their way to the billing address, and what is told when one is not paid in time.

A statement is printed outside any transaction; the second one stores the PDF and leaves the message, if the statement
still waits to be sent.
"""

from base64 import b64encode
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.money import yuan
from dispatch.domain.roles import Actor, system
from dispatch.services import account_credit, account_statements, accounts
from dispatch.store import accounts as store
from dispatch.store.account_ledger import AccountStatement
from dispatch.store.accounts import Account
from dispatch.store.branches import Branch
from dispatch.store.outbox import OutboxMessage

CHANNEL = "email"


def to_send(session: Session, _now: datetime) -> list[int]:
    """Statements that wait to be sent."""
    query = select(AccountStatement.id).where(AccountStatement.to_mail).order_by(AccountStatement.id)
    return list(session.scalars(query))


def send(session: Session, statement_id: int, pdf: bytes, now: datetime) -> bool:
    """Leave the message with a statement that was just printed; False when another scheduler was first (R7)."""
    statement = _held(session, statement_id)
    if not statement.to_mail:
        return False
    account = statement.account
    statement.to_mail = False
    statement.pdf = statement.pdf or pdf
    subject, text = _statement_words(statement, session.get_one(Branch, account.branch_id))
    _put(session, statement, subject, text, now)
    return True


def send_again(session: Session, account_id: int, statement_id: int, actor: Actor, now: datetime) -> AccountStatement:
    """Let a statement be sent to the billing address once more. Raises NotFound, Invalid without an address."""
    account = accounts.locked(session, account_id, actor)
    statement = account_statements.find(session, account_id, statement_id, actor)
    if not account.billing_email:
        raise Invalid("email_missing", N_("The account has no e-mail address for bills"), field="billing_email")
    statement.to_mail = True
    accounts.tell(session, account, "send", actor, now, number=statement.number)
    return statement


def past_due(session: Session, now: datetime) -> list[int]:
    """Statements whose due date is over and that nobody has looked at since."""
    found: list[int] = []
    for branch in session.scalars(select(Branch).order_by(Branch.id)):
        today = now.astimezone(branch.zone).date()
        query = select(AccountStatement.id).join(Account, Account.id == AccountStatement.account_id)
        query = query.where(
            Account.branch_id == branch.id, AccountStatement.looked_at.is_(None), AccountStatement.due_on < today
        )
        found += session.scalars(query.order_by(AccountStatement.id))
    return found


def look_at(session: Session, statement_id: int, now: datetime) -> bool:
    """Look once at a statement past its due date: if it is open, tell the journal and the billing address.

    The stop itself needs nothing of this: it follows from the due date. Answers whether it was told.
    """
    statement = _held(session, statement_id)
    if statement.looked_at is not None:
        return False
    statement.looked_at = now
    account = statement.account
    branch = session.get_one(Branch, account.branch_id)
    claims = dict(account_credit.claims(session, account.id))
    claim = claims.get(statement)
    if claim is None or not claim.overdue_fen(now.astimezone(branch.zone).date()):
        return False
    told = {"number": statement.number, "open_fen": claim.open_fen, "due_on": statement.due_on.isoformat()}
    accounts.tell(session, account, "overdue", system(branch.id), now, **told)
    if account.billing_email:
        subject, text = _overdue_words(statement, claim.open_fen, branch)
        _put(session, statement, subject, text, now)
    return True


def files(session: Session, body: dict[str, Any]) -> list[dict[str, str]]:
    """The files of a message, as the way out takes them: the PDF that was stored with its statement."""
    query = select(AccountStatement).where(AccountStatement.id == body["statement_id"])
    statement = session.scalars(query.options(undefer(AccountStatement.pdf))).one()
    if statement.pdf is None:
        return []
    content = b64encode(statement.pdf).decode()
    return [{"name": f"{statement.number}.pdf", "media_type": "application/pdf", "content": content}]


def _held(session: Session, statement_id: int) -> AccountStatement:
    """A statement whose account nobody else changes, freshly read."""
    store.held(session, session.get_one(AccountStatement, statement_id).account_id)
    return session.get_one(AccountStatement, statement_id, populate_existing=True)


def _put(session: Session, statement: AccountStatement, subject: str, text: str, now: datetime) -> None:
    statement.mails += 1
    statement.mail_key = f"statement-{statement.id}-{statement.mails}"
    session.add(
        OutboxMessage(
            branch_id=statement.account.branch_id,
            key=statement.mail_key,
            channel=CHANNEL,
            recipient=statement.account.billing_email,
            body={"subject": subject, "text": text, "statement_id": statement.id},
            not_before=now,
            created_at=now,
        )
    )


def _statement_words(statement: AccountStatement, branch: Branch) -> tuple[str, str]:
    name, number = statement.account.name, statement.number
    owed, due = yuan(max(0, statement.closing_fen)), statement.due_on
    if branch.document_language == "en":
        return (
            f"Statement {number}: {name}, {statement.month:%Y-%m}",
            f"Please find attached the statement of {name} for {statement.month:%Y-%m}.\n"
            f"To pay: ¥{owed}, by {due}.\n\n{branch.company_name} · {branch.phone}\n",
        )
    return (
        f"{name} {statement.month:%Y年%m月}代驾对账单（{number}）",
        f"{name}：\n\n{statement.month:%Y年%m月}代驾记账明细见附件，应付 {owed} 元，请于 {due} 前（含当日）付清。\n"
        f"如有疑问请致电 {branch.phone}。\n\n{branch.company_name}\n",
    )


def _overdue_words(statement: AccountStatement, open_fen: int, branch: Branch) -> tuple[str, str]:
    name, number, owed = statement.account.name, statement.number, yuan(open_fen)
    if branch.document_language == "en":
        return (
            f"Overdue: statement {number}, {name}",
            f"Of statement {number} ¥{owed} was to be paid by {statement.due_on} and is still open.\n"
            f"Nothing can be ordered on the account until it is paid.\n\n{branch.company_name} · {branch.phone}\n",
        )
    return (
        f"{name}：对账单 {number} 已逾期",
        f"{name}：\n\n对账单 {number} 尚有 {owed} 元未付，付款期限为 {statement.due_on}。\n"
        "付清前暂停记账用车，付清后自动恢复。\n"
        f"如已付款请忽略，并告知我们付款凭证号；如有疑问请致电 {branch.phone}。\n\n{branch.company_name}\n",
    )
