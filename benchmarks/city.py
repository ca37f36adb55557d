"""A city's night against the running service: drivers send positions, callers book, jobs are offered and accepted.

Everything goes over HTTP to `homeward serve` with its scheduler, on PostgreSQL. The driver who is asked learns it as by
a push message: the benchmark looks the offer up in the database, which is not measured. Two ways of finding drivers are
compared on the same callers and drivers: the service's own, and a desk that gives each job to the nearest free driver.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import mean, median, quantiles
from typing import Any

import aiohttp
from sqlalchemy import select

from benchmarks.city_stage import SimulatedDriver, on_shift, somewhere
from benchmarks.stand import ROOT, database, running, show
from dispatch.cli.night.client import set_up
from dispatch.domain.dispatching import DispatchMode
from dispatch.domain.geo import Point, great_circle_m
from dispatch.gateways.routing import CITY_MPS, ROAD_FACTOR
from dispatch.store import migrate
from dispatch.store.branches import Branch
from dispatch.store.db import Database
from dispatch.store.offers import Offer, OfferState

POSITION_SECONDS = 10.0
THINKS = (2.0, 6.0)  # seconds until a driver answers
DECLINES = 0.1
BOARD_WAIT = 20.0
JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Seen:
    """What was measured, in seconds."""

    booking: list[float] = field(default_factory=list)
    board: list[float] = field(default_factory=list)
    offered: list[float] = field(default_factory=list)
    accept: list[float] = field(default_factory=list)
    pickup: list[float] = field(default_factory=list)
    positions: int = 0
    late_positions: int = 0
    failed: int = 0

    def row(self, name: str, jobs: int, lasted: float) -> dict[str, object]:
        """The figures as they are shown."""
        return {
            "what": name,
            "jobs": f"{len(self.pickup)} of {jobs}",
            "positions/s": round(self.positions / lasted),
            "booking p50/p95 ms": _ms(self.booking),
            "board p50/p95 ms": _ms(self.board),
            "asked after p50/p95 s": _spread(self.offered, 1),
            "accept p50/p95 ms": _ms(self.accept),
            "pickup mean/p95 s": f"{mean(self.pickup):.0f}/{_p95(self.pickup):.0f}" if self.pickup else "-",
            "failed": self.failed,
        }


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def _spread(values: list[float], digits: int) -> str:
    return f"{median(values):.{digits}f}/{_p95(values):.{digits}f}" if values else "-"


def _ms(values: list[float]) -> str:
    return _spread([1000 * value for value in values], 0)


class City:
    """The people, and the wires to the service."""

    def __init__(
        self, base: str, db: Database, desk: str, drivers: list[SimulatedDriver], chance: random.Random
    ) -> None:
        self.base, self.db, self.desk, self.chance = base, db, desk, chance
        self.drivers = {one.id: one for one in drivers}
        self.seen = Seen()
        self.booked_at: dict[int, float] = {}
        self.shown: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self.changed: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._wires = aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=24))
        self._boards = aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        """Hang up."""
        await self._wires.close()
        await self._boards.close()

    async def post(self, path: str, token: str, body: object) -> tuple[int, Any]:
        """One call with a key of its own."""
        headers = {**JSON, "Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(12)}
        async with self._wires.post(path, data=json.dumps(body), headers=headers) as reply:
            content = await reply.read()
            return reply.status, json.loads(content) if content else None

    # Boards

    async def board(self, *, watching: bool) -> None:
        """A board left open; the one that watches notes when each trip's events come."""
        headers = {"Authorization": f"Bearer {self.desk}", "Accept": "text/event-stream"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._boards.get("/desk/stream", headers=headers, timeout=timeout) as stream:
            if stream.status != 200:
                raise RuntimeError(f"no stream: {stream.status}")
            if not watching:  # browsers on other machines: what they make of it is no load of this one
                async for _ in stream.content.iter_any():
                    pass
            async for event in _events(stream):
                if event.get("subject") == "trip":
                    self.shown[event["id"]].set()
                    self.changed[event["id"]].set()

    # Drivers

    async def roam(self, driver: SimulatedDriver, until: float) -> None:
        """Send where one is, every ten seconds."""
        await asyncio.sleep(self.chance.uniform(0, POSITION_SECONDS))
        while (now := time.monotonic()) < until:
            at = datetime.now(UTC).isoformat()
            body = {"sent_at": at, "points": [{"lat": driver.at.lat, "lon": driver.at.lon, "at": at, "accuracy_m": 12}]}
            status, _ = await self.post("/api/v1/driver/positions", driver.token, body)
            self.seen.positions += status < 300
            self.seen.failed += status >= 300
            rest = POSITION_SECONDS - (time.monotonic() - now)
            self.seen.late_positions += rest < 0
            await asyncio.sleep(max(0.0, rest))

    async def drive(self, driver: SimulatedDriver, trip_id: int, pickup: Point) -> None:
        """Set off, and be there after as long as the way takes; positions move with the driver."""
        driver.busy = True
        await self.command(driver.token, trip_id, "depart")
        seconds = great_circle_m(driver.at, pickup) * ROAD_FACTOR / CITY_MPS
        # The way is long and the same for both ways of matching: it is reckoned, not waited for.
        self.seen.pickup.append(time.monotonic() - self.booked_at[trip_id] + seconds)
        driver.at = pickup
        await self.command(driver.token, trip_id, "arrive")

    async def command(self, token: str, trip_id: int, name: str, body: object = None) -> int:
        """A command on a trip; answers the status."""
        status, _ = await self.post(f"/api/v1/trips/{trip_id}/commands/{name}", token, body or {})
        self.seen.failed += status >= 500
        return status

    # Jobs

    async def job(self, number: int, pickup: Point, home: Point, *, by_hand: bool) -> None:
        """A caller: booked, a driver found, on the way."""
        order = _order(number, pickup, home)
        began = time.monotonic()
        status, reply = await self.post("/api/v1/trips", self.desk, order)
        if status != 201:
            self.seen.failed += 1
            return
        answered = time.monotonic()
        trip_id = reply["trip_id"]
        self.booked_at[trip_id] = began
        self.seen.booking.append(answered - began)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.shown[trip_id].wait(), BOARD_WAIT)
            self.seen.board.append(max(0.0, time.monotonic() - answered))
        if by_hand:
            await self._give_to_nearest(trip_id, pickup)
        else:
            await self._answer(trip_id, pickup)

    async def _give_to_nearest(self, trip_id: int, pickup: Point) -> None:
        free = [one for one in self.drivers.values() if not one.busy]
        nearest = min(free, key=lambda one: great_circle_m(one.at, pickup))
        nearest.busy = True
        began = time.monotonic()
        status = await self.command(self.desk, trip_id, "assign", {"badge_id": nearest.badge_id})
        self.seen.accept.append(time.monotonic() - began)
        if status == 200:
            await self.drive(nearest, trip_id, pickup)

    async def _answer(self, trip_id: int, pickup: Point) -> None:
        asked: set[int] = set()
        while True:
            self.changed[trip_id].clear()
            for driver_id in await asyncio.to_thread(self._asked, trip_id):
                if driver_id in asked:
                    continue
                if not asked:
                    self.seen.offered.append(time.monotonic() - self.booked_at[trip_id])
                asked.add(driver_id)
                driver = self.drivers[driver_id]
                await asyncio.sleep(self.chance.uniform(*THINKS))
                if self.chance.random() < DECLINES:
                    await self.command(driver.token, trip_id, "decline", {"reason": "far"})
                    continue
                began = time.monotonic()
                status = await self.command(driver.token, trip_id, "accept")
                if status == 200:
                    self.seen.accept.append(time.monotonic() - began)
                    await self.drive(driver, trip_id, pickup)
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed[trip_id].wait(), 1.0)

    def _asked(self, trip_id: int) -> list[int]:
        with self.db.reading() as session:
            query = select(Offer.driver_id).where(Offer.trip_id == trip_id, Offer.state == OfferState.OPEN)
            return list(session.scalars(query.order_by(Offer.id)))


