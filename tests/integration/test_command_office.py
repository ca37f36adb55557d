"""`homeward migrate`, `user add`, `verify` and `doctor` on an installation of their own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from dispatch.cli.night.stage import StageClock
from dispatch.domain import commands as c
from dispatch.domain.roles import Role
from dispatch.domain.states import State
from dispatch.services import housekeeping, sign_in, working_days
from dispatch.store import agreements, migrate
from dispatch.store.agreements import DocumentKind
from dispatch.store.db import Database
from dispatch.store.trips import Trip
from tests.commands import DONE, GIVEN_WRONGLY, NO, UNABLE, Said, installed, run
from tests.world import NIGHT, World

PASSWORD = "a-long-password-of-the-branch"
ADD = ("user", "add", "machine", "--name", "呼叫中心", "--role", "dispatcher", "--password", PASSWORD)
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    installed(monkeypatch, database_url, tmp_path)
    with World.opened(database_url) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Settings of an installation whose database was never made."""
    url = f"sqlite:///{tmp_path / 'office' / 'homeward.db'}"
    installed(monkeypatch, url, tmp_path)
    return url


# migrate


def test_migrate_makes_the_database_and_says_where_it_is(empty: str) -> None:
    said = run("migrate")
    assert (said.code, said.out) == (DONE, f"The database is at {migrate.current(empty)}.\n")
    assert migrate.is_current(empty)
    assert run("migrate", "--json").answer == {"revision": migrate.current(empty)}


def test_migrate_goes_to_the_revision_asked_for(empty: str) -> None:
    run("migrate")
    assert run("migrate", "--revision", migrate.current(empty), "--json").answer["revision"] == migrate.current(empty)


def test_migrate_to_a_revision_that_there_is_not_is_given_wrongly(empty: str) -> None:
    said = run("migrate", "--revision", "nonsense")
    assert said.code == GIVEN_WRONGLY
    assert "nonsense" in said.err


# user add


def test_somebody_added_can_sign_in(world: World) -> None:
    said = run(*ADD)
    assert said.code == DONE
    assert said.out.startswith("machine can sign in at http://127.0.0.1:")
    with world.db.transaction() as session:
        _, person = sign_in.sign_in(session, "machine", PASSWORD, "", world.now, lasts=timedelta(hours=1))
    assert (person.name, person.role_set) == ("呼叫中心", frozenset({Role.DISPATCHER}))


def test_a_machine_s_token_is_shown_once_and_acts_for_who_was_added(world: World) -> None:
    answer = run(*ADD, "--token", "--json").answer
    with world.db.reading() as session:
        key = sign_in.by_api_token(session, answer["token"])
        assert key is not None
        person = key.staff
        assert (person.id, person.login, person.roles) == (answer["id"], "machine", answer["roles"])


def test_without_token_none_is_made(world: World) -> None:
    assert run(*ADD, "--json").answer["token"] is None


def test_a_token_is_told_to_people_too(world: World) -> None:
    assert "API token, shown once: hw_" in run(*ADD, "--token").out


def test_several_roles_add_up(world: World) -> None:
    assert set(run(*ADD, "--role", "care", "--json").answer["roles"]) == {"dispatcher", "care"}


def test_a_password_not_given_is_asked_for_twice_and_not_shown(world: World) -> None:
    said = run(*ADD[:-2], typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert said.code == DONE
    assert PASSWORD not in said.out + said.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*ADD[:-1], "short"), "password_short"),
        ((*ADD[:2], "dispatcher", *ADD[3:]), "login_taken"),
    ],
)
def test_what_the_rules_of_accounts_refuse_is_said_in_a_line(world: World, words: tuple[str, ...], code: str) -> None:
    said = run(*words)
    assert (said.code, said.out, said.err.count("\n")) == (NO, "", 1)
    assert run(*words, "--json").answer["error"] == {"code": code, "message": said.err.strip()}


@pytest.mark.parametrize("words", [ADD[:3], ADD[:5], (*ADD, "--role", "emperor"), (*ADD, "--role", "driver")])
def test_an_account_half_described_is_given_wrongly(world: World, words: tuple[str, ...]) -> None:
    assert run(*words).code == GIVEN_WRONGLY


def test_nobody_is_added_before_the_set_up(empty: str) -> None:
    run("migrate")
    said = run(*ADD, "--json")
    assert (said.code, said.answer["error"]["code"]) == (NO, "not_set_up")


# verify


def document(world: World, file: Path) -> Path:
    """The agreement of a new trip, as the customer has it."""
    trip_id = world.to(State.AGREED)
    with world.db.reading() as session:
        found = agreements.of_trip(session, trip_id, DocumentKind.AGREEMENT)
        assert found is not None
        file.write_bytes(found.pdf)
    return file


def trips_of(world: World) -> list[int]:
    with world.db.reading() as session:
        return list(session.scalars(select(Trip.id)))


def verdict(file: Path) -> tuple[int, str]:
    """What both ways of asking say: the exit code, and the verdict."""
    said, for_programs = run("verify", file), run("verify", file, "--json")
    assert said.code == for_programs.code
    assert said.out.startswith(str(file))
    return said.code, for_programs.answer["verdict"]


