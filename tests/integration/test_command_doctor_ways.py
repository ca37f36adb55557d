"""`homeward doctor` on travel times and the map: whether what is set can be used, and what to do where it cannot."""

from pathlib import Path

import pytest

from tests.commands import DONE, NO, installed, run

EXTRACT = Path(__file__).parents[1] / "data" / "liechtenstein.osm.pbf"


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(monkeypatch, f"sqlite:///{tmp_path / 'homeward.db'}", tmp_path)
    monkeypatch.setattr("dispatch.cli.doctor.draw_sample", lambda: None)


def said_of(what: str) -> tuple[str, str, str]:
    """The finding on travel times or the map: about what, what is wrong, what to do."""
    for one in run("doctor", "--json").answer["findings"]:
        if one["about"].startswith(what):
            return one["about"], one["wrong"], one["remedy"]
    raise AssertionError(what)


def test_without_settings_ways_are_straight_lines_and_the_map_has_points_only() -> None:
    assert said_of("travel times")[:2] == ("travel times (in a straight line, times a factor)", "")
    assert said_of("map")[:2] == ("map (points only)", "")


def test_roads_that_were_never_built_are_named_with_the_command_that_builds_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOMEWARD_ROUTER", "roads")
    _, wrong, remedy = said_of("travel times")
    assert wrong
    assert "homeward roads build" in remedy
    assert run("roads", "build", EXTRACT).code == DONE
    about, wrong, _ = said_of("travel times")
    assert ("liechtenstein.osm.pbf" in about, wrong) == (True, "")


def test_roads_of_more_than_a_year_ago_are_said_to_be_old(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOMEWARD_ROUTER", "roads")
    assert run("roads", "build", EXTRACT).code == DONE
    monkeypatch.setattr("dispatch.cli.doctor.ROADS_OLD_DAYS", -1)
    assert "roads have changed" in said_of("travel times")[1]


def test_a_road_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_ROUTER", "osrm")
    monkeypatch.setenv("HOMEWARD_OSRM_URL", "http://127.0.0.1:9")
    about, wrong, remedy = said_of("travel times")
    assert "127.0.0.1:9" in about
    assert wrong
    assert "HOMEWARD_OSRM_URL" in remedy


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(None, "cannot be read"), (b"picture", "no PMTiles file"), (b"PMTiles\3" + bytes(119), "no pictures")],
)
def test_a_map_file_that_cannot_be_drawn_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, wrong: str
) -> None:
    file = tmp_path / "town.pmtiles"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("HOMEWARD_MAP_PMTILES", str(file))
    assert wrong in said_of("map")[1]
    assert run("doctor").code == NO
