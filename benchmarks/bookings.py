"""Bookings per second through the API, against a bare Flask route with one INSERT.

Both run on the server, database and durability settings of an installation; rounds alternate between the two. The
clock of messages (`homeward scheduler`) does not run: it has work of its own, which the baseline has not.
"""

import argparse
import http.client
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from urllib.parse import urlsplit

from benchmarks.stand import ROOT, cpu_seconds, database, running, show, spread
from dispatch.cli.night.cast import customer
from dispatch.cli.night.client import set_up
from dispatch.store import migrate

CLIENTS = 8
Request = tuple[str, dict[str, object], dict[str, str]]


def bookings(token: str) -> Iterator[Request]:
    """Callers, each with a car and a number of their own."""
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds")
    for number in count(1):
        guest = customer(number % 70_000)
        order: dict[str, object] = {
            "caller_phone": f"13{900000000 + number}", "name": guest.name,
            "plate": f"赣E{number // 10_000 % 24 + 65:c}{number % 10_000:04d}".replace("I", "Z").replace("O", "Y"),
            "car_model": guest.model, "pickup": {"address": guest.pickup}, "destination": {"address": guest.home},
            "booked_km": "12.5", "appointed_at": soon,
        }  # fmt: skip
        yield "/api/v1/trips", order, {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(12)}


def rows() -> Iterator[Request]:
    """What the baseline is told: as many bytes as a booking has."""
    while True:
        yield "/rows", {"note": "x" * 400}, {}


def load(base: str, requests: Iterator[Request], seconds: float) -> int:
    """Send from several connections at once; answers how many were accepted. Anything but 201 is an error."""
    until = time.monotonic() + seconds
    taking = threading.Lock()

    def client() -> int:
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
        done = 0
        while time.monotonic() < until:
            with taking:
                path, body, headers = next(requests)
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{path}: {answer.status} {said.decode(errors='replace')[:300]}")
            done += 1
        connection.close()
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(future.result() for future in [pool.submit(client) for _ in range(CLIENTS)])


def measure(kind: str, rounds: int, seconds: float) -> dict[str, object]:
    """Alternate rounds on one database; the ratio is of the medians."""
    with database(kind) as (folder, url):
        migrate.upgrade(url)
        with (
            running(folder, "dispatch.cli", "serve", "--no-scheduler", DATABASE_URL=url) as (ours, our_process),
            running(folder, "benchmarks.bare", DATABASE_URL=url) as (bare, bare_process),
        ):
            token = _token(ours, {"DATABASE_URL": url, "HOMEWARD_DATA_DIR": str(folder)})
            sides = ((ours, our_process.pid, bookings(token)), (bare, bare_process.pid, rows()))
            rates: list[list[float]] = [[], []]
            costs: list[list[float]] = [[], []]
            for base, _, requests in sides:
                load(base, requests, 1.0)
            for _ in range(rounds):
                for side, (base, pid, requests) in enumerate(sides):
                    cpu, began = cpu_seconds(pid), time.monotonic()
                    done = load(base, requests, seconds)
                    rates[side].append(done / (time.monotonic() - began))
                    costs[side].append(1000 * (cpu_seconds(pid) - cpu) / done)
    return {
        "database": kind,
        "bookings/s": spread(rates[0]),
        "bare INSERTs/s": spread(rates[1]),
        "ratio": round(median(rates[0]) / median(rates[1]), 3),
        "CPU ms each": f"{median(costs[0]):.2f} against {median(costs[1]):.2f}",
    }


def _token(base: str, settings: dict[str, str]) -> str:
    set_up(base, "A", secrets.token_urlsafe(18))
    command = [sys.executable, "-m", "dispatch.cli", "user", "add", "machine", "--name", "Exchange"]
    command += ["--role", "dispatcher", "--password", secrets.token_urlsafe(18), "--token", "--json"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, check=True)
    token: str = json.loads(done.stdout)["token"]
    return token


def main() -> None:
    """Measure one or both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    kinds = asked.database or ["sqlite", "postgresql"]
    show("Bookings", [measure(kind, asked.rounds, asked.seconds) for kind in kinds], as_json=asked.json)


if __name__ == "__main__":
    main()
