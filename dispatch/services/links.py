"""The customer's link: derived from the installation's key, so it can be shown again; only its hash is kept."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, NotFound
from dispatch.store.links import CustomerLink
from dispatch.store.trips import Trip

VALID_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LinkKey:
    """The key that tokens are derived with, and the address that customers reach us at."""

    key: bytes
    base_url: str

    def token(self, trip_id: int) -> str:
        """The 128-bit token of a trip."""
        digest = hmac.new(self.key, f"customer-link:{trip_id}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()

    def url(self, trip_id: int) -> str:
        """What the customer opens."""
        return f"{self.base_url}/t/{self.token(trip_id)}"

    def badge_url(self, driver_id: int) -> str:
        """Where anyone can see whether a driver's badge is in force."""
        return f"{self.base_url}/badge/{driver_id}-{self._badge(driver_id)}"

    def badge_driver(self, token: str) -> int:
        """The driver of a badge's token. Raises NotFound for one that we did not make."""
        number, _, proof = token.partition("-")
        named = number.isascii() and number.isdigit() and len(number) < 10
        if named and hmac.compare_digest(proof.encode(), self._badge(int(number)).encode()):
            return int(number)
        raise NotFound("badge_unknown", N_("There is no such badge"))

    def _badge(self, driver_id: int) -> str:
        digest = hmac.new(self.key, f"badge:{driver_id}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:12]).decode()

    def code(self, ceremony_id: int, position: int) -> str:
        """The six digits of a one-time code, by the step that sent it. Never stored: made again where it is needed."""
        digest = hmac.new(self.key, f"signing-code:{ceremony_id}:{position}".encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"

    def verify_url(self, number: str) -> str:
        """Where anyone can check a document by its number."""
        return f"{self.base_url}/verify/{number}"


def create(session: Session, trip: Trip, keys: LinkKey) -> str:
    """Open the link of a trip until 30 days after its appointed time; answers its address."""
    session.add(
        CustomerLink(
            token_sha256=_sha256(keys.token(trip.id)), trip_id=trip.id, expires_at=trip.appointed_at + VALID_FOR
        )
    )
    return keys.url(trip.id)


def opened(session: Session, token: str, now: datetime) -> Trip:
    """The trip behind a token. Raises NotFound for unknown and expired ones alike: a stranger learns nothing."""
    link = session.get(CustomerLink, _sha256(token))
    if link is None or link.expires_at <= now:
        raise NotFound("link_unknown", N_("This link is not valid, or no longer"))
    return link.trip


def fingerprint(token: str) -> str:
    """A name for a token that does not give it away."""
    return _sha256(token).hex()[:32]


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
