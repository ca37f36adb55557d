"""The driver's pages as an app: worker, manifest, steps from the phone's queue with the phone's time, push."""

import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from dispatch.domain import commands as c
from dispatch.domain.commands import Party, ReplaceReason
from dispatch.domain.states import State
from dispatch.store import journal
from dispatch.store.push import PushSubscription
from dispatch.store.trips import Trip
from dispatch.web.phone.shell import IMPORTED, SHELL
from dispatch.web.runtime import EXTENSION
from tests.web.conftest import Web
from tests.web.test_driver_pages import answers

PROBLEM = "application/problem+json"


@pytest.fixture
def phone(web: Web) -> FlaskClient:
    return web.client(web.world.driver)


def step(
    web: Web, phone: FlaskClient, path: str, fields: dict[str, Any] | None = None, *, ago: timedelta = timedelta(0),
    key: str = "", clock: timedelta = timedelta(0),
) -> TestResponse:  # fmt: skip
    """A step as the queue sends it: tapped some time ago, by a phone whose clock may be wrong."""
    token = phone.get("/driver/phone").get_json()["csrf_token"]
    sent = web.world.now + clock
    headers = {
        "Accept": PROBLEM, "X-CSRFToken": token, "X-Phone-Time": (sent - ago).isoformat().replace("+00:00", "Z"),
        "X-Phone-Clock": sent.isoformat(),
    }  # fmt: skip
    form = {"once": key or secrets.token_hex(8), **(fields or {})}
    return phone.post(path, data=form, headers=headers, content_type="multipart/form-data")


def file(client: FlaskClient, address: str) -> tuple[int, Headers]:
    """Fetch a file, and close it."""
    with client.get(address) as reply:
        return reply.status_code, reply.headers


def test_the_worker_keeps_every_file_its_pages_need(web: Web) -> None:
    reply = web.client().get("/sw.js")
    assert reply.content_type.startswith("text/javascript")
    assert reply.headers["Cache-Control"] == "no-cache"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; script-src 'self'; connect-src 'self'"
    told = json.loads(reply.text.partition("serve(")[2].rpartition(")")[0])
    assert len(told["shell"]) == len(SHELL) + len(IMPORTED)
    assert {file(web.client(), address)[0] for address in told["shell"]} == {200}
    assert told["words"]["zh"]["offer"] == "有新的派单"
    assert told["words"]["en"]["where"] == "{where} · answer within {minutes} min"


def test_the_worker_knows_everything_that_the_drivers_pages_ask_for(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ON_SITE)
    shell = web.client().get("/sw.js").text
    for address in ("/driver", f"/driver/trip/{trip_id}", f"/driver/trip/{trip_id}?ahead=inspected"):
        page = phone.get(address).text
        asked = {part.partition('"')[0].partition("#")[0] for part in page.split('="/static/')[1:]}
        assert {one for one in asked if f"/static/{one}" not in shell} == set()


def test_the_app_can_be_installed_in_both_languages(web: Web) -> None:
    client = web.client()
    names = []
    for language in ("zh", "en"):
        client.set_cookie("lang", language)
        told = client.get("/manifest.webmanifest").get_json(force=True)
        names.append((told["lang"], told["name"]))
        assert {file(client, icon["src"])[1]["Content-Type"] for icon in told["icons"]} == {"image/png"}
        assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} >= {
            ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")
        }  # fmt: skip
    assert names == [("zh-CN", "归途代驾员"), ("en", "Homeward driver")]


def test_files_with_a_digest_are_kept_for_good_and_modules_are_asked_for_again(web: Web) -> None:
    client = web.client()
    assert file(client, "/static/js/clocks.js")[1]["Cache-Control"] == "no-cache"
    assert "max-age=31536000" in file(client, "/static/js/clocks.js?v=1")[1]["Cache-Control"]


def test_a_step_from_the_queue_is_taken_once_and_marked_with_the_phones_time(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ACCEPTED)
    path = f"/driver/trip/{trip_id}/depart"
    for _ in range(2):
        reply = step(web, phone, path, ago=timedelta(minutes=9), key="one", clock=timedelta(hours=-5))
        assert (reply.status_code, reply.get_json()) == (200, {"next": f"/driver/trip/{trip_id}"})
    with web.world.db.reading() as session:
        entries = journal.page(session, web.world.branch_id, subject="trip", subject_id=trip_id)
    assert [entry.type for entry in entries[:2]] == ["trip.depart", "trip.accept"]
    assert (entries[0].phone_at, entries[1].phone_at) == (web.world.now - timedelta(minutes=9), None)
    history = web.client(web.world.dispatcher).get(f"/desk/trips/{trip_id}").text
    told = (web.world.now - timedelta(minutes=9)).astimezone(web.world.trip(trip_id).branch.zone)
    assert f"手机记录的操作时间 {told:%H:%M}" in history


def test_a_time_that_is_none_is_refused(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ACCEPTED)
    token = phone.get("/driver/phone").get_json()["csrf_token"]
    for time in ("yesterday", "2026-03-06T22:30:00"):
        headers = {"Accept": PROBLEM, "X-CSRFToken": token, "X-Phone-Time": time, "X-Phone-Clock": time}
        assert phone.post(f"/driver/trip/{trip_id}/depart", headers=headers).status_code == 400
    assert web.world.trip(trip_id).state is State.ACCEPTED


