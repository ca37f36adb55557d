"""A signature that was drawn and left: its document is made all the same, once, by whoever comes first."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config import Settings
from contracts.sealing.examine import examine
from dispatch.domain.errors import Busy
from dispatch.domain.roles import Actor, customer
from dispatch.domain.states import State
from dispatch.scheduler import Sweeper
from dispatch.services import late_sealing
from dispatch.services.sealing import Office, SealedPdf
from dispatch.store import agreements
from dispatch.store.agreements import DocumentKind
from dispatch.store.ceremonies import Ceremony, Ending
from tests.commands import installed, run
from tests.world import KEYS, World

LATER = timedelta(minutes=3)


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with World.opened(sqlite_url) as opened:
        yield opened


@pytest.fixture
def sweeper(world: World, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sweeper:
    """A scheduler's sweeps on the world's clock and keys."""
    settings = Settings(
        _env_file=None, database_url=sqlite_url, data_dir=tmp_path, secret_key="k" * 40, seal_passphrase="p" * 20
    )
    monkeypatch.setattr("dispatch.scheduler.clock_of", lambda _: lambda: world.now)
    monkeypatch.setattr("dispatch.scheduler.link_key", lambda _: KEYS)
    return Sweeper(settings, world.db)


def drawn(world: World, actor: Callable[[int], Actor] | None = None, trip_id: int | None = None) -> tuple[int, int]:
    """A trip whose agreement is signed, and whose phone went dark then."""
    trip_id = trip_id or world.to(State.INSPECTED)
    who = actor(trip_id) if actor else world.driver_of(trip_id)
    ceremony_id = world.open(trip_id, world.agreement(), who)
    world.prepare(trip_id, ceremony_id, who)
    world.draw(trip_id, ceremony_id, world.agreement(), who)
    return trip_id, ceremony_id


def test_the_doctor_tells_of_signatures_that_wait_for_their_documents(
    world: World, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, sqlite_url, tmp_path)
    monkeypatch.setattr("dispatch.cli.doctor.draw_sample", lambda: None)
    monkeypatch.setattr("dispatch.cli.doctor.clock_of", lambda _: lambda: world.now)

    def said() -> str:
        findings = run("doctor", "--json").answer["findings"]
        return next(str(one["wrong"]) for one in findings if one["about"] == "signatures")

    drawn(world)
    assert said() == ""
    world.now += LATER
    assert said() == "1 drawn, and their documents are not made yet"


def test_a_signature_that_was_left_gets_its_document_with_the_time_it_was_drawn(world: World, sweeper: Sweeper) -> None:
    trip_id, ceremony_id = drawn(world)
    at = world.now
    assert sweeper.signatures() == 0  # whoever drew it has two minutes
    world.now += LATER
    assert (sweeper.signatures(), sweeper.signatures()) == (1, 0)
    assert world.trip(trip_id).state is State.AGREED
    with world.db.reading() as session:
        document = agreements.of_trip(session, trip_id, DocumentKind.AGREEMENT)
        assert document is not None
        assert document.signed_at == at
        assert examine(document.pdf).whole
        assert session.get_one(Ceremony, ceremony_id).ending is Ending.SEALED


def test_a_receipt_that_was_left_closes_its_trip(world: World, sweeper: Sweeper) -> None:
    trip_id = world.to(State.DELIVERED)
    ceremony_id = world.open(trip_id, world.receipt())
    world.prepare(trip_id, ceremony_id)
    world.draw(trip_id, ceremony_id, world.receipt())
    world.now += LATER
    assert sweeper.signatures() == 1
    assert world.trip(trip_id).state is State.CLOSED


def test_one_drawn_on_the_customer_s_own_phone_is_made_on_the_customer_s_behalf(world: World, sweeper: Sweeper) -> None:
    trip_id, ceremony_id = drawn(world, lambda trip: customer(world.branch_id, "李建国", trip))
    world.now += LATER
    with world.db.reading() as session:
        _, actor = late_sealing.draft(session, ceremony_id, keys=KEYS)
    assert (actor.trip_id, actor.driver_id) == (trip_id, None)
    assert sweeper.signatures() == 1


def test_what_has_changed_since_is_not_sealed_and_holds_up_nothing_else(world: World, sweeper: Sweeper) -> None:
    changed, ceremony_id = drawn(world)
    with world.db.transaction() as session:
        session.get_one(Ceremony, ceremony_id).shown_sha256 = "0" * 64
    sound, _ = drawn(world, trip_id=world.to(State.INSPECTED, driver=world.drivers[1]))
    world.now += LATER
    assert sweeper.signatures() == 1
    assert (world.trip(changed).state, world.trip(sound).state) == (State.INSPECTED, State.AGREED)
    world.now += late_sealing.UNTIL
    with world.db.reading() as session:
        assert late_sealing.left(session, world.now) == []


@pytest.mark.parametrize("error", [RuntimeError("the printer's driver is broken"), Busy("seal_missing", "no seal")])
def test_one_that_cannot_be_sealed_is_logged_and_holds_up_no_other(
    world: World, sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    first, _ = drawn(world)
    second, _ = drawn(world, trip_id=world.to(State.INSPECTED, driver=world.drivers[1]))
    world.now += LATER
    real, left = sweeper._seals.seal, [error]

    def seal(office: Office, pdf: bytes, at: datetime) -> SealedPdf:
        if left:
            raise left.pop()
        return real(office, pdf, at)

    monkeypatch.setattr(sweeper._seals, "seal", seal)
    with capture_logs() as told:
        assert sweeper.signatures() == 1
    assert len(told) == 1
    assert (world.trip(first).state, world.trip(second).state) == (State.INSPECTED, State.AGREED)
    assert sweeper.signatures() == 1
    assert world.trip(first).state is State.AGREED


def test_of_a_sweep_and_a_signer_who_comes_back_one_makes_the_document(world: World, sweeper: Sweeper) -> None:
    trip_id, ceremony_id = drawn(world)
    mine = world.drawn(trip_id, ceremony_id)
    world.now += LATER
    assert sweeper.signatures() == 1
    with pytest.raises(Exception, match="further"):
        world.store(mine)
    with world.db.reading() as session:
        assert len(list(session.query(agreements.Document).filter_by(trip_id=trip_id))) == 1
