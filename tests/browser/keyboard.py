"""A keyboard at a page, and how often it was pressed."""

from playwright.sync_api import Page


class Keyboard:
    """Presses keys on a page, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def go(self, *keys: str) -> None:
        """Keys of which the last leads to another page."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def type(self, text: str) -> None:
        """Words, a key for each letter."""
        self.page.keyboard.type(text)
        self.count += len(text)

    def counted(self) -> int:
        """How many since it was last asked."""
        count, self.count = self.count, 0
        return count
