"""What axe-core, the width of the window and the bytes on the line have to say of a page that is open in a browser."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FIRST_LOAD = 150 * 1024
"""Bytes that any page may take the first time, everything it needs together (5-screens)."""

_RUN = """async () => {
  const found = await axe.run({ rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(' ')} ${node.any.concat(node.all, node.none).map((one) => one.message)[0] ?? ''}`));
}"""


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """What axe-core objects to, a line for each element: rule, element, why. The page's policy lets no script in
    that it does not know, so axe is evaluated beside it."""
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN)
    return found


def sideways(page: Page) -> list[str]:
    """How far the page scrolls sideways, and what sticks out most; empty where it fits."""
    over: list[str] = page.evaluate(
        """() => {
          const { clientWidth, scrollWidth } = document.documentElement;
          if (scrollWidth <= clientWidth) return [];
          const out = [...document.body.querySelectorAll('*')]
            .filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
          return [`${scrollWidth - clientWidth} px too wide: ${out.at(-1)?.outerHTML.slice(0, 120)}`];
        }"""
    )
    return over


class Line:
    """Counts the bytes that a page's first load takes, as they are served: open it before the page is."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("requestfinished", self._count)

    def _count(self, request: Request) -> None:
        sizes: Any = request.sizes()
        self.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def too_much(self) -> list[str]:
        """What there is to say when it is more than a first load may take."""
        return [] if self.bytes <= FIRST_LOAD else [f"{self.bytes} bytes for the first load"]
