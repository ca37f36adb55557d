"""Signing in and out: sessions in the database, machine's tokens, limits against guessing."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from dispatch.domain import typed
from dispatch.domain.errors import N_, Invalid, NotFound, TooMany
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import passwords, throttle, totp
from dispatch.services.announce import announce
from dispatch.services.throttle import Limit
from dispatch.store import staff
from dispatch.store.staff import ApiToken, SignIn, Staff

PER_ACCOUNT = Limit(10, timedelta(minutes=15))
PER_ADDRESS = Limit(50, timedelta(minutes=15))
CODE_ONCE = Limit(1, timedelta(minutes=5))
USE_NOTED = timedelta(minutes=1)
"""A key in use is noted this often, not at every request: a write costs more than what it serves."""


def count_try(session: Session, login: str, address: str, now: datetime) -> None:
    """Count a try, in a transaction of its own before the password is looked at: a wrong one costs a try too.

    Raises TooMany.
    """
    throttle.count(session, f"sign-in:{login.strip().lower()}", PER_ACCOUNT, now)
    throttle.count(session, f"sign-in-from:{address}", PER_ADDRESS, now)


def sign_in(
    session: Session, login: str, password: str, code: str, now: datetime, *, lasts: timedelta
) -> tuple[str, Staff]:
    """A new session: its token, kept by the browser only, and whose it is.

    Raises Invalid alike for unknown names, wrong passwords and people who have left: a stranger learns nothing.
    """
    person = staff.by_login(session, login)
    right = passwords.matches(person.password_hash if person else None, password)
    if person is None or not right or not person.active:
        raise Invalid("sign_in_wrong", N_("Sign-in name or password is wrong"), field="password")
    if person.totp_secret is not None:
        _use_code(session, person, code, now)
    throttle.forget(session, f"sign-in:{person.login}")
    _tell(session, "staff.sign_in", person, now)
    return open_session(session, person, now, lasts), person


def open_session(session: Session, person: Staff, now: datetime, lasts: timedelta) -> str:
    """Sign somebody in who has proved who they are; answers the token."""
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_sha256=_sha256(token), staff=person, created_at=now, expires_at=now + lasts))
    return token


def sign_out(session: Session, token: str) -> None:
    """End the session of a token."""
    session.execute(delete(SignIn).where(SignIn.token_sha256 == _sha256(token)))


def session_digest(token: str) -> bytes:
    """What a session is known by in the database."""
    return _sha256(token)


def revoke_all(session: Session, staff_id: int) -> None:
    """End every session of somebody: the password changed, or they left."""
    session.execute(delete(SignIn).where(SignIn.staff_id == staff_id))


def by_session_token(session: Session, token: str, now: datetime) -> Staff | None:
    """Whose session this is, while it lasts."""
    found = session.get(SignIn, _sha256(token))
    if found is None or found.expires_at <= now or not found.staff.active:
        return None
    return found.staff


def by_api_token(session: Session, token: str) -> ApiToken | None:
    """A machine's key, until it is revoked or its person has left."""
    found = session.scalars(select(ApiToken).where(ApiToken.token_sha256 == _sha256(token))).first()
    if found is None or found.revoked_at is not None or not found.staff.active:
        return None
    return found


def is_use_old(key: ApiToken, now: datetime) -> bool:
    """Whether it is time to note again that a key is in use."""
    return key.last_used_at is None or key.last_used_at <= now - USE_NOTED


def note_use(session: Session, key: ApiToken, now: datetime) -> None:
    """Note that a key is in use; of requests side by side one writes."""
    unnoted = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USE_NOTED)
    session.execute(update(ApiToken).where(ApiToken.id == key.id, unnoted).values(last_used_at=now))


def create_api_token(session: Session, person: Staff, label: str, now: datetime, actor: Actor | None = None) -> str:
    """A key for a machine acting as this person; shown once, kept as a hash. `actor` is who made it."""
    token = f"hw_{secrets.token_urlsafe(32)}"
    name = typed.line(label, "label", 80)
    session.add(ApiToken(token_sha256=_sha256(token), staff=person, label=name, created_at=now))
    _tell(session, "staff.token_create", person, now, actor, label=name)
    return token


def api_tokens(session: Session, person: Staff) -> list[ApiToken]:
    """The keys of machines that act as this person, newest first; withdrawn ones are history, in the journal."""
    living = select(ApiToken).where(ApiToken.staff_id == person.id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(living.order_by(ApiToken.id.desc())))


def api_tokens_of_branch(session: Session, branch_id: int) -> list[ApiToken]:
    """The keys of all machines of a branch that still open it, oldest first."""
    living = select(ApiToken).join(Staff).where(Staff.branch_id == branch_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(living.order_by(ApiToken.id)).unique())


def api_token(session: Session, token_id: int, branch_id: int) -> ApiToken:
    """A key of the branch. Raises NotFound."""
    found = session.get(ApiToken, token_id)
    if found is None or found.staff.branch_id != branch_id:
        raise _no_such_key()
    return found


def revoke_api_token(session: Session, person: Staff, token_id: int, actor: Actor, now: datetime) -> None:
    """End one key: the next request with it is refused. Raises NotFound for a key of somebody else."""
    found = api_token(session, token_id, person.branch_id)
    if found.staff_id != person.id:
        raise _no_such_key()
    if found.revoked_at is None:
        found.revoked_at = now
        _tell(session, "staff.token_revoke", person, now, actor, label=found.label)


def _no_such_key() -> NotFound:
    return NotFound("token_unknown", N_("There is no such key"))


def _use_code(session: Session, person: Staff, code: str, now: datetime) -> None:
    """A code looked over somebody's shoulder opens nothing: each works once."""
    if not totp.matches(person.totp_secret or "", code, now):
        raise Invalid("code_wrong", N_("Please enter the current code of your authenticator app"), field="code")
    try:
        throttle.count(session, f"totp:{person.id}:{code.replace(' ', '')}", CODE_ONCE, now)
    except TooMany as used:
        raise Invalid("code_used", N_("This code was used already: wait for the next"), field="code") from used


def _tell(session: Session, what: str, person: Staff, now: datetime, actor: Actor | None = None, **data: str) -> None:
    who = actor or Actor(person.id, person.name, person.branch_id, person.role_set)
    announce(session, Event(what, {"login": person.login, **data}), who, now, subject="staff", subject_id=person.id)


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
