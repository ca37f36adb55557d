"""The second factor: six digits from an authenticator app (RFC 6238: SHA-1, 30 seconds)."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store.staff import Staff

STEP_SECONDS, DIGITS = 30, 6
_DRIFT = 1  # steps by which phone and server may differ, either way


def new_secret() -> str:
    """160 random bits as apps take them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def uri(secret: str, login: str, issuer: str) -> str:
    """What the QR code says that the app scans."""
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?secret={secret}&issuer={quote(issuer)}"


def code_at(secret: str, step: int) -> str:
    """The six digits of one step of 30 seconds."""
    # RFC 6238 as apps implement it; the weakness of SHA-1 is in collisions, which do not help here.
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose digits these are, if it is now or next to now."""
    current = int(now.timestamp()) // STEP_SECONDS
    plain = code.replace(" ", "").encode()
    steps = range(current - _DRIFT, current + _DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), plain)), None)


def enrol(session: Session, person: Staff, secret: str, code: str, actor: Actor, now: datetime) -> None:
    """Ask for the second factor from now on, once the app has shown that it has the secret. Raises Invalid."""
    try:
        shown = matching_step(secret, code, now)
    except ValueError:
        shown = None
    if shown is None or len(secret) > 64:
        raise Invalid("code_wrong", N_("The six digits are not right, or too old"), field="code")
    person.totp_secret = secret
    announce(session, Event("staff.totp_on", {}), actor, now, subject="staff", subject_id=person.id)


def remove(session: Session, person: Staff, actor: Actor, now: datetime) -> None:
    """A phone was lost: a manager takes the second factor away until a new one is set up."""
    person.totp_secret = None
    announce(session, Event("staff.totp_off", {}), actor, now, subject="staff", subject_id=person.id)