async def _events(stream: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    data: list[str] = []
    async for raw in stream.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("data:"):
            data.append(line[5:].strip())
        elif not line and data:
            yield json.loads("".join(data))
            data = []


def _order(number: int, pickup: Point, home: Point) -> dict[str, object]:
    return {
        "caller_phone": f"13{900000000 + number}", "name": "李女士",
        "plate": f"赣E{number // 10_000 % 8 + 65:c}{number % 10_000:04d}", "car_model": "大众 帕萨特",
        "pickup": {"address": f"滨江路 {number} 号", "lat": pickup.lat, "lon": pickup.lon},
        "destination": {"address": f"五三大道 {number} 号", "lat": home.lat, "lon": home.lon},
        "booked_km": "8.0", "appointed_at": (datetime.now(UTC) + timedelta(minutes=1)).isoformat(),
    }  # fmt: skip


async def night(city: City, *, seconds: float, jobs: list[tuple[float, Point, Point]], boards: int, by_hand: bool,
                first: int) -> float:  # fmt: skip
    """Play it; answers how long it lasted."""
    open_boards = [asyncio.create_task(city.board(watching=number == 0)) for number in range(max(1, boards))]
    await asyncio.sleep(2 + boards / 200)
    began = time.monotonic()
    until = began + seconds
    roaming = [asyncio.create_task(city.roam(one, until)) for one in city.drivers.values()]
    calls = []
    for number, (after, pickup, home) in enumerate(jobs, start=first):
        await asyncio.sleep(max(0.0, began + after - time.monotonic()))
        calls.append(asyncio.create_task(city.job(number, pickup, home, by_hand=by_hand)))
    await asyncio.wait(calls, timeout=60)
    await asyncio.gather(*roaming)
    lasted = time.monotonic() - began
    for board in open_boards:
        if board.done():
            board.result()  # a board that fell over is a failure of the run
        board.cancel()
    await asyncio.gather(*open_boards, return_exceptions=True)
    return lasted


def calls_of(chance: random.Random, jobs_an_hour: float, seconds: float) -> list[tuple[float, Point, Point]]:
    """When callers call, and from where to where: at random, so many an hour."""
    calls, after = [], chance.expovariate(jobs_an_hour / 3600)
    while after < seconds - 10:
        calls.append((after, somewhere(chance), somewhere(chance)))
        after += chance.expovariate(jobs_an_hour / 3600)
    return calls


def _token(settings: dict[str, str]) -> str:
    command = [sys.executable, "-m", "dispatch.cli", "user", "add", "machine", "--name", "Exchange"]
    command += ["--role", "dispatcher", "--password", secrets.token_urlsafe(18), "--token", "--json"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, check=True)
    token: str = json.loads(done.stdout)["token"]
    return token


def measure(name: str, asked: argparse.Namespace, *, boards: int, by_hand: bool) -> dict[str, object]:
    """One night on a database of its own; the same callers and drivers every time."""
    chance = random.Random(7)  # noqa: S311 - a benchmark's chance must repeat
    with database("postgresql") as (folder, url):
        migrate.upgrade(url)
        wanted = {
            "DATABASE_URL": url,
            "HOMEWARD_THREADS": str(boards + 48),
            "HOMEWARD_MAX_STREAMS": str(boards + 16),
            "HOMEWARD_WEB_WORKERS": str(asked.workers),
        }
        with running(folder, "dispatch.cli", "serve", **wanted) as (base, _process):
            set_up(base, "A", secrets.token_urlsafe(18))
            desk = _token({"DATABASE_URL": url, "HOMEWARD_DATA_DIR": str(folder)})
            db = Database(url)
            with db.transaction() as session:
                branch = session.scalars(select(Branch)).one()
                branch.sms_on = False
                branch.dispatch_mode = DispatchMode.MANUAL if by_hand else DispatchMode(asked.mode)
                branch_id = branch.id
            drivers = on_shift(db, branch_id, asked.drivers, datetime.now(UTC), chance)
            jobs = calls_of(chance, asked.jobs, asked.seconds)

            async def play() -> tuple[Seen, float]:
                city = City(base, db, desk, drivers, chance)
                try:
                    lasted = await night(
                        city, seconds=asked.seconds, jobs=jobs, boards=boards, by_hand=by_hand, first=1
                    )
                    return city.seen, lasted
                finally:
                    await city.close()

            seen, lasted = asyncio.run(play())
            db.dispose()
    return seen.row(name, len(jobs), lasted)


def main() -> None:
    """The service's matching, a desk that gives the nearest free driver, and the service with many boards open."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drivers", type=int, default=2000)
    parser.add_argument("--jobs", type=float, default=600, help="an hour")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--boards", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--mode", default="automatic", choices=("best", "several", "automatic"))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = [
        measure("nearest free, by hand", asked, boards=1, by_hand=True),
        measure(f"matched: {asked.mode}", asked, boards=1, by_hand=False),
        measure(f"matched, {asked.boards} boards open", asked, boards=asked.boards, by_hand=False),
    ]
    show("A city's night", rows, as_json=asked.json)


if __name__ == "__main__":
    main()
