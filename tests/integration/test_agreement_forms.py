"""Agreement forms of a branch's own: published from a day on, and never into what was booked before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts import forms
from contracts.facts import AgreementFacts
from contracts.forms import checking
from dispatch.domain.errors import Invalid, NotFound
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import State
from dispatch.services import agreement_forms, agreement_reading, specimens, tariffs
from dispatch.services.agreement_forms import BadForm
from dispatch.store import journal
from dispatch.store.branches import Branch
from tests.world import World

TODAY = date(2026, 3, 6)
OWN = forms.document("A-2026.1").replace("须有陪同人同车照料", "须有清醒的陪同人同车照料")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def publish(world: World, text: str = OWN, day: date = TODAY, actor: Actor | None = None) -> str:
    with world.db.transaction() as session:
        return agreement_forms.publish(session, text, day, actor or world.manager, world.now).version


def words(world: World, trip_id: int) -> str:
    drawn = world.draft(trip_id, world.agreement())
    assert isinstance(drawn.facts, AgreementFacts)
    world.store(drawn)
    return "".join(one.zh for clause in drawn.facts.wording.clauses for one in clause.sentences)


def test_a_version_holds_for_what_is_booked_from_its_day_on(world: World) -> None:
    before = world.book()
    tomorrow = TODAY + timedelta(days=1)
    assert (publish(world, day=tomorrow), publish(world, OWN.replace("清醒", "完全清醒"))) == ("A-2026.2", "A-2026.3")
    today = world.book()
    world.later(days=1)
    after = world.book()
    assert [world.trip(one).clause_version for one in (before, today, after)] == ["A-2026.1", "A-2026.3", "A-2026.2"]


def test_what_was_booked_before_is_signed_in_its_own_words_and_read_in_them_for_ever(world: World) -> None:
    before = world.book()
    publish(world)
    after = world.book()
    first, second = (
        words(world, world.to(State.INSPECTED, trip_id, driver=driver))
        for trip_id, driver in zip((before, after), world.drivers, strict=True)
    )
    assert "清醒的陪同人" not in first
    assert "清醒的陪同人" in second
    with world.db.transaction() as session:
        old, new = (agreement_reading.masked(session, one, world.agent, world.now) for one in (before, after))
    assert "清醒的陪同人" not in old.clauses[5].words.zh
    assert "清醒的陪同人" in new.clauses[5].words.zh


def test_publishing_is_told_and_the_document_kept_as_it_was_written(world: World) -> None:
    commented = f"# why this was changed\n{OWN}"
    version = publish(world, commented)
    with world.db.reading() as session:
        assert agreement_forms.document_of(session, world.branch_id, version) == commented
        assert agreement_forms.of_version(session, world.branch_id, version).published == TODAY
        entry = next(one for one in journal.page(session, world.branch_id) if one.type == "form.publish")
    assert (entry.payload["version"], entry.actor_id) == (version, world.manager.id)


@pytest.mark.parametrize(("day", "code"), [(TODAY - timedelta(days=1), "valid_from_past"), (TODAY, "valid_from_taken")])
def test_a_day_that_has_passed_or_has_a_version_is_refused(world: World, day: date, code: str) -> None:
    publish(world)
    with pytest.raises(Invalid) as refused:
        publish(world, day=day)
    assert (refused.value.field, refused.value.code) == ("valid_from", code)


def test_a_document_with_mistakes_is_not_published(world: World) -> None:
    with pytest.raises(BadForm):
        publish(world, OWN.replace("{cancel_fee}", "10 元"))
    with pytest.raises(BadForm, match="characters"):
        publish(world, "#" * 60_001)
    with world.db.reading() as session:
        assert not any(one.own for one in agreement_forms.versions(session, world.branch_id))


def test_another_branch_s_version_does_not_exist(world: World) -> None:
    version = publish(world)
    with world.db.transaction() as session:
        other = Branch(code="GX", name="广信", company_name="归途", city="上饶", phone="+867938000001", form="A")
        session.add(other)
        session.flush()
        branch_id = other.id
    with world.db.reading() as session, pytest.raises(NotFound):
        agreement_forms.of_version(session, branch_id, version)
    stranger = replace(world.staff("x", "别人", Role.MANAGER, branch_id=branch_id))
    assert publish(world, actor=stranger) == "A-2026.2"  # numbers are each branch's own


def test_a_specimen_is_of_nobody_with_the_branch_s_name_and_figures(world: World) -> None:
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        facts = specimens.specimen(session, branch, agreement_forms.read(OWN), world.now)
    assert facts.company.name == "归途汽车代驾服务有限公司"
    assert "SPECIMEN" in facts.place
    assert "交通费 10 元" in "".join(one.zh for one in facts.wording.clauses[1].sentences)
    assert facts.signature is None
    with world.db.reading() as session:
        current = tariffs.in_force(session, world.branch_id, world.now).tariff
    assert facts.fee_standard.name.zh == current.text.zh
    assert sum(line.amount_fen or 0 for line in facts.quote) == facts.quote_total_fen > 0


def test_a_branch_that_wrote_its_own_form_keeps_to_it_whatever_a_later_release_ships(world: World) -> None:
    booked = world.book()
    publish(world)
    newest = [one for one in forms.shipped() if one.id == "A"][-1]
    with world.db.reading() as session:
        own, other = (
            agreement_forms.in_force(session, world.branch_id, form, newest.published).version for form in ("A", "B")
        )
    assert own == "A-2026.2"
    assert other == "B-2027.1"
    assert world.trip(booked).clause_version == "A-2026.1"


def test_a_later_release_s_version_of_the_same_name_does_not_take_the_branch_s_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = (publish(world), world.book())[1]
    released = replace(forms.form("A-2026.1"), version="A-2026.2", published=TODAY - timedelta(days=2))
    known = (*forms.shipped(), released)
    monkeypatch.setattr(forms, "shipped", lambda: known)
    with world.db.reading() as session:
        frozen = agreement_forms.of_version(session, world.branch_id, world.trip(booked).clause_version)
        names = [one.version for one in agreement_forms.versions(session, world.branch_id)]
    assert "清醒的陪同人" in frozen.clauses[5].sentences[0].zh
    assert names.count("A-2026.2") == 1


def test_what_was_published_is_read_for_ever_even_when_more_is_asked_of_new_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    commented = f"{OWN}\n# read nowhere else"
    version = publish(world, commented)
    monkeypatch.setitem(checking.MUST_STATE, "A", frozenset({"detour_fee"}))
    with pytest.raises(BadForm, match="detour_fee"):
        agreement_forms.read(commented)
    with world.db.reading() as session:
        assert agreement_forms.of_version(session, world.branch_id, version).clauses[5].id == "A6"
