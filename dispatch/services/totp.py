"""One-time codes of authenticator apps (RFC 6238: HMAC-SHA-1, six digits, 30 seconds)."""

import base64
import binascii
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DRIFT_STEPS = 1


def new_secret() -> str:
    """A secret of 160 bits, as apps read it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(secret: str, login: str) -> str:
    """What the QR code for the app says."""
    return f"otpauth://totp/Homeward:{quote(login)}?secret={secret}&issuer=Homeward"


def matches(secret: str, code: str, now: datetime) -> bool:
    """Whether the code is the current one; a clock half a minute off is forgiven. An empty one never is."""
    given = code.replace(" ", "").encode()
    step = int(now.timestamp()) // STEP_SECONDS
    return bool(given) and any(
        hmac.compare_digest(code_at(secret, step + drift).encode(), given)
        for drift in range(-DRIFT_STEPS, DRIFT_STEPS + 1)
    )


def code_at(secret: str, step: int) -> str:
    """The code of one step of 30 seconds. A malformed secret has none."""
    try:
        key = base64.b32decode(secret)
    except binascii.Error:
        return ""
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"
