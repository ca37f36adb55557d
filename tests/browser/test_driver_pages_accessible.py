"""Every screen of the driver's phone and of the customer's link: axe-core finds nothing, nothing scrolls sideways at
360 px, every target can be hit with a thumb, and a first load takes no more than it may (5-screens)."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dispatch.cli.night.client import Person
from dispatch.cli.night.story import inspection, sign, signature
from dispatch.domain.commands import ClosingItem
from tests.browser.axe import findings
from tests.browser.house import PASSWORD, House, house
from tests.browser.looker import LOOKS, Looker, Then
from tests.browser.phone import answer, forward

NARROW = {"viewport": {"width": 360, "height": 740}}
PHONES = {f"{name.rpartition(' ')[0]} 360": {**look, **NARROW} for name, look in LOOKS.items()}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(Path(tmp_path_factory.mktemp("phones"))) as built:
        yield built


@pytest.fixture(params=PHONES)
def looker(request: pytest.FixtureRequest, browser: Browser, full: House) -> Looker:
    return Looker(browser, full.base, PHONES[request.param])


TARGETS = "a, button, summary, select, textarea, input:not([type=hidden]), .choice"
WITHIN = ".sr, .skip, .choice input, .check input, p:not(.row, .call-row) > a"
"""Hit by what surrounds it, or a link in a sentence."""


def small(page: Page) -> list[str]:
    """What is tapped and lower or narrower than 44 px."""
    found: list[str] = page.evaluate(
        """([targets, within]) => [...document.querySelectorAll(targets)]
          .filter((one) => one.checkVisibility() && !one.matches(within))
          .map((one) => [one, one.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
          .map(([one, box]) => `${box.width} x ${box.height} px: ${one.outerHTML.slice(0, 100)}`)""",
        [TARGETS, WITHIN],
    )
    return found


def press(selector: str) -> Then:
    return lambda page: page.click(selector)


def look(looker: Looker, path: str, then: Then | None = None) -> None:
    """Open a screen, do something on it, and look; its targets must be big enough too."""

    def measure(page: Page) -> None:
        if then is not None:
            then(page)
            page.wait_for_load_state()
        looker.wrong += [f"{path}: {one}" for one in small(page)]

    looker.at(path, measure)


def complain(page: Page) -> None:
    """Without saying why."""
    page.click(".more > summary")
    page.click(".more .btn--primary")


def test_every_screen_of_the_driver_can_be_used_by_everybody(looker: Looker, full: House) -> None:
    here, hurt = (f"/driver/trip/{full.trips[name]}" for name in ("here", "hurt"))
    looker.sign_in(full.drivers["waiting"])
    look(looker, "/driver")
    look(looker, "/driver", press("details.menu summary"))
    look(looker, "/driver/day")

    looker.sign_in(full.drivers["here"])
    for path in ("/driver", f"{here}?do=refuse", f"{here}#check-confirm"):
        look(looker, path)
    look(looker, f"{here}?do=refuse", press(".phone-foot .btn"))

    looker.sign_in(full.drivers["hurt"])
    for path in (hurt, f"{hurt}?do=destination", f"{hurt}?do=incident", f"{hurt}?do=deliver"):
        look(looker, path)
    for do in ("incident", "deliver"):
        look(looker, f"{hurt}?do={do}", press(".phone-foot .btn"))
    assert looker.wrong == []


def test_every_step_of_the_condition_check_can_be_used_by_everybody(looker: Looker, full: House) -> None:
    looker.sign_in(full.drivers["here"])
    wrong: list[str] = []

    def through(page: Page) -> None:
        def check(where: str) -> None:
            wrong.extend(f"{where}: {one}" for one in findings(page) + small(page))

        page.click("[data-step-next]")
        check("a question left open")
        answer(page, "driver_sober", "yes")
        forward(page)
        check("customer")
        answer(page, "intoxication", "mild")
        forward(page)
        page.click(".outline .spot--roof")
        answer(page, "panel_roof", "dent")
        check("a part of the car")
        page.click("dialog[open] [data-closes]")
        page.click("[data-all-sound]")
        check("car")
        for step in ("safety", "insurance", "readings", "confirm"):
            page.click(f".check-nav a[href='#check-{step}']")
            page.wait_for_selector(f"#check-{step}:visible")
            check(step)

    looker.at(f"/driver/trip/{full.trips['here']}", through)
    assert looker.wrong + wrong == []


def test_every_page_of_the_customer_can_be_used_by_everybody(looker: Looker, full: House) -> None:
    looker.sign_out()
    for name in ("closed", "refused", "waiting", "here", "hurt"):
        look(looker, full.links[name])
    look(looker, full.links["here"], press(".more > summary >> nth=0"))
    look(looker, full.links["closed"], complain)
    look(looker, f"{full.links['here']}/sign")  # nothing to sign yet
    look(looker, "/badge/nobody")
    assert looker.wrong == []


def test_every_next_step_of_a_job_can_be_used_by_everybody(browser: Browser, full: House) -> None:
    looker = Looker(browser, full.base, PHONES["en dark 360"])
    trip_id, badge = full.trips["waiting"], full.drivers["waiting"]
    looker.sign_in(badge)
    signed = signature("Li Lei")
    done = {item.value: True for item in ClosingItem}
    with closing(Person(full.base, badge, PASSWORD)) as driver:
        for name, body in (
            ("accept", None),
            ("depart", None),
            ("arrive", None),
            ("inspect", inspection("Li Lei")),
            ("agreement", {"place": "Wanda Plaza"}),
            ("start", None),
            ("stop", {"requested_by": "customer", "reason": ""}),
            ("resume", None),
            ("deliver", {"odometer_km": "45690", "checklist": done}),
            ("receipt", {"rating": 5, "comment": ""}),
        ):
            here = partial(look, looker, f"/driver/trip/{trip_id}")
            if name in {"agreement", "receipt"}:
                sign(driver, trip_id, name, signed, after=here, **(body or {}))
            else:
                driver.command(trip_id, name, body)
                here()
    look(looker, "/driver")
    assert looker.wrong == []
