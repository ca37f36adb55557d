"""The desk's map: who is on it, in which datum, on what it is drawn, and who may look."""

import re
import struct
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.app import create_app
from dispatch.domain.booking import Place
from dispatch.domain.datum import Datum, wgs84_to_gcj02
from dispatch.domain.geo import Point, great_circle_m
from dispatch.domain.states import State
from dispatch.gateways.tile_file import tile_file_fault
from dispatch.services import drivers, positions
from dispatch.services.positions import Reading
from dispatch.store.trips import Trip
from dispatch.web.map_source import MapSource
from dispatch.web.runtime import EXTENSION
from tests.web.conftest import Web, settings
from tests.web.forms import ask, fill_in
from tests.web.queries import counted

HERE = Point(28.4451, 117.9650)


def pmtiles(kind: int = 2) -> bytes:
    """A PMTiles file of version 3 with nothing in it but its header."""
    return b"PMTiles\x03" + bytes(91) + struct.pack("B", kind) + bytes(27) + bytes(range(256)) * 8


def on_map(web: Web, **over: Any) -> None:
    runtime = web.app.extensions[EXTENSION]
    web.app.extensions[EXTENSION] = replace(runtime, map=MapSource(**over))


def seen_at(web: Web, point: Point, number: int = 0, *, ago: int = 0) -> None:
    driver = web.world.drivers[number]
    with web.world.db.transaction() as session:
        at = web.world.now - timedelta(seconds=ago)
        positions.report(session, driver.driver_id or 0, web.world.now, [Reading(point, at)], web.world.now)


def look(web: Web) -> dict[str, Any]:
    answer = web.client(web.world.dispatcher).get("/api/v1/desk/map")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_drivers_on_shift_waiting_and_live_trips_have_their_places(web: Web) -> None:
    live = web.world.to(State.DRIVING)
    waiting = web.world.book()
    nowhere = web.world.book(pickup=Place("某处"))
    seen_at(web, HERE, ago=14)
    found = look(web)
    [driver] = found["drivers"]
    assert (driver["badge_id"], driver["doing"], driver["age_seconds"], driver["stale"]) == ("SR001", "busy", 14, False)
    assert [one["trip_id"] for one in found["live"]] == [live]
    assert found["live"][0]["address"] == "广信区 旭日街道 12 号"  # under way: the destination
    assert [one["trip_id"] for one in found["waiting"]] == [waiting]
    assert (found["drivers_unseen"], found["trips_unplaced"]) == (1, 1)
    assert nowhere not in [one["trip_id"] for one in found["waiting"]]


def test_a_position_goes_stale_after_two_minutes(web: Web) -> None:
    web.world.later(minutes=10)
    seen_at(web, HERE)
    web.world.later(seconds=120)
    assert not look(web)["drivers"][0]["stale"]
    web.world.later(seconds=1)
    assert look(web)["drivers"][0]["stale"]


def test_who_is_not_on_shift_is_not_on_the_map_and_an_old_shift_s_place_is_forgotten(web: Web) -> None:
    web.world.later(minutes=10)
    seen_at(web, HERE)
    with web.world.db.transaction() as session:
        drivers.end_shift(session, web.world.driver, web.world.now)
    assert look(web)["drivers"] == []
    web.world.later(hours=9)
    with web.world.db.transaction() as session:
        drivers.start_shift(session, web.world.driver, web.world.now)
    assert look(web)["drivers"] == []


@pytest.mark.parametrize("role", ["agent", "manager", "driver"])
def test_only_the_desk_sees_where_drivers_are(web: Web, role: str) -> None:
    client = web.client(getattr(web.world, role))
    assert client.get("/api/v1/desk/map").status_code == 403
    assert client.get("/desk/map/town.pmtiles").status_code == 403


def test_a_map_in_gcj02_gets_points_that_fit_it(web: Web) -> None:
    web.world.later(minutes=10)
    seen_at(web, HERE)
    on_map(web, tiles="https://t.example.cn/{z}/{x}/{y}.png", datum=Datum.GCJ02)
    found = look(web)
    drawn = Point(found["drivers"][0]["lat"], found["drivers"][0]["lon"])
    assert found["datum"] == "gcj02"
    assert great_circle_m(drawn, wgs84_to_gcj02(HERE)) < 0.01
    on_map(web, datum=Datum.GCJ02)  # without tiles there is nothing to fit
    assert look(web)["datum"] == "wgs84"


def test_a_point_picked_on_a_gcj02_map_is_kept_in_wgs84_and_comes_back_as_it_was_drawn(web: Web) -> None:
    on_map(web, tiles="https://t.example.cn/{z}/{x}/{y}.png", datum=Datum.GCJ02)
    client = web.client(web.world.dispatcher)
    drawn = wgs84_to_gcj02(HERE)
    filled: dict[str, str | list[str]] = {
        "caller_phone": "13907930001", "name": "王", "plate": "赣E12345", "pickup": "万达广场",
        "pickup_point": f"{drawn.lat:.6f},{drawn.lon:.6f}", "destination": "火车站", "booked_km": "5", "when": "30",
        "insurance": "all_three",
    }  # fmt: skip
    assert fill_in(client, "/desk/new", "/desk/new", filled).status_code == 303
    with web.world.db.reading() as session:
        trip = session.scalars(select(Trip)).one()
    assert great_circle_m(Point(trip.pickup_lat or 0, trip.pickup_lon or 0), HERE) < 0.2
    assert trip.destination_lat is None
    again = ask(client, "/desk/new", "/desk/places", {"pickup": "万达"})
    assert f'data-point="{drawn.lat:.4f}' in again
    known = ask(client, "/desk/new", "/desk/caller", {"caller_phone": "13907930001"})
    assert f"{drawn.lat:.4f}" in known


