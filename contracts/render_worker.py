"""Work on documents in processes of their own, with a time limit: what hangs or crashes there takes nothing with it."""

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
from contracts.press import EXAMINING, FAILED, OK, PRINTING, receive, send
from contracts.sealing.report import Report
from contracts.sheet import Sheet

SECONDS = 20.0
MOST_WAITING = 32
DOCUMENTS = 500  # by one process; a fresh one gives back what libraries in C did not free
ROOT = Path(__file__).parents[1]


class Press:
    """One warm process that prints, or examines. Not for several threads at once."""

    def __init__(self, work: str = PRINTING) -> None:
        self._folder = TemporaryDirectory(prefix="homeward-press-")
        command = [sys.executable, "-m", "contracts.press", work, self._folder.name]
        try:
            self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError:
            self._folder.cleanup()
            raise
        self.left = DOCUMENTS  # how many more it may do; 0 when it is of no use any more

    def ask(self, message: bytes, seconds: float) -> bytes:
        """Its answer. Raises RenderTimeout and RenderCrashed, after which the press is of no use."""
        questions, answers = self._process.stdin, self._process.stdout
        assert questions is not None and answers is not None  # noqa: S101, PT018 - both are pipes
        out_of_time = threading.Event()

        def stop() -> None:
            out_of_time.set()
            self._process.kill()

        clock = threading.Timer(seconds, stop)
        clock.start()
        try:
            send(questions, message)
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
        raise RenderCrashed("the process that works on documents ended over one")

    def close(self) -> None:
        """Stop the process and remove its temporary fonts."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


class Pool:
    """Warm processes, each started when it is first needed. Safe for many threads.

    Raises RenderTimeout for a document that takes too long (its process is killed and replaced), RenderCrashed when
    two processes ended over it, RenderBusy when too many are waiting or no process becomes free in time.
    """

    work = PRINTING

    def __init__(self, *, seconds: float = SECONDS, processes: int = 2, most_waiting: int = MOST_WAITING) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(most_waiting)
        self._idle: LifoQueue[Press | None] = LifoQueue()  # None: a process that is not started yet
        for _ in range(processes):
            self._idle.put(None)
        self._started: set[Press] = set()
        self.close = weakref.finalize(self, _close_all, self._started)

    def warm(self) -> None:
        """Start a process now, so that the first customer does not wait for it. Returns at once."""
        if not self._started:
            self._give_back(self._take())

    def _ask(self, message: bytes) -> bytes:
        if not self._places.acquire(blocking=False):
            raise RenderBusy("too many documents are waiting")
        try:
            try:
                return self._once(message)
            except RenderCrashed:  # killed from outside, most likely: another process is tried once
                return self._once(message)
        finally:
            self._places.release()

    def _once(self, message: bytes) -> bytes:
        press = self._take()
        try:
            return press.ask(message, self._seconds)
        finally:
            self._give_back(press)

    def _take(self) -> Press:
        try:
            idle = self._idle.get(timeout=self._seconds)
        except Empty:
            raise RenderBusy("no process became free in time") from None
        try:
            return idle or self._start()
        except OSError as error:  # no memory or no more processes: the place stays free for a better moment
            self._idle.put(None)
            raise RenderBusy("no process can be started") from error

    def _give_back(self, press: Press) -> None:
        if press.left > 0:
            self._idle.put(press)
            return
        self._started.discard(press)
        press.close()
        self._idle.put(None)

    def _start(self) -> Press:
        press = Press(self.work)
        self._started.add(press)
        return press


class Renderer(Pool):
    """Prints documents."""

    def agreement(self, facts: AgreementFacts) -> bytes:
        """The agreement as PDF, not sealed yet."""
        return self.print(agreement_sheet(facts))

    def receipt(self, facts: ReceiptFacts) -> bytes:
        """The receipt as PDF, not sealed yet."""
        return self.print(receipt_sheet(facts))

    def print(self, sheet: Sheet) -> bytes:
        """Any sheet as PDF."""
        return self._ask(sheet.to_bytes())


class Examiner(Pool):
    """Looks files over that strangers hand in: apart from those that print, so that nobody's signing waits for it."""

    work = EXAMINING

    def __init__(self, *, seconds: float = SECONDS, processes: int = 1, most_waiting: int = 8) -> None:
        super().__init__(seconds=seconds, processes=processes, most_waiting=most_waiting)

    def examine(self, pdf: bytes) -> Report:
        """What a file says of itself, and whether it holds together."""
        return Report.from_bytes(self._ask(pdf))


def _close_all(presses: set[Press]) -> None:
    while presses:
        presses.pop().close()
