"""Choosing drivers: how long a whole queue takes, and how much sooner drivers are there than by the nearest-free rule.

The first part times 500 waiting trips against 2,000 free drivers: the table of costs and the assignment, apart. The
second plays a night in memory with 2,000 drivers and 600 jobs an hour, and a rush in the middle of it in which drivers
become scarce; every driver who is asked accepts. `assignment` matches the queue in batches as the product does, the
time until the batch counts as pickup time; `nearest free` gives each job, in the order of the calls and at once, the
nearest driver who is free, or waits for the next one. Both see the same jobs, drivers and ways, from the same seed.
When a trip will be over is known to the product as an estimate only: here, up to a third of what is left off.
"""

import argparse
import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median, quantiles
from typing import Any

from benchmarks.stand import show, spread
from dispatch.domain.assignment import all_at_once, cheapest
from dispatch.domain.dispatching import DispatchRules
from dispatch.domain.driver import Competence, DriverFile, Means
from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.matching import PACE, WAITED_FOR_S, EndsSoon, Job, LastJob, Moment, Rider
from dispatch.domain.position import Fix
from dispatch.domain.weighing import weigh
from dispatch.gateways.routing import CITY_MPS, ROAD_FACTOR

EVENING = datetime(2026, 3, 6, 12, tzinfo=UTC)
S_PER_M = ROAD_FACTOR / CITY_MPS
RULES = DispatchRules(radius_m=30_000.0)
GOAL_MS = 50.0
CENTRES = ((0.0, 0.0, 2_500.0), (6_000.0, 3_000.0, 1_500.0), (-5_000.0, -4_000.0, 1_800.0))
"""Where people drink: east and north of the middle, and how far about, in metres."""
HOMES_M = 9_000.0
AT_CUSTOMER_S, CLOSING_S = 900.0, 600.0
AHEAD_S = 2 * WAITED_FOR_S
"""Trips that take longer than this are of no account to the product either; left out to spare the simulation."""


def point(east_m: float, north_m: float) -> Point:
    """A point by its metres from the middle of the city."""
    return Point(28.45 + north_m / 111_195, 117.97 + east_m / 97_770)


def anywhere(chance: random.Random) -> Point:
    """Where people live: all over the city."""
    return point(chance.gauss(0, HOMES_M), chance.gauss(0, HOMES_M))


def downtown(chance: random.Random) -> Point:
    """Where people are at night: mostly in one of three quarters."""
    if chance.random() < 0.15:
        return anywhere(chance)
    east, north, about = chance.choices(CENTRES, weights=(5, 3, 2))[0]
    return point(chance.gauss(east, about), chance.gauss(north, about))


def rider(number: int, at: Point, now: datetime, last: datetime | None = None) -> Rider:
    """A free driver with a folding bike, seen just now."""
    file = DriverFile(
        badge_id=f"B{number:05d}",
        name="",
        badge_active=True,
        held_reason=None,
        licence_until=date(2031, 1, 1),
        permit_until=date(2031, 1, 1),
        competences=frozenset(Competence),
        on_shift_since=EVENING - timedelta(minutes=30),
        last_shift_ended=None,
        busy_trip=None,
    )
    return Rider(number, file, Means.BIKE, Fix(at, now), LastJob(last) if last else None)


def on_trip(number: int, end: Point, until: datetime, now: datetime) -> Rider:
    """A driver with a customer, and about when and where they will be free."""
    off = 1 + random.Random(f"{number} {until}").uniform(-1, 1) / 3  # noqa: S311 - a simulation
    free = rider(number, end, now)
    ends = EndsSoon("T", end, now + off * (until - now))
    return replace(free, file=replace(free.file, busy_trip="T"), ends_soon=ends)


def moment(now: datetime) -> Moment:
    """The branch's limits at a time."""
    return Moment(now, now.date(), RULES)


def speed(rounds: int, jobs: int, drivers: int) -> dict[str, Any]:
    """Milliseconds for the table of costs, for the assignment, and for both."""
    chance = random.Random(7)  # noqa: S311 - a simulation
    waiting = [Job(n, EVENING, EVENING, pickup=downtown(chance), destination=anywhere(chance)) for n in range(jobs)]
    free = [rider(n, anywhere(chance), EVENING) for n in range(drivers)]
    taken: dict[str, list[float]] = {"table": [], "assignment": [], "both": [], "processor": []}
    for _ in range(rounds + 1):
        used, began = time.process_time(), time.perf_counter()
        table = weigh(waiting, free, moment(EVENING), S_PER_M, None)
        between = time.perf_counter()
        cheapest(table.cost, table.allowed)
        ended = time.perf_counter()
        taken["table"].append(1000 * (between - began))
        taken["assignment"].append(1000 * (ended - between))
        taken["both"].append(1000 * (ended - began))
        taken["processor"].append(1000 * (time.process_time() - used))
    both = median(taken["both"][1:])
    return {
        "trips × drivers": f"{jobs} × {drivers}",
        "table ms": spread(taken["table"][1:]),
        "assignment ms": spread(taken["assignment"][1:]),
        "both ms": spread(taken["both"][1:]),
        "of it processor ms": spread(taken["processor"][1:]),
        f"≤ {GOAL_MS:g} ms": "met" if both <= GOAL_MS else "missed",
    }


@dataclass(frozen=True, slots=True)
class Call:
    """A customer who wants to go home at once, `at` seconds into the night."""

    at: float
    pickup: Point
    home: Point
    rush: bool


