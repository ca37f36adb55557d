"""Signing in: passwords checked in constant work, sessions and API tokens kept as digests, all of it throttled.

A caller goes in three steps, so that neither a failed try is forgotten nor a slow digest holds the database:
`count_try` in a transaction, `check` while reading, `open_session` in a transaction.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid, TooMany
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import passwords, throttle, totp
from dispatch.services.announce import announce
from dispatch.services.throttle import Limit
from dispatch.store import staff
from dispatch.store.staff import ApiToken, SignIn, Staff

PER_LOGIN = Limit("sign-in", most=10, window=timedelta(minutes=15))
PER_ADDRESS = Limit("sign-in-from", most=60, window=timedelta(minutes=15))  # a whole office may share one
_CODE_ONCE = Limit("totp", most=1, window=timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Proven:
    """Who proved to be whom; `totp_step` is the code's place in time, used up when the session opens."""

    staff_id: int
    totp_step: int | None


def count_try(session: Session, login: str, address: str, now: datetime) -> None:
    """Count a try for this account and from this address. Raises TooMany."""
    throttle.hit(session, PER_ADDRESS, address, now)
    throttle.hit(session, PER_LOGIN, login.strip().lower(), now)


def check(session: Session, login: str, password: str, code: str, now: datetime) -> Proven:
    """Who signs in. `code` is the six digits of the second factor, empty when there is none.

    Raises Invalid: one answer for unknown names, wrong passwords and closed accounts, after the same work.
    """
    person = staff.by_login(session, login)
    right = passwords.matches(person.password_hash if person else None, password)
    if person is None or not right or not person.active:
        raise Invalid("sign_in_failed", N_("Sign-in name or password is not right"), field="password")
    if person.totp_secret is None:
        return Proven(person.id, None)
    if not code.strip():
        raise Invalid("code_needed", N_("Enter the six digits of your authenticator app"), field="code")
    step = totp.matching_step(person.totp_secret, code, now)
    if step is None:
        raise Invalid("code_wrong", N_("The six digits are not right, or too old"), field="code")
    return Proven(person.id, step)


def open_session(session: Session, proven: Proven, now: datetime, lasts: timedelta) -> str:
    """A new session; answers its token, which is stored nowhere. Raises Invalid for a code used before."""
    person = session.get_one(Staff, proven.staff_id)
    if not person.active:
        raise Invalid("sign_in_failed", N_("Sign-in name or password is not right"), field="password")
    if proven.totp_step is not None:
        _use_up(session, person, proven.totp_step, now)
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.staff_id == person.id, SignIn.expires_at <= now))
    session.add(
        SignIn(
            token_sha256=digest(token), staff_id=person.id, created_at=now, last_seen_at=now, expires_at=now + lasts
        )
    )
    throttle.forget(session, PER_LOGIN, person.login, now)
    actor = Actor(person.id, person.name, person.branch_id, person.role_set)
    announce(session, Event("staff.sign_in", {}), actor, now, subject="staff", subject_id=person.id)
    return token


def by_session_token(session: Session, token: str, now: datetime) -> Staff | None:
    """Whose session this is; None when it ended, was revoked or never was."""
    row = session.get(SignIn, digest(token))
    return row.staff if row and row.expires_at > now and row.staff.active else None


def by_api_token(session: Session, token: str, _now: datetime) -> Staff | None:
    """Whom a machine's token acts as; None when it was revoked or never was."""
    row = session.scalars(select(ApiToken).where(ApiToken.token_sha256 == digest(token))).first()
    return row.staff if row and row.revoked_at is None and row.staff.active else None


def sign_out(session: Session, token: str) -> None:
    """End one session."""
    session.execute(delete(SignIn).where(SignIn.token_sha256 == digest(token)))


def revoke_all(session: Session, staff_id: int, *, keep: str = "") -> None:
    """End every session of a staff member, except the one with the token `keep`."""
    session.execute(delete(SignIn).where(SignIn.staff_id == staff_id, SignIn.token_sha256 != digest(keep)))


def digest(token: str) -> bytes:
    """What is stored in a token's place: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def _use_up(session: Session, person: Staff, step: int, now: datetime) -> None:
    try:
        throttle.hit(session, _CODE_ONCE, f"{person.id}:{step}", now)
    except TooMany as error:
        raise Invalid("code_used", N_("These six digits were used already: wait for the next"), field="code") from error
