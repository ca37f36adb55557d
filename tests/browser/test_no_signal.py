"""Without signal the driver goes on: every step arrives once and in order; what is refused is told in words."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from dispatch.cli.night.story import Job, Night, signature
from tests.browser.house import BADGES, EVENING, PASSWORD, STAFF, driver_file
from tests.browser.phone import answer, forward, sign, signed_in
from tests.browser.signal import Air, air
from tests.browser.test_condition_check import photo, put_away, tap, to_the_car

PRIMARY = ".phone-foot .btn--primary:visible"
ACCEPT = "form[action$='/accept'] button"
HISTORY = "select type, at, phone_at from journal where subject = 'trip' and subject_id = ? order by id"
CUSTOMERS = count(20)
WARM = """address => caches.match(address).then((page) => Boolean(page))"""
UNSENT = """() => new Promise((done) => {
    const asked = indexedDB.open('homeward');
    asked.onsuccess = () => {
        const all = asked.result.transaction('steps').objectStore('steps').getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.map((step) => step.action.split('/').pop())); };
    };
})"""

TEN_MINUTES = """() => new Promise((done) => {
    const asked = indexedDB.open('homeward');
    asked.onsuccess = () => {
        const change = asked.result.transaction('steps', 'readwrite');
        change.objectStore('steps').openCursor().onsuccess = ({ target: { result: row } }) => {
            if (!row) return;
            row.update({ ...row.value, tapped: new Date(Date.parse(row.value.tapped) - 600000).toISOString() });
            row.continue();
        };
        change.oncomplete = () => { asked.result.close(); done(); };
    };
})"""
"""What lies on the phone was tapped ten minutes ago."""


@dataclass(slots=True)
class Street:
    """A branch at work, and phones with air between them and the server."""

    night: Night
    base: str
    file: Path
    browser: Browser
    stack: ExitStack
    complaints: list[str] = field(default_factory=list)

    def phone(self, badge: str) -> tuple[Page, Air]:
        """A driver's phone, signed in, its worker at work."""
        between = self.stack.enter_context(air(self.base))
        page, complaints = signed_in(self.browser, between.base, badge.lower(), 390)
        self.complaints = complaints
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_function("navigator.serviceWorker.controller")
        self.stack.callback(page.context.close)
        return page, between

    def job(self, *badges: str) -> Job:
        """A new job, on offer to these drivers."""
        job = self.night.book(next(CUSTOMERS), "")
        self.stack.callback(
            self.night.desk.command, job.trip_id, "cancel", {"by": "customer", "reason": "改天"}, (200, 409)
        )
        self.night.desk.command(job.trip_id, "offer", {"badge_ids": list(badges), "seconds": 600})
        return job

    def history(self, job: Job) -> list[tuple[str, datetime, datetime | None]]:
        """What the journal has of a trip since it was offered: event, the server's time, the phone's."""
        with closing(sqlite3.connect(self.file)) as db:
            rows = db.execute(HISTORY, [job.trip_id])
            told = [
                (kind, *(moment and datetime.fromisoformat(moment) for moment in moments)) for kind, *moments in rows
            ]
        return told[2:]

    def events(self, job: Job) -> list[str]:
        return [kind.removeprefix("trip.") for kind, _, _ in self.history(job)]


@pytest.fixture(scope="module")
def on_duty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Night, str, Path]]:
    folder = Path(tmp_path_factory.mktemp("street"))
    with server(folder, EVENING) as (base, clock), ExitStack() as stack:

        def person(login: str) -> Person:
            return stack.enter_context(closing(Person(base, login, PASSWORD)))

        set_up(base, "A", PASSWORD)
        manager = person("manager")
        for login, name, roles in STAFF:
            manager.post("/staff", {"login": login, "name": name, "roles": roles, "password": PASSWORD}, expect=201)
        for number, badge in enumerate(BADGES, start=1):
            manager.post("/drivers", driver_file(badge, number), expect=201)
        night = Night("A", person("desk"), manager, {}, clock, free=list(BADGES))
        for badge in BADGES:
            night.drivers[badge] = person(badge.lower())
            night.drivers[badge].post("/driver/shift/start")
        yield night, base, folder / "homeward.db"