@pytest.mark.parametrize("point", ["x", "1", "1,2,3", "nan,1", "91,10", "28,181"])
def test_a_point_that_cannot_be_is_told_beside_its_address(web: Web, point: str) -> None:
    client = web.client(web.world.dispatcher)
    filled: dict[str, str | list[str]] = {
        "caller_phone": "13907930001",
        "name": "王",
        "plate": "赣E12345",
        "pickup": "万达",
        "pickup_point": point,
        "destination": "火车站",
        "booked_km": "5",
        "when": "30",
        "insurance": "all_three",
    }
    answer = fill_in(client, "/desk/new", "/desk/new", filled)
    assert answer.status_code == 422
    assert 'href="#f-pickup"' in answer.get_data(as_text=True)


def test_half_a_point_and_gcj02_over_the_api(web: Web) -> None:
    client = web.client(web.world.dispatcher)
    drawn = wgs84_to_gcj02(HERE)
    order = {
        "caller_phone": "13907930001", "name": "王", "plate": "赣E12345", "destination": {"address": "火车站"},
        "booked_km": "5", "appointed_at": (web.world.now + timedelta(minutes=30)).isoformat(), "insurance": "all_three",
    }  # fmt: skip
    half = {"address": "万达", "lat": 28.4}
    whole = {"address": "万达", "lat": drawn.lat, "lon": drawn.lon, "datum": "gcj02"}
    assert web.post(client, "/api/v1/trips", order | {"pickup": half}).status_code == 422
    assert web.post(client, "/api/v1/trips", order | {"pickup": whole}).status_code == 201
    with web.world.db.reading() as session:
        trip = session.scalars(select(Trip)).one()
    assert great_circle_m(Point(trip.pickup_lat or 0, trip.pickup_lon or 0), HERE) < 0.01


def test_pictures_come_from_exactly_the_hosts_that_are_set_up() -> None:
    assert MapSource(tiles="https://t.example.cn:8443/{z}/{x}/{y}.png").origins == ("https://t.example.cn:8443",)
    many = MapSource(tiles="https://t{s}.example.cn/{z}/{x}/{y}", subdomains="12")
    assert many.origins == ("https://t1.example.cn", "https://t2.example.cn")
    assert MapSource().origins == MapSource(pmtiles=Path("x.pmtiles")).origins == ()


def test_a_local_map_is_handed_out_in_ranges(web: Web, tmp_path: Path) -> None:
    client = web.client(web.world.dispatcher)
    assert client.get("/desk/map/town.pmtiles").status_code == 404
    path = tmp_path / "town.pmtiles"
    path.write_bytes(pmtiles())
    on_map(web, pmtiles=path)
    part = client.get("/desk/map/town.pmtiles", headers={"Range": "bytes=0-126"})
    assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes 0-126/{len(pmtiles())}")
    assert part.data == pmtiles()[:127]
    part.close()
    assert part.headers["Cache-Control"].startswith("private")
    assert client.get("/desk/map/town.pmtiles", headers={"Range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(pmtiles(), ""), (pmtiles(1), "vectors"), (b"PMTiles\x02" + bytes(200), "version 3"), (b"short", "version 3")],
)
def test_a_map_file_that_browsers_cannot_draw_is_found_out(tmp_path: Path, content: bytes, wrong: str) -> None:
    path = tmp_path / "town.pmtiles"
    path.write_bytes(content)
    assert wrong in tile_file_fault(path) if wrong else tile_file_fault(path) == ""
    assert "cannot be read" in tile_file_fault(tmp_path / "none.pmtiles")


def test_the_board_says_how_old_positions_are_and_how_to_see_without_tiles(web: Web) -> None:
    web.world.later(minutes=10)
    seen_at(web, HERE)
    page = web.client(web.world.dispatcher).get("/desk").get_data(as_text=True)
    assert f'data-since="{web.world.now.isoformat()}" data-stale="120"' in page
    assert "无定位" in page  # the second driver
    assert "未设置地图底图：仅显示点位" in page


def test_the_map_asks_the_same_few_questions_however_many_drivers_there_are(web: Web) -> None:
    client = web.client(web.world.dispatcher)

    def statements() -> int:
        with counted(web) as sent:
            client.get("/api/v1/desk/map")
        return len(sent)

    statements()
    before = statements()
    web.world.later(minutes=10)
    for number in range(len(web.world.drivers), 8):
        web.world.drivers.append(web.world.hire())
        web.world.later(seconds=5)
        seen_at(web, HERE, number)
    assert statements() == before


def test_the_policy_of_pages_names_the_tile_hosts_and_nothing_more(web: Web, sqlite_url: str, tmp_path: Path) -> None:
    plain = web.client().get("/sign-in").headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob:;" in plain
    tiles = {"map_tiles": "https://t{s}.example.cn/{z}/{x}/{y}", "map_subdomains": "12"}
    app = create_app(settings(sqlite_url, tmp_path).model_copy(update=tiles), db=web.world.db)
    policy = app.test_client().get("/sign-in").headers["Content-Security-Policy"]
    app.extensions[EXTENSION].renderer.close()
    with_tiles = plain.replace("blob:;", "blob: https://t1.example.cn https://t2.example.cn;")
    assert re.sub("nonce-[^']+", "", policy) == re.sub("nonce-[^']+", "", with_tiles)
