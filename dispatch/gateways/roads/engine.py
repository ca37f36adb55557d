"""Travel times along the roads of a graph file: who is where on which road, then Dijkstra with a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from dispatch.domain.geo import EARTH_M, Point
from dispatch.gateways.roads.graph import Roads, load

LIMIT_S = 5400.0
"""Nobody is sent further: the search ends there."""
FURTHEST_M = 1500.0
"""A point further from any road than this is nowhere."""
OFF_ROAD_MPS = 4.0
AT_ONCE_BYTES = 64 << 20  # of distances held while searching
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Way:
    """The fastest way: how long it takes and how far it is."""

    seconds: float
    metres: float


@dataclass(frozen=True, slots=True)
class _Placed:
    """Points on roads: the nearest shape point of each, and seconds to it; `found` False where there is no road."""

    shape: Ints
    off_road_s: Floats
    found: NDArray[np.bool_]


class RoadRouter:
    """A Router on a graph file, mapped at the first question. Raises GraphUnusable then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first = Lock()

    @cached_property
    def _roads(self) -> Roads:
        return load(self._path)

    @cached_property
    def _nearest(self) -> KDTree:
        return KDTree(self._flat(self._roads.lat, self._roads.lon))

    @cached_property
    def _out(self) -> csr_array:
        roads = self._roads
        return csr_array((roads.seconds, roads.ends, roads.starts), shape=(roads.crossings,) * 2, copy=False)

    @cached_property
    def _in(self) -> csr_array:
        roads = self._roads
        return csr_array((roads.in_seconds, roads.in_begins, roads.in_starts), shape=(roads.crossings,) * 2, copy=False)

    def warm_up(self) -> None:
        """Map the file and index it; otherwise the first question does."""
        with self._first:
            _ = self._nearest, self._out, self._in

    def seconds(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
        """See Router; None where there is no road near, or no way within the limit. Searches from the fewer side."""
        if not origins or not destinations:
            return [[] for _ in origins]
        self.warm_up()
        begin, end = self._place(origins), self._place(destinations)
        if len(origins) <= len(destinations):
            found = self._search(self._out, begin, end, outwards=True)
        else:
            found = self._search(self._in, end, begin, outwards=False).T
        found = np.minimum(found, self._along_one_road(begin, end))
        found += begin.off_road_s[:, None] + end.off_road_s[None, :]
        lost = ~(begin.found[:, None] & end.found[None, :]) | (found > LIMIT_S)
        return [
            [None if gone else float(value) for value, gone in zip(values, nowhere, strict=True)]
            for values, nowhere in zip(found, lost, strict=True)
        ]

    def way(self, origin: Point, destination: Point) -> Way | None:
        """The fastest way between two points, with its length."""
        self.warm_up()
        begin, end = self._place([origin]), self._place([destination])
        if not (begin.found[0] and end.found[0]):
            return None
        roads, a, b = self._roads, int(begin.shape[0]), int(end.shape[0])
        off_road = float(begin.off_road_s[0] + end.off_road_s[0])
        off_road_m = off_road * OFF_ROAD_MPS
        direct = float(self._along_one_road(begin, end)[0, 0])
        best = Way(direct + off_road, abs(float(roads.so_far_m[a] - roads.so_far_m[b])) + off_road_m)
        for source, leave_s, leave_m in self._exits(a):
            seconds, before = dijkstra(self._out, indices=source, limit=LIMIT_S, return_predecessors=True)
            for target, reach_s, reach_m in self._entries(b):
                total = leave_s + float(seconds[target]) + reach_s + off_road
                if total < best.seconds:
                    best = Way(total, leave_m + self._metres(before, source, target) + reach_m + off_road_m)
        return best if best.seconds <= LIMIT_S else None

    def _flat(self, lat: Floats, lon: Floats) -> Floats:
        """Metres on a plane: near enough over the few hundred metres that matter here."""
        middle = np.radians((self._roads.lat.min() + self._roads.lat.max()) / 2)
        return np.column_stack((np.radians(lat) * EARTH_M, np.radians(lon) * np.cos(middle) * EARTH_M))

    def _place(self, points: Sequence[Point]) -> _Placed:
        flat = self._flat(np.array([point.lat for point in points]), np.array([point.lon for point in points]))
        away, shape = self._nearest.query(flat, distance_upper_bound=FURTHEST_M)
        found = np.isfinite(away)
        return _Placed(np.where(found, shape, 0), np.where(found, away, 0.0) / OFF_ROAD_MPS, found)

    def _search(self, graph: csr_array, near: _Placed, far: _Placed, *, outwards: bool) -> Floats:
        """Seconds from each near point to each far one; searching against the traffic when not outwards."""
        roads = self._roads
        leave = self._costs(near.shape, outwards=outwards)
        reach = self._costs(far.shape, outwards=not outwards)
        targets = np.r_[roads.back[far.shape], roads.ahead[far.shape]]
        sources, which = np.unique(np.r_[roads.back[near.shape], roads.ahead[near.shape]], return_inverse=True)
        between = np.empty((len(sources), len(targets)))
        step = max(1, AT_ONCE_BYTES // (8 * roads.crossings))
        for at in range(0, len(sources), step):
            part = dijkstra(graph, indices=sources[at : at + step], limit=LIMIT_S)
            between[at : at + step] = part[:, targets]
        many = len(far.shape)
        best = np.full((len(near.shape), many), np.inf)
        for side in (0, 1):
            rows = between[which[side * len(near.shape) : (side + 1) * len(near.shape)]]
            for other in (0, 1):
                cost = leave[side][:, None] + rows[:, other * many : (other + 1) * many] + reach[other][None, :]
                best = np.minimum(best, cost)
        return best

    def _costs(self, shape: Ints, *, outwards: bool) -> tuple[Floats, Floats]:
        """Seconds between a shape point and the crossings before and after it: from it (outwards), or to it."""
        roads = self._roads
        so_far = roads.so_far_s[shape].astype(np.float64)
        rest = np.maximum(0.0, roads.whole_s[shape].astype(np.float64) - so_far)
        to_back = roads.backwards[shape] if outwards else roads.onwards[shape]
        to_ahead = roads.onwards[shape] if outwards else roads.backwards[shape]
        return np.where(to_back, so_far, np.inf), np.where(to_ahead, rest, np.inf)

    def _along_one_road(self, begin: _Placed, end: _Placed) -> Floats:
        """Seconds where both are on the same road and the way between them may be driven."""
        roads = self._roads
        same = roads.road[begin.shape][:, None] == roads.road[end.shape][None, :]
        ahead = roads.so_far_s[end.shape].astype(np.float64)[None, :] - roads.so_far_s[begin.shape][:, None]
        allowed = np.where(ahead >= 0, roads.onwards[begin.shape][:, None], roads.backwards[begin.shape][:, None])
        return np.where(same & (allowed | (ahead == 0)), np.abs(ahead), np.inf)

    def _exits(self, shape: int) -> list[tuple[int, float, float]]:
        """The crossings that can be reached from here along the road: which, seconds, metres."""
        return self._ends(shape, self._costs(np.array([shape]), outwards=True))

    def _entries(self, shape: int) -> list[tuple[int, float, float]]:
        """The crossings from which one comes here."""
        return self._ends(shape, self._costs(np.array([shape]), outwards=False))

    def _ends(self, shape: int, costs: tuple[Floats, Floats]) -> list[tuple[int, float, float]]:
        roads = self._roads
        so_far = float(roads.so_far_m[shape])
        both = (
            (int(roads.back[shape]), float(costs[0][0]), so_far),
            (int(roads.ahead[shape]), float(costs[1][0]), float(roads.whole_m[shape]) - so_far),
        )
        return [one for one in both if np.isfinite(one[1])]

    def _metres(self, before: NDArray[np.int32], source: int, target: int) -> float:
        roads, total = self._roads, 0.0
        while target != source:
            came_from = int(before[target])
            edges = slice(roads.starts[came_from], roads.starts[came_from + 1])
            at = int(np.flatnonzero(roads.ends[edges] == target)[0])
            total += float(roads.metres[edges][at])
            target = came_from
        return total
