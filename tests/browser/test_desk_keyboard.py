"""The desk without a mouse: a caller is booked, given a driver, another one, and cancelled; a notice is looked up."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dispatch.cli.night.client import Person
from tests.browser.house import PASSWORD, House, house
from tests.browser.keyboard import Keyboard

MOST = 12
"""Keystrokes for a known caller beside the address (5-screens)."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(tmp_path_factory.mktemp("keys"))) as built:
        yield built


@pytest.fixture
def desk(full: House) -> Iterator[Person]:
    """What the API says of it."""
    with closing(Person(full.base, "desk", PASSWORD)) as person:
        yield person


def at_the_desk(browser: Browser, full: House) -> Keyboard:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{full.base}/sign-in")
    keyboard = Keyboard(page)
    page.focus("[name=login]")
    keyboard.type("desk")
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.go("Enter")
    keyboard.counted()
    return keyboard


def state_of(desk: Person, trip_id: int) -> str:
    state: str = desk.get(f"/trips/{trip_id}")["state"]
    return state


def test_a_known_caller_is_booked_given_a_driver_another_one_and_cancelled_by_keys_alone(
    browser: Browser, full: House, desk: Person
) -> None:
    keyboard = at_the_desk(browser, full)
    page = keyboard.page
    page.goto(f"{full.base}/desk/new?caller={full.caller}")  # the phone system opens this
    page.wait_for_selector("#caller [data-fill-first]")
    keyboard.go("Alt+Digit1", "Enter")  # the way driven before; book
    assert keyboard.counted() <= MOST
    trip_id = int(page.url.rsplit("/", 1)[1])

    free = [badge for badge in ("SR001", "SR002", "SR003", "SR004") if badge.lower() not in full.drivers.values()]
    keyboard.press("a")
    keyboard.type(free[0])
    keyboard.go("Enter")
    assert keyboard.counted() <= 7
    assert state_of(desk, trip_id) == "accepted"

    while page.evaluate("document.activeElement.id") != f"trip-{trip_id}":
        keyboard.press("j")
        assert keyboard.count < 9, "the trip is not among the board's rows"
    keyboard.go("Enter")
    assert page.url.endswith(f"/desk/trips/{trip_id}")
    page.keyboard.press("d")
    page.wait_for_selector("#action form")
    keyboard.go("2", "Enter")  # the customer does not want this driver
    assert state_of(desk, trip_id) == "booked", page.inner_text("main")[:600]

    page.keyboard.press("c")
    page.wait_for_selector("#action form[action$='/cancel']")
    keyboard.press("1", "Tab")
    keyboard.type("gaiqi")
    keyboard.go("Enter")
    assert state_of(desk, trip_id) == "cancelled"


def test_a_booking_from_the_board_on_needs_no_mouse(browser: Browser, full: House) -> None:
    keyboard = at_the_desk(browser, full)
    page = keyboard.page
    page.goto(f"{full.base}/desk")
    keyboard.go("n")
    keyboard.type("13979319999")
    keyboard.press("Enter")
    for text in ("李雷", "赣E5A5A5", "信州区 中山路 9 号", "广信区 旭日大道 1 号", "8"):
        page.keyboard.insert_text(text)
        if text != "8":
            keyboard.press("Enter")  # to the next field that is empty
    keyboard.go("Enter")
    assert "/desk/trips/" in page.url


def test_a_notice_is_looked_up_and_a_case_opened_by_keys_alone(browser: Browser, full: House, desk: Person) -> None:
    keyboard = at_the_desk(browser, full)
    page = keyboard.page
    trip = desk.get(f"/trips/{full.trips['closed']}")
    keyboard.go("v")
    page.keyboard.insert_text(trip["plate"])
    keyboard.press("Tab")
    page.locator("[name=at]").fill("2026-11-20T20:20")  # dates are typed as the browser's own language has them
    keyboard.go("Enter")
    assert "由我们的代驾员驾驶" in page.inner_text("#found")
    keyboard.go("o")
    assert page.url.endswith(f"/desk/trips/{full.trips['closed']}")
    assert "违章" in page.inner_text(".flash-area")


def test_every_key_of_the_desk_is_listed_where_it_works(browser: Browser, full: House) -> None:
    keyboard = at_the_desk(browser, full)
    page = keyboard.page
    for path, keys in (
        ("/desk", {"n", "b", "l", "v", "j", "k", "e"}),
        (f"/desk/trips/{full.trips['here']}", {"d", "c"}),
        ("/desk/trips", {"/", "j", "k"}),
        ("/desk/violations", {"/", "v"}),
    ):
        page.goto(f"{full.base}{path}")
        page.evaluate("document.activeElement.blur()")
        keyboard.press("?")
        listed = set(page.locator("#keys kbd").all_inner_texts())
        assert keys <= listed, (path, keys - listed)
