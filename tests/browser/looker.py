"""Opens pages as different people see them, and keeps what is wrong with them."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, StorageState

from tests.browser.axe import Line, findings, sideways
from tests.browser.house import PASSWORD

LOOKS = {
    "zh light 1440": {"locale": "zh-CN", "color_scheme": "light", "viewport": {"width": 1440, "height": 860}},
    "en dark 390": {"locale": "en-GB", "color_scheme": "dark", "viewport": {"width": 390, "height": 860}},
}
Then = Callable[[Page], object]


class Looker:
    """Opens pages in one language, scheme and width, each as if for the first time, and keeps what is wrong."""

    def __init__(self, browser: Browser, base: str, look: dict[str, Any]) -> None:
        self._browser, self._base, self._look = browser, base, look
        self._kept: StorageState | None = None
        self.wrong: list[str] = []

    def sign_in(self, login: str) -> None:
        """Sign in, and take the language of the look."""
        page = self._browser.new_context(**self._look).new_page()
        page.goto(f"{self._base}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
        self._keep(page)

    def sign_out(self) -> None:
        """Be nobody, in the language of the look."""
        page = self._browser.new_context(**self._look).new_page()
        page.goto(f"{self._base}/verify")
        self._keep(page)

    def _keep(self, page: Page) -> None:
        if page.get_attribute("html", "lang") != self._look["locale"].removesuffix("-GB"):
            with page.expect_navigation():
                page.locator(".language button").first.dispatch_event("click")  # it may be in a menu
        self._kept = page.context.storage_state()
        page.context.close()

    def at(self, path: str, then: Then | None = None, *, settled: str = "") -> str:
        """Open a page until what it loads of itself is there, do something on it, look; answers where that led."""
        page = self._browser.new_context(storage_state=self._kept, **self._look).new_page()
        line = Line(page)
        page.goto(f"{self._base}{path}")
        if settled:
            page.wait_for_selector(settled)
        found = line.too_much()
        if then is not None:
            then(page)
            page.wait_for_load_state()
        found += findings(page) + sideways(page)
        self.wrong += [f"{path}: {one}" for one in found]
        led_to = page.url.removeprefix(self._base)
        page.context.close()
        return led_to
