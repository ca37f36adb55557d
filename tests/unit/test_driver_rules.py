"""Which driver may take which car, and why not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dispatch.domain.driver import (
    SHIFT_RESUME,
    Competence,
    DriverFile,
    RestRule,
    check_eligible,
    check_may_start_shift,
    obstacles,
)
from dispatch.domain.errors import Refused

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FIT = DriverFile(
    badge_id="SR007",
    name="王师傅",
    badge_active=True,
    held_reason=None,
    licence_until=TODAY,
    permit_until=TODAY,
    competences=frozenset({Competence.EV}),
    on_shift_since=NOW - timedelta(hours=2),
    last_shift_ended=None,
    busy_trip=None,
)

OBSTACLES: list[tuple[dict[str, Any], Competence | None, str]] = [
    ({"badge_active": False}, None, "badge_inactive"),
    ({"held_reason": "客户反映饮酒"}, None, "driver_held"),
    ({"licence_until": TODAY - timedelta(days=1)}, None, "licence_expired"),
    ({"permit_until": TODAY - timedelta(days=1)}, None, "permit_expired"),
    ({"busy_trip": "T000009"}, None, "driver_busy"),
    ({"on_shift_since": None}, None, "not_on_shift"),
    ({"on_shift_since": NOW - timedelta(hours=12)}, None, "needs_rest"),
    ({}, Competence.MANUAL, "lacks_manual"),
    ({}, Competence.LARGE, "lacks_large"),
    ({}, Competence.SPORTS, "lacks_sports"),
    ({"competences": frozenset[Competence]()}, Competence.EV, "lacks_ev"),
]


@pytest.mark.parametrize(("over", "need", "code"), OBSTACLES, ids=[case[2] for case in OBSTACLES])
def test_one_thing_wrong_is_one_obstacle_named(over: dict[str, Any], need: Competence | None, code: str) -> None:
    found = list(obstacles(replace(FIT, **over), frozenset({need} if need else ()), NOW, TODAY))
    assert [obstacle.code for obstacle in found] == [code]
    assert found[0].text
    with pytest.raises(Refused) as refusal:
        check_eligible(replace(FIT, **over), frozenset({need} if need else ()), NOW, TODAY)
    assert refusal.value.code == code


def test_papers_are_good_to_the_end_of_their_last_day() -> None:
    assert list(obstacles(FIT, frozenset({Competence.EV}), NOW, TODAY)) == []


def test_every_obstacle_is_told_not_only_the_first() -> None:
    driver = replace(FIT, badge_active=False, on_shift_since=None)
    codes = [obstacle.code for obstacle in obstacles(driver, frozenset({Competence.MANUAL}), NOW, TODAY)]
    assert codes == ["badge_inactive", "lacks_manual", "not_on_shift"]


def test_a_branch_may_set_shorter_shifts() -> None:
    (obstacle,) = obstacles(FIT, frozenset(), NOW, TODAY, RestRule(max_shift=timedelta(hours=2)))
    assert obstacle.code == "needs_rest"


@pytest.mark.parametrize(
    ("since_last", "allowed"),
    [
        (None, True),
        (timedelta(minutes=5), True),
        (SHIFT_RESUME, True),
        (SHIFT_RESUME + timedelta(seconds=1), False),
        (timedelta(hours=7, minutes=59), False),
        (timedelta(hours=8), True),
    ],
)
def test_a_shift_starts_after_a_rest_or_is_taken_up_again_at_once(since_last: timedelta | None, allowed: bool) -> None:
    ended = None if since_last is None else NOW - since_last
    if allowed:
        check_may_start_shift(ended, NOW)
        return
    with pytest.raises(Refused) as refusal:
        check_may_start_shift(ended, NOW)
    assert refusal.value.code == "rest_not_over"
