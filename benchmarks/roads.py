"""Travel times along the roads of an extract, against the straight line: building, loading, asking, memory, and whether
both would send the same driver.

    python -m benchmarks.roads tests/data/liechtenstein.osm.pbf
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.stand import ROOT, show
from dispatch.domain.geo import Point
from dispatch.gateways.roads.build import build
from dispatch.gateways.roads.engine import RoadRouter
from dispatch.gateways.roads.graph import Roads, write
from dispatch.gateways.routing import GreatCircleRouter, Router

EXTRACT = ROOT / "tests" / "data" / "liechtenstein.osm.pbf"
DRIVERS = 200


def resident_mb() -> float:
    """Memory of this process that is its own or mapped and touched."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("VmRSS")


def timed(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds, the middle of some rounds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def places(roads: Roads, number: int, seed: int) -> list[Point]:
    """Points on roads."""
    chosen = random.Random(seed)  # noqa: S311 - the same ones every time
    return [Point(float(roads.lat[at]), float(roads.lon[at])) for at in chosen.choices(range(len(roads.lat)), k=number)]


def agreement(one: Router, other: Router, drivers: list[Point], customers: list[Point]) -> str:
    """In how many cases both name the same driver as the nearest."""
    same = 0
    for customer in customers:
        best = []
        for router in (one, other):
            times = [row[0] if row[0] is not None else float("inf") for row in router.seconds(drivers, [customer])]
            best.append(times.index(min(times)))
        same += best[0] == best[1]
    return f"{100 * same / len(customers):.0f} %"


def main() -> None:
    """Build, load and ask; the same questions to both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", nargs="?", type=Path, default=EXTRACT)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    began = time.perf_counter()
    network = build(asked.extract)
    built = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.graph"
        told = write(path, network, asked.extract.name, datetime.now(UTC))
        drivers, customers = places(network, DRIVERS, 1), places(network, DRIVERS, 2)
        del network
        before = resident_mb()
        router, straight = RoadRouter(path), GreatCircleRouter()
        loaded = timed(router.warm_up, 1)
        rows: list[dict[str, object]] = []
        for name, one in (("roads", router), ("straight line", straight)):
            rows.append(
                {
                    "times": name,
                    "200 drivers x 1, ms": round(timed(lambda: one.seconds(drivers, customers[:1]), asked.rounds), 2),  # noqa: B023
                    "1 x 200, ms": round(timed(lambda: one.seconds(customers[:1], drivers), asked.rounds), 2),  # noqa: B023
                    "200 x 200, ms": round(timed(lambda: one.seconds(drivers, customers), asked.rounds), 1),  # noqa: B023
                }
            )
        rows[0] |= {
            "build, s": round(built, 2),
            "load, ms": round(loaded, 1),
            "file, MB": round(told.size / 1e6, 2),
            "memory, MB": round(resident_mb() - before, 1),
            "crossings": told.crossings,
            "same nearest driver": agreement(router, straight, drivers, customers),
        }
        rows[1] |= dict.fromkeys(list(rows[0])[4:], "")
    show(f"Travel times in {asked.extract.name}", rows, as_json=asked.json)


if __name__ == "__main__":
    main()
