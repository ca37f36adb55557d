"""The road engine on real extracts: plausible, obedient to one-way streets; no damaged file is used."""

import random
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dispatch.domain.geo import Point, great_circle_m
from dispatch.gateways.roads.build import build
from dispatch.gateways.roads.engine import RoadRouter
from dispatch.gateways.roads.fallback import AGAIN_SECONDS, RoadsOrStraight
from dispatch.gateways.roads.graph import GraphUnusable, Roads, about, load, write
from dispatch.gateways.roads.ways import limit_kmh, passage
from dispatch.gateways.routing import GreatCircleRouter

DATA = Path(__file__).parents[1] / "data"
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
VADUZ, SCHAAN, BALZERS = Point(47.1393, 9.5228), Point(47.1650, 9.5087), Point(47.0660, 9.5025)
FASTEST_MPS = 130 / 3.6


@pytest.fixture(scope="module", params=["liechtenstein", "shangrao-part"])
def network(request: pytest.FixtureRequest) -> Roads:
    return build(DATA / f"{request.param}.osm.pbf")


@pytest.fixture(scope="module")
def router(network: Roads, tmp_path_factory: pytest.TempPathFactory) -> RoadRouter:
    path = tmp_path_factory.mktemp("roads") / "roads.graph"
    write(path, network, "test", BUILT)
    return RoadRouter(path)


@pytest.fixture(scope="module")
def liechtenstein(tmp_path_factory: pytest.TempPathFactory) -> RoadRouter:
    path = tmp_path_factory.mktemp("roads") / "roads.graph"
    write(path, build(DATA / "liechtenstein.osm.pbf"), "liechtenstein.osm.pbf", BUILT)
    return RoadRouter(path)


def some(network: Roads, many: int, seed: int = 7) -> list[Point]:
    chosen = random.Random(seed).sample(range(len(network.lat)), many)
    return [Point(float(network.lat[at]), float(network.lon[at])) for at in chosen]


def test_no_way_is_faster_than_a_motorway_in_a_straight_line_and_nearly_all_exist(
    network: Roads, router: RoadRouter
) -> None:
    points = some(network, 40)
    times = router.seconds(points, points)
    known = [
        (seconds, great_circle_m(a, b))
        for a, row in zip(points, times, strict=True)
        for b, seconds in zip(points, row, strict=True)
        if seconds is not None
    ]
    assert len(known) > 0.95 * len(points) ** 2
    assert all(seconds >= metres / FASTEST_MPS - 10 for seconds, metres in known)
    assert np.median([seconds / max(1, metres) for seconds, metres in known if metres > 500]) < 1 / 4


def test_both_directions_take_about_as_long(network: Roads, router: RoadRouter) -> None:
    points = some(network, 30)
    there = np.array(router.seconds(points, points), dtype=float)
    both = np.isfinite(there) & np.isfinite(there.T) & (there > 60)
    assert np.nanmedian(np.abs(there - there.T)[both] / there[both]) < 0.2


def test_searching_from_either_side_finds_the_same(network: Roads, router: RoadRouter) -> None:
    few, many = some(network, 3), some(network, 25, seed=8)
    outwards = [[router.seconds([a], many)[0][at] for at in range(len(many))] for a in few]
    at_once = router.seconds(few, many)
    one_by_one = [[router.seconds([a, a], [b])[0][0] for b in many] for a in few]
    for rows in (outwards, one_by_one):
        assert np.allclose(np.array(rows, dtype=float), np.array(at_once, dtype=float), rtol=1e-4, equal_nan=True)


def test_the_way_that_is_told_takes_the_time_that_is_told(network: Roads, router: RoadRouter) -> None:
    for a, b in zip(some(network, 15), some(network, 15, seed=9), strict=True):
        way, [[seconds]] = router.way(a, b), router.seconds([a], [b])
        assert (way is None) == (seconds is None)
        if way is not None and seconds is not None:
            assert way.seconds == pytest.approx(seconds, rel=1e-4)
            assert way.metres >= great_circle_m(a, b) - 1


