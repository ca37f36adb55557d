"""A branch's own script: version by version, filled in for a call, and not lost between two managers."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dispatch.domain.callback_script import DEFAULTS, CallbackScript
from dispatch.domain.errors import Conflict, DomainError, NotFound
from dispatch.domain.states import State
from dispatch.services import callback_scripts
from dispatch.store import callbacks, journal
from dispatch.store.branches import Branch
from tests.world import World

OWN = replace(DEFAULTS["zh"], greeting="{customer}您好，{branch}{agent}为您回访{day}{driver}（{badge}）的代驾。")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def rewrite(world: World, script: CallbackScript, based_on: int = 0, language: str = "zh") -> int:
    with world.db.transaction() as session:
        return callback_scripts.rewrite(session, language, script, world.manager, world.now, based_on=based_on).version


def in_use(world: World, language: str = "zh") -> tuple[CallbackScript, int]:
    with world.db.reading() as session:
        script, row = callback_scripts.in_use(session, world.branch_id, language)
        return script, row.version if row else 0


def test_a_branch_says_what_the_service_comes_with_until_it_writes_its_own(world: World) -> None:
    assert in_use(world) == (DEFAULTS["zh"], 0)
    assert rewrite(world, OWN) == 1
    assert in_use(world) == (OWN, 1)
    assert in_use(world, "en") == (DEFAULTS["en"], 0)


def test_every_version_is_kept_and_the_journal_says_who_wrote_it(world: World) -> None:
    rewrite(world, OWN)
    rewrite(world, replace(OWN, closing="再见"), based_on=1)
    with world.db.reading() as session:
        kept = callback_scripts.versions(session, world.branch_id, "zh")
        assert [(row.version, row.closing) for row in kept] == [(2, "再见"), (1, OWN.closing)]
        told = journal.page(session, world.branch_id, subject="callback_script", subject_id=kept[0].id)
        assert [(entry.actor_id, entry.payload["version"]) for entry in told] == [(world.manager.id, 2)]


def test_the_same_sentences_again_are_no_new_version(world: World) -> None:
    rewrite(world, OWN)
    assert rewrite(world, replace(OWN, closing=f" {OWN.closing} "), based_on=1) == 1


def test_a_manager_who_began_before_a_colleague_saved_is_told_so(world: World) -> None:
    rewrite(world, OWN)
    with pytest.raises(Conflict) as refused:
        rewrite(world, replace(OWN, closing="慢走"))
    assert refused.value.code == "script_changed"
    assert in_use(world) == (OWN, 1)


def test_of_two_managers_who_save_at_the_same_moment_one_is_told_so(world: World) -> None:
    start, told = threading.Barrier(2), list[object]()

    def save(closing: str) -> None:
        start.wait()
        try:
            told.append(rewrite(world, replace(OWN, closing=closing)))
        except DomainError as error:
            told.append(error.code)

    threads = [threading.Thread(target=save, args=(closing,)) for closing in ("再见", "慢走")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["1", "script_changed"]


def test_the_script_is_filled_in_with_what_is_known_of_the_trip_and_who_calls(world: World) -> None:
    rewrite(world, OWN)
    trip_id = world.to(State.CLOSED)
    with world.db.reading() as session:
        (task,) = callbacks.of_trip(session, trip_id)
        said = callback_scripts.spoken(session, task, "zh", world.agent)
        branch = session.get_one(Branch, world.branch_id)
        driver = task.trip.driver
        assert driver is not None
        greeting = f"李建国您好，{branch.name}吴客服为您回访3月6日{driver.name}（{driver.badge_id}）的代驾。"
    assert said.greeting == greeting


def test_a_branch_speaks_the_languages_of_its_documents(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    with world.db.transaction() as session:
        (task,) = callbacks.of_trip(session, trip_id)
        assert callback_scripts.languages(task.trip.branch) == ("zh",)
        with pytest.raises(NotFound):
            callback_scripts.spoken(session, task, "en", world.agent)
        task.trip.branch.document_language = "zh-en"
        assert "6 March" in callback_scripts.spoken(session, task, "en", world.agent).greeting


def test_there_is_no_script_in_a_language_nobody_speaks(world: World) -> None:
    with pytest.raises(NotFound):
        rewrite(world, OWN, language="fr")
