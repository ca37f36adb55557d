"""Signing as it is kept: every step with time, device, address and what was shown; what was shown is what is signed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts import compose
from contracts.facts import shown_digest
from contracts.render_worker import Renderer
from dispatch.domain import commands as c
from dispatch.domain.ceremony import Channel, Kind, Opening, Stage, Step
from dispatch.domain.errors import Busy, Conflict, DomainError, Invalid, NotFound, Refused
from dispatch.domain.inspection import Intoxication, Signer
from dispatch.domain.roles import customer
from dispatch.domain.states import State
from dispatch.services import ceremonies, signing
from dispatch.services.ceremonies import Drawing, Hand
from dispatch.services.sealing import Seals
from dispatch.store import agreements
from dispatch.store.agreements import DocumentKind
from dispatch.store.branches import Branch
from dispatch.store.ceremonies import Ceremony, Ending
from tests.world import KEYS, World, stand_in, unsealed

INK = (((10.0, 20.0, 0), (60.0, 40.0, 220), (90.0, 25.0, 410)),)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


@pytest.fixture
def trip_id(world: World) -> int:
    return world.to(State.INSPECTED)


def kept(world: World, ceremony_id: int) -> Ceremony:
    with world.db.reading() as session:
        return session.get_one(Ceremony, ceremony_id)


def stage(world: World, ceremony_id: int) -> Stage:
    return ceremonies.stage(kept(world, ceremony_id))


def test_every_step_is_kept_with_time_device_address_and_what_was_shown(world: World, trip_id: int) -> None:
    drawn = world.draft(trip_id, world.agreement())
    world.store(drawn)
    with world.db.reading() as session:
        (ceremony,) = session.scalars(select(Ceremony)).all()
        events = ceremony.events
    assert [event.step for event in events] == [Step.OPENED, Step.READ, *[Step.CONFIRMED] * 6, Step.SIGNED]
    assert {event.shown_sha256 for event in events} == {shown_digest(drawn.facts), ceremony.shown_sha256}
    assert {(event.device, event.address) for event in events} == {("Android", "192.0.2.17")}
    assert ceremony.holds
    assert [step.kind for step in drawn.facts.steps] == [event.step.value for event in events]
    assert (ceremony.ending, ceremony.ended_at) == (Ending.SEALED, drawn.drawn_at)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: setattr(found.events[0], "address", "192.0.2.99"),
        lambda found: setattr(found.events[2], "detail", "declaration.9"),
        lambda found: found.events.pop(1),
        lambda found: found.events.insert(1, found.events.pop(2)),
        lambda found: setattr(found, "name", "Somebody Else"),
        lambda found: setattr(found, "trip_id", found.trip_id + 1),
    ],
    ids=["address", "statement", "taken out", "order", "signer", "another trip"],
)
def test_a_step_that_is_not_the_one_taken_shows(
    world: World, trip_id: int, spoil: Callable[[Ceremony], object]
) -> None:
    world.store(world.draft(trip_id, world.agreement()))
    with world.db.reading() as session, session.no_autoflush:
        found = session.scalars(select(Ceremony)).one()
        assert found.holds
        spoil(found)
        assert not found.holds
        session.expunge_all()


def test_strokes_are_kept_with_their_timing(world: World, trip_id: int) -> None:
    drawn = world.draft(trip_id, world.agreement())
    signature = drawn.facts.signature
    assert signature is not None
    assert signature.strokes[0][:2] == ((20.0, 60.0, 0), (23.0, 64.0, 16))
    document = world.store(drawn)
    assert document.signature.drawing["strokes"][0][1] == [23.0, 64.0, 16]


def test_what_was_shown_is_what_is_signed(world: World, trip_id: int) -> None:
    ceremony_id = world.open(trip_id, world.agreement())
    world.prepare(trip_id, ceremony_id)
    with world.db.transaction() as session, pytest.raises(Conflict) as other:
        ceremonies.draw(session, world.hand(trip_id), ceremony_id, "0" * 64, Drawing(INK, 100, 50), keys=KEYS)
    assert other.value.code == "shown_changed"
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).company_name = "另一家公司"
    with pytest.raises(Conflict) as changed:
        world.draw(trip_id, ceremony_id, world.agreement())
    assert changed.value.code == "shown_changed"
    assert kept(world, ceremony_id).drawing is None


def test_what_changes_after_the_signature_is_not_sealed(world: World, trip_id: int) -> None:
    ceremony_id = world.open(trip_id, world.agreement())
    world.prepare(trip_id, ceremony_id)
    world.draw(trip_id, ceremony_id, world.agreement())
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).company_name = "另一家公司"
    with pytest.raises(Conflict):
        world.drawn(trip_id, ceremony_id)


def test_nothing_is_drawn_before_everything_was_confirmed(world: World, trip_id: int) -> None:
    ceremony_id = world.open(trip_id, world.agreement())
    with pytest.raises(Refused):
        world.draw(trip_id, ceremony_id, world.agreement())
    with pytest.raises(Conflict):
        world.drawn(trip_id, ceremony_id)
    assert stage(world, ceremony_id) is Stage.READ


def severely_drunk(world: World) -> int:
    trip_id = world.to(State.ON_SITE)
    report = world.inspection(
        intoxication=Intoxication.SEVERE, companion_name="王秀英", companion_sober=True,
        signature=world.signature(Signer.COMPANION),
    )  # fmt: skip
    world.do(trip_id, c.Inspect(report))
    return trip_id


@pytest.mark.parametrize(
    ("over", "error", "field"),
    [
        ({"signer": Signer.CUSTOMER}, Refused, None),
        ({"phone": ""}, Invalid, "phone"),
        ({"phone": "12"}, Invalid, "phone"),
        ({"relation": " "}, Invalid, "relation"),
        ({"name": " "}, Invalid, "name"),
        ({"place": " "}, Invalid, "place"),
    ],
)
def test_a_companion_tells_name_phone_and_relation_and_only_they_may_sign(
    world: World, over: dict[str, object], error: type[DomainError], field: str | None
) -> None:
    trip_id = severely_drunk(world)
    usual: dict[str, object] = {
        "kind": Kind.AGREEMENT, "signer": Signer.COMPANION, "name": "王秀英",
        "place": "五三大道", "phone": "13907930008", "relation": "妻子",
    }  # fmt: skip
    opening = Opening(**{**usual, **over})  # type: ignore[arg-type]  # each a field of its own type
    with world.db.transaction() as session, pytest.raises(error) as refused:
        ceremonies.open_anew(session, world.hand(trip_id), opening, keys=KEYS)
    assert getattr(refused.value, "field", None) == field


def test_the_companion_s_phone_and_relation_are_printed(world: World) -> None:
    drawn = world.draft(severely_drunk(world), world.agreement(Signer.COMPANION))
    signature = drawn.facts.signature
    assert signature is not None
    assert (signature.signer, signature.name, signature.phone, signature.relation) == (
        "companion", "王秀英", "139 0793 0008", "妻子",
    )  # fmt: skip
    assert world.store(drawn).signature.phone == "+8613907930008"


def test_a_signer_goes_back_a_screen_and_both_stay_on_record_and_are_printed(world: World, trip_id: int) -> None:
    ceremony_id = world.open(trip_id, world.agreement())
    world.prepare(trip_id, ceremony_id)
    last = kept(world, ceremony_id).statements[-1]
    with world.db.transaction() as session:
        ceremonies.back(session, world.hand(trip_id), ceremony_id)
    assert stage(world, ceremony_id) is Stage.CONFIRM
    with world.db.transaction() as session:
        ceremonies.confirm(session, world.hand(trip_id), ceremony_id, last)
    world.draw(trip_id, ceremony_id, world.agreement())
    found = kept(world, ceremony_id)
    assert [(event.step, event.detail) for event in found.events[-4:]] == [
        (Step.CONFIRMED, last), (Step.BACK, last), (Step.CONFIRMED, last), (Step.SIGNED, ""),
    ]  # fmt: skip
    assert found.holds
    drawn = world.drawn(trip_id, ceremony_id)
    assert "返回上一步" in compose.agreement_html(drawn.facts)  # type: ignore[arg-type]  # an agreement
    assert world.store(drawn).shown_sha256 == found.shown_sha256


def test_signing_starts_anew_and_the_first_try_stays_on_record(world: World, trip_id: int) -> None:
    first = world.open(trip_id, world.agreement())
    second = world.open(trip_id, world.agreement())
    assert (kept(world, first).ending, kept(world, second).ending) == (Ending.STARTED_ANEW, None)
    with pytest.raises(Conflict):
        world.prepare(trip_id, first)


def test_a_customer_signs_on_their_own_phone_and_sees_no_other_trip(world: World, trip_id: int) -> None:
    own = customer(world.branch_id, "李建国", trip_id)
    ceremony_id = world.open(trip_id, world.agreement(), own)
    world.prepare(trip_id, ceremony_id, own)
    world.draw(trip_id, ceremony_id, world.agreement(), own)
    document = world.store(world.drawn(trip_id, ceremony_id, own), actor=own)
    assert world.trip(trip_id).state is State.AGREED
    assert document.number
    other = customer(world.branch_id, "别人", trip_id + 1)
    with pytest.raises(NotFound):
        world.drawn(trip_id, ceremony_id, other)
    with pytest.raises(NotFound):
        world.open(trip_id, world.agreement(), other)


STEPS: dict[str, Callable[[Session, Hand, Ceremony], object]] = {
    "read": lambda session, by, one: ceremonies.read(session, by, one.id),
    "confirm": lambda session, by, one: ceremonies.confirm(session, by, one.id, one.statements[0]),
    "back": lambda session, by, one: ceremonies.back(session, by, one.id),
    "send": lambda session, by, one: ceremonies.send_code(session, by, one.id),
    "enter": lambda session, by, one: ceremonies.enter_code(session, by, one.id, "123456", keys=KEYS),
    "draw": lambda session, by, one: ceremonies.draw(
        session, by, one.id, one.shown_sha256, Drawing(INK, 100, 50), keys=KEYS
    ),
}


def pair(world: World, trip_id: int) -> dict[Channel, Hand]:
    """Whoever acts on the two phones, and the driver's program."""
    driver = world.hand(trip_id)
    own = world.hand(trip_id, customer(world.branch_id, "李建国", trip_id))
    return {one.channel: one for one in (driver, own, replace(driver, channel=Channel.API))}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("begun_on", Channel)