@pytest.fixture
def street(on_duty: tuple[Night, str, Path], browser: Browser) -> Iterator[Street]:
    with ExitStack() as stack:
        night, base, file = on_duty
        street = Street(night, base, file, browser, stack)
        yield street
        assert street.complaints == []


def press(page: Page, heading: str, button: str = PRIMARY) -> None:
    """The big button, until the next screen is there."""
    page.click(button)
    expect(page.locator("h1")).to_have_text(heading, timeout=12_000)


def kept(page: Page, address: str) -> None:
    """Wait until the phone has kept a page."""
    until(lambda: page.evaluate(WARM, address), page)


def until(there: Callable[[], object], page: Page) -> None:
    """Wait for what the browser only answers when asked."""
    for _ in range(100):
        with suppress(Error):  # the page was just left
            if there():
                return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def accept(street: Street, badge: str) -> tuple[Page, Air, Job]:
    """A phone with a job in hand, and the pages that may come next."""
    job = street.job(badge)
    page, between = street.phone(badge)
    press(page, "准备出发", ACCEPT)
    kept(page, f"/driver/trip/{job.trip_id}?ahead=inspected")
    kept(page, "/driver/no-signal")
    return page, between, job


def back_on(page: Page, between: Air) -> None:
    between.become("clear")
    page.evaluate("dispatchEvent(new Event('online'))")


def finish_check(page: Page) -> None:
    """From the car on: everything else is in order."""
    page.click("[data-all-sound]")
    forward(page)
    for part in ("safety", "insurance"):
        for question in page.locator(f"#check-{part} input[value=yes]").all():
            question.check(force=True)
        forward(page)
    page.fill("[name=odometer_km]", "45678")
    page.fill("[name=fuel_percent]", "60")
    forward(page)
    sign(page)
    page.click("[data-step-save]")


def test_ten_minutes_without_signal_in_the_middle_of_the_check_lose_nothing(street: Street) -> None:
    page, between, job = accept(street, "SR001")
    press(page, "前往客户处")
    kept(page, f"/driver/trip/{job.trip_id}?ahead=on_site")
    between.become("none")
    press(page, "检查客户与车辆")
    expect(page.locator("[data-part=count]")).to_have_text("1 项操作尚未发送")
    to_the_car(page)
    tap(page, "roof", "dent", "冰雹")
    for name in ("one.jpg", "two.jpg"):
        page.set_input_files("[name=photo_roof]", {"name": name, "mimeType": "image/jpeg", "buffer": photo()})
        page.wait_for_selector(f"dialog[open] [aria-label$='{name}']")
    put_away(page)

    page.reload()
    expect(page.locator("[data-part=kept]")).to_contain_text("无信号")
    expect(page.locator("#check-car .mark")).to_have_text(re.compile("照片 2 张"))
    finish_check(page)
    expect(page.locator("h1")).to_have_text("签署需要信号", timeout=12_000)
    page.reload()
    assert page.evaluate(UNSENT) == ["arrive", "inspect"]
    assert street.events(job) == ["accept", "depart"]

    page.evaluate(TEN_MINUTES)
    back_on(page, between)
    expect(page.locator("h1")).to_have_text(re.compile("签署协议"), timeout=20_000)
    assert street.events(job) == ["accept", "depart", "arrive", "inspect"]
    assert page.evaluate(UNSENT) == []
    for _, at, phone_at in street.history(job)[2:]:
        assert phone_at is not None
        assert timedelta(minutes=8) < at - phone_at < timedelta(minutes=11)
    with closing(sqlite3.connect(street.file)) as db:
        assert db.execute("select count(*) from photo where trip_id = ?", [job.trip_id]).fetchone() == (2,)