def test_waiting_ends_when_the_phone_says_and_begins_when_the_server_hears(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    web.world.later(minutes=30)
    step(web, phone, f"/driver/trip/{trip_id}/arrive", ago=timedelta(minutes=20))
    assert web.world.trip(trip_id).arrived_at == web.world.now
    web.world.to(State.AGREED, trip_id)
    web.world.later(minutes=10)
    step(web, phone, f"/driver/trip/{trip_id}/start", ago=timedelta(minutes=8))
    assert web.world.trip(trip_id).started_at == web.world.now - timedelta(minutes=8)


def test_a_start_is_not_believed_before_the_agreement(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.AGREED)
    web.world.later(minutes=3)
    step(web, phone, f"/driver/trip/{trip_id}/start", ago=timedelta(hours=4))
    assert web.world.trip(trip_id).started_at == web.world.trip(trip_id).agreed_at


def test_a_stop_heard_of_together_with_its_end_costs_nothing(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.DRIVING)
    web.world.later(minutes=30)
    step(web, phone, f"/driver/trip/{trip_id}/stop", {"requested_by": "customer"}, ago=timedelta(minutes=25))
    step(web, phone, f"/driver/trip/{trip_id}/resume", ago=timedelta(minutes=5))
    with web.world.db.reading() as session:
        (stop,) = session.get_one(Trip, trip_id).stops
    assert stop.ended_at == stop.started_at


def test_what_a_rule_objects_to_names_the_field_of_the_form(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ON_SITE)
    reply = step(web, phone, f"/driver/trip/{trip_id}/inspect", answers(note_roof=""))
    assert (reply.status_code, reply.content_type) == (422, PROBLEM)
    assert [one["field"] for one in reply.get_json()["errors"]] == ["panel_roof"]


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (c.ReplaceDriver(ReplaceReason.DRIVER_LATE), "trip_taken_back", "收回此单"),
        (c.Cancel(Party.CUSTOMER, "改天"), "trip_ended", "已取消"),
    ],
)
def test_a_step_of_a_lost_trip_says_what_became_of_it(
    web: Web, phone: FlaskClient, end: c.Command, code: str, said: str
) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    web.world.do(trip_id, end, web.world.dispatcher)
    reply = step(web, phone, f"/driver/trip/{trip_id}/arrive")
    assert (reply.status_code, reply.get_json()["code"]) == (409, code)
    assert said in reply.get_json()["title"]


def test_a_trip_given_to_another_driver_names_them_and_a_stranger_learns_nothing(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    web.world.do(trip_id, c.ReplaceDriver(ReplaceReason.DRIVER_LATE), web.world.dispatcher)
    other = web.world.drivers[1]
    web.world.do(trip_id, c.Assign(other.driver_id or 0), web.world.dispatcher)
    reply = step(web, phone, f"/driver/trip/{trip_id}/arrive")
    assert reply.get_json()["code"] == "trip_given_away"
    assert "SR002" in reply.get_json()["title"]
    stranger = web.client(web.world.hire())
    assert step(web, stranger, f"/driver/trip/{trip_id}/arrive").status_code == 404


def test_screens_ahead_are_shown_only_as_far_as_the_trip_leads(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ACCEPTED)
    address = f"/driver/trip/{trip_id}?ahead="
    assert f"/driver/trip/{trip_id}/arrive" in phone.get(f"{address}en_route").text
    assert f"/driver/trip/{trip_id}/inspect" in phone.get(f"{address}on_site").text
    assert "签署需要信号" in phone.get(f"{address}inspected").text
    for nonsense in ("driving", "closed", "../x"):
        assert f"/driver/trip/{trip_id}/depart" in phone.get(f"{address}{nonsense}").text
    web.world.to(State.AGREED, trip_id)
    assert f"/driver/trip/{trip_id}/stop" in phone.get(f"{address}driving").text
    assert f"/driver/trip/{trip_id}/resume" in phone.get(f"{address}stopped").text


def test_nobody_signed_in_is_a_401_for_the_queue(web: Web) -> None:
    assert web.client().get("/driver/phone", headers={"Accept": PROBLEM}).status_code == 401


def test_asking_for_problems_opens_no_way_around_the_form_token(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ACCEPTED)
    now = datetime.isoformat(web.world.now)
    headers = {"Accept": PROBLEM, "X-Phone-Time": now, "X-Phone-Clock": now}
    assert phone.post(f"/driver/trip/{trip_id}/depart", headers=headers).status_code == 400


def subscribe(phone: FlaskClient, **over: str) -> TestResponse:
    token = phone.get("/driver/phone").get_json()["csrf_token"]
    keys = {"p256dh": "B" + "A" * 86, "auth": "A" * 22}
    given = {"endpoint": "https://push.example.com/x", **keys, **over}
    return phone.post("/driver/push", data=given, headers={"X-CSRFToken": token, "Accept": PROBLEM})


def test_a_phone_asks_for_push_and_signing_out_ends_it(web: Web, phone: FlaskClient) -> None:
    assert subscribe(phone).status_code == 204
    assert subscribe(phone, endpoint="https://10.0.0.8/x").status_code == 422
    assert subscribe(phone, p256dh="short").status_code == 422
    with web.world.db.reading() as session:
        assert session.query(PushSubscription).count() == 1
    token = phone.get("/driver/phone").get_json()["csrf_token"]
    phone.post("/sign-out", headers={"X-CSRFToken": token})
    with web.world.db.reading() as session:
        assert session.query(PushSubscription).count() == 0


def test_a_phone_is_asked_about_push_only_where_there_is_a_key(web: Web, phone: FlaskClient) -> None:
    assert 'data-push-key=""' in phone.get("/driver").text
    web.app.extensions[EXTENSION] = replace(web.app.extensions[EXTENSION], push_key="BKey")
    assert 'data-push-key="BKey"' in phone.get("/driver").text
