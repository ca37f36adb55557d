"""Signing at one o'clock in the morning: on the driver's phone handed over, and on the customer's own, in the dark."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from dispatch.cli.night.stories import COMPANION
from dispatch.cli.night.story import Job, Night
from dispatch.services.links import LinkKey
from tests.browser.axe import findings, sideways
from tests.browser.phone import PASSWORD, PRIMARY, sign, signed_in, step

EVENING = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # one o'clock in the morning
BADGES = ("SR001", "SR002")
NIGHT = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "color_scheme": "dark", "has_touch": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="module")
def night(folder: Path) -> Iterator[Night]:
    """A branch with two drivers on shift."""
    with server(folder, EVENING) as (base, clock), ExitStack() as browsers:
        set_up(base, "B", PASSWORD)
        manager = browsers.enter_context(closing(Person(base, "manager", PASSWORD)))
        manager.post("/staff", {"login": "desk", "name": "周调度", "roles": ["dispatcher"], "password": PASSWORD})
        for number, badge in enumerate(BADGES):
            papers = {"licence_no": f"36110119800101000{number}", "licence_class": "C1",
                      "licence_until": "2031-12-31", "permit_until": "2031-12-31"}  # fmt: skip
            who = {"badge_id": badge, "name": "刘师傅", "phone": f"1507931000{number}", "login": badge.lower()}
            manager.post("/drivers", {**papers, **who, "password": PASSWORD}, expect=201)
        drivers = {badge: Person(base, badge.lower(), PASSWORD) for badge in BADGES}
        browsers.callback(close_all, drivers)
        for driver in drivers.values():
            driver.post("/driver/shift/start")
        desk = browsers.enter_context(closing(Person(base, "desk", PASSWORD)))
        yield Night("B", desk, manager, drivers, clock, free=list(BADGES))


def close_all(drivers: dict[str, Person]) -> None:
    """Those too who joined later."""
    for driver in drivers.values():
        driver.close()


def inspected(night: Night, number: int, **found: Any) -> tuple[Job, str]:
    job = night.book(number, "签署")
    badge = night.take(job)
    night.arrive(job, badge)
    night.inspect(job, badge, **found)
    return job, badge


def hire(night: Night, badge: str, number: int) -> None:
    """One more driver on shift."""
    night.manager.post("/drivers", {
        "badge_id": badge, "name": "陈师傅", "phone": f"1507931000{number}", "login": badge.lower(),
        "password": PASSWORD, "licence_no": f"36110119800101000{number}", "licence_class": "C1",
        "licence_until": "2031-12-31", "permit_until": "2031-12-31",
    }, expect=201)  # fmt: skip
    night.drivers[badge] = Person(base_of(night), badge.lower(), PASSWORD)
    night.drivers[badge].post("/driver/shift/start")
    night.give_back(badge)


def ask_for_codes(night: Night) -> None:
    headers = {"Idempotency-Key": "codes", "X-CSRFToken": night.manager._csrf}
    changed = night.manager._http.patch("/api/v1/branch", json={"code_for_signing": True}, headers=headers)
    assert changed.status_code == 200


def base_of(night: Night) -> str:
    return str(night.desk._http.base_url).rstrip("/")


def code_sent(night: Night, folder: Path, trip_id: int) -> str:
    """The one-time code in the newest message: made, like the service's, of its key and the step that sent it."""
    signing = night.manager.get(f"/trips/{trip_id}/ceremonies")["ceremonies"][-1]
    position = max(place for place, one in enumerate(signing["steps"], start=1) if one["step"] == "code_sent")
    return LinkKey((folder / "secret.key").read_text().strip().encode(), "").code(signing["id"], position)


def through(page: Page, wrong: list[str]) -> None:
    """Read, confirm one by one, draw; every screen is looked at."""

    def look(where: str) -> None:
        wrong.extend(f"{where}: {one}" for one in findings(page) + sideways(page))

    look("read")
    step(page)
    for number in range(6):
        assert f"第 {number + 1} 条，共 6 条" in page.inner_text("main")
        look(f"statement {number + 1}")
        step(page)
    look("draw")
    page.click(PRIMARY)  # nothing drawn: said on the page, nothing sent
    assert "请在框内签名" in page.inner_text(".field--signature")
    sign(page)


