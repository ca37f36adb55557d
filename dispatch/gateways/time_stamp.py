"""Independent time stamps on sealed documents (RFC 3161), from a service over HTTP."""

from collections.abc import Callable

import httpx

TIMEOUT_SECONDS = 4.0
MOST_BYTES = 64 << 10


def stamping(url: str, *, client: httpx.Client | None = None) -> Callable[[bytes], bytes]:
    """A way to send a time-stamp request to the service at `url`. It raises OSError when there is no usable answer.

    The time limit is short: a customer is waiting for the document, which is sealed without a stamp then.
    """
    asking = client or httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def ask(request: bytes) -> bytes:
        try:
            answer = asking.post(url, content=request, headers={"Content-Type": "application/timestamp-query"})
        except httpx.HTTPError as error:
            raise OSError(f"the time-stamp service does not answer: {error}") from error
        if not answer.is_success or len(answer.content) > MOST_BYTES:
            raise OSError(f"the time-stamp service answered {answer.status_code}")
        return answer.content

    return ask
