"""Distances, travel times as the crow flies, and positions that have grown old."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.position import STALE_AFTER, Fix
from dispatch.gateways.routing import GreatCircleRouter

NOW = datetime(2026, 1, 9, 14, 40, tzinfo=UTC)
points = st.builds(Point, st.floats(-89, 89), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Point(28.30, 117.20), Point(28.30, 117.20), 0),
        (Point(0, 0), Point(0, 1), 111_195),
        (Point(28.30, 117.20), Point(28.31, 117.20), 1_112),
        (Point(90, 0), Point(-90, 0), 20_015_115),
    ],
)
def test_distances_are_those_of_the_globe(a: Point, b: Point, metres: float) -> None:
    assert great_circle_m(a, b) == pytest.approx(metres, abs=1)


@given(points, points, points)
def test_no_detour_is_shorter_than_the_straight_way(a: Point, b: Point, c: Point) -> None:
    assert great_circle_m(a, b) == pytest.approx(great_circle_m(b, a))
    assert great_circle_m(a, c) <= great_circle_m(a, b) + great_circle_m(b, c) + 0.01


def test_a_position_is_stale_after_two_minutes() -> None:
    fix = Fix(Point(28.3, 117.2), NOW)
    assert not fix.is_stale(NOW + STALE_AFTER)
    assert fix.is_stale(NOW + STALE_AFTER + timedelta(seconds=1))


def test_the_straight_line_takes_longer_by_road() -> None:
    a, b = Point(28.30, 117.20), Point(28.31, 117.20)
    [[seconds]] = GreatCircleRouter(factor=1.5, mps=5.0).seconds([a], [b])
    assert seconds == pytest.approx(1_112 * 1.5 / 5, abs=1)
