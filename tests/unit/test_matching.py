"""Who is asked for one job, in which order, and what is said of everybody."""

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.dispatching import PauseReason, PauseRule, released, search_failed
from dispatch.domain.driver import Competence, Means
from dispatch.domain.geo import great_circle_m
from dispatch.domain.matching import Candidate, EndsSoon, Job, LastJob, Rider, rank
from tests.unit.riders import CENTRE, MOMENT, NOW, file, job, near, rider


def ranked(wanted: Job, *riders: Rider) -> list[Candidate]:
    """The drivers ranked, with ways at six metres a second of straight line."""
    places = {one.id: one.place(NOW) for one in riders}
    pickup = wanted.pickup
    ways: dict[int, float | None] = {
        number: great_circle_m(place, pickup) / 6 for number, place in places.items() if place and pickup
    }
    return rank(wanted, riders, ways, MOMENT)


def order(wanted: Job, *riders: Rider) -> list[int]:
    return [one.rider_id for one in ranked(wanted, *riders)]


def said(wanted: Job, one: Rider) -> list[str]:
    return [reason.text for reason in ranked(wanted, one)[0].reasons]


def bars(wanted: Job, *riders: Rider) -> dict[int, list[str]]:
    return {one.rider_id: [bar.code for bar in one.bars] for one in ranked(wanted, *riders)}


def test_the_nearest_is_asked_first() -> None:
    assert order(job(), rider(1, near(2_000)), rider(2, near(500)), rider(3, near(-1_000))) == [2, 3, 1]


def test_on_foot_the_same_way_takes_longer() -> None:
    assert order(job(), rider(1, near(800), means=Means.FOOT), rider(2, near(1_500), means=Means.CAR)) == [2, 1]


def test_among_two_nearly_as_near_who_has_waited_longer_is_asked_first() -> None:
    fresh = rider(1, near(500), last=LastJob(NOW - timedelta(minutes=2)))
    waiting = rider(2, near(700), last=LastJob(NOW - timedelta(minutes=50)))
    assert order(job(), fresh, waiting) == [2, 1]


def test_waiting_does_not_weigh_more_than_three_minutes_of_way() -> None:
    fresh = rider(1, near(500), last=LastJob(NOW - timedelta(minutes=2)))
    waiting = rider(2, near(2_500), last=LastJob(NOW - timedelta(hours=1, minutes=50)))
    assert order(job(), fresh, waiting) == [1, 2]


def test_a_job_that_ends_near_home_goes_to_who_wants_home() -> None:
    home = near(3_200)
    homeward = rider(1, near(-900), home=home, heading_home=True)
    assert order(job(), rider(2, near(500)), homeward) == [1, 2]
    assert "wants home: ends 0.2 km from there" in said(job(), homeward)


def test_a_job_that_leads_away_from_home_waits_for_somebody_else() -> None:
    away = rider(1, near(-400), home=near(-3_000), heading_home=True)
    assert order(job(), away, rider(2, near(1_000))) == [2, 1]
    assert "wants home, but this leads away" in said(job(), away)


def test_in_the_last_hour_of_the_longest_shift_everybody_wants_home() -> None:
    late, early = file(on_shift_since=NOW - timedelta(hours=11, minutes=5)), file()
    assert any("wants home" in words for words in said(job(), rider(1, near(-900), home=near(3_200), file=late)))
    assert not any("wants home" in words for words in said(job(), rider(1, near(-900), home=near(3_200), file=early)))


def test_the_reasons_are_told_in_words() -> None:
    one = rider(1, near(1_900), last=LastJob(NOW - timedelta(minutes=4), near(900)))
    assert said(job(needs=frozenset({Competence.MANUAL})), one) == [
        "6 min away",
        "drives manual gearboxes",
        "last trip ended near, 4 min ago",
    ]


def test_a_driver_without_a_position_stays_on_the_list_after_those_with_one() -> None:
    assert order(job(), rider(1), rider(2, near(9_000))) == [2, 1]
    assert "position unknown" in said(job(), rider(1))
    assert ranked(job(), rider(1))[0].askable


def test_without_a_position_a_driver_is_where_their_last_job_ended_for_half_an_hour() -> None:
    just = rider(1, last=LastJob(NOW - timedelta(minutes=5), near(300)))
    long_ago = rider(2, last=LastJob(NOW - timedelta(minutes=31), near(300)))
    assert (just.place(NOW), long_ago.place(NOW)) == (near(300), None)


def test_a_position_of_an_earlier_shift_says_nothing() -> None:
    one = rider(1, near(300), seen=NOW - timedelta(hours=9))
    assert one.place(NOW) is None
    assert bars(job(), one) == {1: []}


@pytest.mark.parametrize(
    ("wanted", "one", "code"),
    [
        (job(), rider(1, near(300), seen=NOW - timedelta(seconds=121)), "position_stale"),
        (job(), rider(1, near(10_100)), "too_far"),
        (job(declined=frozenset({1})), rider(1, near(300)), "declined"),
        (job(missed=frozenset({1})), rider(1, near(300)), "missed"),
        (job(replaced=frozenset({1})), rider(1, near(300)), "replaced"),
        (job(), rider(1, near(300), asked_for="T000007"), "asked_elsewhere"),
        (job(), rider(1, near(300), paused_until=NOW + timedelta(minutes=1)), "paused"),
    ],
)
def test_why_somebody_is_not_asked_by_itself_although_the_desk_may(wanted: Job, one: Rider, code: str) -> None:
    (found,) = ranked(wanted, one)
    assert [bar.code for bar in found.bars] == [code]
    assert (found.fit, found.askable) == (True, False)


