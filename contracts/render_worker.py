"""Rendering in a process of its own, with a time limit: a document that hangs or crashes takes nothing with it."""

import multiprocessing
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool

from contracts.errors import RenderBusy, RenderCrashed, RenderTimeout
from contracts.facts import AgreementFacts, ReceiptFacts

SECONDS = 20.0
MOST_WAITING = 32


class Renderer:
    """Renders documents in one warm process, started at the first document. Safe for many threads.

    Raises RenderTimeout for a document that takes too long (its process is killed and replaced), RenderCrashed when the
    process ended over it, RenderBusy when too many are waiting.
    """

    def __init__(self, *, seconds: float = SECONDS, most_waiting: int = MOST_WAITING) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(most_waiting)
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def agreement(self, facts: AgreementFacts) -> bytes:
        """The agreement as PDF."""
        return self._render(facts)

    def receipt(self, facts: ReceiptFacts) -> bytes:
        """The receipt as PDF."""
        return self._render(facts)

    def warm(self) -> None:
        """Start the process and load its fonts now, so that the first customer does not wait for them."""
        self._started().submit(_warm)

    def close(self) -> None:
        """Stop the process."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _render(self, facts: AgreementFacts | ReceiptFacts) -> bytes:
        if not self._places.acquire(blocking=False):
            raise RenderBusy("too many documents are waiting to be rendered")
        try:
            with self._turn:  # one at a time, so that the limit is a document's own and not its neighbours'
                return self._in_time(facts)
        finally:
            self._places.release()

    def _in_time(self, facts: AgreementFacts | ReceiptFacts) -> bytes:
        pool = self._started()
        try:
            drawing: Future[bytes] = pool.submit(_draw, facts)
            return drawing.result(timeout=self._seconds)
        except OutOfTime as error:
            self._kill(pool)
            raise RenderTimeout(f"a document took longer than {self._seconds:.0f} s") from error
        except BrokenProcessPool as error:
            self._kill(pool)
            raise RenderCrashed("the process that draws documents ended while it drew one") from error

    def _started(self) -> ProcessPoolExecutor:
        with self._guard:
            if self._pool is None:
                # spawn: a forked copy of a threaded server may hold locks that nobody will release
                self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
            return self._pool

    def _kill(self, pool: ProcessPoolExecutor) -> None:
        with self._guard:
            if self._pool is pool:
                self._pool = None
        for process in list((pool._processes or {}).values()):  # the executor has no public way to kill its process
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)


def _draw(facts: AgreementFacts | ReceiptFacts) -> bytes:
    from contracts.render import render_agreement, render_receipt  # noqa: PLC0415 - only the worker loads WeasyPrint

    return render_agreement(facts) if isinstance(facts, AgreementFacts) else render_receipt(facts)


def _warm() -> None:
    from contracts.render import shared  # noqa: PLC0415 - only the worker loads WeasyPrint

    shared()
