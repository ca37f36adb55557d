"""From an OpenStreetMap extract to a road network.

Roads are cut at crossings; what lies between two crossings is one edge. What cannot be reached and left again (private
yards, roads cut off by the extract's edge) is left out, so that nobody is placed on it. Turn restrictions and ferries
are not looked at.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from dispatch.domain.geo import EARTH_M
from dispatch.gateways.roads.graph import GraphUnusable, Roads
from dispatch.gateways.roads.ways import passage

SHAPE_M = 40.0
"""Shape points along a road are no further apart than this: so near is anybody placed."""
SMALLEST_SHARE = 0.02
FEWEST_CROSSINGS = 25
"""Parts of the network smaller than this share of the largest, or with fewer crossings, are left out."""
SHORTEST_S = 0.05

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class _Drawn:
    """All points of all drivable ways, one after another."""

    way: list[int] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    mps: list[float] = field(default_factory=list)
    forward: list[bool] = field(default_factory=list)
    backward: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Roads between crossings: from where to where as they are drawn, and in which directions they may be driven."""

    back: Ints
    ahead: Ints
    seconds: Floats
    metres: Floats
    onwards: NDArray[np.bool_]
    backwards: NDArray[np.bool_]


def build(extract: Path) -> Roads:
    """The network of an extract (.osm.pbf). Raises GraphUnusable where osmium is missing or nothing can be driven."""
    drawn = _read(extract)
    if not drawn.way:
        raise GraphUnusable(f"{extract}: no road that a car could drive")
    way, lat, lon = np.array(drawn.way), np.array(drawn.lat), np.array(drawn.lon)
    _, place, used = np.unique(np.array(drawn.node), return_inverse=True, return_counts=True)
    first = np.r_[True, way[1:] != way[:-1]]
    last = np.r_[way[1:] != way[:-1], True]
    cut = first | last | (used[place] > 1)
    leg_m = np.where(first, 0.0, _leg_metres(lat, lon))
    metres = np.cumsum(leg_m)
    seconds = np.cumsum(leg_m / np.array(drawn.mps)[way])
    at = np.flatnonzero(cut)
    together = way[at[1:]] == way[at[:-1]]
    begin, end = at[:-1][together], at[1:][together]
    crossing = np.unique(place[at])
    of_point = np.full(len(used), -1)
    of_point[crossing] = np.arange(len(crossing))
    pieces = _Pieces(
        back=of_point[place[begin]],
        ahead=of_point[place[end]],
        seconds=np.maximum(seconds[end] - seconds[begin], SHORTEST_S),
        metres=metres[end] - metres[begin],
        onwards=np.array(drawn.forward)[way[begin]],
        backwards=np.array(drawn.backward)[way[begin]],
    )
    kept, renumbered, crossings = _well_connected(pieces, len(crossing))
    shape = _shape_points(_Points(lat, lon, seconds, metres), begin[kept], end[kept])
    pieces = _Pieces(
        back=renumbered[pieces.back[kept]],
        ahead=renumbered[pieces.ahead[kept]],
        seconds=pieces.seconds[kept],
        metres=pieces.metres[kept],
        onwards=pieces.onwards[kept],
        backwards=pieces.backwards[kept],
    )
    return _roads(pieces, crossings, shape)


def _read(extract: Path) -> _Drawn:
    try:
        import osmium  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise GraphUnusable("osmium is missing: install the extra with `pip install 'homeward[roads]'`") from error
    drawn = _Drawn()
    ways = osmium.FileProcessor(str(extract)).with_locations()
    ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(osmium.filter.KeyFilter("highway"))
    try:
        for found in ways:
            if not isinstance(found, osmium.osm.Way):
                continue
            how = passage(dict(found.tags))
            points = [node for node in found.nodes if node.location.valid()] if how is not None else []
            if how is None or len(points) < 2:
                continue
            drawn.way.extend([len(drawn.mps)] * len(points))
            drawn.node.extend(node.ref for node in points)
            drawn.lat.extend(node.lat for node in points)
            drawn.lon.extend(node.lon for node in points)
            drawn.mps.append(how.mps)
            drawn.forward.append(how.forward)
            drawn.backward.append(how.backward)
    except RuntimeError as error:
        raise GraphUnusable(f"{extract} cannot be read: {error}") from error
    return drawn


def _leg_metres(lat: Floats, lon: Floats) -> Floats:
    """Metres from the point before; 0 for the first."""
    phi = np.radians(lat)
    half = np.sin(np.diff(phi) / 2) ** 2
    half += np.cos(phi[1:]) * np.cos(phi[:-1]) * np.sin(np.radians(np.diff(lon)) / 2) ** 2
    legs: Floats = np.r_[0.0, 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, half)))]
    return legs