def test_a_check_that_was_refused_later_is_filled_in_again_in_its_own_place(street: Street) -> None:
    page, between, job = accept(street, "SR002")
    between.become("none")
    press(page, "前往客户处")
    press(page, "检查客户与车辆")
    to_the_car(page)
    tap(page, "roof", "dent")  # neither note nor photo: the server will object
    put_away(page)
    finish_check(page)
    expect(page.locator("h1")).to_have_text("签署需要信号", timeout=12_000)
    back_on(page, between)
    expect(page.locator("[data-part=why]")).to_be_visible(timeout=20_000)
    page.click("[data-part=look]")
    page.wait_for_load_state()
    page.click(".check-nav a[href='#check-car']")
    page.click(".outline [data-spot=roof] >> nth=0")
    page.fill("[name=note_roof]", "冰雹")
    put_away(page)
    page.click(".check-nav a[href='#check-confirm']")
    sign(page)
    page.click("[data-step-save]")
    expect(page.locator("h1")).to_have_text(re.compile("签署协议"), timeout=20_000)
    assert street.events(job) == ["accept", "depart", "arrive", "inspect"]
    assert page.evaluate(UNSENT) == []


def test_a_whole_drive_without_signal_arrives_in_the_order_it_was_driven(street: Street) -> None:
    job = street.job("SR001")
    night = street.night
    night.drive(job, "accept", "SR001")
    night.to_driving(job, "SR001")
    page, between = street.phone("SR001")
    page.goto(f"{between.base}/driver/trip/{job.trip_id}")
    for address in ("do=destination", "do=incident", "do=deliver", "ahead=stopped", "ahead=driving", "ahead=delivered"):
        kept(page, f"/driver/trip/{job.trip_id}?{address}")
    between.become("none")
    press(page, "停靠", "text=客户要求停靠")
    page.reload()
    press(page, "代驾中")

    page.click("text=变更目的地")
    page.fill("[name=address]", "广丰区 永丰街道 3 号")
    sign(page)
    press(page, "代驾中")
    page.click("text=上报事件")
    expect(page.locator("[data-part=count]")).to_be_visible()  # it moves what stands below it
    answer(page, "kind", "accident")
    page.fill("[name=note]", "与电动车轻微刮擦")
    press(page, "代驾中")
    page.click(PRIMARY)
    page.fill("[name=odometer_km]", "45699")
    for yes in page.locator("#step input[value=yes]").all():
        yes.evaluate("answer => answer.click()")  # the last ones lie under the foot of the page
    page.click(PRIMARY)
    expect(page.locator("h1")).to_have_text("签署需要信号", timeout=12_000)
    steps = ["stop", "resume", "change-destination", "report-incident", "deliver"]
    assert page.evaluate(UNSENT) == steps
    before = street.events(job)

    back_on(page, between)
    expect(page.locator("h1")).to_have_text(re.compile("签署回执"), timeout=20_000)
    assert street.events(job)[len(before) :] == [name.replace("-", "_") for name in steps]
    assert page.evaluate(UNSENT) == []
    assert night.desk.get(f"/trips/{job.trip_id}")["state"] == "delivered"
    night.sign(job, "SR001", "receipt", signature(job.customer.name), rating=5, comment="")  # free for other jobs


def test_a_step_whose_reply_was_lost_arrives_once(street: Street) -> None:
    page, between, job = accept(street, "SR002")
    between.become("deaf")
    page.click(PRIMARY)
    expect(page.locator("h1")).to_have_text("前往客户处", timeout=15_000)  # as it was kept
    assert page.evaluate(UNSENT) == ["depart"]
    between.become("clear")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-part=waiting]")).to_be_hidden(timeout=15_000)
    press(page, "检查客户与车辆")
    assert street.events(job) == ["accept", "depart", "arrive"]


