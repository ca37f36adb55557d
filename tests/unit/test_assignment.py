"""Whole queues: nobody unfit, nobody twice, urgent first, the best of all ways."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import assignment, weighing
from dispatch.domain.assignment import all_at_once, cheapest, in_turn
from dispatch.domain.driver import Competence, Means
from dispatch.domain.geo import Point
from dispatch.domain.matching import PACE, EndsSoon, Job, LastJob, Rider, rank
from dispatch.domain.weighing import Floats, Pair, Table, weigh
from tests.unit.riders import MOMENT, NOW, file, job, near, rider

S_PER_M = 1.4 / 6.0

metres = st.integers(-9_000, 9_000).map(float)
points = st.builds(near, metres, metres)
ids = st.frozensets(st.integers(1, 6), max_size=3)
needs = st.frozensets(st.sampled_from(Competence), max_size=2)


@st.composite
def riders(draw: st.DrawFn, number: int) -> Rider:
    drives = file(
        competences=draw(st.frozensets(st.sampled_from(Competence), min_size=2)),
        busy_trip=draw(st.sampled_from([None, None, None, "T000099"])),
        on_shift_since=draw(st.sampled_from([NOW - timedelta(hours=h) for h in (1, 2, 11, 13)] + [None])),
    )
    return rider(
        number,
        draw(st.none() | points),
        seen=NOW - timedelta(seconds=draw(st.sampled_from([0, 60, 60, 300]))),
        file=drives,
        means=draw(st.sampled_from(Means)),
        home=draw(st.none() | points),
        heading_home=draw(st.booleans()),
        paused_until=draw(st.sampled_from([None, None, NOW + timedelta(minutes=1)])),
        asked_for=draw(st.sampled_from([None, None, "T000098"])),
        last=draw(st.none() | st.builds(LastJob, st.just(NOW - timedelta(minutes=9)), st.none() | points)),
    )


@st.composite
def queues(draw: st.DrawFn) -> tuple[list[Job], list[Rider]]:
    jobs = [
        job(
            number,
            draw(st.none() | points),
            needs=draw(needs),
            urgent=draw(st.booleans()),
            declined=draw(ids),
            missed=draw(ids),
            replaced=draw(st.frozensets(st.integers(1, 6), max_size=1)),
            appointed_at=NOW + timedelta(minutes=draw(st.sampled_from([0, 20, 35, 90]))),
            since=NOW - timedelta(minutes=draw(st.integers(0, 40))),
        )
        for number in range(1, draw(st.integers(1, 5)) + 1)
    ]
    return jobs, [draw(riders(number)) for number in range(1, draw(st.integers(0, 6)) + 1)]


def table(jobs: list[Job], drivers: list[Rider], roads: weighing.Roads | None = None) -> Table:
    return weigh(jobs, drivers, MOMENT, S_PER_M, roads)


def askable(jobs: list[Job], drivers: list[Rider], seen: Table) -> set[tuple[int, int]]:
    """Pairs that the rules in words allow."""
    found = set[tuple[int, int]]()
    for one in jobs:
        row = [other.id for other in seen.jobs].index(one.id)
        ways: dict[int, float | None] = {
            driver.id: way / PACE[driver.means]
            for driver, way in zip(seen.riders, seen.way[row].tolist(), strict=True)
            if way == way  # noqa: PLR0124 - not NaN
        }
        ranked = rank(one, drivers, ways, MOMENT)
        found |= {(one.id, candidate.rider_id) for candidate in ranked if candidate.askable}
        costs = {candidate.rider_id: candidate.cost_s for candidate in ranked}
        for column, driver in enumerate(seen.riders):
            assert seen.cost[row, column] == pytest.approx(costs[driver.id], abs=1e-2)
    return found


@given(queues())
def test_matrices_and_words_agree_on_who_may_be_asked_and_at_what_cost(queue: tuple[list[Job], list[Rider]]) -> None:
    jobs, drivers = queue
    seen = table(jobs, drivers)
    allowed = {
        (one.id, driver.id)
        for row, one in enumerate(seen.jobs)
        for column, driver in enumerate(seen.riders)
        if seen.allowed[row, column]
    }
    assert allowed == askable(jobs, drivers, seen)


@given(queues(), st.sampled_from(["in turn", "three", "all"]))
def test_nobody_unfit_is_asked_nobody_twice_and_no_trip_before_its_release(
    queue: tuple[list[Job], list[Rider]], mode: str
) -> None:
    jobs, drivers = queue
    seen = table(jobs, drivers)
    pairs = all_at_once(seen, NOW) if mode == "all" else in_turn(seen, 3 if mode == "three" else 1)
    asked = [pair.rider_id for pair in pairs]
    assert len(asked) == len(set(asked))
    assert {(pair.job_id, pair.rider_id) for pair in pairs} <= askable(jobs, drivers, seen)
    due = {one.id for one, open_ in zip(seen.jobs, seen.open_, strict=True) if open_}
    assert {pair.job_id for pair in pairs} <= due
    declined = {one.id: one.declined | one.replaced for one in jobs}
    assert not any(pair.rider_id in declined[pair.job_id] for pair in pairs)


@given(queues(), st.booleans())
def test_a_trip_that_waits_while_another_is_given_a_driver_is_not_the_urgent_one(
    queue: tuple[list[Job], list[Rider]], automatic: bool
) -> None:
    jobs, drivers = queue
    seen = table(jobs, drivers)
    pairs = all_at_once(seen, NOW) if automatic else in_turn(seen, 1)
    urgent = {one.id for one in jobs if one.urgent}
    served = {pair.job_id for pair in pairs}
    for pair in pairs:
        if pair.job_id not in urgent:
            row_of = {one.id: row for row, one in enumerate(seen.jobs)}
            column = [driver.id for driver in seen.riders].index(pair.rider_id)
            skipped = [one for one in urgent - served if seen.allowed[row_of[one], column] and seen.open_[row_of[one]]]
            assert not skipped


def brute_force(cost: Floats, allowed: Any) -> tuple[int, float]:
    """The most pairs there can be, and the least they can cost."""
    rows, columns = cost.shape
    best = (0, 0.0)
    for chosen in permutations([*range(columns), *[-1] * rows], rows):
        pairs = [(row, column) for row, column in enumerate(chosen) if column >= 0 and allowed[row, column]]
        best = min(best, (-len(pairs), sum(float(cost[pair]) for pair in pairs)))
    return -best[0], best[1]


@given(st.integers(1, 3), st.integers(1, 4), st.randoms(use_true_random=False), st.booleans())
def test_the_assignment_is_the_best_that_trying_everything_finds(
    rows: int, columns: int, chance: Any, sparse: bool
) -> None:
    cost = np.array([[chance.uniform(-600, 3_600) for _ in range(columns)] for _ in range(rows)])
    allowed = np.array([[chance.random() < 0.7 for _ in range(columns)] for _ in range(rows)])
    found = assignment.cheapest_sparsely(cost, allowed) if sparse else cheapest(cost, allowed)
    count, least = brute_force(cost, allowed)
    assert all(allowed[pair] for pair in found)
    assert len(found) == count
    assert sum(cost[pair] for pair in found) == pytest.approx(least, abs=1e-5)


def test_greedy_takes_the_only_driver_of_another_and_the_assignment_does_not() -> None:
    jobs = [job(1, near(0)), job(2, near(2_000))]
    drivers = [rider(1, near(900)), rider(2, near(-3_000))]
    assert {(pair.job_id, pair.rider_id) for pair in in_turn(table(jobs, drivers), 1)} == {(1, 1), (2, 2)}
    assert {(pair.job_id, pair.rider_id) for pair in all_at_once(table(jobs, drivers), NOW)} == {(1, 2), (2, 1)}


def waiting(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_where_drivers_are_few_who_has_waited_longer_is_served() -> None:
    jobs = [job(1, near(100), since=waiting(1)), job(2, near(1_000), since=waiting(20))]
    assert [pair.job_id for pair in all_at_once(table(jobs, [rider(1, near(0))]), NOW)] == [2]


def on_a_trip(number: int, east_m: float, minutes: float, **over: Any) -> Rider:
    """A driver whose trip ends so far to the east in so many minutes; now they are far away."""
    ends = EndsSoon("T000050", near(east_m), NOW + timedelta(minutes=minutes))
    return rider(number, near(9_000), file=file(busy_trip="T000050", **over), ends_soon=ends)


def matched(jobs: list[Job], *drivers: Rider) -> list[tuple[int, int]]:
    seen = weigh(jobs, drivers, MOMENT, S_PER_M, None, ahead=True)
    return [(pair.job_id, pair.rider_id) for pair in all_at_once(seen, NOW)]


def test_a_job_waits_for_a_driver_who_ends_a_trip_close_by_in_a_moment() -> None:
    far, ending = rider(1, near(-6_000)), on_a_trip(2, 200, 2)
    assert matched([job()], far, ending) == []
    assert matched([job()], far) == [(1, 1)]


def test_a_job_does_not_wait_where_somebody_free_is_there_sooner() -> None:
    assert matched([job()], rider(1, near(900)), on_a_trip(2, 200, 5)) == [(1, 1)]


def test_the_driver_one_job_waits_for_is_left_for_it_and_the_other_gets_who_is_free() -> None:
    jobs = [job(1, near(0)), job(2, near(-3_000))]
    assert matched(jobs, rider(1, near(-6_000)), on_a_trip(2, 100, 1)) == [(2, 1)]


@pytest.mark.parametrize("minutes", [0, -3, 6])
def test_nobody_waits_for_a_trip_that_should_be_over_or_takes_long(minutes: float) -> None:
    assert matched([job()], rider(1, near(-6_000)), on_a_trip(2, 100, minutes)) == [(1, 1)]


def test_an_urgent_job_takes_who_is_free() -> None:
    assert matched([job(urgent=True)], rider(1, near(-6_000)), on_a_trip(2, 100, 1)) == [(1, 1)]


def test_nobody_waits_for_a_driver_whose_shift_will_be_too_long() -> None:
    tired = on_a_trip(2, 100, 1, on_shift_since=NOW - timedelta(hours=13))
    assert matched([job()], rider(1, near(-6_000)), tired) == [(1, 1)]


def test_only_automatic_matching_looks_ahead() -> None:
    seen = table([job()], [rider(1, near(-6_000)), on_a_trip(2, 100, 1)])
    assert [driver.id for driver in seen.riders] == [1]


def test_a_long_wait_is_not_made_longer_to_make_a_short_one_a_little_shorter() -> None:
    way = np.array([[100.0, 400.0], [20.0, 400.0]])
    everybody = np.ones_like(way, dtype=bool)

    def chosen(waited_s: float) -> list[tuple[int, int]]:
        return cheapest(assignment.regret(way, way, np.array([waited_s, 0.0])), everybody)

    assert chosen(0.0) == [(0, 1), (1, 0)] == cheapest(way, everybody)
    assert chosen(1_500.0) == [(0, 0), (1, 1)]


def test_several_are_asked_for_each_trip_and_nobody_for_two() -> None:
    jobs = [job(1, near(0)), job(2, near(100))]
    pairs = in_turn(table(jobs, [rider(number, near(number * 50)) for number in range(1, 6)]), 3)
    assert [pair.job_id for pair in pairs] == [1, 1, 1, 2, 2]


def test_the_nearest_by_road_is_chosen_among_the_nearest_by_the_straight_line() -> None:
    def across_the_river(origins: Any, _to: Point) -> list[float | None]:
        return [3_000.0 if at == near(300) else 200.0 for at in origins]

    drivers = [rider(1, near(300)), rider(2, near(900))]
    (pair,) = in_turn(table([job()], drivers, across_the_river), 1)
    assert pair == Pair(1, 2, pair.way_s)
    assert pair.way_s == pytest.approx(220.0)


def test_a_driver_whom_no_road_leads_from_is_not_asked() -> None:
    drivers = [rider(1, near(300)), rider(2, near(900))]
    seen = table([job()], drivers, lambda origins, _to: [None if at == near(300) else 60.0 for at in origins])
    assert [pair.rider_id for pair in in_turn(seen, 2)] == [2]


def test_beyond_the_nearest_ways_are_stretched_as_the_roads_stretched_theirs() -> None:
    drivers = [rider(number, near(100 * number), means=Means.CAR) for number in range(1, 14)]
    seen = table([job()], drivers, lambda origins, _to: [100.0 for _ in origins])
    assert list(seen.way[0, :10]) == [100.0] * 10
    straight = table([job()], drivers)
    stretch = np.median(100.0 / straight.way[0, :10])
    assert seen.way[0, 12] == pytest.approx(straight.way[0, 12] * stretch)


def test_big_cities_are_weighed_sparsely_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [job(number, near(number * 700, number * 300)) for number in range(1, 6)]
    drivers = [rider(number, near(number * 650)) for number in range(1, 9)]
    dense = all_at_once(table(jobs, drivers), NOW)
    monkeypatch.setattr(assignment, "SPARSE_FROM", 1)
    assert sorted(all_at_once(table(jobs, drivers), NOW), key=str) == sorted(dense, key=str)


def test_of_no_jobs_and_no_drivers_nothing_comes() -> None:
    assert all_at_once(table([], []), NOW) == []
    assert all_at_once(table([job()], []), NOW) == []
    assert in_turn(table([job()], [replace(rider(1, near(1)), asked_for="T000001")]), 1) == []
