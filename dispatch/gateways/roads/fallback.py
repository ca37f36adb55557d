"""Roads while the graph file can be used, the straight line otherwise: an offer does not wait for a file."""

from collections.abc import Callable, Sequence
from threading import Lock
from time import monotonic

import structlog

from dispatch.domain.geo import Point
from dispatch.gateways.roads.graph import GraphUnusable
from dispatch.gateways.routing import Router

AGAIN_SECONDS = 60.0

log = structlog.get_logger("roads")


class RoadsOrStraight:
    """A Router that answers by the straight line while the other cannot, says so, and asks it again after a minute."""

    def __init__(self, roads: Router, straight: Router, *, seconds_now: Callable[[], float] = monotonic) -> None:
        self._roads, self._straight, self._now = roads, straight, seconds_now
        self._again_at = float("-inf")
        self._lock = Lock()

    def seconds(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
        """See Router."""
        if self._now() >= self._again_at:
            try:
                return self._roads.seconds(origins, destinations)
            except GraphUnusable as error:
                with self._lock:
                    self._again_at = self._now() + AGAIN_SECONDS
                log.warning("times are those of the straight line", reason=str(error))
        return self._straight.seconds(origins, destinations)