def _both_ways(pieces: _Pieces) -> tuple[Ints, Ints, Ints]:
    """Every direction that may be driven: from, to, and which piece."""
    numbers = np.arange(len(pieces.back))
    there, again = numbers[pieces.onwards], numbers[pieces.backwards]
    return (
        np.r_[pieces.back[there], pieces.ahead[again]],
        np.r_[pieces.ahead[there], pieces.back[again]],
        np.r_[there, again],
    )


def _well_connected(pieces: _Pieces, crossings: int) -> tuple[NDArray[np.bool_], Ints, int]:
    """Which pieces stay, and the new numbers of crossings."""
    begins, ends, _ = _both_ways(pieces)
    graph = coo_array((np.ones(len(begins)), (begins, ends)), shape=(crossings, crossings))
    _, part = connected_components(graph.tocsr(), directed=True, connection="strong")
    sizes = np.bincount(part)
    enough = min(sizes.max(), max(FEWEST_CROSSINGS, SMALLEST_SHARE * sizes.max()))
    stays = (sizes >= enough)[part]
    renumbered = np.cumsum(stays) - 1
    kept = stays[pieces.back] & stays[pieces.ahead] & (part[pieces.back] == part[pieces.ahead])
    return kept, renumbered, int(stays.sum())


@dataclass(frozen=True, slots=True)
class _Shape:
    piece: Ints
    lat: Floats
    lon: Floats
    so_far_s: Floats
    so_far_m: Floats


@dataclass(frozen=True, slots=True)
class _Points:
    """All points that ways are drawn by, with seconds and metres driven up to each, way after way."""

    lat: Floats
    lon: Floats
    seconds: Floats
    metres: Floats


def _shape_points(points: _Points, begin: Ints, end: Ints) -> _Shape:
    """Points along each piece: those it is drawn by, and more where they are far apart."""
    legs = end - begin
    piece = np.repeat(np.arange(len(begin)), legs)
    to = np.arange(legs.sum()) - np.repeat(np.cumsum(legs) - legs, legs) + np.repeat(begin, legs) + 1
    parts = np.maximum(1, np.ceil((points.metres[to] - points.metres[to - 1]) / SHAPE_M)).astype(np.int64)
    leg = np.repeat(np.arange(len(to)), parts)
    share = (np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[leg]
    here, before = to[leg], to[leg] - 1
    ends = np.arange(len(begin))

    def along(values: Floats, base: Floats) -> Floats:
        between = values[before] + (values[here] - values[before]) * share
        told: Floats = np.r_[between - base[piece[leg]], values[end] - base]
        return told

    none = np.zeros(len(begin))
    return _Shape(
        np.r_[piece[leg], ends], along(points.lat, none), along(points.lon, none),
        along(points.seconds, points.seconds[begin]), along(points.metres, points.metres[begin]),
    )  # fmt: skip


def _roads(pieces: _Pieces, crossings: int, shape: _Shape) -> Roads:
    begins, ends, piece = _both_ways(pieces)
    order = np.lexsort((pieces.seconds[piece], ends, begins))  # of parallel roads the fastest comes first
    begins, ends, piece = begins[order], ends[order], piece[order]
    fastest = np.r_[True, (begins[1:] != begins[:-1]) | (ends[1:] != ends[:-1])] & (begins != ends)
    begins, ends, piece = begins[fastest], ends[fastest], piece[fastest]
    size = (crossings, crossings)
    out = csr_array((pieces.seconds[piece], (begins, ends)), shape=size)
    back = csr_array((pieces.seconds[piece], (ends, begins)), shape=size)
    return Roads(
        starts=out.indptr.astype(np.int32),
        ends=out.indices.astype(np.int32),
        seconds=out.data.astype(np.float64),
        metres=pieces.metres[piece].astype(np.float32),
        in_starts=back.indptr.astype(np.int32),
        in_begins=back.indices.astype(np.int32),
        in_seconds=back.data.astype(np.float64),
        lat=shape.lat,
        lon=shape.lon,
        road=shape.piece.astype(np.int32),
        back=pieces.back[shape.piece].astype(np.int32),
        ahead=pieces.ahead[shape.piece].astype(np.int32),
        so_far_s=shape.so_far_s.astype(np.float32),
        so_far_m=shape.so_far_m.astype(np.float32),
        whole_s=pieces.seconds[shape.piece].astype(np.float32),
        whole_m=pieces.metres[shape.piece].astype(np.float32),
        onwards=pieces.onwards[shape.piece],
        backwards=pieces.backwards[shape.piece],
    )
