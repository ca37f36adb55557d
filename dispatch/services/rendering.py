"""The wing of agreements as the rest of the service sees it: the renderer, and whether it is in order."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from markupsafe import Markup

from contracts import compose, sample
from contracts.errors import RenderError
from contracts.facts import AgreementFacts, ReceiptFacts
from contracts.render_worker import Renderer
from contracts.sheet import Sheet
from contracts.typeface import missing_glyphs
from dispatch.domain.errors import N_, Busy

__all__ = [
    "OfficePress",
    "RenderError",
    "Renderer",
    "draw_sample",
    "missing_glyphs",
    "printed",
    "shown_html",
    "specimen_sheet",
]

REST = 120.0
"""Seconds after which the office's press is let go: it holds a hundred megabytes, and starts in a second or two."""
OFFICE_SECONDS = 60.0
"""How long a manager waits, one behind the other, before being told to try again: nobody stands in the street."""


class OfficePress:
    """Prints what nobody signs in the street: dispute files, statements, badge cards, specimens. One process apart from
    those that print agreements and receipts, and one file at a time, so that no signing waits for forty photos. It is
    started when first needed, and let go when it has rested for `rest` seconds. Safe for many threads.
    """

    def __init__(self, *, rest: float = REST, seconds: float = OFFICE_SECONDS) -> None:
        self._rest, self._seconds = rest, seconds
        self._turn = threading.Lock()
        self._renderer: Renderer | None = None
        self._clock: threading.Timer | None = None

    @contextmanager
    def taken(self) -> Iterator[Renderer]:
        """Its renderer, for one file at a time. Raises Busy when it does not become free in time."""
        if not self._turn.acquire(timeout=self._seconds):
            raise _busy()
        try:
            self._stop_clock()
            self._renderer = self._renderer or Renderer(processes=1, seconds=self._seconds)
            yield self._renderer
        finally:
            try:
                self._clock = threading.Timer(self._rest, self._let_go)
                self._clock.daemon = True
                self._clock.start()
            finally:
                self._turn.release()

    def print(self, sheet: Sheet) -> bytes:
        """A sheet as PDF. Raises Busy when it cannot be made now."""
        with self.taken() as renderer:
            return printed(renderer, sheet)

    def close(self) -> None:
        """Let it go now. Whoever prints finishes first."""
        with self._turn:
            self._stop_clock()
            self._end()

    def _let_go(self) -> None:
        if self._turn.acquire(blocking=False):  # else somebody prints, and sets the clock anew
            try:
                self._end()
            finally:
                self._turn.release()

    def _end(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


def shown_html(facts: AgreementFacts | ReceiptFacts) -> Markup:
    """What a signer has on the screen: the body of the very page that is printed."""
    return compose.shown(facts)


def specimen_sheet(facts: AgreementFacts) -> Sheet:
    """An agreement of nobody, to see how a form prints: marked as a specimen on every page, with nothing attached."""
    return compose.specimen_sheet(facts)


def printed(renderer: Renderer, sheet: Sheet) -> bytes:
    """A sheet as PDF. Raises Busy when it cannot be made now."""
    try:
        return renderer.print(sheet)
    except RenderError as error:
        raise _busy() from error


def _busy() -> Busy:
    return Busy("rendering_failed", N_("The document could not be made just now: please try again"))


def draw_sample() -> None:
    """Draw a sample agreement from beginning to end. Raises RenderError."""
    renderer = Renderer()
    try:
        renderer.agreement(sample.agreement())
    finally:
        renderer.close()
