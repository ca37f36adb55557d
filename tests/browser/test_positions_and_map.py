"""A driver's phone tells where it is, on shift only, through holes in the network; the desk sees it on a map."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dispatch.cli.night.client import Person
from tests.browser.axe import findings
from tests.browser.house import PASSWORD, House, house
from tests.browser.looker import LOOKS, Looker

HERE = {"latitude": 28.4451, "longitude": 117.9650, "accuracy": 12}
KEPT = "() => JSON.parse(localStorage.getItem('homeward.positions') ?? '[]').length"
PATH = "**/api/v1/driver/positions"
WAITING = "[{at: new Date().toISOString(), lat: 28.446, lon: 117.965, accuracy_m: 9}]"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(tmp_path_factory.mktemp("house"))) as built:
        yield built


def drivers_seen(full: House) -> dict[str, Any]:
    desk = Person(full.base, "desk", PASSWORD)
    try:
        return {one["badge_id"]: one for one in desk.get("/desk/map")["drivers"]}
    finally:
        desk.close()


def phone(browser: Browser, full: House, login: str, **over: Any) -> Page:
    usual: dict[str, Any] = {"viewport": {"width": 390, "height": 860}, "locale": "zh-CN", "geolocation": HERE}
    page = browser.new_context(**{**usual, "permissions": ["geolocation"], **over}).new_page()
    page.goto(f"{full.base}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("button.btn--big")
    page.wait_for_load_state()
    return page


def test_a_phone_on_shift_is_seen_by_the_desk_and_after_the_shift_no_more(browser: Browser, full: House) -> None:
    page = phone(browser, full, "sr002")
    with page.expect_response(PATH) as told:
        page.goto(f"{full.base}/driver")
    assert told.value.status == 200
    page.wait_for_function(f"{KEPT} === 0")
    seen = drivers_seen(full)["SR002"]
    assert (seen["lat"], seen["lon"], seen["stale"]) == (28.4451, 117.965, False)

    page.context.set_offline(True)
    page.wait_for_timeout(1100)  # what is found within a second is the same point again
    page.evaluate(f"localStorage.setItem('homeward.positions', JSON.stringify({WAITING}))")
    page.wait_for_timeout(300)
    assert page.evaluate(KEPT) == 1
    # What the phone tells afterwards is no other place.
    page.context.set_geolocation({"latitude": 28.446, "longitude": 117.9650, "accuracy": 9})
    with page.expect_response(PATH):
        page.context.set_offline(False)
    page.wait_for_function(f"{KEPT} === 0")
    assert drivers_seen(full)["SR002"]["lat"] == 28.446

    with page.expect_navigation():
        page.click("form[action='/driver/shift/end'] button")
    page.wait_for_timeout(500)
    assert page.evaluate(KEPT) == 0
    assert page.get_attribute("meta[name=on-duty]", "content") == ""
    assert "SR002" not in drivers_seen(full)
    page.context.close()


def test_a_driver_who_does_not_allow_it_is_told_that_the_desk_cannot_see(browser: Browser, full: House) -> None:
    page = phone(browser, full, "sr001", permissions=[])
    page.goto(f"{full.base}/driver")
    page.wait_for_selector("#position-note")
    assert findings(page) == []
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_the_board_s_map_of_points_can_be_used_by_everybody(browser: Browser, full: House, look: str) -> None:
    looker = Looker(browser, full.base, LOOKS[look])
    looker.sign_in("desk")

    def open_map(page: Page) -> None:
        page.click("#map-panel summary")
        page.wait_for_selector(".plain-map .scale-bar")
        page.wait_for_function("() => document.querySelector('[data-count=drivers_unseen]').textContent !== '–'")
        assert page.evaluate("document.querySelectorAll('script[src*=leaflet]').length") == 0

    looker.at("/desk", open_map)
    assert looker.wrong == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_point_is_picked_with_the_keyboard_and_booked_with_the_address(
    browser: Browser, full: House, look: str
) -> None:
    looker = Looker(browser, full.base, LOOKS[look])
    looker.sign_in("desk")
    told: list[str] = []

    def pick(page: Page) -> None:
        page.click("[data-pick=pickup]")
        page.wait_for_selector("#picker .scale-bar")
        looker.wrong.extend(findings(page))
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        page.click("#picker .btn--primary")
        page.wait_for_selector("[data-point-of=pickup] .point-known:visible")
        told.append(page.input_value("[name=pickup_point]"))
        page.fill("[name=pickup]", "某地")
        assert page.input_value("[name=pickup_point]") == told[0]  # picked by hand: it stays
        page.click("[data-unpick=pickup]")
        assert page.input_value("[name=pickup_point]") == ""

    looker.at("/desk/new", pick)
    assert looker.wrong == []
    lat, lon = (float(part) for part in told[0].split(","))
    assert -90 < lat < 90
    assert -180 < lon < 180
