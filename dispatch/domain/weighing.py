"""A whole queue against all drivers who can be asked: the rules and weights of `matching`, on matrices.

Imported when first needed: an idle installation whose branches all dispatch by hand does not carry numpy and scipy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.dispatching import released
from dispatch.domain.driver import Competence, obstacles
from dispatch.domain.geo import EARTH_M, Point
from dispatch.domain.matching import PACE, UNKNOWN_S, Job, Moment, Rider, fairness_s, general_bars, home_s

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Roads = Callable[[Sequence[Point], Point], Sequence[float | None]]
"""Seconds by car from several places to one; None where no way is found."""
NEAREST = 10
"""For so many drivers a job, the nearest by the straight line, the way along the roads is looked up."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A job, the driver found for it, and the seconds that they need to the pickup (None: unknown)."""

    job_id: int
    rider_id: int
    way_s: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Every job (rows) against every driver who can be asked at all (columns), in seconds.

    `way` is NaN where it is unknown; `allowed` says who may be asked for what; `open_` which jobs are released.
    `ready` is 0 for a driver who is free, else how long their trip still takes: `way` and `cost` have it in them.
    """

    jobs: Sequence[Job]
    riders: Sequence[Rider]
    way: Floats
    cost: Floats
    allowed: Flags
    open_: tuple[bool, ...]
    ready: Floats

    def pair(self, row: int, column: int) -> Pair:
        """What a row and a column say."""
        way = float(self.way[row, column])
        return Pair(self.jobs[row].id, self.riders[column].id, None if way != way else way)  # noqa: PLR0124 - NaN


def weigh(
    jobs: Sequence[Job],
    riders: Sequence[Rider],
    moment: Moment,
    s_per_m: float,
    roads: Roads | None,
    *,
    ahead: bool = False,
) -> Table:
    """The table of jobs and drivers. `s_per_m`: seconds by car for a metre of straight line, where roads are not asked.

    With `roads` the nearest of each job get their way along the roads, and the others' is stretched as theirs was.
    `ahead`: drivers whose trip is over soon are in it, too, from where it ends.
    """
    jobs = sorted(jobs, key=lambda job: (not job.urgent, job.appointed_at, job.id))
    soon = [rider.free_in_s(moment.now) for rider in riders]
    chosen = [
        (rider, s)
        for rider, s in zip(riders, soon, strict=True)
        if (s == 0 or (ahead and s is not None)) and _able(rider, moment)
    ]
    able = [rider for rider, _ in chosen]
    ready = np.array([s for _, s in chosen], dtype=np.float64)
    places = [rider.ends_soon.point if s and rider.ends_soon else rider.place(moment.now) for rider, s in chosen]
    crow = _crow_m([job.pickup for job in jobs], places)
    allowed = _allowed(jobs, able, crow, moment)
    way = crow * s_per_m
    if roads is not None:
        _by_road(way, allowed, jobs, places, roads)
    way *= np.array([PACE[rider.means] for rider in able])[np.newaxis, :]
    way += ready[np.newaxis, :]
    allowed &= ~np.isinf(way)
    cost = np.where(np.isfinite(way), way, UNKNOWN_S)
    cost -= np.array([0.0 if s else fairness_s(rider, moment.now) for rider, s in chosen])[np.newaxis, :]
    for column, rider in enumerate(able):
        if rider.wants_home(moment.now, moment.rules):
            cost[:, column] -= [home_s(job, rider, moment) for job in jobs]
    release = moment.rules.release
    open_ = tuple(
        released(job.appointed_at, 0.0, release, moment.now)
        or released(job.appointed_at, _nearest_s(way[row], allowed[row]), release, moment.now)
        for row, job in enumerate(jobs)
    )
    return Table(jobs, able, way, cost, allowed, open_, ready)


def _able(rider: Rider, moment: Moment) -> bool:
    """Whether any job could be offered, now or after this trip: what a car needs is looked at job by job."""
    file = rider.file if rider.file.busy_trip is None else replace(rider.file, busy_trip=None)
    anything = obstacles(file, frozenset(), moment.now, moment.today, moment.rules.rest)
    return next(anything, None) is None and next(general_bars(rider, moment.now), None) is None


def _allowed(jobs: Sequence[Job], riders: Sequence[Rider], crow: Floats, moment: Moment) -> Flags:
    allowed: Flags = ~(crow > moment.rules.radius_m)
    for need in Competence:
        wanting = [row for row, job in enumerate(jobs) if need in job.needs]
        if wanting:
            allowed[wanting, :] &= np.array([need in rider.file.competences for rider in riders], dtype=bool)
    column_of = {rider.id: column for column, rider in enumerate(riders)}
    for row, job in enumerate(jobs):
        _forbid(allowed[row], column_of, job.declined | job.replaced)
        if not job.missed:
            continue
        strict = allowed[row].copy()
        _forbid(strict, column_of, job.missed)
        if strict.any() or not job.urgent:
            allowed[row] = strict
    return allowed


def _forbid(row: Flags, column_of: dict[int, int], rider_ids: frozenset[int]) -> None:
    row[[column_of[rider_id] for rider_id in rider_ids if rider_id in column_of]] = False


def _by_road(way: Floats, allowed: Flags, jobs: Sequence[Job], places: Sequence[Point | None], roads: Roads) -> None:
    """Put the ways along the roads of each job's nearest in place; no way found is infinite."""
    for row, job in enumerate(jobs):
        if job.pickup is None:
            continue
        known = np.flatnonzero(allowed[row] & np.isfinite(way[row]))
        near = known[np.argsort(way[row, known], kind="stable")[:NEAREST]]
        at = [place for place in (places[column] for column in near) if place is not None]
        if not at:
            continue
        found = np.array([np.inf if s is None else s for s in roads(at, job.pickup)])
        reached = np.isfinite(found)
        straight = np.maximum(way[row, near], 1.0)
        stretch = float(np.median(found[reached] / straight[reached])) if reached.any() else 1.0
        way[row] *= stretch
        way[row, near] = found


def _nearest_s(way: Floats, allowed: Flags) -> float:
    known = way[allowed & np.isfinite(way)]
    return float(known.min()) if known.size else 0.0


def _crow_m(pickups: Sequence[Point | None], places: Sequence[Point | None]) -> Floats:
    """Great-circle metres, NaN where one of the two is unknown.

    By chords of the unit sphere, a metre short in a hundred kilometres; seen from the middle of the pickups, so that
    nothing is rounded away.
    """
    to, at = _on_sphere(pickups), _on_sphere(places)
    known = to[~np.isnan(to[:, 0])]
    middle = known.mean(axis=0) if known.size else np.zeros(3)
    to, at = to - middle, at - middle
    metres: Floats = to @ (-2 * at.T)
    metres += (to**2).sum(axis=1)[:, np.newaxis]
    metres += (at**2).sum(axis=1)[np.newaxis, :]
    np.maximum(metres, 0.0, out=metres)
    np.sqrt(metres, out=metres)
    metres *= EARTH_M
    return metres


def _on_sphere(points: Sequence[Point | None]) -> Floats:
    pairs = [(np.nan, np.nan) if point is None else (point.lat, point.lon) for point in points]
    lat, lon = np.radians(np.array(pairs, dtype=np.float64).reshape(-1, 2)).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