def test_of_two_phones_that_accept_one_gets_the_job_and_the_other_is_told_who(street: Street) -> None:
    job = street.job("SR003", "SR004")
    (first, _), (second, _) = street.phone("SR003"), street.phone("SR004")
    first.click(ACCEPT)
    second.click(ACCEPT)
    until(lambda: "准备出发" in {page.locator("h1").inner_text() for page in (first, second)}, first)
    won, lost, winner = (
        (first, second, "SR003") if first.locator("h1").inner_text() == "准备出发" else (second, first, "SR004")
    )
    expect(lost.locator("#flash")).to_contain_text(winner)
    expect(won.locator("h1")).to_have_text("准备出发")
    assert street.events(job) == ["accept"]


def test_accepting_without_signal_is_not_kept_for_later(street: Street) -> None:
    job = street.job("SR004")
    page, between = street.phone("SR004")
    between.become("none")
    page.click(ACCEPT)
    expect(page.locator("#flash")).to_contain_text("无信号，暂时无法接单", timeout=15_000)
    assert page.evaluate(UNSENT) == []
    between.become("clear")
    press(page, "准备出发", ACCEPT)
    assert street.events(job) == ["accept"]


def test_a_trip_that_was_given_away_meanwhile_is_told_in_words_and_dropped_when_asked_twice(
    street: Street,
) -> None:
    page, between, job = accept(street, "SR002")
    press(page, "前往客户处")
    kept(page, f"/driver/trip/{job.trip_id}?ahead=on_site")
    between.become("none")
    press(page, "检查客户与车辆")
    street.night.desk.command(job.trip_id, "replace-driver", {"reason": "driver_late", "note": ""})
    back_on(page, between)
    expect(page.locator("[data-part=why]")).to_have_text(
        re.compile(r"调度已于 \d\d-\d\d \d\d:\d\d 收回此单，将另派代驾员。"), timeout=15_000
    )
    expect(page.locator("[data-part=what]")).to_have_text(re.compile("未受理：我已到达"))
    page.click("[data-part=drop]")
    page.click("[data-part=keep]")
    assert page.evaluate(UNSENT) == ["arrive"]
    page.click("[data-part=drop]")
    page.click("[data-part=drop-now]")
    expect(page.locator("h1")).to_have_text("已不由您执行")
    assert page.evaluate(UNSENT) == []


def test_signing_out_clears_the_pages_and_keeps_the_steps_that_nobody_has(street: Street) -> None:
    page, between, job = accept(street, "SR003")
    between.become("none")
    press(page, "前往客户处")
    street.night.desk.command(job.trip_id, "replace-driver", {"reason": "driver_late", "note": ""})
    back_on(page, between)
    expect(page.locator("[data-part=refused]")).to_be_visible(timeout=15_000)
    page.click("details.menu summary")
    page.click("form[action='/sign-out'] button")
    page.click("#leaving [data-leave]")
    page.wait_for_url("**/sign-in")
    assert page.evaluate("caches.keys().then((names) => names.filter((name) => name.startsWith('pages-')))") == []
    assert page.evaluate(UNSENT) == ["depart"]


def test_steps_of_somebody_else_wait_for_their_own_person(street: Street) -> None:
    page, between, job = accept(street, "SR001")
    between.become("none")
    press(page, "前往客户处")
    page.context.clear_cookies()  # the session has ended
    between.become("clear")
    page.goto(f"{between.base}/driver")
    page.wait_for_url("**/sign-in**")
    enter(page, "sr002")
    expect(page.locator("[data-part=foreign]")).to_be_visible()
    expect(page.locator("[data-part=waiting]")).to_be_hidden()
    page.wait_for_timeout(1500)
    assert street.events(job) == ["accept"]
    page.click("details.menu summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    enter(page, "sr001")
    until(lambda: street.events(job) == ["accept", "depart"], page)
    page.wait_for_load_state()
    until(lambda: page.evaluate(UNSENT) == [], page)


def enter(page: Page, login: str) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("button.btn--big")
    page.wait_for_url("**/driver")
