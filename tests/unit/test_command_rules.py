"""`homeward tariff check`, `fare` and `due-date`: answers for people and programs, and exit codes that say which."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import DONE, GIVEN_WRONGLY, NO, run
from tests.unit.tariff_samples import FOLDER

FORM_A = FOLDER / "form-a.toml"
FACTS = {"appointed_at": "2026-03-02T21:00:00", "booked_km": 12}


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS))
    return file


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A tariff with a word that no tariff has, in its third line."""
    file = tmp_path / "faulty.toml"
    file.write_text('code = "t"\nname = { zh = "价目", en = "List" }\nsurprise = 3\n')
    return file


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    file = tmp_path / "scan"
    file.write_bytes(b"\xff\xfe\x80\x00")
    return file


def test_a_tariff_in_order_is_told_with_its_fee_standard() -> None:
    said = run("tariff", "check", FORM_A)
    assert said.code == DONE
    assert said.out.splitlines()[0] == f"{FORM_A}: in order"
    answer = run("tariff", "check", FORM_A, "--json").answer
    assert answer["valid"] is True
    assert answer["fee_standard"] == said.out.splitlines()[1:]


def test_the_fee_standard_is_told_in_the_language_asked_for() -> None:
    chinese, english = (run("tariff", "check", FORM_A, "--language", one).out for one in ("zh", "en"))
    assert run("tariff", "check", FORM_A).out == chinese != english


def test_a_tariff_with_a_mistake_is_refused_by_its_line(faulty: Path) -> None:
    said = run("tariff", "check", faulty)
    assert said.code == NO
    assert f"{faulty}:3: surprise: " in said.out
    said = run("tariff", "check", faulty, "--json")
    assert said.code == NO
    assert said.answer["valid"] is False
    assert (3, "surprise") in {(problem["line"], problem["key"]) for problem in said.answer["problems"]}


@pytest.mark.parametrize("words", [("tariff", "check"), ("fare", "--facts", FORM_A)])
def test_a_file_that_is_no_text_is_told(binary: Path, words: tuple[Any, ...]) -> None:
    said = run(*words, binary)
    assert (said.code, said.err) == (NO, f"{binary} is not text in UTF-8\n")
    said = run(*words, binary, "--json")
    assert (said.code, said.answer["error"]["code"]) == (NO, "not_utf8")


@pytest.mark.parametrize(
    "words",
    [
        ("tariff", "check", "/no/such/file"),
        ("tariff", "check", FORM_A, "--language", "fr"),
        ("tariff", "check"),
        ("fare", FORM_A),
        ("fare", FORM_A, "--facts", "/no/such/file"),
        ("fare", FORM_A, "--facts", FORM_A, "--language", "fr"),
        ("due-date",),
        ("due-date", "tomorrow"),
        ("due-date", "9999-12-31T22:00"),
        ("due-date", "2026-03-06T22:00", "--days", "0"),
        ("due-date", "2026-03-06T22:00", "--days", "31"),
        ("due-date", "2026-03-06T22:00", "--zone", "Asia/Atlantis"),
        ("due-date", "2026-03-06T22:00", "--zone", "../etc/passwd"),
        ("due-date", "2026-03-06T22:00", "--cutover", "25:00"),
        ("tariff", "chek"),
        ("nonsense",),
    ],
)
def test_what_is_given_wrongly_ends_with_2_and_a_hint(words: tuple[Any, ...]) -> None:
    said = run(*words)
    assert (said.code, said.out) == (GIVEN_WRONGLY, "")
    assert "--help" in said.err
    assert "Error: " in said.err


def test_a_fare_is_told_line_by_line_and_sums_up(facts: Path) -> None:
    said = run("fare", FORM_A, "--facts", facts)
    answer = run("fare", FORM_A, "--facts", facts, "--json").answer
    assert said.code == DONE
    assert answer["total_fen"] == sum(line["amount_fen"] for line in answer["lines"]) > 0
    assert f"合计: ¥{answer['total_fen'] / 100:.2f}" in said.out
    assert len(said.out.splitlines()) >= len(answer["lines"]) + 1


def test_a_fare_is_told_in_the_language_asked_for(facts: Path) -> None:
    assert "Total: ¥" in run("fare", FORM_A, "--facts", facts, "--language", "en").out


def test_what_a_fare_asks_attention_for_is_marked(tmp_path: Path) -> None:
    file = tmp_path / "far.json"
    file.write_text(json.dumps({**FACTS, "odometer_start_km": 100, "odometer_end_km": 160}))
    flags = run("fare", FORM_A, "--facts", file, "--json").answer["flags"]
    assert flags
    assert {f"! {flag}" for flag in flags} <= set(run("fare", FORM_A, "--facts", file).out.splitlines())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{}", "appointed_at"),
        ("[]", "is not a JSON object"),
        ("{", "is not JSON"),
        (json.dumps({**FACTS, "surprise": 1}), "surprise"),
    ],
)
def test_facts_that_cannot_be_reckoned_with_are_refused_in_a_line(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(content)
    said = run("fare", FORM_A, "--facts", file)
    assert (said.code, said.out, said.err.count("\n")) == (NO, "", 1)
    assert told in said.err
    assert told in run("fare", FORM_A, "--facts", file, "--json").answer["error"]["message"]


def test_a_fare_by_a_faulty_tariff_is_refused_by_its_line(faulty: Path, facts: Path) -> None:
    said = run("fare", faulty, "--facts", facts)
    assert said.code == NO
    assert f"{faulty}:3: surprise: " in said.out
    assert run("fare", faulty, "--facts", facts, "--json").answer["valid"] is False


@pytest.mark.parametrize(
    ("words", "due_on"),
    [
        (["2026-03-06T22:00"], "2026-03-09"),  # Friday night, called on Monday
        (["2026-03-07T02:00"], "2026-03-09"),  # after midnight: still Friday's night
        (["2026-03-09T05:00"], "2026-03-09"),  # Sunday's night
        (["2026-03-09T05:00", "--cutover", "04:00"], "2026-03-10"),
        (["2026-03-06T22:00", "--days", "2"], "2026-03-10"),
        (["2026-03-09T20:00", "--zone", "Asia/Urumqi"], "2026-03-10"),
        (["2026-03-08T21:00:00+00:00"], "2026-03-09"),  # 05:00 on Monday in Shanghai
        (["2026-03-08T21:00:00+00:00", "--zone", "Asia/Tokyo"], "2026-03-10"),  # 06:00: Monday's
    ],
)
def test_a_due_date_counts_working_days_from_the_service_day(words: list[str], due_on: str) -> None:
    said = run("due-date", *words)
    assert (said.code, said.out) == (DONE, f"{due_on}\n")
    assert run("due-date", *words, "--json").answer["due_on"] == due_on


def test_a_due_date_of_a_year_not_announced_is_called_provisional() -> None:
    said = run("due-date", "2040-03-06T22:00")
    assert (said.code, "provisional" in said.out) == (DONE, True)
    assert run("due-date", "2040-03-06T22:00", "--json").answer["provisional"] is True
