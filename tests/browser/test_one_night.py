"""A dispatcher, a driver and a customer in real browsers against a real server: one job from call to closed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from tests.browser.phone import PASSWORD, answer, forward, sign, signed_in, step, through_signing

EVENING = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that was set up, with a dispatcher and one driver on shift; answers its address."""
    with server(Path(tmp_path_factory.mktemp("browser")), EVENING) as (base, _clock):
        set_up(base, "A", PASSWORD)
        manager = Person(base, "manager", PASSWORD)
        manager.post("/staff", {"login": "desk", "name": "周调度", "roles": ["dispatcher"], "password": PASSWORD})
        papers = {"licence_no": "361101198001010001", "licence_class": "C1", "licence_until": "2031-12-31"}
        driver = {"badge_id": "SR001", "name": "刘师傅", "phone": "15079310001", "permit_until": "2031-12-31"}
        manager.post("/drivers", {**papers, **driver, "login": "sr001", "password": PASSWORD}, expect=201)
        manager.close()
        yield base


def test_a_job_from_the_call_to_the_signed_receipt(browser: Browser, branch: str) -> None:
    desk, desk_complaints = signed_in(browser, branch, "desk", 1440)
    phone, phone_complaints = signed_in(browser, branch, "sr001", 390)
    step(phone)  # on duty

    desk.goto(f"{branch}/desk/new")
    for name, value in {
        "caller_phone": "13979300001", "name": "李建国", "plate": "赣E12345", "pickup": "信州区 五三大道 万达广场",
        "destination": "广信区 旭日大道 凤凰城", "booked_km": "12",
    }.items():  # fmt: skip
        desk.fill(f"[name={name}]", value)
    desk.wait_for_selector("#quote .fare")  # the live quote appears while typing
    with desk.expect_navigation():
        desk.press("[name=booked_km]", "Enter")
    desk.fill("#f-badge_id", "SR001")
    with desk.expect_navigation():
        desk.press("#f-badge_id", "Enter")
    assert "刘师傅" in desk.inner_text("main")
    desk.goto(f"{branch}/desk/trips/1")
    link = desk.locator("a[href*='/t/']").first.get_attribute("href") or ""

    phone.goto(f"{branch}/driver")
    phone.click("text=继续此单")
    step(phone)  # set off
    step(phone)  # arrived
    answer(phone, "driver_sober", "yes")
    forward(phone)
    answer(phone, "intoxication", "mild")
    forward(phone)
    phone.click("[data-all-sound]")
    forward(phone)
    for part in ("safety", "insurance"):
        for question in phone.locator(f"#check-{part} input[value=yes]").all():
            question.check(force=True)
        forward(phone)
    phone.fill("[name=odometer_km]", "45678")
    phone.fill("[name=fuel_percent]", "60")
    forward(phone)
    sign(phone)
    step(phone)
    assert "签署协议" in phone.inner_text("h1")
    through_signing(phone, statements=6)  # the agreement is printed, sealed and stored
    step(phone)  # start
    step(phone)  # there
    phone.fill("[name=odometer_km]", "45690")
    for question in phone.locator("input[type=radio][value=yes]").all():
        question.check(force=True)
    step(phone)
    through_signing(phone, statements=0, rating=5)
    assert "已结单" in phone.inner_text("h1")

    desk.goto(f"{branch}/desk/trips/1")
    assert "已结单" in desk.inner_text("h1")
    assert desk.locator("a[href*='/t/']").count() == 0  # what is signed is the customer's: the desk has its status
    customer = browser.new_context(viewport={"width": 390, "height": 860}, locale="zh-CN").new_page()
    customer.goto(link)
    assert "刘师傅" in customer.inner_text("main")
    assert customer.locator("a[href$='receipt.pdf']").count() == 1
    assert desk_complaints == phone_complaints == []