def test_every_step_is_taken_on_the_phone_that_the_record_names(
    world: World, trip_id: int, begun_on: Channel, step: str
) -> None:
    hands = pair(world, trip_id)
    with world.db.transaction() as session:
        opening = Opening(Kind.AGREEMENT, Signer.CUSTOMER, "李建国", "五三大道")
        ceremony = ceremonies.open_anew(session, hands[begun_on], opening, keys=KEYS)
        before = len(ceremony.events)
    for other in set(Channel) - {begun_on}:
        with pytest.raises(Conflict) as refused, world.db.transaction() as session:
            STEPS[step](session, hands[other], session.get_one(Ceremony, ceremony.id))
        assert refused.value.code == "other_phone"
    found = kept(world, ceremony.id)
    assert (len(found.events), found.drawing) == (before, None)


def test_whoever_takes_over_begins_anew_and_the_other_phone_s_signing_is_closed(world: World, trip_id: int) -> None:
    own = customer(world.branch_id, "李建国", trip_id)
    first = world.open(trip_id, world.agreement(), own)
    world.prepare(trip_id, first, own)
    drawn = world.draft(trip_id, world.agreement())
    assert kept(world, first).ending is Ending.STARTED_ANEW
    assert kept(world, drawn.ceremony_id).channel is Channel.DRIVER_PHONE
    with pytest.raises(Conflict):
        world.draw(trip_id, first, world.agreement(), own)


