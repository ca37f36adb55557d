"""`homeward token list` and `token revoke`: which keys machines have, and how one is withdrawn."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatch.services import sign_in
from dispatch.store import journal
from dispatch.store.staff import Staff
from tests.commands import DONE, GIVEN_WRONGLY, NO, installed, run
from tests.world import NIGHT, World


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    installed(monkeypatch, database_url, tmp_path)
    with World.opened(database_url) as opened:
        yield opened


def key_made(world: World, now: datetime = NIGHT) -> str:
    with world.db.transaction() as session:
        person = session.get_one(Staff, world.dispatcher.id)
        return sign_in.create_api_token(session, person, "电话系统", now)


def test_tokens_are_listed_with_whom_they_act_for_and_when_they_were_used(world: World) -> None:
    secret = key_made(world)
    assert run("token", "list", "--json").answer["tokens"] == [
        {"id": 1, "login": "dispatcher", "label": "电话系统", "created_at": NIGHT.isoformat(), "last_used_at": None,
         "revoked_at": None}
    ]  # fmt: skip
    with world.db.transaction() as session:
        found = sign_in.by_api_token(session, secret)
        assert found is not None
        sign_in.note_use(session, found, NIGHT + timedelta(minutes=5))
    said = run("token", "list")
    assert (said.code, said.out) == (
        DONE, "1  dispatcher  电话系统  made 2026-03-06 22:30  last used 2026-03-06 22:35\n"
    )  # fmt: skip
    assert secret not in said.out


def test_a_token_withdrawn_opens_nothing_and_is_listed_no_more(world: World) -> None:
    secret = key_made(world)
    said = run("token", "revoke", 1, "--json")
    assert (said.code, said.answer["login"]) == (DONE, "dispatcher")
    assert said.answer["revoked_at"]
    with world.db.reading() as session:
        assert sign_in.by_api_token(session, secret) is None
        entry = journal.page(session, world.branch_id, subject="staff", subject_id=world.dispatcher.id)[0]
        assert (entry.type, entry.actor_name) == ("staff.token_revoke", "command line")
    assert run("token", "list").out == "There are none.\n"
    again = run("token", "revoke", 1)
    assert (again.code, again.out) == (DONE, "Withdrawn: 电话系统 (dispatcher)\n")


def test_a_token_that_there_is_not_cannot_be_withdrawn(world: World) -> None:
    said = run("token", "revoke", 7, "--json")
    assert (said.code, said.answer["error"]["code"]) == (NO, "token_unknown")
    assert run("token", "revoke", "all").code == GIVEN_WRONGLY


@pytest.mark.parametrize("words", [("list",), ("revoke", 1)])
def test_there_are_no_tokens_before_the_set_up(
    words: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, f"sqlite:///{tmp_path / 'homeward.db'}", tmp_path)
    run("migrate")
    assert run("token", *words, "--json").answer["error"]["code"] == "not_set_up"
