"""Rendering in processes of their own, with a time limit: a document that hangs or crashes takes nothing with it."""

import subprocess
import sys
import threading
import weakref
from pathlib import Path
from queue import Empty, LifoQueue
from tempfile import TemporaryDirectory

from contracts.compose import agreement_sheet, receipt_sheet
from contracts.errors import RenderBusy, RenderCrashed, RenderError, RenderTimeout
from contracts.facts import AgreementFacts, ReceiptFacts
from contracts.press import FAILED, OK, receive, send
from contracts.sheet import Sheet

SECONDS = 20.0
MOST_WAITING = 32
DOCUMENTS = 500  # by one process; a fresh one gives back what libraries in C did not free
ROOT = Path(__file__).parents[1]


class Press:
    """One warm process that prints. Not for several threads at once."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="homeward-press-")
        command = [sys.executable, "-m", "contracts.press", self._folder.name]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.left = DOCUMENTS  # how many more it may print; 0 when it is of no use any more

    def print(self, sheet: Sheet, seconds: float) -> bytes:
        """The sheet as PDF. Raises RenderTimeout and RenderCrashed, after which the press is of no use."""
        pages, answers = self._process.stdin, self._process.stdout
        assert pages is not None and answers is not None  # noqa: S101, PT018 - both are pipes
        out_of_time = threading.Event()

        def stop() -> None:
            out_of_time.set()
            self._process.kill()

        clock = threading.Timer(seconds, stop)
        clock.start()
        try:
            send(pages, sheet.to_bytes())
            verdict, answer = answers.read(1), receive(answers)
        except BrokenPipeError:
            verdict, answer = b"", None
        finally:
            clock.cancel()
        if answer is not None and verdict in (OK, FAILED):
            self.left -= 1
            if verdict == FAILED:
                raise RenderError(answer.decode())
            return answer
        self.left = 0
        if out_of_time.is_set():
            raise RenderTimeout(f"a document took longer than {seconds:g} s")
        raise RenderCrashed("the process that prints documents ended while it printed one")

    def close(self) -> None:
        """Stop the process and remove its temporary fonts."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


class Renderer:
    """Renders documents in warm processes, each started when it is first needed. Safe for many threads.

    Raises RenderTimeout for a document that takes too long (its process is killed and replaced), RenderCrashed when
    two processes ended over it, RenderBusy when too many are waiting or no process becomes free in time.
    """

    def __init__(self, *, seconds: float = SECONDS, processes: int = 1, most_waiting: int = MOST_WAITING) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(most_waiting)
        self._idle: LifoQueue[Press | None] = LifoQueue()  # None: a process that is not started yet
        for _ in range(processes):
            self._idle.put(None)
        self._started: set[Press] = set()
        self.close = weakref.finalize(self, _close_all, self._started)

    def agreement(self, facts: AgreementFacts) -> bytes:
        """The agreement as PDF."""
        return self.print(agreement_sheet(facts))

    def receipt(self, facts: ReceiptFacts) -> bytes:
        """The receipt as PDF."""
        return self.print(receipt_sheet(facts))

    def warm(self) -> None:
        """Start a process now, so that the first customer does not wait for it. Returns at once."""
        if not self._started:
            self._give_back(self._take())

    def print(self, sheet: Sheet) -> bytes:
        """Any sheet as PDF."""
        if not self._places.acquire(blocking=False):
            raise RenderBusy("too many documents are waiting to be printed")
        try:
            try:
                return self._once(sheet)
            except RenderCrashed:  # killed from outside, most likely: another process is tried once
                return self._once(sheet)
        finally:
            self._places.release()

    def _once(self, sheet: Sheet) -> bytes:
        press = self._take()
        try:
            return press.print(sheet, self._seconds)
        finally:
            self._give_back(press)

    def _take(self) -> Press:
        try:
            idle = self._idle.get(timeout=self._seconds)
        except Empty:
            raise RenderBusy("no process became free in time") from None
        try:
            return idle or self._start()
        except OSError:  # no memory or no more processes: the place stays free for a better moment
            self._idle.put(None)
            raise

    def _give_back(self, press: Press) -> None:
        if press.left > 0:
            self._idle.put(press)
            return
        self._started.discard(press)
        press.close()
        self._idle.put(None)

    def _start(self) -> Press:
        press = Press()
        self._started.add(press)
        return press


def _close_all(presses: set[Press]) -> None:
    while presses:
        presses.pop().close()
