"""Windows of local time, midnight crossed or not."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.time_bands import DAY, Gap, Hours, Overlap, coverage_faults

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Hours(22 * 60, 6 * 60)
FRIDAY_NIGHT = Hours(22 * 60, 6 * 60, frozenset({4}))


def local(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "began"),
    [
        (local(2, 21, 59, 59), None),
        (local(2, 22), date(2026, 3, 2)),
        (local(3, 0), date(2026, 3, 2)),
        (local(3, 5, 59, 59), date(2026, 3, 2)),
        (local(3, 6), None),
    ],
)
def test_a_night_is_one_window_of_the_day_it_begins_on(moment: datetime, began: date | None) -> None:
    assert NIGHT.began_on(moment) == began


def test_friday_night_reaches_into_saturday_but_not_into_friday_morning() -> None:
    assert FRIDAY_NIGHT.began_on(local(6, 23)) == date(2026, 3, 6)
    assert FRIDAY_NIGHT.began_on(local(7, 1)) == date(2026, 3, 6)
    assert FRIDAY_NIGHT.began_on(local(6, 1)) is None
    assert FRIDAY_NIGHT.began_on(local(7, 23)) is None


def test_coverage_names_the_gap_and_the_overlap() -> None:
    assert coverage_faults([Hours(0, 600), Hours(600, DAY)]) == ([], [])
    assert coverage_faults([NIGHT, Hours(360, 1320)]) == ([], [])
    assert coverage_faults([NIGHT, Hours(420, 1320)]) == ([], [Gap(360, 420, 0)])
    assert coverage_faults([NIGHT, Hours(300, 1320)]) == ([Overlap(0, 1, 300)], [])


def test_a_window_is_labelled_as_it_is_written() -> None:
    assert [NIGHT.label(), Hours(0, DAY).label()] == ["22:00-06:00", "00:00-24:00"]
