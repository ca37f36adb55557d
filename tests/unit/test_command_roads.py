"""The commands that build and try the road network."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dispatch.cli.main import main

EXTRACT = Path(__file__).parents[1] / "data" / "shangrao-part.osm.pbf"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(tmp_path / "var"))


def test_a_network_is_built_and_tells_time_and_distance(tmp_path: Path) -> None:
    built = CliRunner().invoke(main, ["roads", "build", str(EXTRACT), "--json"])
    assert built.exit_code == 0, built.output
    assert json.loads(built.output)["file"] == str(tmp_path / "var" / "roads.graph")
    found = CliRunner().invoke(main, ["roads", "check", "28.295,117.22", "28.305,117.235", "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.output)
    assert told["metres"] >= told["straight_m"] > 1000


def test_without_a_network_the_command_says_how_to_make_one() -> None:
    found = CliRunner().invoke(main, ["roads", "check", "28.295,117.22", "28.305,117.235"])
    assert found.exit_code == 3
    assert "roads build" in found.output


def test_a_point_that_is_none_is_refused() -> None:
    assert CliRunner().invoke(main, ["roads", "check", "here", "28.3,117.2"]).exit_code == 2
