"""Every page of the desk, customer service, managers and strangers: axe-core finds nothing, nothing scrolls sideways on
a phone, and a first load takes no more than it may (5-screens)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dispatch.cli.night.stage import server
from tests.browser.house import EVENING, House, house
from tests.browser.looker import LOOKS, Looker, Then

WRONG_TARIFF = 'code = "x"\n[[band]]\nhours = "06:00-22:00"\nbase = -39\n'


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(tmp_path_factory.mktemp("house"))) as built:
        yield built


@pytest.fixture(params=LOOKS)
def looker(request: pytest.FixtureRequest, browser: Browser, full: House) -> Looker:
    return Looker(browser, full.base, LOOKS[request.param])


def press(selector: str) -> Then:
    """Press it."""
    return lambda page: page.click(selector)


def write(before: str, after: str) -> Then:
    """Change words of the document, and have it checked."""

    def change(page: Page) -> None:
        document = page.locator("[name=document]")
        document.fill(document.input_value().replace(before, after))
        page.click("[name=do][value=check]")

    return change


def along_the_columns(page: Page) -> None:
    """One stop for the tab key in each chart; arrows go on, and Enter opens the column."""
    first = page.locator("[data-chart]").first
    assert first.locator("a[tabindex='0']").count() == 1
    first.locator("a[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_every_page_can_be_used_by_everybody_and_loads_fast(looker: Looker, full: House) -> None:
    trips = full.trips
    for path in ("/sign-in", "/verify", "/verify/SR-19990101-000001", "/nothing/here"):
        looker.at(path)
    looker.at("/sign-in", press("button.btn--big"))

    looker.sign_in("all")
    for trip in trips.values():
        looker.at(f"/desk/trips/{trip}")
    for action in (f"{trips['here']}?do=cancel", f"{trips['here']}?do=replace-driver", f"{trips['hurt']}?do=abort"):
        looker.at(f"/desk/trips/{action}")
    looker.at(f"/desk/trips/{trips['here']}?do=replace-driver", press("#action .btn--primary"))  # without a reason
    looker.at(f"/desk/trips/{trips['closed']}", press(".reveal summary"))
    for path in ("/desk", "/desk/trips", "/desk/trips?q=zzz", "/desk/trips?state=ended", "/desk/trips/99999"):
        looker.at(path)
    looker.at(f"/desk/new?caller={full.caller}", settled="#quote .told")
    looker.at("/desk/new", press("#booking .btn--primary"))

    looker.at("/desk/violations", press(".form-foot .btn"))  # without a plate

    def look_up(page: Page) -> None:
        page.fill("[name=plate]", full.plate)
        page.fill("[name=at]", "2026-11-20T20:20")
        page.click(".form-foot .btn")

    looker.at("/desk/violations", look_up)

    call = looker.at("/care", lambda page: page.locator(".page-head .btn--primary").click())
    looker.at(call, press("form[action$='/dial'] button"))
    looker.at(call, press("[data-answers] .btn--primary"))
    looker.at(call, lambda page: page.locator("form[action$='/release'] button").click())
    looker.at(f"/care/trips/{trips['closed']}/agreement")
    looker.at("/care/complaints")

    def search(page: Page) -> None:
        page.fill("[name=q]", "1")
        page.click(".form-foot .btn--primary")

    looker.at("/care/customers", search)
    looker.at("/care/customers/1", press(".reveal summary"))
    looker.at(f"/care/complaints/new?trip={trips['closed']}", press(".form-foot .btn--primary"))
    assert looker.wrong == []


def test_every_page_of_complaints_can_be_used_by_everybody_and_loads_fast(looker: Looker, full: House) -> None:
    looker.sign_in("all")
    for path in (
        "/care/complaints",
        "/care/complaints/all",
        "/care/complaints/1",
        "/care/complaints/2",
        "/care/department",
    ):
        looker.at(path)
    looker.at("/care/complaints/1?step=assess", press("#step .btn--primary"))  # without a word
    looker.at("/care/complaints/1?step=pause", press("#step .btn--primary"))
    for form in ("department", "template", "terms"):
        looker.at(f"/manage/complaints?do={form}", press("#form .btn--primary"))
    looker.at(
        f"/desk/new?caller={full.caller}", press("#caller [data-fill*=voucher]"), settled="#caller [data-fill*=voucher]"
    )
    looker.at(f"/desk/trips/{full.trips['hurt']}")
    assert looker.wrong == []


def test_an_incident_becomes_a_case_with_one_press(browser: Browser, full: House) -> None:
    looker = Looker(browser, full.base, LOOKS["en dark 390"])
    looker.sign_in("all")
    led_to = looker.at(f"/desk/trips/{full.trips['hurt']}", press("form[action$='/case'] button"))
    assert led_to.startswith("/care/complaints/")
    assert looker.wrong == []


def test_every_page_of_managers_can_be_used_by_everybody_and_loads_fast(looker: Looker, full: House) -> None:
    looker.sign_in("all")
    pages = "drivers", "drivers/new", "drivers/1", "staff", "staff/2", "tariffs", "days", "branch", "journal"
    for page in (*pages, "customers", "retention", "persons/1", "holds/customer/1"):
        looker.at(f"/manage/{page}")
    looker.at("/account")
    looker.at("/account", press("form[action='/account/password'] .btn--primary"))
    looker.at("/manage/drivers/new", press(".form-foot .btn--primary"))
    looker.at("/manage/staff", press(".side .btn--primary"))
    looker.at("/manage/days", press("[name=do][value=day]"))

    def save_wrong(page: Page) -> None:
        page.fill("[name=phone]", "12")
        page.click("#settings .form-foot .btn--primary")

    looker.at("/manage/branch", save_wrong)
    looker.at("/manage/days", press("[name=do][value=import]"))
    looker.at("/manage/tariffs", press("[name=do][value=check]"))
    looker.at("/manage/tariffs?sample=city-steps", press("[name=do][value=check]"))

    def publish_wrong(page: Page) -> None:
        page.fill("[name=document]", WRONG_TARIFF)
        page.click("[name=do][value=publish]")

    looker.at("/manage/tariffs", publish_wrong)
    looker.at("/manage/forms", publish_wrong)
    looker.at("/manage/forms", write("须有陪同人", "须有清醒的陪同人"))
    looker.at("/manage/forms", write("{cancel_fee}", "10 元"))
    for page in ("forms", "forms/B-2026.1", "forms/A-2026.1?against=B-2026.1"):
        looker.at(f"/manage/{page}")
    for name in ("closed", "refused"):
        looker.at(f"/manage/trips/{full.trips[name]}/dispute")
    looker.at(f"/manage/trips/{full.trips['closed']}/dispute", press("form[action$='/dispute'] .btn--primary"))
    days = "from=2026-11-20&until=2026-11-23"
    looker.at(f"/manage/reports?{days}")
    looker.at(f"/manage/reports?{days}", press(".export summary"))
    led_to = looker.at(f"/manage/reports?{days}", along_the_columns)
    assert led_to == "/manage/reports/behind?from=2026-11-22&until=2026-11-22&breakdown=trip_state"
    looker.at("/manage/reports?from=2026-11-23&until=2026-11-20")
    for asked in ("trip_state", "callback_state", "ledger_kind&list=entries", "district&list=customers"):
        looker.at(f"/manage/reports/behind?{days}&breakdown={asked}")
    looker.at("/manage/reports/schedules", press(".side .btn--primary"))  # without an address
    looker.at("/manage/assessment")
    looker.at("/account/assessment")
    looker.sign_in("care")
    looker.at("/manage/staff")  # not for this role
    assert looker.wrong == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_first_visit_can_be_used_by_everybody(browser: Browser, tmp_path: Path, look: str) -> None:
    with server(tmp_path, EVENING) as (base, _clock):
        looker = Looker(browser, base, LOOKS[look])
        looker.at("/setup")
        looker.at("/setup", press(".form-foot .btn--primary"))
    assert looker.wrong == []