@dataclass(slots=True)
class Night:
    """Drivers who are free, and those who will be: when and where. What came of the calls."""

    free: dict[int, tuple[Point, float]]
    busy: list[tuple[float, int, Point]] = field(default_factory=list)
    pickups: list[tuple[Call, float]] = field(default_factory=list)

    def release(self, now: float) -> None:
        """Drivers whose job is over by now are free where it ended."""
        while self.busy and self.busy[0][0] <= now:
            since, number, at = heapq.heappop(self.busy)
            self.free[number] = (at, since)

    def send(self, number: int, call: Call, now: float) -> None:
        """A driver goes to a customer, drives them home, and is free there."""
        at, _ = self.free.pop(number)
        there = now + way_s(at, call.pickup)
        self.pickups.append((call, there - call.at))
        driving = great_circle_m(call.pickup, call.home) * S_PER_M
        until = there + AT_CUSTOMER_S + driving + CLOSING_S
        heapq.heappush(self.busy, (until, number, call.home))


def way_s(at: Point, to: Point) -> float:
    """Seconds by folding bike."""
    return great_circle_m(at, to) * S_PER_M * PACE[Means.BIKE]


def calls(seed: int, hours: float, an_hour: float, rush: float) -> list[Call]:
    """A night's calls; in its middle third `rush` times as many, and all from downtown."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    found, at, end = list[Call](), 0.0, hours * 3600
    while at < end:
        busy = end / 3 <= at < 2 * end / 3
        at += chance.expovariate(an_hour * (rush if busy else 1.0) / 3600)
        found.append(Call(at, downtown(chance), anywhere(chance), busy))
    return found


def nearest_free(night: Night, waiting: list[Call], now: float) -> list[Call]:
    """First come, first served, by the nearest; who is left over."""
    left = []
    for call in waiting:
        near = min(night.free, key=lambda number: way_s(night.free[number][0], call.pickup), default=None)
        if near is None:
            left.append(call)
        else:
            night.send(near, call, now)
    return left


def assigned(night: Night, waiting: list[Call], now: float) -> list[Call]:
    """The whole queue at once, as the product does it; who is left over."""
    clock = EVENING + timedelta(seconds=now)
    jobs = [
        Job(n, EVENING, EVENING + timedelta(seconds=call.at), pickup=call.pickup, destination=call.home)
        for n, call in enumerate(waiting)
    ]
    riders = [
        rider(number, at, clock, EVENING + timedelta(seconds=since)) for number, (at, since) in night.free.items()
    ]
    near = [one for one in night.busy if one[0] <= now + AHEAD_S]
    riders += [on_trip(number, at, EVENING + timedelta(seconds=until), clock) for until, number, at in near]
    pairs = all_at_once(weigh(jobs, riders, moment(clock), S_PER_M, None, ahead=True), clock)
    for pair in pairs:
        night.send(pair.rider_id, waiting[pair.job_id], now)
    served = {pair.job_id for pair in pairs}
    return [call for n, call in enumerate(waiting) if n not in served]


Choose = Callable[[Night, list[Call], float], list[Call]]


def play(choose: Choose, ordered: list[Call], drivers: int, seed: int, batch_s: float) -> Night:
    """A night. With a batch of 0 every call and every driver coming free is an occasion to choose."""
    chance = random.Random(seed + 1)  # noqa: S311 - a simulation
    night = Night({number: (anywhere(chance), 0.0) for number in range(drivers)})
    waiting: list[Call] = []
    coming = list(reversed(ordered))
    now = 0.0
    while coming or waiting:
        occasions = [coming[-1].at] if coming else []
        occasions += [night.busy[0][0]] if waiting and night.busy else []
        now = max(now, min(occasions)) if batch_s == 0 else now + batch_s
        night.release(now)
        while coming and coming[-1].at <= now:
            waiting.append(coming.pop())
        if waiting and night.free:
            waiting = choose(night, waiting, now)
    return night


def minutes(night: Night, rush: bool | None) -> tuple[float, float]:
    """Mean and p95 of the time from the call to the driver's arrival, at rush, else, or of all."""
    found = [took / 60 for call, took in night.pickups if rush is None or call.rush is rush]
    return mean(found), quantiles(found, n=20)[-1]


def compare(name: str, drivers: int, ordered: list[Call], seed: int, batch_s: float) -> list[dict[str, Any]]:
    """Both ways on one night."""
    greedy = play(nearest_free, ordered, drivers, seed, 0)
    batched = play(assigned, ordered, drivers, seed, batch_s)
    rows = []
    for part, rush in (("rush", True), ("else", False)):
        (theirs, theirs_95), (ours, ours_95) = minutes(greedy, rush), minutes(batched, rush)
        rows.append(
            {
                "night": f"{name}, {part}",
                "drivers": drivers,
                "calls": sum(call.rush is rush for call in ordered),
                "nearest free, mean (p95) min": f"{theirs:.2f} ({theirs_95:.2f})",
                "assignment": f"{ours:.2f} ({ours_95:.2f})",
                "mean shorter": f"{100 * (1 - ours / theirs):.1f} %",
                "p95 shorter": f"{100 * (1 - ours_95 / theirs_95):.1f} %",
            }
        )
    return rows


def main() -> None:
    """Time the matching, then play the nights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--drivers", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=600, help="an hour, outside the rush")
    parser.add_argument("--rush", type=float, nargs="+", default=[1.0, 3.0], help="times as many calls")
    parser.add_argument("--batch", type=float, default=2.0, help="seconds from one matching to the next")
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    show("One queue", [speed(asked.rounds, 500, 2000)], as_json=asked.json)
    rows = []
    for rush in asked.rush:
        ordered = calls(asked.seed, asked.hours, asked.jobs, rush)
        rows += compare(f"rush × {rush:g}", asked.drivers, ordered, asked.seed, asked.batch)
    show("From call to arrival", rows, as_json=asked.json)


if __name__ == "__main__":
    main()
