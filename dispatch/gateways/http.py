"""Signed HTTP: text messages through a provider's endpoint, and webhooks.

Signature: `X-Homeward-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, key shared with the
receiver.  `Idempotency-Key` is the same at every try.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime

import httpx

from dispatch.gateways.transport import Message, TransportError

TIMEOUT_SECONDS = 10.0
_PERMANENT = range(400, 500)
_WORTH_RETRYING = frozenset({408, 425, 429})


class HttpGateway:
    """Posts a message as JSON. `url` None takes the recipient as the address (webhooks)."""

    def __init__(
        self, url: str | None, secret: bytes, clock: Callable[[], datetime], *, client: httpx.Client | None = None
    ) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def send(self, message: Message) -> None:
        """Raises TransportError: permanent for what the receiver refuses, temporary for what may pass."""
        content = self._content(message)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "X-Homeward-Signature": signature(
                message.secret.encode() or self._secret, content, int(self._clock().timestamp())
            ),
        }
        try:
            answer = self._client.post(self._url or message.recipient, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise TransportError(f"{type(error).__name__}: {error}", permanent=False) from error
        if answer.status_code in _PERMANENT and answer.status_code not in _WORTH_RETRYING:
            raise TransportError(f"refused with {answer.status_code}", permanent=True)
        if not answer.is_success:
            raise TransportError(f"answered {answer.status_code}", permanent=False)

    def _content(self, message: Message) -> bytes:
        body = message.body if self._url is None else {"to": message.recipient, "text": message.body["text"]}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: bytes, content: bytes, at: int) -> str:
    """The value of X-Homeward-Signature for this content at this time (unix seconds)."""
    digest = hmac.new(secret, f"{at}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
