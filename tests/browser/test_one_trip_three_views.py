"""Desk, driver and customer on one trip, each in a browser of their own: one clock and one fare for all of them; and on
the customer's page the driver comes nearer without anybody loading it again.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import StageClock, server
from tests.browser.axe import findings, sideways
from tests.browser.phone import PASSWORD, signed_in, step

EVENING = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PICKUP = (28.4451, 117.9650)
LOOKS = {
    "zh dark 360": {"locale": "zh-CN", "color_scheme": "dark", "viewport": {"width": 360, "height": 780}},
    "en light 390": {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "zh light 1440": {"locale": "zh-CN", "color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A branch with a dispatcher and a driver on shift."""

    base: str
    clock: StageClock
    desk: Person
    driver: Person
    file: Path

    def book(self, phone: str) -> tuple[int, str]:
        """A trip in ten minutes, given to the driver, who leaves any other; answers it and the customer's link."""
        for trip in self.desk.get("/trips")["trips"]:
            if "cancel" in trip["open_commands"]:
                self.desk.command(trip["id"], "cancel", {"by": "company", "reason": "测试"})
        order = {
            "caller_phone": phone, "name": "李建国", "plate": f"赣E{phone[-5:]}", "car_model": "大众 帕萨特",
            "pickup": {"address": "信州区 五三大道 万达广场", "lat": PICKUP[0], "lon": PICKUP[1]},
            "destination": {"address": "广信区 旭日大道 凤凰城"}, "booked_km": "12", "insurance": "all_three",
            "appointed_at": datetime.fromtimestamp(self.clock.now().timestamp() + 600, UTC).isoformat(),
        }  # fmt: skip
        done = self.desk.post("/trips", order, expect=201)
        self.desk.command(done["trip_id"], "assign", {"badge_id": "SR001"})
        return done["trip_id"], done["link"]

    def seen(self, lat: float, lon: float) -> None:
        """The driver's phone has told where it is."""
        at = self.clock.now().replace(tzinfo=None).isoformat(sep=" ")
        with closing(sqlite3.connect(self.file, timeout=20)) as db:
            db.execute(
                "INSERT OR REPLACE INTO driver_position(driver_id, lat, lon, at, received_at) VALUES (1, ?, ?, ?, ?)",
                (lat, lon, at, at),
            )
            db.commit()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = Path(tmp_path_factory.mktemp("views"))
    with server(folder, EVENING) as (base, clock):
        set_up(base, "A", PASSWORD)
        with closing(Person(base, "manager", PASSWORD)) as manager:
            manager.post("/staff", {"login": "desk", "name": "周调度", "roles": ["dispatcher"], "password": PASSWORD})
            manager.post("/drivers", {
                "badge_id": "SR001", "name": "刘师傅", "phone": "15079310001", "login": "sr001", "password": PASSWORD,
                "licence_no": "361101198001010001", "licence_class": "C1", "licence_until": "2031-12-31",
                "permit_until": "2031-12-31",
            }, expect=201)  # fmt: skip
        with closing(Person(base, "desk", PASSWORD)) as desk, closing(Person(base, "sr001", PASSWORD)) as driver:
            driver.post("/driver/shift/start")
            yield Stage(base, clock, desk, driver, folder / "homeward.db")


def clock_of(page: Page) -> tuple[str, str]:
    """Since when waiting counts, and how much of it is still free, as the page shows it ticking."""
    part = page.locator("[data-waiting]").first
    free = part.locator("time[data-until]")
    return part.get_attribute("data-waiting") or "", free.inner_text()[:2] if free.count() else ""


def fare_of(page: Page) -> str:
    return page.locator("[data-fare]").first.get_attribute("data-fare") or ""


