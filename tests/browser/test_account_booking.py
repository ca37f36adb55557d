"""A front desk calls: the booking asks who pays, by the keyboard; the pages of accounts can be used by everybody."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dispatch.cli.night.client import Person, set_up
from dispatch.cli.night.stage import server
from tests.browser.house import EVENING, PASSWORD
from tests.browser.looker import LOOKS, Looker

FRONT_DESK = "138 0793 0001"


@dataclass(frozen=True, slots=True)
class Office:
    """Where it is, and the account of the hotel that calls."""

    base: str
    account_id: int


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with server(Path(tmp_path_factory.mktemp("office")), EVENING) as (base, _):
        set_up(base, "A", PASSWORD)
        with closing(Person(base, "manager", PASSWORD)) as manager:
            person = {"login": "desk", "name": "周调度", "roles": ["dispatcher"], "password": PASSWORD}
            manager.post("/staff", person, expect=201)
            terms = {"kind": "hotel", "name": "龙潭湖宾馆", "limit_fen": 100_000, "payment_days": 15}
            account_id = manager.post("/accounts", terms, expect=201)["id"]
            caller = {"phone": FRONT_DESK, "name": "前台"}
            manager.post(f"/accounts/{account_id}/callers", caller, expect=201)
            manager.post(f"/accounts/{account_id}/payments", {"amount_fen": 100, "reference": "现金 1"}, expect=201)
            yield Office(base, account_id)


def test_a_number_with_an_account_is_asked_who_pays_and_the_arrow_keys_choose(browser: Browser, office: Office) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{office.base}/sign-in")
    page.fill("[name=login]", "desk")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()
    page.goto(f"{office.base}/desk/new")
    expect(page.locator("[name=account_id]")).to_have_count(0)
    page.locator("[name=caller_phone]").press_sequentially(FRONT_DESK)
    expect(page.locator("[name=account_id]")).to_have_count(2)
    expect(page.locator("[name=account_id][value=customer]")).to_be_checked()
    page.focus("[name=account_id]:checked")
    page.keyboard.press("ArrowDown")
    typed = {"name": "李建国", "plate": "赣E12345", "pickup": "龙潭湖宾馆", "destination": "天佑庄园"}
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    page.locator("[name=caller_phone]").press("End")
    page.keyboard.type(" ")  # looked up once more: the choice stays
    page.wait_for_timeout(600)
    expect(page.locator(f"[name=account_id][value='{office.account_id}']")).to_be_checked()
    page.fill("[name=booked_km]", "12")
    with page.expect_navigation():
        page.press("[name=booked_km]", "Enter")
    expect(page.locator("main")).to_contain_text("龙潭湖宾馆")
    trip_id = int(page.url.rsplit("/", 1)[1])
    with closing(Person(office.base, "desk", PASSWORD)) as desk:
        assert desk.get(f"/trips/{trip_id}")["account"] == "龙潭湖宾馆"
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_accounts_can_be_used_by_everybody(browser: Browser, office: Office, look: str) -> None:
    looker = Looker(browser, office.base, LOOKS[look])
    looker.sign_in("manager")
    here = f"/manage/accounts/{office.account_id}"
    for path in ("/manage/accounts", "/manage/accounts/new", here):
        looker.at(path)
    looker.at("/manage/accounts/new", lambda page: page.click("form .btn--primary"))  # with nothing filled in
    looker.at(here, lambda page: page.click(".reveal summary"))
    looker.at(here, lambda page: page.click("form[action$='/stop'] button"))  # without a reason
    assert looker.wrong == []
