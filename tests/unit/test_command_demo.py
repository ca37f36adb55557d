"""`homeward demo`: what it prints and how it ends. The night itself is played by `make demo`."""

from pathlib import Path
from typing import Any

import pytest

from dispatch.cli import demo
from dispatch.cli.night.cast import customer
from dispatch.cli.night.client import Unexpected
from dispatch.cli.night.stories import EVERY_END
from dispatch.cli.night.story import Job
from tests.commands import DONE, GIVEN_WRONGLY, NO, run

ENDS = sorted(EVERY_END)


def night(form: str, out: Path, *_: Any) -> list[Job]:
    """Twenty jobs of a form, every end among them, and a document each."""
    jobs = []
    for number in range(20):
        end = ENDS[number % len(ENDS)]
        jobs.append(Job(f"T{form}{number}", "a story", customer(number), form, number, "", end, 5000))
        (out / f"{form}-{number:02d}.pdf").write_bytes(b"%PDF")
    return jobs


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("dispatch.cli.demo._play", night)
    monkeypatch.chdir(tmp_path)


def test_a_night_in_which_everything_held_is_shown_and_its_documents_lie_in_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "of-an-earlier-night.pdf").touch()
    said = run("demo")
    assert said.code == DONE
    assert said.out.endswith("Everything held. 40 documents are in out/\n")
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 40


def test_documents_go_where_they_are_wanted(tmp_path: Path) -> None:
    assert run("demo", "--out", tmp_path / "elsewhere").code == DONE
    assert len(list((tmp_path / "elsewhere").glob("*.pdf"))) == 40


def test_for_programs_the_jobs_are_json_and_nothing_else_is_printed() -> None:
    answer = run("demo", "--json").answer
    assert answer["held"] is True
    assert (len(answer["jobs"]), len(answer["documents"])) == (40, 40)
    assert answer["jobs"][0] == {"trip": "TA0", "form": "A", "story": "a story", "end": ENDS[0], "fare_fen": 5000}


def test_a_night_without_every_end_has_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.cli.demo._play", lambda *words: night(*words)[:1] * 20)
    said = run("demo", "--json")
    assert (said.code, said.answer["error"]["code"]) == (NO, "night_went_wrong")
    assert ENDS[1] in said.answer["error"]["message"]


def test_an_answer_that_the_story_does_not_know_ends_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprised(*_: Any) -> list[Job]:
        raise Unexpected("POST /trips: 500")

    monkeypatch.setattr(demo, "_play", surprised)
    said = run("demo")
    assert said.code == NO
    assert "The night went wrong: POST /trips: 500" in said.err


def test_out_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run("demo", "--out", tmp_path / "file").code == GIVEN_WRONGLY