def test_a_genuine_document_is_known_and_an_altered_one_is_found_out(world: World, tmp_path: Path) -> None:
    file = document(world, tmp_path / "agreement.pdf")
    assert verdict(file) == (DONE, "genuine")
    file.write_bytes(file.read_bytes() + b"%")
    assert verdict(file) == (NO, "altered")
    file.write_bytes(b"%PDF-1.7")
    assert verdict(file) == (NO, "unknown")


def test_a_document_signed_anew_is_still_genuine(world: World, tmp_path: Path) -> None:
    file = document(world, tmp_path / "agreement.pdf")
    (trip_id,) = trips_of(world)
    world.do(trip_id, c.StepBack("客人要改签字"), world.dispatcher)
    world.sign_agreement(trip_id)
    assert verdict(file) == (DONE, "superseded")


def test_verifying_a_file_that_there_is_not_is_given_wrongly(world: World) -> None:
    assert run("verify", "/no/such/file").code == GIVEN_WRONGLY


# doctor


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing was looked at in another test: it takes seconds."""
    monkeypatch.setattr("dispatch.cli.doctor.draw_sample", lambda: None)


def findings(said: Said) -> dict[str, str]:
    """What is wrong, by what was looked at."""
    return {one["about"]: one["wrong"] for one in said.answer["findings"]}


def test_a_sound_installation_is_healthy(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_CLOCK_FILE", str(tmp_path / "clock"))
    now = StageClock(tmp_path / "clock", NIGHT).now()
    with world.db.transaction() as session:
        housekeeping.beat(session, "this machine", "scheduler", now)
        working_days.seed(session, now)
    said = run("doctor", "--json")
    assert findings(said) == dict.fromkeys(findings(said), "")
    assert (said.code, said.answer["healthy"]) == (DONE, True)
    assert {line[0] for line in run("doctor").out.splitlines()} == {"✓"}


def test_what_is_wrong_is_said_with_what_to_do_about_it(world: World, drawn: None) -> None:
    said = run("doctor", "--json")
    assert (said.code, said.answer["healthy"]) == (NO, False)
    assert findings(said)["scheduler"]
    lines = run("doctor").out.splitlines()
    ill = lines.index(next(line for line in lines if line.startswith("✗ scheduler: ")))
    assert lines[ill + 1].startswith("  → Start `homeward serve`")


def test_a_document_changed_after_signing_is_found(world: World, tmp_path: Path, drawn: None) -> None:
    document(world, tmp_path / "agreement.pdf")
    engine = create_engine(world.db.engine.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE document SET pdf = :pdf"), {"pdf": b"%PDF-1.7 another"})
    engine.dispose()
    assert "SR-2026" in findings(run("doctor", "--json"))["signed documents"]


def test_the_doctor_needs_no_installation_to_say_what_is_missing(empty: str, drawn: None) -> None:
    said = run("doctor", "--json")
    assert (said.code, said.answer["healthy"]) == (NO, False)
    assert findings(said).keys() & {"database schema", "database"}


def test_the_doctor_names_settings_that_are_at_fault(monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    monkeypatch.setenv("HOMEWARD_PORT", "many")
    said = run("doctor", "--json")
    assert said.code == NO
    assert "HOMEWARD_PORT" in findings(said)["settings"]


# openapi


def test_the_api_s_description_is_written_as_it_is_kept(empty: str, tmp_path: Path) -> None:
    assert run("openapi", tmp_path / "openapi.json").code == DONE
    kept = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert (tmp_path / "openapi.json").read_text() == kept.read_text()


# what every command has in common

NEEDING_A_DATABASE = [
    ADD,
    ("token", "list"),
    ("token", "revoke", "1"),
    ("verify", __file__),
    ("scheduler",),
    ("serve",),
]


@pytest.mark.parametrize("words", NEEDING_A_DATABASE)
def test_a_database_that_does_not_answer_ends_with_3_and_a_line(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed(monkeypatch, NOWHERE, tmp_path)
    said = run(*words)
    assert (said.code, said.out) == (UNABLE, "")
    assert said.err.startswith("The database does not do it: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("words", NEEDING_A_DATABASE[:5])
def test_a_database_of_another_version_ends_with_3_and_is_left_alone(words: tuple[str, ...], empty: str) -> None:
    said = run(*words)
    assert (said.code, said.out) == (UNABLE, "")
    assert "homeward migrate" in said.err
    assert not Path(empty.removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize("words", [*NEEDING_A_DATABASE, ("migrate",)])
def test_settings_at_fault_end_with_3_and_a_line_each(
    words: tuple[str, ...], empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEWARD_PORT", "many")
    monkeypatch.setenv("HOMEWARD_THREADS", "1")
    said = run(*words)
    assert said.code == UNABLE
    assert [line.split(":")[0] for line in said.err.splitlines()[1:]] == ["  HOMEWARD_PORT", "  HOMEWARD_THREADS"]


def test_for_programs_settings_at_fault_are_json_too(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_PORT", "many")
    said = run("migrate", "--json")
    assert (said.code, said.err) == (UNABLE, "")
    assert said.answer["error"]["code"] == "bad_settings"
    assert len(said.answer["error"]["problems"]) == 1


def test_a_database_that_could_lose_writes_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "durability_faults", lambda _: ["fsync is off"])
    said = run("scheduler")
    assert said.code == UNABLE
    assert "fsync is off" in said.err