def test_what_was_drawn_on_one_phone_is_not_made_a_document_by_the_other(world: World, trip_id: int) -> None:
    own = customer(world.branch_id, "李建国", trip_id)
    ceremony_id = world.open(trip_id, world.agreement(), own)
    world.prepare(trip_id, ceremony_id, own)
    world.draw(trip_id, ceremony_id, world.agreement(), own)
    for attempt in (lambda: world.drawn(trip_id, ceremony_id), lambda: world.open(trip_id, world.agreement())):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "already_signed"
    assert world.drawn(trip_id, ceremony_id, own).ceremony_id == ceremony_id


def test_a_hand_is_the_customer_s_on_their_link_and_the_driver_s_elsewhere(world: World, trip_id: int) -> None:
    for by in pair(world, trip_id).values():
        for channel in Channel:
            if (channel is Channel.CUSTOMER_LINK) is not (by.channel is Channel.CUSTOMER_LINK):
                with pytest.raises(ValueError, match="does not act"):
                    replace(by, channel=channel)


def test_of_two_phones_that_draw_at_once_one_signature_is_kept(database_url: str) -> None:
    """A link opens on two phones, the customer's and a companion's."""
    with World.opened(database_url) as world:
        trip_id = world.to(State.INSPECTED)
        own = customer(world.branch_id, "李建国", trip_id)
        ceremony_id = world.open(trip_id, world.agreement(), own)
        world.prepare(trip_id, ceremony_id, own)
        start, shown = threading.Barrier(2), kept(world, ceremony_id).shown_sha256

        def draw(later: int) -> int:
            start.wait()
            ink = tuple((x, y, ms + later) for x, y, ms in INK[0])
            with world.db.transaction() as session:
                by = world.hand(trip_id, own)
                kept_one = ceremonies.draw(session, by, ceremony_id, shown, Drawing((ink,), 100, 50), keys=KEYS)
                assert kept_one.drawing is not None
                return int(kept_one.drawing["strokes"][0][0][2])

        with ThreadPoolExecutor(2) as pool:
            drawn = list(pool.map(draw, range(2)))
        assert drawn[0] == drawn[1]  # the second is told the first one's
        assert sum(event.step is Step.SIGNED for event in kept(world, ceremony_id).events) == 1


