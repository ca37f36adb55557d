"""A branch that asks drivers by itself, for tests: drivers with places, the scheduler's sweeps by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from config import Settings
from dispatch.domain.dispatching import DispatchMode
from dispatch.domain.geo import Point
from dispatch.scheduler import Sweeper
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver
from dispatch.store.journal import JournalEntry
from dispatch.store.offers import Offer, OfferState
from dispatch.store.outbox import OutboxMessage
from dispatch.store.positions import DriverPosition
from tests.world import World

PICKUP = Point(28.4451, 117.9650)


class NightDesk:
    """A world whose branch dispatches by itself; `sweep()` is one round of the scheduler at the world's time."""

    def __init__(self, world: World, mode: DispatchMode, **over: Any) -> None:
        self.world = world
        settings: dict[str, Any] = {"database_url": str(world.db.url), "secret_key": "k" * 40}
        self.sweeper = Sweeper(Settings(_env_file=None, **settings), world.db)
        self.sweeper._clock = lambda: self.world.now
        self.set(dispatch_mode=mode, **over)

    def set(self, **over: Any) -> None:
        with self.world.db.transaction() as session:
            branch = session.get_one(Branch, self.world.branch_id)
            for name, value in over.items():
                setattr(branch, name, value)

    def driver(self, index: int, **over: Any) -> int:
        """Write into a driver's file; answers its id."""
        driver_id = self.world.drivers[index].driver_id or 0
        with self.world.db.transaction() as session:
            row = session.get_one(Driver, driver_id)
            for name, value in over.items():
                setattr(row, name, value)
        return driver_id

    def seen(self, *east_m: float | None) -> list[int]:
        """The drivers are seen just now, so many metres east of the pickup; None is seen nowhere. Answers their ids."""
        found = []
        with self.world.db.transaction() as session:
            for driver, metres in zip(self.world.drivers, east_m, strict=False):
                found.append(driver.driver_id or 0)
                if metres is not None:
                    lon = PICKUP.lon + metres / 97_770
                    at = self.world.now
                    session.merge(
                        DriverPosition(driver_id=driver.driver_id, lat=PICKUP.lat, lon=lon, at=at, received_at=at)
                    )
        return found

    def sweep(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            self.sweeper.offers()
            self.sweeper.searches()
            self.sweeper.drivers()

    def offers(self, trip_id: int, state: OfferState = OfferState.OPEN) -> list[int]:
        """Whom a trip is on offer to, or was."""
        with self.world.db.reading() as session:
            query = select(Offer.driver_id).where(Offer.trip_id == trip_id, Offer.state == state)
            return list(session.scalars(query.order_by(Offer.id)))

    def told(self, event: str) -> list[dict[str, Any]]:
        with self.world.db.reading() as session:
            return list(session.scalars(select(JournalEntry.payload).where(JournalEntry.type == event)))

    def texts(self, word: str) -> int:
        """How many messages to customers hold a word."""
        with self.world.db.reading() as session:
            bodies = session.scalars(select(OutboxMessage.body).where(OutboxMessage.channel == "sms"))
            return sum(word in body.get("text", "") for body in bodies)


@contextmanager
def opened(url: str, mode: DispatchMode, *, drivers: int = 2, **over: Any) -> Iterator[NightDesk]:
    with World.opened(url, drivers=drivers) as world:
        yield NightDesk(world, mode, **over)