def test_desk_driver_and_customer_see_one_waiting_clock_and_one_fare(browser: Browser, stage: Stage) -> None:
    trip_id, link = stage.book("13979300001")
    desk, desk_complaints = signed_in(browser, stage.base, "desk", 1440)
    phone, phone_complaints = signed_in(browser, stage.base, "sr001", 390)
    customer = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    phone.goto(f"{stage.base}/driver/trip/{trip_id}")
    step(phone)  # set off
    stage.clock.forward(minutes=12)
    step(phone)  # there: two minutes late
    views = {
        desk: f"{stage.base}/desk/trips/{trip_id}",
        phone: f"{stage.base}/driver/trip/{trip_id}",
        customer: link,
    }

    def told() -> set[tuple[tuple[str, str], str]]:
        for page, address in views.items():
            page.goto(address)
        return {(clock_of(page), fare_of(page)) for page in views}

    stage.clock.forward(minutes=10, seconds=20)
    [(clock, fare)] = told()
    assert (clock[1], fare) == ("19", "5900")
    stage.clock.forward(minutes=25)
    [(clock, fare)] = told()
    assert (clock[1], fare) == ("", "6900")  # beyond thirty minutes ten yuan, once (A2)
    for page in views:
        assert "¥10.00" in page.inner_text("[data-waiting]")
    assert desk_complaints == phone_complaints == []


def test_the_driver_comes_nearer_on_the_customers_page_by_itself(browser: Browser, stage: Stage) -> None:
    trip_id, link = stage.book("13979300002")
    stage.driver.command(trip_id, "depart")
    stage.seen(PICKUP[0] + 0.02, PICKUP[1] - 0.02)
    page = browser.new_context(**LOOKS["zh dark 360"]).new_page()  # type: ignore[arg-type]  # options of several types
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(link)
    far = page.locator("[data-arrival]").first
    before, drawn = int(far.get_attribute("data-arrival") or 0), page.locator(".sketch-driver").get_attribute("cx")
    page.locator("summary", has_text="更正联系电话").click()
    page.fill("[name=phone]", "1390793")

    stage.seen(PICKUP[0] + 0.002, PICKUP[1] + 0.004)
    page.wait_for_function(
        "before => Number(document.querySelector('[data-arrival]').dataset.arrival) < before", arg=before
    )
    assert page.locator(".sketch-driver").get_attribute("cx") != drawn
    assert page.locator("#live-said").inner_text() == far.inner_text()  # said once, to who cannot see it move
    assert page.input_value("[name=phone]") == "1390793"  # and nothing that was typed is lost

    stage.driver.command(trip_id, "arrive")
    page.wait_for_selector("#live[data-step=on_site]")
    assert "已到达" in page.inner_text("h1")
    assert page.locator(".sketch").count() == 0
    assert page.input_value("[name=phone]") == "1390793"
    assert complaints == []


def test_a_page_that_is_not_looked_at_asks_nothing(browser: Browser, stage: Stage) -> None:
    trip_id, link = stage.book("13979300003")
    stage.driver.command(trip_id, "depart")
    page = browser.new_context().new_page()
    page.clock.install()
    page.goto(link)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/live") else None)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.clock.run_for(120_000)
    assert asked == []
    with page.expect_request("**/live"):  # looked at again: it is up to date at once
        page.evaluate("""() => {
          Object.defineProperty(document, 'hidden', { value: false, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }""")


@pytest.mark.parametrize("look", LOOKS)
def test_the_customers_page_can_be_used_by_everybody(browser: Browser, stage: Stage, look: str) -> None:
    number = 13979300010 + list(LOOKS).index(look)
    trip_id, link = stage.book(str(number))
    page = browser.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]  # options of several types
    wrong: list[str] = []

    def look_at(address: str, where: str) -> None:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details.card').forEach((one) => { one.open = true; })")
        wrong.extend(f"{where}: {one}" for one in findings(page) + sideways(page))

    look_at(link, "accepted")
    stage.driver.command(trip_id, "depart")
    stage.seen(PICKUP[0] + 0.02, PICKUP[1] - 0.02)
    look_at(link, "coming")
    look_at(f"{link}/agreement", "agreement")
    stage.clock.forward(minutes=4)
    look_at(link, "position is old")
    stage.driver.command(trip_id, "arrive")
    look_at(link, "waiting")
    page.fill("[name=phone]", "12")
    page.locator("form[action$='/number'] button").click()
    page.wait_for_load_state()
    wrong.extend(f"wrong number: {one}" for one in findings(page) + sideways(page))
    stage.driver.command(trip_id, "refuse", {"reason": "will_not_sign"})
    look_at(link, "over, to be rated")
    small = page.evaluate("""() => [...document.querySelectorAll('main a, main button, main summary, footer a')]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML.slice(0, 90))""")
    assert (wrong, small if page.viewport_size and page.viewport_size["width"] < 700 else []) == ([], [])
    assert re.search(r"/t/[\w-]{22}$", link)
