"""A city for the benchmark: drivers with badges, shifts and keys, written straight into the database.

Two thousand sign-ups through the API would take longer than the measurement, and measure passwords.
"""

import hashlib
import math
import random
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.geo import Point
from dispatch.domain.roles import Role
from dispatch.store.db import Database
from dispatch.store.drivers import Driver, Shift
from dispatch.store.positions import DriverPosition
from dispatch.store.staff import ApiToken, Staff

CENTRE = Point(28.4546, 117.9434)
RADIUS_M = 8_000.0
METRES_A_DEGREE = 111_195.0
PAPERS = date(2099, 12, 31)


@dataclass(slots=True)
class SimulatedDriver:
    """A driver of the city: who they are to the service, and where they are."""

    id: int
    badge_id: str
    token: str
    at: Point
    busy: bool = False


def somewhere(chance: random.Random) -> Point:
    """A point of the city, evenly over its area."""
    distance, direction = RADIUS_M * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)
    return Point(
        CENTRE.lat + distance * math.cos(direction) / METRES_A_DEGREE,
        CENTRE.lon + distance * math.sin(direction) / METRES_A_DEGREE / math.cos(math.radians(CENTRE.lat)),
    )


def on_shift(db: Database, branch_id: int, count: int, now: datetime, chance: random.Random) -> list[SimulatedDriver]:
    """So many drivers on shift since an hour ago, each somewhere."""
    with db.transaction() as session:
        return [_driver(session, branch_id, number, now, chance) for number in range(1, count + 1)]


def _driver(session: Session, branch_id: int, number: int, now: datetime, chance: random.Random) -> SimulatedDriver:
    token = f"hw_{secrets.token_urlsafe(32)}"
    person = Staff(
        branch_id=branch_id, login=f"d{number:05d}", name=f"王师傅{number}", roles=[Role.DRIVER.value], created_at=now,
        password_hash="!",  # noqa: S106 - matches no password
    )  # fmt: skip
    driver = Driver(
        branch_id=branch_id, staff=person, badge_id=f"D{number:05d}", name=person.name, phone=f"+86150{number:08d}",
        licence_no=f"3611{number:014d}", licence_class="C1", licence_until=PAPERS, permit_until=PAPERS, competences=[],
    )  # fmt: skip
    key = ApiToken(token_sha256=hashlib.sha256(token.encode()).digest(), staff=person, label="phone", created_at=now)
    session.add_all([driver, key])
    session.flush()
    at = somewhere(chance)
    session.add(Shift(driver_id=driver.id, started_at=now - timedelta(hours=1)))
    session.add(DriverPosition(driver_id=driver.id, lat=at.lat, lon=at.lon, at=now, received_at=now))
    return SimulatedDriver(driver.id, driver.badge_id, token, at)
