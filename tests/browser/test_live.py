"""Two desks see each other's work at once, also through a restart of the server."""

import hmac
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import free_port, wait_until_up
from dispatch.gateways.clock import system_clock

PASSWORD = "a-long-password-of-the-branch"
HEARD = """() => {
  globalThis.heard = [];
  for (const name of ['changed', 'reset', 'call']) {
    document.addEventListener(`live:${name}`, ({ detail }) => heard.push([name, detail.type ?? '', detail.id ?? 0]));
  }
}"""


@dataclass
class Office:
    """A real server that can be stopped and started again on the same database and port."""

    folder: Path
    url: str
    port: int
    running: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        told = {"HOMEWARD_DATA_DIR": str(self.folder), "HOMEWARD_BASE_URL": self.base, "DATABASE_URL": self.url}
        log = self.folder / "server.log"
        with log.open("ab") as output:
            command = [sys.executable, "-m", "dispatch.cli", "serve", "--no-scheduler", "--port", str(self.port)]
            self.running = subprocess.Popen(command, env={**os.environ, **told}, stdout=output, stderr=output)
        for patience in (3, 2, 1):  # a machine with other work starts slowly
            try:
                wait_until_up(self.base, self.running, log)
                break
            except RuntimeError:
                if patience == 1 or self.running.poll() is not None:
                    raise

    def stop(self) -> float:
        """Ask it to stop; answers how many seconds it took."""
        assert self.running is not None
        began = time.monotonic()
        self.running.send_signal(signal.SIGTERM)
        self.running.wait(20)
        return time.monotonic() - began


@contextmanager
def at_work(folder: Path, url: str) -> Iterator[Office]:
    office = Office(folder, url, free_port())
    office.start()
    try:
        set_up(office.base, "A", PASSWORD)
        with closing(Person(office.base, "manager", PASSWORD)) as manager:
            for login in ("desk", "desk2"):
                who = {"login": login, "name": login, "roles": ["dispatcher"], "password": PASSWORD}
                manager.post("/staff", who, expect=201)
        yield office
    finally:
        office.stop()


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    with at_work(tmp_path, database_url) as working:
        yield working


def order(number: int) -> dict[str, Any]:
    return {
        "caller_phone": f"1397930{number:04d}", "name": "李建国", "plate": f"赣E1{number:04d}",
        "pickup": {"address": "信州区 五三大道 8 号"}, "destination": {"address": "广信区 旭日大道 1 号"},
        "booked_km": "12", "appointed_at": (system_clock() + timedelta(hours=1)).isoformat(),
    }  # fmt: skip


