"""The mainland's shifted datum and back, exactly; elsewhere points stay where they are."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch.domain.datum import Datum, from_wgs84, gcj02_to_wgs84, in_mainland, to_wgs84, wgs84_to_gcj02
from dispatch.domain.geo import Point, great_circle_m

anywhere = st.builds(Point, st.floats(17, 54), st.floats(73, 136))

MAINLAND = {
    "上饶": Point(28.4546, 117.9434),
    "北京": Point(39.9119, 116.3778),
    "深圳罗湖": Point(22.5450, 114.1190),
    "深圳蛇口": Point(22.4850, 113.9130),
    "珠海拱北": Point(22.2230, 113.5440),
    "横琴": Point(22.1300, 113.5250),
    "厦门": Point(24.4798, 118.0894),
    "平潭": Point(25.4980, 119.7900),
    "海口": Point(20.0440, 110.1999),
    "三亚": Point(18.2528, 109.5119),
    "哈尔滨": Point(45.8038, 126.5350),
    "延吉": Point(42.8910, 129.5090),
    "满洲里": Point(49.5970, 117.3800),
    "二连浩特": Point(43.6530, 111.9770),
    "拉萨": Point(29.6520, 91.1720),
    "喀什": Point(39.4700, 75.9900),
    "霍尔果斯": Point(44.2130, 80.4100),
    "景洪": Point(22.0070, 100.7970),
    "瑞丽": Point(24.0130, 97.8520),
    "舟山嵊泗": Point(30.7260, 122.4510),
}
ELSEWHERE = {
    "香港中环": Point(22.2819, 114.1582),
    "香港上水": Point(22.5010, 114.1280),
    "香港元朗": Point(22.4440, 114.0220),
    "澳门": Point(22.1987, 113.5439),
    "澳门路环": Point(22.1200, 113.5600),
    "台北": Point(25.0330, 121.5654),
    "高雄": Point(22.6273, 120.3014),
    "澎湖": Point(23.5680, 119.5790),
    "金门": Point(24.4320, 118.3170),
    "首尔": Point(37.5665, 126.9780),
    "东京": Point(35.6762, 139.6503),
    "河内": Point(21.0278, 105.8342),
    "乌兰巴托": Point(47.8864, 106.9057),
    "加德满都": Point(27.7172, 85.3240),
    "Vaduz": Point(47.1410, 9.5209),
}


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        (Point(31.1774276, 121.5272106), Point(31.17530398364597, 121.531541859215)),
        (Point(22.543847, 113.912316), Point(22.540796131694766, 113.9171764808363)),
        (Point(39.911954, 116.377817), Point(39.91334545536069, 116.38404722455657)),
    ],
)
def test_known_points_are_shifted_to_where_published_examples_have_them(wgs: Point, gcj: Point) -> None:
    assert great_circle_m(wgs84_to_gcj02(wgs), gcj) < 0.01
    assert great_circle_m(gcj02_to_wgs84(gcj), wgs) < 0.01


@given(anywhere)
def test_there_and_back_is_the_same_point_to_less_than_a_millimetre(point: Point) -> None:
    assume(in_mainland(point))
    there = wgs84_to_gcj02(point)
    assert great_circle_m(gcj02_to_wgs84(there), point) < 0.001


@given(anywhere)
def test_the_shift_is_some_hundred_metres_in_the_mainland_and_nothing_elsewhere(point: Point) -> None:
    moved = great_circle_m(point, wgs84_to_gcj02(point))
    if in_mainland(point):
        assert 50 < moved < 1500
    else:
        assert moved == 0


@given(anywhere)
def test_what_reads_as_gcj02_far_from_any_border_comes_back_as_it_was(point: Point) -> None:
    wgs = gcj02_to_wgs84(point)
    assume(in_mainland(wgs))
    assume(wgs != point)  # just inside the border no point is shifted to here: it does not read as GCJ-02, and stays
    assert great_circle_m(wgs84_to_gcj02(wgs), point) < 0.001


def test_a_point_just_inside_the_border_that_nothing_is_shifted_to_stays_as_it_is() -> None:
    on_the_tumen = Point(42.01953125, 128.9375)
    assert in_mainland(on_the_tumen)
    assert gcj02_to_wgs84(on_the_tumen) == on_the_tumen


@pytest.mark.parametrize("name", MAINLAND)
def test_cities_of_the_mainland_are_shifted(name: str) -> None:
    assert in_mainland(MAINLAND[name])


@pytest.mark.parametrize("name", ELSEWHERE)
def test_hong_kong_macao_taiwan_and_places_abroad_are_not_shifted(name: str) -> None:
    point = ELSEWHERE[name]
    assert not in_mainland(point)
    assert wgs84_to_gcj02(point) == gcj02_to_wgs84(point) == point


def test_a_point_is_turned_only_when_it_says_that_it_needs_to() -> None:
    here = MAINLAND["上饶"]
    assert to_wgs84(here, Datum.WGS84) is here
    assert from_wgs84(here, Datum.WGS84) is here
    assert great_circle_m(to_wgs84(from_wgs84(here, Datum.GCJ02), Datum.GCJ02), here) < 0.001
