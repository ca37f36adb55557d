"""Push messages to drivers' phones: to whom, what it says: nothing a stranger may not read on a lock screen."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain import masking, push_address
from dispatch.domain.errors import N_, Invalid
from dispatch.store import offers, push
from dispatch.store.offers import OfferState
from dispatch.store.push import PushSubscription
from dispatch.store.trips import Trip

_PUBLIC_KEY_BYTES, _SECRET_BYTES = 65, 16


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser says of its subscription: where its push service is, and the keys for messages to it."""

    endpoint: str
    p256dh: str
    auth: str


def subscribe(session: Session, session_sha256: bytes, browser: Browser, now: datetime) -> None:
    """Push offers to this browser as long as its session lasts; an address it had before is taken over.

    Raises Invalid for an address that is no public push service's, and for keys that are none.
    """
    push_address.checked(browser.endpoint)
    _key(browser.p256dh, _PUBLIC_KEY_BYTES, "p256dh")
    _key(browser.auth, _SECRET_BYTES, "auth")
    push.remove(session, browser.endpoint)
    session.add(
        PushSubscription(
            session_sha256=session_sha256,
            endpoint=browser.endpoint,
            p256dh=browser.p256dh,
            auth=browser.auth,
            created_at=now,
        )
    )


def unsubscribe(session: Session, endpoint: str) -> None:
    """Push nothing more to this address. Knowing it is enough: it is a secret of the browser."""
    push.remove(session, endpoint)


def for_event(session: Session, event_type: str, trip: Trip, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Addresses and messages for an event of a trip: its new offers, to the phones of the drivers they are made to."""
    if event_type != "trip.offer":
        return []
    fresh = {o.driver_id: o for o in offers.of_trip(session, trip.id, OfferState.OPEN) if o.offered_at == now}
    if not fresh:
        return []
    until = max((offer.expires_at for offer in fresh.values() if offer.expires_at), default=None)
    return [
        (phone.endpoint, _offer(trip, until, locale)) for phone, locale in push.of_drivers(session, list(fresh), now)
    ]


def keys(session: Session, endpoint: str) -> dict[str, str] | None:
    """What a message to this address is locked with; None when the phone wants nothing more."""
    phone = push.at(session, endpoint)
    return None if phone is None else {"p256dh": phone.p256dh, "auth": phone.auth}


def _offer(trip: Trip, until: datetime | None, locale: str) -> dict[str, Any]:
    return {
        "kind": "offer",
        "tag": f"offer-{trip.id}",
        "district": masking.address(trip.pickup_address).rstrip("*"),
        "until": until.isoformat() if until else None,
        "language": locale,
    }


def _key(text: str, length: int, field: str) -> None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if len(raw) != length:
        raise Invalid("push_key", N_("This is no key of a push subscription"), field=field)
