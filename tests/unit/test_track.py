"""Ways packed into bytes and thinned; phones' clocks; positions that cannot be."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.position import Fix, clock_correction, is_believable
from dispatch.domain.track import decode, encode, thinned

NOW = datetime(2026, 1, 9, 14, 40, tzinfo=UTC)
HERE = Point(28.4451, 117.9650)
seconds = st.floats(0, 86_400).map(lambda s: timedelta(seconds=s))
fixes = st.builds(
    Fix,
    st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)),
    seconds.map(lambda later: NOW + later),
    st.none() | st.floats(0, 100_000),
)
ways = st.lists(fixes, max_size=40).map(lambda way: sorted(way, key=lambda fix: fix.at))


def fix(at: float, metres: float = 0, accuracy: float | None = None) -> Fix:
    return Fix(Point(HERE.lat + metres / 111_195, HERE.lon), NOW + timedelta(seconds=at), accuracy)


@given(ways)
def test_a_way_comes_back_to_a_tenth_of_a_second_and_a_hand_s_breadth(way: list[Fix]) -> None:
    again = decode(encode(way, NOW), NOW)
    assert len(again) == len(way)
    for before, after in zip(way, again, strict=True):
        assert abs(before.at - after.at) <= timedelta(milliseconds=51)
        assert great_circle_m(before.point, after.point) < 0.1
        assert (before.accuracy_m is None) == (after.accuracy_m is None)


def test_a_point_of_a_drive_takes_some_eight_bytes() -> None:
    drive = [fix(10 * number, 120 * number, 12) for number in range(30)]
    assert len(encode(drive, NOW)) < 8 * len(drive) + 12


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_torn_way_is_not_read_as_a_shorter_one(cut: int) -> None:
    with pytest.raises(ValueError, match="ends in the middle"):
        decode(encode([fix(0), fix(1000, 5000)], NOW)[:-cut], NOW)


@given(ways)
def test_thinning_keeps_both_ends_and_one_a_minute(way: list[Fix]) -> None:
    kept = thinned(way, timedelta(minutes=1))
    assert kept[:1] == way[:1]
    assert kept[-1:] == way[-1:]
    assert [one for one in way if one in kept] == kept or len(set(way)) < len(way)
    inner = kept[:-1]
    assert all(b.at - a.at >= timedelta(minutes=1) for a, b in pairwise(inner))


@pytest.mark.parametrize(
    ("sent", "known", "correction"),
    [
        (0, None, 0),
        (-3600, None, 3600),
        (90, None, -90),
        (-3605, 3600, 3600),  # a slow line: the same points keep their times
        (-3660, 3600, 3660),  # the phone's clock was set
    ],
)
def test_a_phone_s_clock_is_corrected_by_when_it_sent(sent: float, known: float | None, correction: float) -> None:
    before = None if known is None else timedelta(seconds=known)
    assert clock_correction(NOW + timedelta(seconds=sent), NOW, before) == timedelta(seconds=correction)


@pytest.mark.parametrize(
    ("after", "before", "believable"),
    [
        (fix(10), None, True),
        (fix(10, accuracy=500), None, True),
        (fix(10, accuracy=501), None, False),
        (fix(10, 690), fix(0), True),
        (fix(10, 710), fix(0), False),
        (fix(10, 710, accuracy=20), fix(0), True),
        (fix(0, 60), fix(0), True),
        (fix(120, 90_000), fix(0), False),
        (fix(121, 90_000), fix(0), True),  # a stale position proves nothing
    ],
)
def test_nobody_is_taken_where_they_cannot_be(after: Fix, before: Fix | None, believable: bool) -> None:
    assert is_believable(after, before) is believable
