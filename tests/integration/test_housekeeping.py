"""What has had its time is forgotten, and nothing before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from dispatch.services import housekeeping, sign_in, throttle
from dispatch.services.throttle import Limit
from dispatch.store.base import Base
from dispatch.store.heartbeats import Heartbeat
from dispatch.store.idempotency import RememberedReply
from dispatch.store.staff import SignIn, Staff
from dispatch.store.throttle import Throttle
from tests.world import NIGHT, World

REPLIES = timedelta(days=30)
MANY = Limit(100, timedelta(minutes=15))


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, drivers=0) as opened:
        yield opened


def tidied(world: World, now: datetime) -> int:
    with world.db.transaction() as session:
        return housekeeping.tidy(session, now, REPLIES)


def left(world: World, kind: type[Base]) -> int:
    with world.db.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_sessions_go_when_they_have_ended(world: World) -> None:
    with world.db.transaction() as session:
        for hours in (1, 12):
            sign_in.open_session(session, session.get_one(Staff, world.agent.id), NIGHT, timedelta(hours=hours))
    assert [tidied(world, NIGHT + timedelta(hours=hours)) for hours in (1, 2, 13)] == [0, 1, 1]
    assert left(world, SignIn) == 0


def test_counted_tries_go_long_after_their_window(world: World) -> None:
    for key, at in (("sign-in:wu", NIGHT), ("sign-in:zhou", NIGHT + timedelta(hours=20))):
        with world.db.transaction() as session:
            throttle.count(session, key, MANY, at)
    assert tidied(world, NIGHT + timedelta(days=1)) == 0
    assert tidied(world, NIGHT + timedelta(days=1, seconds=1)) == 1
    assert left(world, Throttle) == 1


def test_signs_of_life_and_remembered_replies_go_after_their_days(world: World) -> None:
    with world.db.transaction() as session:
        housekeeping.beat(session, "this machine", "scheduler", NIGHT)
    assert [tidied(world, NIGHT + timedelta(days=days)) for days in (1, 2)] == [0, 1]
    assert left(world, Heartbeat) == 0
    assert left(world, RememberedReply) == 0
