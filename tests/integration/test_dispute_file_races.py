"""Two dispute files at once, each the first thing that a seal was put on, on PostgreSQL."""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from dispatch.domain.states import State
from dispatch.services import dispute_files
from dispatch.services.sealing import SealedPdf
from dispatch.store import seals
from tests.sealed import gathered, recorded
from tests.world import World

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def until_one_waits(world: World) -> None:
    for _ in range(200):
        with world.db.reading() as session:
            if session.scalar(WAITING):
                return
        time.sleep(0.05)
    raise AssertionError("the second did not wait for the first")


def test_of_two_dispute_files_at_once_the_second_finds_the_certificate_of_the_first(postgres_url: str) -> None:
    sealed = SealedPdf(b"", fingerprint="5" * 64, certificate="a certificate", timestamped=False)
    with World.opened(postgres_url) as world:
        first, second = (gathered(world, world.to(State.CLOSED)) for _ in range(2))
        with ThreadPoolExecutor(1) as other:
            with world.db.transaction() as session:
                dispute_files.record(session, first, sealed, world.manager)
                late = other.submit(recorded, world, second, sealed)
                until_one_waits(world)
            late.result(timeout=20)
        with world.db.reading() as session:
            assert [one.sha256 for one in seals.of_branch(session, world.branch_id)] == [sealed.fingerprint]
