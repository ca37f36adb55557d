"""Twelve callbacks in a real browser without the mouse, and both sizes of the pages looked at by axe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from dispatch.cli.night.stage import StageClock, server
from dispatch.domain.callback import CallbackState
from dispatch.domain.states import State
from dispatch.services import callbacks, sign_in
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.db import Database
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from tests.browser.axe import findings, sideways
from tests.browser.keyboard import Keyboard
from tests.browser.looker import LOOKS
from tests.world import NIGHT, World

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
CUSTOMERS = 12
CONTENT = ("5", "1", "1", "1", "1", "Enter")
MOST_KEYS = 9
TELEPHONE = """addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="tel:"]');
  if (!link) return;
  event.preventDefault();
  sessionStorage.rung = `${sessionStorage.rung ?? ''} ${link.href}`;
});"""
"""Stands for the program that dials: the browser would ask whether to open it, and hold back every key meanwhile."""


@dataclass(frozen=True, slots=True)
class Office:
    """A real server on Monday at ten, and the branch in its database."""

    base: str
    world: World
    clock: StageClock

    def signed_in(self, context: BrowserContext, who: int) -> None:
        with self.world.db.transaction() as session:
            token = sign_in.open_session(session, session.get_one(Staff, who), self.clock.now(), timedelta(hours=12))
        context.add_init_script(TELEPHONE)
        context.add_cookies([{"name": "homeward", "value": token, "url": self.base}])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = Path(tmp_path_factory.mktemp("callbacks"))
    with server(folder, NIGHT, "--no-scheduler") as (base, clock):
        db = Database(f"sqlite:///{folder / 'homeward.db'}")
        world = World(db)
        trips = [world.book() for _ in range(CUSTOMERS)]
        with db.transaction() as session:
            session.get_one(Branch, world.branch_id).document_language = "zh-en"
            for number in trips:
                trip = session.get_one(Trip, number)
                trip.state, trip.driver_id = State.CLOSED, world.driver.driver_id
                trip.ended_at, trip.total_fen = NIGHT, 6650
                callbacks.create_for_closed_trip(session, trip, NIGHT)
        clock.to(MONDAY_TEN)
        yield Office(base, world, clock)
        db.dispose()


def claim(keyboard: Keyboard) -> None:
    """Claim the next one, ask for the number, ring it."""
    keyboard.go("n")
    keyboard.press("d")
    keyboard.page.wait_for_selector('#dial a[href^="tel:"]:focus')
    keyboard.press("Enter")


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_callbacks_can_be_read_by_everybody(browser: Browser, office: Office, look: str) -> None:
    context = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]  # values of several kinds
    office.signed_in(context, office.world.manager.id)
    page = context.new_page()
    wrong = []
    for path in ("/care", "/care/1", "/manage/callbacks"):
        page.goto(f"{office.base}{path}")
        wrong += [f"{path}: {one}" for one in findings(page) + sideways(page)]
    assert wrong == []
    context.close()


def test_twelve_customers_are_called_without_the_mouse(browser: Browser, office: Office) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    office.signed_in(context, office.world.agent.id)
    page = context.new_page()
    page.goto(f"{office.base}/care")
    keyboard, spent = Keyboard(page), []
    for number in range(1, CUSTOMERS + 1):
        claim(keyboard)
        if number == 3:
            keyboard.go("x", "Enter")  # nobody answers
        elif number == 7:
            keyboard.press("t")
            assert page.evaluate("document.activeElement.name") == "call_again_at"
            page.locator("[name=call_again_at]").fill("2026-03-09T20:30")  # typed as the browser's language has it
            keyboard.go("Enter")
        elif number == 5:
            keyboard.go("2", "1", "2", "1", "1", "Enter")
            assert page.evaluate("document.activeElement.name") == "wish"
            page.keyboard.insert_text("请道歉")
            keyboard.go("Alt+s")
            keyboard.go("c")
        else:
            assert findings(page) == []
            keyboard.go(*CONTENT)
        spent.append(keyboard.counted())
    assert max(spent) <= MOST_KEYS + 2
    assert [count for number, count in enumerate(spent, 1) if number not in {3, 5, 7}] == [MOST_KEYS] * 9
    assert "/care/next" not in page.content()
    assert len(page.evaluate("sessionStorage.rung").split()) == CUSTOMERS
    with office.world.db.reading() as session:
        states = [task.state for task in session.query(CallbackTask).order_by(CallbackTask.id)]
        assert states.count(CallbackState.DONE) == CUSTOMERS - 2
        assert states.count(CallbackState.SCHEDULED) == 2
        assert session.query(CallbackAttempt).count() == CUSTOMERS
        (complaint,) = session.query(ComplaintRow)
        assert (complaint.contact_name, complaint.wish) == ("李建国", "请道歉")
        assert "未与客户一起检查车辆" in complaint.problem
    context.close()


def test_what_is_typed_beside_the_number_stays_when_it_is_asked_for_again(browser: Browser, office: Office) -> None:
    office.clock.forward(minutes=150)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    office.signed_in(context, office.world.agent.id)
    page = context.new_page()
    page.goto(f"{office.base}/care")
    keyboard = Keyboard(page)
    keyboard.go("n")  # the one that did not answer
    page.fill("[name=note]", "稍后再说")
    page.locator("h1").click()
    keyboard.press("d")
    page.wait_for_selector('#dial a[href^="tel:"]')
    assert page.input_value("[name=note]") == "稍后再说"
    context.close()
