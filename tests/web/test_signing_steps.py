"""Signing over HTTP: which way each step came, and going back a screen."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from dispatch.domain.ceremony import Channel, Step
from dispatch.domain.states import State
from dispatch.services.throttle import Limit
from dispatch.store import ceremonies
from dispatch.store.branches import Branch
from dispatch.web.customer import sign
from dispatch.web.labels import LABELS
from tests.web.conftest import Web
from tests.web.forms import hidden
from tests.world import KEYS

WHO = {"kind": "agreement", "signer": "customer", "name": "李建国", "place": "万达广场"}


@pytest.fixture
def trip_id(web: Web) -> int:
    return web.world.to(State.INSPECTED)


def steps_of(web: Web, trip_id: int) -> list[tuple[str, str]]:
    with web.world.db.reading() as session:
        return [(one.step.value, one.detail) for one in ceremonies.of_trip(session, trip_id)[-1].events]


def tap(client: FlaskClient, page: str, what: str, **typed: str) -> Any:
    """Press a button of a step: whatever the form holds, and what was typed."""
    address = f"{page}/sign/{what}" if page.startswith("/driver") else f"{page}/{what}"
    return client.post(address, data={**hidden(client.get(page).text, address), **typed}, follow_redirects=True)


def test_a_signing_through_the_api_is_recorded_as_that_and_goes_back_a_step(web: Web, trip_id: int) -> None:
    driver, base = web.client(web.world.driver_of(trip_id)), f"/api/v1/trips/{trip_id}/ceremonies"
    begun = web.post(driver, base, WHO).get_json()
    assert (begun["channel"], begun["stage"]) == ("api", "read")
    first = begun["statements"][0]["id"]
    for body, stage in (
        ({"step": "read"}, "confirm"),
        ({"step": "confirm", "statement": first}, "confirm"),
        ({"step": "back"}, "confirm"),
        ({"step": "back"}, "read"),
    ):
        told = web.post(driver, f"{base}/{begun['id']}/steps", body).get_json()
        assert told["stage"] == stage
    assert not any(one["confirmed"] for one in told["statements"])
    assert web.post(driver, f"{base}/{begun['id']}/steps", {"step": "back"}).status_code == 409
    assert steps_of(web, trip_id)[-2:] == [("back", first), ("back", "read")]
    page = web.client(web.world.manager).get(f"/manage/trips/{trip_id}/dispute").text
    for told_in_words in ("由代驾员的程序通过接口签署", "已撤回", "车损险"):
        assert told_in_words in page
    assert "正在其他程序中签署" in driver.get(f"/driver/trip/{trip_id}").text


@pytest.mark.parametrize("channel", Channel)
def test_every_way_of_signing_and_every_step_has_words(channel: Channel) -> None:
    assert channel.value in LABELS["ceremony_channel"]
    assert {step.value for step in Step} == set(LABELS["ceremony_step"])


@pytest.mark.parametrize("own", [False, True], ids=["driver's phone", "customer's own phone"])
def test_a_signer_goes_back_a_screen_on_either_phone(web: Web, trip_id: int, own: bool) -> None:
    if own:
        client, page = web.client(), f"/t/{KEYS.token(trip_id)}/sign"
    else:
        client, page = web.client(web.world.driver_of(trip_id)), f"/driver/trip/{trip_id}"
    tap(client, page, "open", **WHO)
    assert "上一屏" not in client.get(page).text  # nothing to go back to while reading
    tap(client, page, "read")
    assert "第 2 条，共 6 条" in tap(client, page, "confirm").text
    assert "第 1 条，共 6 条" in tap(client, page, "back").text
    assert "我已阅读全文" in tap(client, page, "back").text
    assert [step for step, _ in steps_of(web, trip_id)] == ["opened", "read", "confirmed", "back", "back"]


def test_a_phone_that_posts_into_the_other_one_s_signing_is_sent_to_begin_anew(web: Web, trip_id: int) -> None:
    driver, page = web.client(web.world.driver_of(trip_id)), f"/driver/trip/{trip_id}"
    before = driver.get(f"{page}?do=sign-here").text
    open_here(web.client(), f"/t/{KEYS.token(trip_id)}/sign")
    with web.world.db.reading() as session:
        ceremony = ceremonies.of_trip(session, trip_id)[-1]
    forged = {**hidden(before, f"{page}/sign/open"), "ceremony": str(ceremony.id)}
    told = driver.post(f"{page}/sign/read", data=forged, follow_redirects=True).text
    assert "正在另一部手机上签署" in told
    assert "客户正在自己的手机上签署" in told
    assert "改在本机签署" in told
    through_api = web.post(driver, f"/api/v1/trips/{trip_id}/ceremonies/{ceremony.id}/steps", {"step": "read"})
    assert (through_api.status_code, through_api.get_json()["code"]) == (409, "other_phone")
    assert steps_of(web, trip_id) == [("opened", "customer_link")]
    driver.post(f"{page}/sign/open", data={**hidden(before, f"{page}/sign/open"), **WHO})
    assert steps_of(web, trip_id) == [("opened", "driver_phone")]


def test_steps_by_a_customer_s_link_are_counted_by_link(
    web: Web, trip_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign, "STEPS", Limit(2, timedelta(minutes=10)))
    other = web.world.to(State.INSPECTED, driver=web.world.drivers[1])
    client = web.client()
    first, second = (f"/t/{KEYS.token(trip)}/sign" for trip in (trip_id, other))
    tap(client, first, "open", **WHO)
    tap(client, first, "read")
    assert tap(client, first, "confirm").status_code == 429
    assert steps_of(web, trip_id)[-1] == ("read", "")
    assert tap(client, second, "open", **WHO).status_code == 200
    web.world.later(minutes=11)
    assert tap(client, first, "confirm").status_code == 200


def test_where_no_more_codes_are_sent_the_customer_is_told_to_sign_on_the_driver_s_phone(
    web: Web, trip_id: int
) -> None:
    with web.world.db.transaction() as session:
        session.get_one(Branch, web.world.branch_id).code_for_signing = True
    client, page = web.client(), f"/t/{KEYS.token(trip_id)}/sign"
    for _ in range(5):
        web.world.later(minutes=1)
        open_here(client, page)
        tap(client, page, "read")
        for _ in range(6):
            tap(client, page, "confirm")
        told = tap(client, page, "send-code").text
    assert "请在代驾员手机上签署" in told


def open_here(client: FlaskClient, page: str) -> None:
    """Begin, or begin anew, on this phone."""
    client.post(f"{page}/open", data={**hidden(client.get(f"{page}?here=1").text, f"{page}/open"), **WHO})
