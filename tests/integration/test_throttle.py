"""Limits on tries hold across processes and transactions."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.errors import TooMany
from dispatch.services import throttle
from dispatch.services.throttle import Limit
from dispatch.store.db import Database

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
THREE = Limit(3, timedelta(minutes=15))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def tried(db: Database, key: str = "door", now: datetime = NOW) -> bool:
    try:
        with db.transaction() as session:
            throttle.count(session, key, THREE, now)
    except TooMany:
        return False
    return True


def test_a_full_window_stays_closed_until_it_is_over(db: Database) -> None:
    assert [tried(db) for _ in range(5)] == [True, True, True, False, False]
    assert not tried(db, now=NOW + timedelta(minutes=14, seconds=59))
    assert [tried(db, now=NOW + timedelta(minutes=15)) for _ in range(4)] == [True, True, True, False]


def test_every_subject_is_counted_by_itself(db: Database) -> None:
    assert all(tried(db, f"door {number}") for number in range(10))


def test_who_has_proved_themselves_is_counted_anew(db: Database) -> None:
    for _ in range(3):
        tried(db)
    with db.transaction() as session:
        throttle.forget(session, "door")
    assert tried(db)


def test_of_twelve_tries_at_the_same_moment_three_get_through(db: Database) -> None:
    start, through = threading.Barrier(12), list[bool]()

    def run() -> None:
        start.wait()
        through.append(tried(db))

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(through) == 3
