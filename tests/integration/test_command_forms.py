"""Checking an agreement form at the command line."""

import json
from pathlib import Path

import pytest

from contracts import forms
from tests.commands import DONE, NO, run


@pytest.mark.parametrize("version", ["A-2026.1", "B-2026.1"])
def test_a_form_in_order_says_so(version: str, tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(forms.document(version), encoding="utf-8")
    said = run("form", "check", str(path))
    assert (said.code, "in order" in said.out) == (DONE, True)


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(forms.document("A-2026.1").replace("{cancel_fee}", "10 元"), encoding="utf-8")
    said = run("form", "check", str(path), "--json")
    answer = json.loads(said.out)
    assert (said.code, answer["valid"]) == (NO, False)
    assert any(one["line"] for one in answer["problems"])
    line = next(one["line"] for one in answer["problems"] if one["where"] == "A2.2")
    assert "10 元" in path.read_text(encoding="utf-8").splitlines()[line - 1]
    assert f"{path}:{line}: A2.2: " in run("form", "check", str(path)).out


def test_what_is_not_text_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_bytes(forms.document("A-2026.1").encode("gbk", errors="replace"))
    said = run("form", "check", str(path))
    assert (said.code, "not text in UTF-8" in said.err) == (NO, True)
