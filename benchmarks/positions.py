"""Positions of many drivers: batches a second through the use case and the database, without HTTP.

Two thousand drivers report every ten seconds: 200 batches a second are needed. Each batch is a transaction of its own,
written by as many threads as the service would use, to PostgreSQL or SQLite with its durable settings.

    python -m benchmarks.positions --database postgresql
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from benchmarks.stand import database, show
from dispatch.domain.geo import Point
from dispatch.services import positions
from dispatch.services.positions import Reading
from dispatch.store import migrate
from tests.world import World

POINTS = 2  # a batch: one every five seconds


def main() -> None:
    """Hire, then report round after round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--drivers", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with database(asked.database) as (_, url):
        migrate.upgrade(url)
        with World.opened(url, drivers=asked.drivers) as world:
            world.later(minutes=5)
            taken: list[float] = []

            def report(driver_id: int, number: int) -> None:
                began = time.perf_counter()
                now = world.now
                spot = Point(28.4 + driver_id / 10_000 + number / 5_000, 117.9)
                readings = [Reading(spot, now - timedelta(seconds=5 * at), 10.0) for at in range(POINTS)]
                with world.db.transaction() as session:
                    positions.report(session, driver_id, now, readings, now)
                taken.append(time.perf_counter() - began)

            began, worked = time.perf_counter(), time.process_time()
            with ThreadPoolExecutor(asked.threads) as pool:
                for number in range(asked.rounds):
                    world.later(seconds=10)
                    list(pool.map(lambda one: report(one.driver_id or 0, number), world.drivers))  # noqa: B023 - run within the turn
            spent, worked = time.perf_counter() - began, time.process_time() - worked
    taken.sort()
    row = {
        "database": asked.database,
        "batches/s": round(len(taken) / spent),
        "needed for 2,000 drivers": 200,
        "processor, ms a batch": round(worked * 1000 / len(taken), 2),
        "p50, ms": round(taken[len(taken) // 2] * 1000, 1),
        "p95, ms": round(taken[int(len(taken) * 0.95)] * 1000, 1),
    }
    show("Positions", [row], as_json=asked.json)


if __name__ == "__main__":
    main()
