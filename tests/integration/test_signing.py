"""Agreement and receipt: "signed" means stored, once, together with all that follows from it (R2, R9, P7)."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from contracts.facts import AgreementFacts, ReceiptFacts
from contracts.render_worker import Renderer
from dispatch.domain import commands as c
from dispatch.domain.errors import Busy, Conflict, NotFound, Refused
from dispatch.domain.inspection import Damage, DamageKind, Intoxication, Panel, Signer
from dispatch.domain.states import State
from dispatch.services import callbacks, chains, documents, signing, verifying
from dispatch.services.sealing import Seals
from dispatch.services.verifying import Break, Verdict
from dispatch.store import agreements, fares, journal, outbox
from dispatch.store import callbacks as callback_rows
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.signatures import SignatureRow, SignedFor
from dispatch.store.trips import Trip
from tests.world import World, stand_in, unsealed


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def documents_of(world: World) -> list[Document]:
    with world.db.reading() as session:
        return list(session.scalars(select(Document).order_by(Document.id)))


def signatures(world: World, signed_for: SignedFor) -> int:
    with world.db.reading() as session:
        query = select(func.count()).where(SignatureRow.signed_for == signed_for)
        return session.scalar(query) or 0


def broken(world: World) -> list[str]:
    with world.db.reading() as session:
        return [one.number for one in chains.on_record(session, world.branch_id).broken]


def verdict(world: World, pdf: bytes) -> Verdict:
    with world.db.reading() as session:
        return verifying.verify(session, pdf, verifying.examine(pdf)).verdict


# The whole way


@pytest.mark.parametrize("form", ["A", "B"])
def test_a_trip_is_signed_driven_and_closed_with_real_documents(sqlite_url: str, form: str, tmp_path: Path) -> None:
    renderer, seals = Renderer(), Seals(tmp_path, "a passphrase", "", self_made=True)
    with World.opened(sqlite_url, form=form) as world:
        trip_id = world.to(State.INSPECTED)
        drawn = world.draft(trip_id, world.agreement())
        agreement = world.store(drawn, seals.seal(drawn.office, drawn.render(renderer), drawn.drawn_at))
        world.to(State.DELIVERED, trip_id)
        drawn = world.draft(trip_id, world.receipt())
        receipt = world.store(drawn, seals.seal(drawn.office, drawn.render(renderer), drawn.drawn_at))
        renderer.close()
        assert agreement.number == f"SR-20260306-{trip_id:06d}"
        assert receipt.number == f"R{agreement.number}"
        for document in (agreement, receipt):
            assert document.pdf.startswith(b"%PDF-")
            assert verdict(world, document.pdf) is Verdict.GENUINE
            flipped = bytearray(document.pdf)
            flipped[len(flipped) // 2] ^= 1
            assert verdict(world, bytes(flipped)) is Verdict.ALTERED
        assert broken(world) == []


def test_closing_settles_the_fare_plans_the_callback_and_tells_the_customer(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    closed = world.trip(trip_id)
    assert closed.ended_at == world.now
    with world.db.reading() as session:
        lines = fares.of_trip(session, trip_id)
        tasks = callback_rows.of_trip(session, trip_id)
        told = session.scalars(select(outbox.OutboxMessage.body)).all()
    assert closed.total_fen == sum(line.amount_fen for line in lines) == 5900 + 2000
    assert [task.service_day.isoformat() for task in tasks] == ["2026-03-06"]
    assert any("已完成" in body["text"] and "79.00" in body["text"] for body in told)


def test_the_receipt_keeps_rating_and_comment_and_names_its_agreement(world: World) -> None:
    trip_id = world.to(State.DELIVERED)
    drawn = world.draft(trip_id, world.receipt(rating=4))
    receipt = world.store(drawn)
    agreement = documents_of(world)[0]
    assert (receipt.rating, receipt.comment) == (4, "很准时")
    assert isinstance(drawn.facts, ReceiptFacts)
    assert (drawn.facts.agreement_number, drawn.facts.agreement_sha256) == (agreement.number, agreement.sha256)
    assert drawn.facts.total_fen == world.trip(trip_id).total_fen


# Once, or not at all


def test_a_trip_that_changed_while_the_agreement_was_drawn_is_not_signed(world: World) -> None:
    trip_id = world.to(State.INSPECTED)
    drawn = world.draft(trip_id, world.agreement())
    world.do(trip_id, c.StepBack("里程表读错了"), world.dispatcher)
    world.do(trip_id, c.Inspect(world.inspection(odometer_km=Decimal("45687.2"))))
    with pytest.raises(Conflict):
        world.store(drawn)
    assert documents_of(world) == []
    assert signatures(world, SignedFor.AGREEMENT) == 0
    assert world.trip(trip_id).state is State.INSPECTED


def test_signing_twice_keeps_one_agreement(world: World) -> None:
    trip_id = world.to(State.INSPECTED)
    drawn = world.draft(trip_id, world.agreement())
    world.store(drawn)
    with pytest.raises(Conflict):
        world.store(drawn)
    with pytest.raises(Conflict):
        world.draft(trip_id, world.agreement())
    assert len(documents_of(world)) == signatures(world, SignedFor.AGREEMENT) == 1


def test_signing_the_receipt_twice_settles_once(world: World) -> None:
    trip_id = world.to(State.DELIVERED)
    drawn = world.draft(trip_id, world.receipt())
    world.store(drawn)
    with world.db.reading() as session:
        settled = len(fares.of_trip(session, trip_id))
    with pytest.raises(Conflict):
        world.store(drawn)
    with world.db.reading() as session:
        assert len(fares.of_trip(session, trip_id)) == settled
        assert len(callback_rows.of_trip(session, trip_id)) == 1


def test_a_callback_that_cannot_be_planned_leaves_the_trip_delivered_and_unsettled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no callback")

    trip_id = world.to(State.DELIVERED)
    drawn = world.draft(trip_id, world.receipt())
    monkeypatch.setattr(callbacks, "create_for_closed_trip", fail)
    with pytest.raises(RuntimeError):
        world.store(drawn)
    trip = world.trip(trip_id)
    assert (trip.state, trip.total_fen, trip.ended_at) == (State.DELIVERED, None, None)
    assert signatures(world, SignedFor.RECEIPT) == 0
    with world.db.reading() as session:
        assert fares.of_trip(session, trip_id) == []
        assert "trip.sign_receipt" not in {entry.type for entry in journal.page(session, world.branch_id)}
    assert [document.kind for document in documents_of(world)] == [DocumentKind.AGREEMENT]


def test_a_document_that_takes_too_long_is_answered_with_busy(world: World) -> None:
    hurried = Renderer(seconds=0.01)  # shorter than a press needs to start
    trip_id = world.to(State.INSPECTED)
    with pytest.raises(Busy):
        world.draft(trip_id, world.agreement()).render(hurried)
    hurried.close()
    assert world.trip(trip_id).state is State.INSPECTED


def test_documents_signed_at_the_same_moment_all_find_their_place_in_the_chain(database_url: str) -> None:
    with World.opened(database_url, drivers=6) as world:
        trips = [world.to(State.INSPECTED, driver=driver) for driver in world.drivers]
        drawn = [world.draft(trip_id, world.agreement()) for trip_id in trips]
        with ThreadPoolExecutor(len(drawn)) as pool:
            stored = list(pool.map(world.store, drawn))
        assert sorted(document.chain_position for document in stored) == list(range(1, len(drawn) + 1))
        assert broken(world) == []


# Who signs, and what it says


def test_a_severely_drunk_customer_cannot_sign_but_the_companion_can(world: World) -> None:
    trip_id = world.to(State.ON_SITE)
    report = world.inspection(
        intoxication=Intoxication.SEVERE,
        companion_name="王秀英",
        companion_sober=True,
        signature=world.signature(Signer.COMPANION),
    )
    world.do(trip_id, c.Inspect(report))
    with pytest.raises(Refused) as refused:
        world.draft(trip_id, world.agreement())
    assert refused.value.code == "companion_must_sign"
    drawn = world.draft(trip_id, world.agreement(Signer.COMPANION))
    signature = drawn.facts.signature
    assert signature is not None
    assert (signature.signer, signature.relation) == ("companion", "妻子")
    assert world.store(drawn).signature.signer is Signer.COMPANION


def test_another_driver_cannot_sign_for_the_trip(world: World) -> None:
    trip_id = world.to(State.INSPECTED)
    with pytest.raises(NotFound):
        world.draft(trip_id, world.agreement(), world.drivers[1])


def test_the_agreement_shows_the_car_panel_by_panel_with_damage_and_photo(world: World) -> None:
    trip_id = world.to(State.ON_SITE)
    panels: dict[Panel, Damage | None] = dict.fromkeys(Panel)
    panels[Panel.WHEELS] = Damage(DamageKind.SCRATCH, "右后轮毂")
    panels[Panel.BONNET] = Damage(DamageKind.DENT, "", (world.photo(trip_id),))
    world.do(trip_id, c.Inspect(world.inspection(panels=panels)))
    drawn = world.draft(trip_id, world.agreement())
    assert isinstance(drawn.facts, AgreementFacts)
    condition = drawn.facts.condition
    assert condition.panels == tuple(panel.value for panel in Panel)
    assert [(damage.panel, damage.kind) for damage in condition.damages] == [("bonnet", "dent"), ("wheels", "scratch")]
    photo = condition.damages[0].photo
    assert photo is not None
    assert photo.content.startswith(b"\xff\xd8\xff")


def test_the_agreement_says_times_in_the_branch_s_zone_and_the_tariff_s_figures(world: World) -> None:
    drawn = world.draft(world.to(State.INSPECTED), world.agreement())
    facts = drawn.facts
    assert isinstance(facts, AgreementFacts)
    assert facts.signed_at == world.now.replace(microsecond=0)
    assert facts.signed_at.utcoffset() == world.now.astimezone(facts.signed_at.tzinfo).utcoffset()
    assert f"{facts.trip.booked_at:%H:%M}" == "22:30"
    assert (facts.terms.cancel_fee_fen, facts.terms.waiting_free_minutes, facts.terms.waiting_fee_fen) == (
        1000,
        30,
        1000,
    )
    assert sum(line.amount_fen or 0 for line in facts.quote) == facts.quote_total_fen
    assert all(line.rule for line in (*facts.quote, *facts.fee_standard.lines))
    (refused,) = [line for line in facts.fee_standard.lines if "拒绝服务" in line.label.zh]
    assert (refused.rule, refused.price.zh) == ("A6", "交通费 10–20 元")
    assert facts.verify_url == f"https://go.example.cn/verify/{facts.number}"


# Kept, chained, verified


def test_documents_of_a_branch_are_chained_in_the_order_of_signing(world: World) -> None:
    world.to(State.CLOSED)
    world.to(State.CLOSED, driver=world.drivers[1])
    assert [document.chain_position for document in documents_of(world)] == [1, 2, 3, 4]
    assert broken(world) == []


def test_a_flipped_byte_in_a_stored_document_is_found(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    agreement = documents_of(world)[0]
    with world.db.transaction() as session:
        kept = documents.with_pdf(session, session.get_one(Trip, trip_id), DocumentKind.AGREEMENT)
        flipped = bytearray(kept.pdf)
        flipped[5] ^= 1
        kept.pdf = bytes(flipped)
    assert broken(world) == [agreement.number]


def test_a_document_taken_out_of_the_chain_is_missed_by_the_next(world: World) -> None:
    world.to(State.CLOSED)
    agreement, receipt = documents_of(world)
    with world.db.transaction() as session:
        session.delete(session.get_one(Document, agreement.id))
    with world.db.reading() as session:
        found = [(one.position, one.what) for one in chains.on_record(session, world.branch_id).broken]
        place = verifying.verify_number(session, receipt.number).place
    assert found == [(agreement.chain_position, Break.MISSING)]
    assert place is not None
    assert place.end_position == receipt.chain_position


def test_an_agreement_signed_anew_supersedes_the_first_and_both_stay(world: World) -> None:
    trip_id = world.to(State.AGREED)
    world.do(trip_id, c.StepBack("客人要改签字"), world.dispatcher)
    world.sign_agreement(trip_id)
    first, second = documents_of(world)
    assert second.number == f"{first.number}-2"
    assert (first.superseded_at is not None, second.superseded_at) == (True, None)
    with world.db.reading() as session:
        in_force = agreements.of_trip(session, trip_id, DocumentKind.AGREEMENT)
        assert verifying.verify_number(session, first.number).verdict is Verdict.SUPERSEDED
    assert in_force is not None
    assert in_force.number == second.number
    assert broken(world) == []


def test_a_stranger_learns_nothing_personal_from_a_number(world: World) -> None:
    trip_id = world.to(State.AGREED)
    with world.db.reading() as session:
        told = verifying.verify_number(session, documents_of(world)[0].number.lower())
        unknown = verifying.verify_number(session, "SR-20260306-999999")
    trip = world.trip(trip_id)
    assert told.verdict is Verdict.GENUINE
    assert not any(secret in repr(told) for secret in (trip.contact_name, trip.plate, trip.caller_phone, "五三大道"))
    assert unknown.verdict is Verdict.UNKNOWN


def test_a_manager_s_reading_is_in_the_journal_and_the_driver_s_is_not(world: World) -> None:
    trip_id = world.to(State.AGREED)
    for reader in (world.driver, world.manager):
        with world.db.transaction() as session:
            read = documents.open_for(session, trip_id, DocumentKind.AGREEMENT, reader, world.now)
            assert read.pdf == stand_in(read.number)
    with world.db.reading() as session:
        entries = journal.page(session, world.branch_id, subject="trip", subject_id=trip_id)
    assert [entry.actor_id for entry in entries if entry.type == "document.read"] == [world.manager.id]


def test_an_agreement_being_stored_does_not_hold_up_another_trip(postgres_url: str) -> None:
    with World.opened(postgres_url) as world:
        signed, leaving = world.to(State.INSPECTED), world.to(State.ACCEPTED, driver=world.drivers[1])
        drawn = world.draft(signed, world.agreement())
        other = threading.Thread(target=world.do, args=(leaving, c.Depart()))
        with world.db.transaction() as session:
            signing.store(session, drawn, unsealed(stand_in(drawn.facts.number)), world.driver)
            other.start()
            other.join(timeout=5)
            assert not other.is_alive()
        assert world.trip(leaving).state is State.EN_ROUTE