def test_a_pause_that_is_over_and_a_position_two_minutes_old_are_no_bars() -> None:
    one = rider(1, near(300), seen=NOW - timedelta(seconds=120), paused_until=NOW)
    assert bars(job(), one) == {1: []}


def test_the_kind_of_pause_is_told() -> None:
    own = rider(1, near(300), paused_until=NOW + timedelta(minutes=1), pause_reason=PauseReason.BREAK)
    assert ranked(job(), own)[0].bars[0].message == "Takes a break until %(until)s"


@pytest.mark.parametrize(
    ("against", "code"),
    [
        ({"busy_trip": "T000009"}, "driver_busy"),
        ({"on_shift_since": NOW - timedelta(hours=12)}, "needs_rest"),
        ({"on_shift_since": None}, "not_on_shift"),
        ({"competences": frozenset()}, "lacks_manual"),
    ],
)
def test_what_the_rules_forbid_comes_last_with_its_reason(against: dict[str, Any], code: str) -> None:
    wanted = job(needs=frozenset({Competence.MANUAL}))
    forbidden = rider(1, near(10), file=file(**against))
    found = ranked(wanted, forbidden, rider(2, near(9_000)))
    assert [one.rider_id for one in found] == [2, 1]
    assert [obstacle.code for obstacle in found[1].obstacles] == [code]


def test_a_missed_offer_comes_back_only_for_an_urgent_trip_that_nobody_else_can_take() -> None:
    one, other = rider(1, near(300)), rider(2, near(600))
    missed = frozenset({1})
    assert bars(job(missed=missed, urgent=True), one, other) == {1: ["missed"], 2: []}
    assert bars(job(missed=missed, urgent=True), one) == {1: []}
    assert bars(job(missed=missed), one) == {1: ["missed"]}
    assert bars(job(declined=missed, urgent=True), one) == {1: ["declined"]}


def test_a_driver_who_ends_a_trip_near_here_is_named_with_the_time_but_not_asked() -> None:
    ends = EndsSoon("T000009", near(600), NOW + timedelta(minutes=8))
    busy = rider(1, near(5_000), file=file(busy_trip="T000009"), ends_soon=ends)
    far = EndsSoon("T000010", near(15_000), NOW + timedelta(minutes=8))
    found = ranked(job(), rider(2, near(1), file=file(on_shift_since=None)), busy, rider(3, ends_soon=far))
    soon = next(one for one in found if one.rider_id == 1)
    assert soon.reasons[0].text == "free in about 8 min, 0.6 km from here (T000009)"
    assert not soon.askable
    assert next(one for one in found if one.rider_id == 3).soon_s is None


@pytest.mark.parametrize(
    ("ahead_min", "travel_s", "due"),
    [
        (0, 0, True),
        (30, 0, True),
        (31, 0, False),
        (31, 60, True),
        (40, 599, False),
        (40, 600, True),
        (91, 9_999, False),
    ],
)
def test_a_booking_is_released_its_time_and_the_way_there_before_it_is_wanted(
    ahead_min: int, travel_s: float, due: bool
) -> None:
    assert released(NOW + timedelta(minutes=ahead_min), travel_s, timedelta(minutes=30), NOW) is due


@pytest.mark.parametrize(
    ("not_taken", "rule", "paused"),
    [
        (2, PauseRule(), False),
        (3, PauseRule(), True),
        (99, PauseRule(declines=0), False),
        (1, PauseRule(declines=1), True),
    ],
)
def test_a_driver_is_paused_after_so_many_offers_not_taken(not_taken: int, rule: PauseRule, paused: bool) -> None:
    assert rule.paused_until(not_taken, NOW) == (NOW + rule.lasts if paused else None)


def test_what_led_to_a_pause_is_not_counted_again() -> None:
    rule = PauseRule()
    assert rule.counted_since(None, NOW) == NOW - timedelta(minutes=30)
    assert rule.counted_since(NOW - timedelta(minutes=10), NOW) == NOW - timedelta(minutes=10)
    assert rule.counted_since(NOW - timedelta(hours=9), NOW) == NOW - timedelta(minutes=30)


def test_a_search_fails_after_its_minutes_and_never_where_they_are_none() -> None:
    assert search_failed(NOW - timedelta(minutes=5), 5, NOW)
    assert not search_failed(NOW - timedelta(minutes=4, seconds=59), 5, NOW)
    assert not search_failed(NOW - timedelta(days=1), 0, NOW)
    assert not search_failed(None, 5, NOW)


def test_a_pickup_without_a_point_leaves_fairness_to_decide() -> None:
    fresh = rider(1, CENTRE, last=LastJob(NOW - timedelta(minutes=2)))
    waiting = rider(2, CENTRE, last=LastJob(NOW - timedelta(minutes=50)))
    assert order(job(at=None), fresh, waiting) == [2, 1]