def test_one_way_streets_are_driven_one_way(network: Roads, router: RoadRouter) -> None:
    one_way = np.flatnonzero(network.onwards & ~network.backwards & (network.whole_m > 200))
    roads = np.unique(network.road[one_way])
    against = []
    for road in roads[:20]:
        shape = np.flatnonzero(network.road == road)
        end, middle = shape[np.argmax(network.so_far_s[shape])], shape[len(shape) // 2]
        a, b = (Point(float(network.lat[at]), float(network.lon[at])) for at in (middle, end))
        with_it, back = router.seconds([a], [b])[0][0], router.seconds([b], [a])[0][0]
        along = float(network.whole_s[end] - network.so_far_s[middle])
        if with_it is not None and with_it <= along + 1:
            against.append(back is None or back > with_it + 1)
    assert against
    assert all(against)


def test_from_vaduz_to_its_neighbours_takes_minutes_not_hours(liechtenstein: RoadRouter) -> None:
    [[schaan, balzers]] = liechtenstein.seconds([VADUZ], [SCHAAN, BALZERS])
    assert schaan is not None
    assert 3 * 60 < schaan < 12 * 60
    assert balzers is not None
    assert 8 * 60 < balzers < 25 * 60
    way = liechtenstein.way(VADUZ, BALZERS)
    assert way is not None
    assert 8_000 < way.metres < 14_000


def test_who_is_far_from_any_road_is_nowhere(liechtenstein: RoadRouter) -> None:
    sea = Point(0, 0)
    assert liechtenstein.seconds([sea, VADUZ], [SCHAAN])[0] == [None]
    assert liechtenstein.way(sea, VADUZ) is None
    assert liechtenstein.seconds([], [VADUZ]) == []
    assert liechtenstein.seconds([VADUZ], []) == [[]]


def test_a_graph_file_says_where_it_comes_from(network: Roads, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "roads.graph"
    told = write(path, network, "here.osm.pbf", BUILT)
    assert about(path) == told
    assert (told.source, told.built_at, told.size) == ("here.osm.pbf", BUILT, path.stat().st_size)
    assert [one.name for one in path.parent.iterdir()] == ["roads.graph"]


@pytest.mark.parametrize("at", [0, 30, 5_000, -1, -40_000])
def test_a_damaged_file_is_never_used(network: Roads, tmp_path: Path, at: int) -> None:
    path = tmp_path / "roads.graph"
    write(path, network, "test", BUILT)
    content = bytearray(path.read_bytes())
    used = at if at >= 0 else len(content) + at
    while used and content[used] == 0 and at < 0:
        used -= 1  # padding between the arrays carries nothing
    content[used] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(GraphUnusable):
        load(path)


def test_a_file_cut_short_or_missing_is_never_used(network: Roads, tmp_path: Path) -> None:
    path = tmp_path / "roads.graph"
    with pytest.raises(GraphUnusable, match="roads build"):
        load(path)
    write(path, network, "test", BUILT)
    path.write_bytes(path.read_bytes()[:-20_000])
    with pytest.raises(GraphUnusable):
        load(path)


def test_without_a_graph_the_straight_line_answers_and_roads_are_asked_again_later(tmp_path: Path) -> None:
    now, path = [100.0], tmp_path / "roads.graph"
    router = RoadsOrStraight(RoadRouter(path), GreatCircleRouter(), seconds_now=lambda: now[0])
    straight = GreatCircleRouter().seconds([VADUZ], [SCHAAN])
    assert router.seconds([VADUZ], [SCHAAN]) == straight
    write(path, build(DATA / "liechtenstein.osm.pbf"), "test", BUILT)
    assert router.seconds([VADUZ], [SCHAAN]) == straight
    now[0] += AGAIN_SECONDS
    assert router.seconds([VADUZ], [SCHAAN]) != straight


def test_a_file_that_is_no_extract_is_said_to_be_none(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_bytes(b"not an extract")
    with pytest.raises(GraphUnusable):
        build(wrong)


@pytest.mark.parametrize(
    ("tags", "directions"),
    [
        ({"highway": "residential"}, (True, True)),
        ({"highway": "residential", "oneway": "yes"}, (True, False)),
        ({"highway": "residential", "oneway": "-1"}, (False, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, (True, False)),
        ({"highway": "primary", "oneway": "reversible"}, None),
        ({"highway": "footway"}, None),
        ({"highway": "residential", "access": "private"}, None),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, (True, True)),
        ({"highway": "service", "service": "driveway"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_ways_are_open_to_cars_as_their_tags_say(tags: dict[str, str], directions: tuple[bool, bool] | None) -> None:
    found = passage(tags)
    assert (None if found is None else (found.forward, found.backward)) == directions


@pytest.mark.parametrize(
    ("text", "kmh"),
    [("50", 50), ("30 mph", 48.28), ("CN:urban", 50), ("none", 130), ("walk", 7), ("", None), ("signals", None),
     ("XX:unknown", None), ("0", None)],
)  # fmt: skip
def test_speed_limits_are_read_as_they_are_written(text: str, kmh: float | None) -> None:
    assert limit_kmh(text) == (None if kmh is None else pytest.approx(kmh, abs=0.01))
