"""Web push (RFC 8030, 8291, 8292): encrypted for one browser, signed with the installation's VAPID key."""

import base64
import json
import socket
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher

from dispatch.domain.push_address import is_global
from dispatch.gateways.transport import Gone, Message, TransportError

TIMEOUT_SECONDS = 5.0
_LONGEST_TTL = 600
_FORGOTTEN = frozenset({404, 410})
_WORTH_RETRYING = frozenset({408, 425, 429})


def resolve(host: str) -> list[str]:
    """The addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


class PushGateway:
    """Hands messages to the push services that browsers named."""

    def __init__(
        self,
        private_key: str,
        subject: str,
        clock: Callable[[], datetime],
        *,
        client: httpx.Client | None = None,
        addresses: Callable[[str], list[str]] = resolve,
    ) -> None:
        self._key = Vapid02.from_string(private_key)
        self._subject = subject
        self._clock = clock
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._addresses = addresses

    def send(self, message: Message) -> None:
        """Raises Gone for a browser that is not there any more, TransportError for everything else.

        An offer that nobody can accept any more is not sent.
        """
        body = dict(message.body)
        keys, seconds = body.pop("keys", None), self._seconds(body.get("until"))
        if keys is None:
            raise Gone("the phone wants no messages any more")
        if seconds <= 0:
            raise TransportError("the offer is over", permanent=True)
        where = {"endpoint": message.recipient, "keys": keys}
        sealed = WebPusher(where).encode(json.dumps(body, ensure_ascii=False).encode(), content_encoding="aes128gcm")
        headers = {
            **self._signed(message.recipient),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(seconds),
            "Urgency": "high",
        }
        self._check(message.recipient)
        try:
            answer = self._client.post(message.recipient, content=sealed["body"], headers=headers)
        except httpx.HTTPError as error:
            raise TransportError(type(error).__name__, permanent=False) from error
        if answer.status_code in _FORGOTTEN:
            raise Gone(f"answered {answer.status_code}")
        if not answer.is_success:
            retry = answer.status_code >= 500 or answer.status_code in _WORTH_RETRYING
            raise TransportError(f"answered {answer.status_code}", permanent=not retry)

    def _check(self, endpoint: str) -> None:
        """A public name may lead inside: every address behind it must be a public one, looked up as it is used."""
        host = urlsplit(endpoint).hostname or ""
        try:
            found = self._addresses(host)
        except OSError as error:
            raise TransportError(f"no address for {host}", permanent=False) from error
        if not found or not all(is_global(address) for address in found):
            raise TransportError(f"{host} is not on the public Internet", permanent=True)

    def _signed(self, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock().timestamp()) + 12 * 3600,
            "sub": self._subject,
        }
        return dict(self._key.sign(claims))

    def _seconds(self, until: str | None) -> int:
        if until is None:
            return _LONGEST_TTL
        return min(int((datetime.fromisoformat(until) - self._clock()).total_seconds()), _LONGEST_TTL)


def new_key() -> str:
    """A private key for VAPID, as text of one line."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(32, "big"))


def public_key(private_key: str) -> str:
    """What browsers are told: the public half of a private key. Raises ValueError for what is no key."""
    try:
        point = Vapid02.from_string(private_key).public_key
        return _text(point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint))
    except Exception as error:  # whatever the libraries object to
        raise ValueError("is no VAPID private key") from error


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
