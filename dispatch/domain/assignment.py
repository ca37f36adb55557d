"""Drivers for a whole queue: job after job, or all at once at the least cost. Imported when needed, as weighing."""

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from dispatch.domain.matching import UNKNOWN_S
from dispatch.domain.weighing import Flags, Floats, Pair, Table

SPARSE_FROM = 500_000
"""From so many pairs on only the cheapest of each job are weighed: a tenth of a percent longer, in half the time."""
SPARSE_KEPT = 40
USUAL_S = 600.0
"""From call to arrival. A second counts more the longer it took already: by the root of how much longer than this."""
LEFT_S = 1_800.0
"""How much longer a customer waits, about, who gets no driver this time."""
NEVER = 1e10
"""More than any sum of ways that could be saved by leaving a job without a driver."""


def in_turn(table: Table, at_once: int) -> list[Pair]:
    """For job after job, urgent ones first, the best drivers left: `at_once` of them."""
    left = np.ones(len(table.riders), dtype=bool)
    found: list[Pair] = []
    for row, open_ in enumerate(table.open_):
        free = np.flatnonzero(table.allowed[row] & left & open_).tolist()
        known = np.isnan(table.way[row])
        best = sorted(free, key=lambda column: (known[column], table.cost[row, column], table.riders[column].id))
        for column in best[:at_once]:
            left[column] = False
            found.append(table.pair(row, column))
    return found


def all_at_once(table: Table, now: datetime) -> list[Pair]:
    """As many jobs as possible with a driver, at the least regret; urgent jobs before all others.

    A job whose best driver is still on a trip gets nobody yet, and that driver is left for it. An urgent one takes who
    is free.
    """
    left = np.ones(len(table.riders), dtype=bool)
    free = table.ready == 0
    found: list[Pair] = []
    for urgent in (True, False):
        chosen = [job.urgent is urgent and table.open_[row] for row, job in enumerate(table.jobs)]
        rows: list[int] = np.flatnonzero(chosen).tolist()
        columns = np.flatnonzero(left & free) if urgent else np.flatnonzero(left)
        if not rows or not columns.size:
            continue
        here = np.ix_(np.array(rows), columns)
        waited = np.array([(now - table.jobs[row].since).total_seconds() for row in rows])
        for row, column in cheapest(regret(table.way[here], table.cost[here], waited), table.allowed[here]):
            left[columns[column]] = False
            if free[columns[column]]:
                found.append(table.pair(rows[row], int(columns[column])))
    return found


def regret(way: Floats, cost: Floats, waited: NDArray[np.float64]) -> Floats:
    """What each choice is worth in seconds against leaving the job for later: the less the better.

    The time from call to arrival weighs more the longer it gets, so that nobody's long wait pays for the short ones of
    many; what else speaks for a driver counts as it is.
    """
    known = np.where(np.isfinite(way), way, UNKNOWN_S)
    since = np.maximum(waited, 0.0)[:, np.newaxis]
    return _weight(since + known) - _weight(since + LEFT_S) + (cost - known)


def _weight(seconds: Floats) -> Floats:
    weighed: Floats = seconds * np.sqrt(seconds / USUAL_S)
    return weighed


def cheapest(cost: Floats, allowed: Flags) -> list[tuple[int, int]]:
    """Rows and columns of the assignment with the most pairs, and among those the least cost."""
    if cost.size >= SPARSE_FROM:
        return _in_rounds(cost, allowed)
    rows, columns = linear_sum_assignment(np.where(allowed, cost, NEVER))
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if allowed[row, column]]


def _in_rounds(cost: Floats, allowed: Flags) -> list[tuple[int, int]]:
    """Sparsely, and again for the rows that got nothing because many wanted the same few."""
    found = cheapest_sparsely(cost, allowed)
    rows = np.setdiff1d(np.arange(cost.shape[0]), [row for row, _ in found])
    columns = np.setdiff1d(np.arange(cost.shape[1]), [column for _, column in found])
    left = np.ix_(rows, columns)
    if found and allowed[left].any():
        found += [(int(rows[row]), int(columns[column])) for row, column in cheapest(cost[left], allowed[left])]
    return found


def cheapest_sparsely(cost: Floats, allowed: Flags) -> list[tuple[int, int]]:
    """The same on each row's cheapest pairs; a column of its own that means nobody lets every row be full."""
    count, width = cost.shape
    kept = min(SPARSE_KEPT, width)
    masked = np.where(allowed, cost, np.inf)
    columns = np.argpartition(masked, kept - 1, axis=1)[:, :kept]
    rows = np.repeat(np.arange(count), kept)
    columns = columns.ravel()
    weights = masked[rows, columns]
    keep = np.isfinite(weights)
    rows, columns, weights = rows[keep], columns[keep], weights[keep]
    shift = 1.0 - min(float(weights.min(initial=0.0)), 0.0)  # a weight of zero would be no pair at all
    everybody = np.arange(count)
    graph: Any = csr_matrix(
        (
            np.concatenate([weights + shift, np.full(count, NEVER)]),
            (np.concatenate([rows, everybody]), np.concatenate([columns, width + everybody])),
        ),
        shape=(count, width + count),
    )
    found = zip(*min_weight_full_bipartite_matching(graph), strict=True)
    return [(int(row), int(column)) for row, column in found if column < width]
