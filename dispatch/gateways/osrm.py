"""Travel times from a server that speaks OSRM's language (`/table/v1/driving`); without it the straight line."""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from time import monotonic
from typing import Any

import httpx
import structlog

from dispatch.domain.geo import Point
from dispatch.gateways.routing import Router

TIMEOUT_SECONDS = 2.0
MOST_A_SIDE = 100  # the most a server takes unless told otherwise: 100 x 100
REST_SECONDS = 10.0
LOGGED_EVERY_SECONDS = 60.0

log = structlog.get_logger("osrm")
Times = list[list[float | None]]


class OsrmRouter:
    """A Router by HTTP. After a failure the server is left alone for some seconds: nobody waits in vain again."""

    def __init__(
        self,
        url: str,
        straight: Router,
        *,
        client: httpx.Client | None = None,
        seconds_now: Callable[[], float] = monotonic,
    ) -> None:
        self._url, self._straight, self._now = url, straight, seconds_now
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._again_at = self._log_again_at = float("-inf")
        self._lock = Lock()

    def seconds(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Times:
        """See Router."""
        if not origins or not destinations:
            return [[] for _ in origins]
        if self._now() >= self._again_at:
            try:
                return self._ask(origins, destinations)
            except OSError as error:
                self._rest(error)
        return self._straight.seconds(origins, destinations)

    def _ask(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Times:
        rows: Times = []
        for some in _portions(origins):
            parts = [ask_table(self._client, self._url, some, others) for others in _portions(destinations)]
            rows += [[value for part in parts for value in part[row]] for row in range(len(some))]
        return rows

    def _rest(self, error: OSError) -> None:
        with self._lock:
            now = self._now()
            self._again_at = now + REST_SECONDS
            tell = now >= self._log_again_at
            if tell:
                self._log_again_at = now + LOGGED_EVERY_SECONDS
        if tell:
            log.warning("times are those of the straight line", reason=str(error))


def ask_table(client: httpx.Client, url: str, origins: Sequence[Point], destinations: Sequence[Point]) -> Times:
    """One table from the server. Raises OSError when there is no usable answer."""
    where = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in (*origins, *destinations))
    numbers = [str(number) for number in range(len(origins) + len(destinations))]
    asked = {"sources": ";".join(numbers[: len(origins)]), "destinations": ";".join(numbers[len(origins) :])}
    try:
        answer = client.get(f"{url}/table/v1/driving/{where}", params={**asked, "annotations": "duration"})
        told: Any = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, ValueError) as error:
        raise OSError(f"the OSRM server does not answer: {type(error).__name__}: {error}") from error
    rows: Any = told.get("durations") if isinstance(told, dict) else None
    if rows is None or not _fits(rows, len(origins), len(destinations)):
        raise OSError(f"the OSRM server answered {answer.status_code} without a table of {len(origins)} rows")
    return [[None if value is None else float(value) for value in row] for row in rows]


def _fits(rows: Any, many: int, others: int) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) == many
        and all(isinstance(row, list) and len(row) == others for row in rows)
        and all(value is None or isinstance(value, int | float) for row in rows for value in row)
    )


def _portions(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    for at in range(0, len(points), MOST_A_SIDE):
        yield points[at : at + MOST_A_SIDE]