def board(browser: Browser, base: str, login: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/desk"))
    page.evaluate(HEARD)
    return page


def wait_for(page: Page, trip_id: int, seconds: float = 5) -> None:
    page.wait_for_selector(f"[data-row='{trip_id}']", timeout=seconds * 1000)


def test_a_booking_on_one_desk_stands_on_the_other_within_a_second(browser: Browser, office: Office) -> None:
    one, other = board(browser, office.base, "desk"), board(browser, office.base, "desk2")
    one.goto(f"{office.base}/desk/new")
    for name, value in {
        "caller_phone": "13979300001", "name": "李建国", "plate": "赣E12345", "pickup": "信州区 五三大道 万达广场",
        "destination": "广信区 旭日大道 凤凰城", "booked_km": "12",
    }.items():  # fmt: skip
        one.fill(f"[name={name}]", value)
    with one.expect_navigation():
        one.press("[name=booked_km]", "Enter")
    wait_for(other, 1, 1)
    # The trip's page says that somebody else changed it, and moves nothing.
    other.goto(f"{office.base}/desk/trips/1?do=give-up")
    other.fill("[name=reason]", "附近没有空闲代驾员")
    with other.expect_navigation():
        other.press("[name=reason]", "Enter")
    one.wait_for_selector("#changed .note", timeout=1000)
    for page in (one, other):
        page.context.close()


def test_a_restart_of_the_server_loses_nothing_and_repeats_nothing(browser: Browser, office: Office) -> None:
    page = board(browser, office.base, "desk")
    with closing(Person(office.base, "desk2", PASSWORD)) as desk:
        desk.post("/trips", order(1), expect=201)
    wait_for(page, 1)
    assert office.stop() < 12  # by itself: a stream that held on would be killed after fifteen
    page.wait_for_selector("#lost:not([hidden])", timeout=15_000)
    assert "连接" in page.inner_text("#lost")
    office.start()
    with closing(Person(office.base, "desk2", PASSWORD)) as desk:
        for number in (2, 3):
            desk.post("/trips", order(number), expect=201)
    wait_for(page, 3, 10)
    page.wait_for_selector("#lost", state="hidden", timeout=15_000)
    booked = [trip for kind, told, trip in page.evaluate("heard") if (kind, told) == ("changed", "trip.book")]
    assert booked == [1, 2, 3]
    page.context.close()
    assert "Traceback" not in (office.folder / "server.log").read_text()


def exchange(office: Office) -> Callable[[str], int]:
    """A telephone system; tells of one call at extension 801, and answers the status it got."""
    with closing(Person(office.base, "manager", PASSWORD)) as manager:
        secret = manager.post("/branch/calls-secret")["calls_secret"]
        who = {"login": "pbx", "name": "PBX", "roles": ["exchange"], "password": PASSWORD}
        manager.post("/staff", who, expect=201)
        (desk,) = [one for one in manager.get("/staff")["staff"] if one["login"] == "desk"]
        headers = {"X-CSRFToken": manager._csrf, "Idempotency-Key": "extension"}
        manager._http.patch(f"/api/v1/staff/{desk['id']}", json={"extension": "801"}, headers=headers)
    with httpx.Client(base_url=office.base, timeout=30) as machine:
        signed_in = machine.post("/api/v1/sessions", json={"login": "pbx", "password": PASSWORD})
        cookies, csrf = dict(machine.cookies), signed_in.json()["csrf_token"]

    def tell(state: str) -> int:
        now = system_clock()
        told = {"call_id": "17.1", "state": state, "caller": "13979300001", "extension": "801", "at": now.isoformat()}
        body, stamp = json.dumps(told), str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": state,
            "X-Homeward-Timestamp": stamp,
            "X-Homeward-Signature": hmac.new(secret.encode(), f"{stamp}.{body}".encode(), "sha256").hexdigest(),
        }  # fmt: skip
        return httpx.post(
            f"{office.base}/api/v1/calls", content=body, headers=headers, cookies=cookies, timeout=30
        ).status_code

    return tell


def test_a_call_opens_on_the_idle_board_of_its_agent_and_disturbs_nobody_who_types(
    browser: Browser, office: Office
) -> None:
    tell = exchange(office)
    typing, idle, other = (board(browser, office.base, login) for login in ("desk", "desk", "desk2"))
    typing.goto(f"{office.base}/desk/new")
    typing.fill("[name=name]", "王小明")
    assert tell("ringing") == 200
    for page in (typing, idle):
        page.wait_for_selector(".call-bar[data-state=ringing]", timeout=15_000)
    assert other.locator(".call-bar").count() == 0
    idle.wait_for_timeout(2500)  # nobody has touched it for a while
    assert tell("answered") == 200
    idle.wait_for_url("**/desk/new?caller=**", timeout=15_000)
    assert idle.input_value("[name=caller_phone]").endswith("13979300001")
    typing.wait_for_selector(".call-bar[data-state=answered]", timeout=15_000)
    assert typing.input_value("[name=name]") == "王小明"
    assert other.locator(".call-bar").count() == 0
    assert tell("ended") == 200
    typing.wait_for_selector(".call-bar", state="detached", timeout=15_000)
    for page in (typing, idle, other):
        page.context.close()


def test_a_page_that_was_out_of_sight_catches_up(browser: Browser, office: Office) -> None:
    page = board(browser, office.base, "desk")
    page.context.set_offline(True)
    with closing(Person(office.base, "desk2", PASSWORD)) as desk:
        desk.post("/trips", order(1), expect=201)
    page.context.set_offline(False)
    wait_for(page, 1, 10)
    page.context.close()
