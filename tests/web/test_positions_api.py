"""Positions over the API: a driver's own phone, on shift, in either datum."""

from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from dispatch.domain.datum import wgs84_to_gcj02
from dispatch.domain.geo import Point, great_circle_m
from dispatch.services import drivers
from dispatch.store import positions
from dispatch.store.idempotency import RememberedReply
from dispatch.store.positions import DriverPosition
from tests.web.conftest import Web

PATH = "/api/v1/driver/positions"
HERE = Point(28.4451, 117.9650)


def batch(web: Web, point: Point = HERE, **over: Any) -> dict[str, Any]:
    at = web.world.now.isoformat()
    return {"sent_at": at, "points": [{"at": at, "lat": point.lat, "lon": point.lon, "accuracy_m": 8}], **over}


def send(web: Web, body: dict[str, Any]) -> TestResponse:
    client = web.client(web.world.driver)
    token = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
    return client.post(PATH, json=body, headers={"X-CSRFToken": token})


def seen(web: Web) -> DriverPosition:
    with web.world.db.reading() as session:
        found = positions.of_driver(session, web.world.driver.driver_id or 0)
    assert found is not None
    return found


def test_a_phone_reports_without_a_key_and_again_without_harm(web: Web) -> None:
    web.world.later(minutes=5)
    body = batch(web)
    assert [send(web, body).get_json() for _ in range(2)] == [{"kept": 1}, {"kept": 0}]
    assert seen(web).fix.point == HERE
    with web.world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(RememberedReply)) == 0


def test_off_shift_the_phone_is_told_to_drop_them_and_stop(web: Web) -> None:
    with web.world.db.transaction() as session:
        drivers.end_shift(session, web.world.driver, web.world.now)
    answer = send(web, batch(web))
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "off_shift"


def test_a_phone_that_speaks_gcj02_is_understood(web: Web) -> None:
    web.world.later(minutes=5)
    send(web, batch(web, wgs84_to_gcj02(HERE), datum="gcj02"))
    assert great_circle_m(seen(web).fix.point, HERE) < 0.01


def test_a_batch_has_at_most_120_points_and_at_least_one(web: Web) -> None:
    body = batch(web)
    assert send(web, body | {"points": body["points"] * 121}).status_code == 422
    assert send(web, body | {"points": []}).status_code == 422


def test_absurd_times_are_no_fault_of_ours(web: Web) -> None:
    web.world.later(minutes=5)
    body = batch(web)
    for sent, at in (
        ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z"),
    ):
        body = {"sent_at": sent, "points": [body["points"][0] | {"at": at}]}
        assert send(web, body).status_code == 200
    assert seen(web).at <= web.world.now


def test_only_drivers_report_positions(web: Web) -> None:
    for actor in (web.world.dispatcher, web.world.manager, web.world.agent):
        assert web.post(web.client(actor), PATH, batch(web)).status_code == 403