def test_who_begins_anew_while_the_other_phone_draws_is_told_that_it_is_signed(postgres_url: str) -> None:
    with World.opened(postgres_url) as world:
        trip_id = world.to(State.INSPECTED)
        ceremony_id = world.open(trip_id, world.agreement())
        world.prepare(trip_id, ceremony_id)
        own, by = customer(world.branch_id, "李建国", trip_id), world.hand(trip_id)
        with ThreadPoolExecutor(1) as pool:
            with world.db.transaction() as session:
                shown = session.get_one(Ceremony, ceremony_id).shown_sha256
                ceremonies.draw(session, by, ceremony_id, shown, Drawing(INK, 100, 50), keys=KEYS)
                other = pool.submit(world.open, trip_id, world.agreement(), own)
                with pytest.raises(TimeoutError):
                    other.result(timeout=0.5)
            assert isinstance(other.exception(), Conflict)
        assert kept(world, ceremony_id).ended_at is None


def test_a_signature_outlives_a_renderer_that_fails_and_is_not_drawn_again(sqlite_url: str, tmp_path: Path) -> None:
    hurried, seals = Renderer(seconds=0.01), Seals(tmp_path, "a passphrase", "", self_made=True)
    with World.opened(sqlite_url) as world:
        trip_id = world.to(State.INSPECTED)
        ceremony_id = world.open(trip_id, world.agreement())
        world.prepare(trip_id, ceremony_id)
        world.draw(trip_id, ceremony_id, world.agreement())
        with pytest.raises(Busy):
            world.drawn(trip_id, ceremony_id).render(hurried)
        hurried.close()
        assert stage(world, ceremony_id) is Stage.SEAL
        assert world.trip(trip_id).state is State.INSPECTED
        with pytest.raises(Conflict):
            world.open(trip_id, world.agreement())  # it is signed: only the document is missing
        world.later(minutes=3)
        renderer = Renderer()
        drawn = world.drawn(trip_id, ceremony_id)
        document = world.store(drawn, seals.seal(drawn.office, drawn.render(renderer), drawn.drawn_at))
        renderer.close()
        assert document.signed_at == drawn.drawn_at < world.now
        assert world.trip(trip_id).state is State.AGREED


def test_a_worker_killed_over_a_document_leaves_no_signed_trip_without_one(sqlite_url: str, tmp_path: Path) -> None:
    renderer, seals = Renderer(), Seals(tmp_path, "a passphrase", "", self_made=True)
    with World.opened(sqlite_url) as world:
        trip_id = world.to(State.INSPECTED)
        drawn = world.draft(trip_id, world.agreement())
        renderer.warm()
        killing = threading.Timer(0.15, kill_presses, [renderer])
        killing.start()
        pdf = drawn.render(renderer)  # in another worker
        killing.join()
        with world.db.reading() as session:
            assert agreements.of_trip(session, trip_id, DocumentKind.AGREEMENT) is None
        assert world.trip(trip_id).state is State.INSPECTED
        world.store(drawn, seals.seal(drawn.office, pdf, drawn.drawn_at))
        assert world.trip(trip_id).state is State.AGREED
    renderer.close()


def kill_presses(renderer: Renderer) -> None:
    for press in list(renderer._started):
        press._process.kill()


def test_a_ceremony_of_another_trip_does_not_exist(world: World, trip_id: int) -> None:
    other = world.to(State.INSPECTED, driver=world.drivers[1])
    ceremony_id = world.open(other, world.agreement())
    with world.db.reading() as session, pytest.raises(NotFound):
        ceremonies.find(session, trip_id, ceremony_id, world.driver)


def test_a_signed_document_is_stored_once(world: World, trip_id: int) -> None:
    drawn = world.draft(trip_id, world.agreement())
    world.store(drawn)
    with pytest.raises(Conflict), world.db.transaction() as session:
        signing.store(session, drawn, unsealed(stand_in("again")), world.driver_of(trip_id))