def test_an_agreement_is_signed_on_the_driver_s_phone(browser: Browser, night: Night) -> None:
    job, badge = inspected(night, 0)
    phone, complaints = signed_in(browser, base_of(night), badge.lower(), 390)
    phone.emulate_media(color_scheme="dark")
    phone.goto(f"{base_of(night)}/driver/trip/{job.trip_id}")
    phone.fill("[name=place]", "")
    step(phone)
    assert phone.get_attribute("[name=place]", "aria-invalid") == "true"
    phone.fill("[name=place]", "万达广场 3 号门")
    step(phone)
    assert "万达广场 3 号门" in phone.inner_text("article.paper")
    wrong: list[str] = []
    through(phone, wrong)
    step(phone)
    assert night.desk.get(f"/trips/{job.trip_id}")["state"] == "agreed"
    record = night.manager.get(f"/trips/{job.trip_id}/ceremonies")["ceremonies"][0]
    assert [one["step"] for one in record["steps"]] == ["opened", "read", *["confirmed"] * 6, "signed"]
    assert "Chrome" in record["steps"][0]["device"]
    assert wrong == complaints == []


def test_a_customer_signs_on_their_own_phone_and_the_driver_s_goes_on_by_itself(browser: Browser, night: Night) -> None:
    job, badge = inspected(night, 1)
    base = base_of(night)
    driver, complaints = signed_in(browser, base, badge.lower(), 390)
    customer = browser.new_context(**NIGHT).new_page()  # type: ignore[arg-type]  # options of several types
    customer.on("pageerror", lambda error: complaints.append(str(error)))
    link = job.link
    customer.goto(link)
    customer.click("text=阅读并签署协议")
    customer.wait_for_load_state()
    wrong = findings(customer)
    step(customer)
    driver.goto(f"{base}/driver/trip/{job.trip_id}")
    assert "客户正在自己的手机上签署" in driver.inner_text("main")
    through(customer, wrong)
    step(customer)
    assert customer.url == link
    assert customer.locator("a[href$='agreement.pdf']").count() == 1
    driver.wait_for_selector("text=协议已签署并存档")
    assert wrong == complaints == []


def test_where_the_branch_asks_a_one_time_code_comes_before_the_signature(
    browser: Browser, night: Night, folder: Path
) -> None:
    ask_for_codes(night)
    hire(night, "SR003", 9)
    job, _ = inspected(night, 5)
    customer = browser.new_context(**NIGHT).new_page()  # type: ignore[arg-type]  # options of several types
    customer.goto(f"{job.link}/sign")
    for _ in range(8):  # begin, read, six statements
        step(customer)
    assert "验证码" in customer.inner_text("h1")
    wrong = findings(customer)
    step(customer)
    customer.fill("[name=code]", "000 000")
    wrong += findings(customer) + sideways(customer)
    step(customer)
    assert "验证码不正确" in customer.inner_text(".flash-area")
    assert customer.locator("canvas.signature").count() == 0
    code = code_sent(night, folder, job.trip_id)
    customer.fill("[name=code]", f"{code[:3]} {code[3:]}")
    step(customer)
    sign(customer)
    step(customer)
    assert night.desk.get(f"/trips/{job.trip_id}")["state"] == "agreed"
    assert wrong == []


def test_a_companion_signs_on_their_own_phone_goes_back_a_screen_and_gets_their_own_code(
    browser: Browser, night: Night, folder: Path
) -> None:
    ask_for_codes(night)
    hire(night, "SR004", 8)
    found: dict[str, Any] = {
        "intoxication": "severe",
        "companion_name": "韩梅梅",
        "companion_sober": True,
        "signature": COMPANION,
    }
    job, _ = inspected(night, 6, **found)
    phone = browser.new_context(**NIGHT).new_page()  # type: ignore[arg-type]  # options of several types
    phone.goto(f"{job.link}/sign")
    assert "请陪同人签" in phone.inner_text("main")
    assert "选填" not in phone.inner_text("main")  # what is asked of a companion is asked in earnest
    phone.fill("[name=phone]", "139 0793 0008")
    wrong = findings(phone) + sideways(phone)
    step(phone)
    assert "韩梅梅" in phone.inner_text("article.paper")
    step(phone)
    step(phone)
    assert "第 2 条，共 6 条" in phone.inner_text("main")
    wrong += findings(phone) + sideways(phone)
    with phone.expect_navigation():
        phone.click(".step-back button")
    assert "第 1 条，共 6 条" in phone.inner_text("main")
    for _ in range(6):
        step(phone)
    assert "0008" in phone.inner_text("main")  # the companion's own number, not the customer's
    step(phone)
    phone.fill("[name=code]", code_sent(night, folder, job.trip_id))
    step(phone)
    wrong += findings(phone) + sideways(phone)
    sign(phone)
    step(phone)
    assert night.desk.get(f"/trips/{job.trip_id}")["state"] == "agreed"
    record = night.manager.get(f"/trips/{job.trip_id}/ceremonies")["ceremonies"][-1]
    assert [one["step"] for one in record["steps"]][:4] == ["opened", "read", "confirmed", "back"]
    assert (record["channel"], record["signer"]) == ("customer_link", "companion")
    assert wrong == []
