"""How soon `homeward serve` answers, and what it holds in memory when nobody asks anything.

The baseline is a bare Flask application on the same web server. Both start alternately on a database that is ready.
Memory is the proportional set size of all processes: web, scheduler, and the press that renders documents.
"""

import argparse
import time
from statistics import median

from benchmarks.stand import database, memory_mb, running, show, spread
from dispatch.store import migrate

REST = 6.0  # seconds until what begins after the first answer has begun


def main() -> None:
    """Start and stop both, alternately."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    sides = {"homeward serve": ("dispatch.cli", "serve"), "bare Flask": ("benchmarks.hello",)}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    memory: dict[str, list[float]] = {name: [] for name in sides}
    with database("sqlite") as (folder, url):
        migrate.upgrade(url)
        for _ in range(asked.rounds):
            for name, (module, *arguments) in sides.items():
                began = time.monotonic()
                with running(folder, module, *arguments, DATABASE_URL=url) as (_base, process):
                    seconds[name].append(time.monotonic() - began)
                    time.sleep(REST)
                    memory[name].append(memory_mb(process.pid))
    bare = median(seconds["bare Flask"])
    rows = [
        {
            "what": name,
            "first answer, s": spread(seconds[name]),
            "to bare": round(median(seconds[name]) / bare, 2),
            "idle, MB": spread(memory[name]),
        }
        for name in sides
    ]
    show("Start and rest", rows, as_json=asked.json)


if __name__ == "__main__":
    main()
