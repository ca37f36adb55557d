"""An agreement read on a screen: its frozen facts, with what is personal taken out."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from contracts import forms
from dispatch.domain import commands as c
from dispatch.domain.booking import Place
from dispatch.domain.errors import NotFound
from dispatch.domain.inspection import Damage, DamageKind, Panel
from dispatch.domain.states import State
from dispatch.services import agreement_reading
from dispatch.services.agreement_reading import MaskedAgreement
from dispatch.store import ceremonies
from dispatch.store.agreements import Document
from tests.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def signed(world: World) -> int:
    ways = {"pickup": Place("信州区五三大道 8 号"), "destination": Place("广信区旭日街道 12 号")}
    return world.to(State.AGREED, world.book(caller_phone="13907931234", plate="赣E88666", **ways))


def read(world: World, trip_id: int) -> MaskedAgreement:
    with world.db.transaction() as session:
        return agreement_reading.masked(session, trip_id, world.agent, world.now)


def test_phone_addresses_place_and_plate_are_masked_and_ink_and_link_left_out(world: World) -> None:
    found = read(world, signed(world))
    facts = found.facts
    assert (facts["customer"]["phone"], facts["car"]["plate"]) == ("139****1234", "赣E·***66")
    assert (facts["trip"]["origin"], facts["trip"]["destination"], facts["place"]) == (
        "信州区**",
        "广信区**",
        "信州区**",
    )
    whole = str(facts)
    assert not any(kept in whole for kept in ("1390793", "139 0793", "五三", "旭日", "88666", "strokes", "verify_url"))


def test_where_and_on_what_device_it_was_signed_is_left_out(world: World) -> None:
    trip_id = signed(world)
    with world.db.reading() as session:
        taken = [event for one in ceremonies.of_trip(session, trip_id) for event in one.events]
    assert all(event.address and event.device for event in taken)
    whole = str(read(world, trip_id).facts)
    assert not any(kept in whole for event in taken for kept in (event.address, event.device))


def test_numbers_of_people_in_free_words_are_hidden_and_the_words_stay(world: World) -> None:
    trip_id = world.to(State.ON_SITE, world.book())
    scratch = Damage(DamageKind.SCRATCH, "旧划痕约12厘米，对方赣E·54321，电话138 0793 5678")
    panels = dict.fromkeys(Panel) | {Panel.LEFT_FRONT: scratch}
    world.do(trip_id, c.Inspect(world.inspection(panels=panels, belongings_note="手机 13907935678 在车上")))
    found = read(world, world.to(State.AGREED, trip_id)).facts["condition"]
    assert found["damages"][0]["note"] == "旧划痕约12厘米，对方赣E·***，电话****"
    assert found["belongings"] == "手机 **** 在车上"


def test_what_was_agreed_stands_there_whole(world: World) -> None:
    found = read(world, signed(world))
    assert [clause.id for clause in found.clauses][:2] == ["A1", "A2"]
    assert "10 元" in found.clauses[1].words.zh
    assert found.facts["quote_total_fen"] == sum(line["amount_fen"] for line in found.facts["quote"])
    assert found.declaration
    assert found.effect


def test_the_words_are_those_that_were_signed_whatever_the_figures_are_called_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip_id = signed(world)
    before = read(world, trip_id)
    fill = forms.fill

    def renamed(form: forms.Form, terms: forms.Terms) -> forms.FilledForm:
        return fill(replace(form, declaration=form.declaration[:1]), replace(terms, cancel_fee_fen=9900))

    monkeypatch.setattr(forms, "fill", renamed)
    assert read(world, trip_id) == before
    with world.db.reading() as session:
        frozen = session.scalars(select(Document.facts)).one()["wording"]
    assert [clause.id for clause in before.clauses] == [clause["id"] for clause in frozen["clauses"]]
    assert [one.zh for one in before.declaration] == [one["zh"] for one in frozen["declaration"]]


def test_a_document_signed_before_words_were_frozen_is_read_with_its_frozen_figures(world: World) -> None:
    trip_id = signed(world)
    before = read(world, trip_id)
    with world.db.transaction() as session:
        document = session.scalars(select(Document)).one()
        document.facts = {name: part for name, part in document.facts.items() if name != "wording"}
    found = read(world, trip_id)
    assert (found.clauses, found.effect) == (before.clauses, before.effect)


def test_who_may_not_read_agreements_finds_none(world: World) -> None:
    trip_id = signed(world)
    for actor in (world.dispatcher, world.driver, world.drivers[1]):
        with world.db.transaction() as session, pytest.raises(NotFound):
            agreement_reading.masked(session, trip_id, actor, world.now)
