"""Documents are printed in processes of their own: limits hold, and nothing that goes wrong there is lost here."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts import compose, render, sample
from contracts.errors import RenderBusy, RenderCrashed, RenderError, RenderTimeout
from contracts.render_worker import Press, Renderer
from contracts.sheet import Sheet


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    printing = Renderer()
    yield printing
    printing.close()


def page(html: str) -> bytes:
    return Sheet(html=html).to_bytes()


def test_several_threads_get_their_own_documents(renderer: Renderer) -> None:
    with ThreadPoolExecutor(3) as pool:
        agreement = pool.submit(renderer.agreement, sample.agreement("A"))
        receipts = [pool.submit(renderer.receipt, sample.receipt("A")) for _ in range(2)]
    assert agreement.result() == render.render(compose.agreement_sheet(sample.agreement("A")))
    assert receipts[0].result() == receipts[1].result() == render.render(compose.receipt_sheet(sample.receipt("A")))


def test_a_killed_process_is_replaced_and_the_document_printed(renderer: Renderer) -> None:
    renderer.warm()
    for press in renderer._started:
        press._process.kill()
        press._process.wait()
    assert renderer.receipt(sample.receipt()).startswith(b"%PDF")


def test_a_document_that_takes_too_long_is_stopped_with_its_process() -> None:
    slow = Renderer(seconds=0.05)
    slow.warm()
    (press,) = slow._started
    with pytest.raises(RenderTimeout):
        slow.agreement(sample.agreement())
    assert press._process.poll() is not None
    assert not slow._started


def test_a_process_that_dies_over_a_document_twice_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def die(press: Press, _message: bytes, _seconds: float) -> bytes:
        tried.append(press)
        press.left = 0
        raise RenderCrashed

    monkeypatch.setattr(Press, "ask", die)
    with pytest.raises(RenderCrashed):
        Renderer().agreement(sample.agreement())
    assert len(tried) == 2


def test_too_many_waiting_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    printing, go_on = threading.Event(), threading.Event()

    def wait(_press: Press, _message: bytes, _seconds: float) -> bytes:
        printing.set()
        go_on.wait(10)
        return b"%PDF"

    monkeypatch.setattr(Press, "ask", wait)
    crowded = Renderer(most_waiting=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(crowded.receipt, sample.receipt())
        printing.wait(10)
        with pytest.raises(RenderBusy):
            crowded.receipt(sample.receipt())
        go_on.set()
    assert first.result() == b"%PDF"


def test_where_no_process_can_be_started_a_document_waits_for_a_better_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    printing, popen = Renderer(processes=1), subprocess.Popen

    def refused(*_: object, **_named: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refused)
    with pytest.raises(RenderBusy):
        printing.receipt(sample.receipt())
    monkeypatch.setattr(subprocess, "Popen", popen)
    assert printing.receipt(sample.receipt()).startswith(b"%PDF")
    printing.close()


def test_a_fault_in_a_document_is_told_and_the_process_goes_on() -> None:
    press = Press()
    try:
        with pytest.raises(RenderError, match="ParseError"):
            press.ask(page("<p>x"), 10)
        assert press.ask(page("<p>x</p>"), 10).startswith(b"%PDF")
    finally:
        press.close()


def test_closing_leaves_no_process_and_no_file_behind() -> None:
    printing = Renderer()
    printing.warm()
    (press,) = printing._started
    folder = Path(press._folder.name)
    assert folder.is_dir()
    printing.close()
    assert press._process.poll() is not None
    assert not folder.exists()


PRINTING = """
from contracts.render_worker import Press
from contracts.sheet import Sheet
press = Press()
press.ask(Sheet(html="<p>x</p>").to_bytes(), 20)
print(press._folder.name, press._process.pid, flush=True)
input()
"""


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_stopped_or_killed_leaves_no_process_and_no_file_behind(stop: signal.Signals) -> None:
    """Signals go to the whole group, as from a terminal or from systemd; what kills without asking, to the server."""
    with subprocess.Popen(
        [sys.executable, "-c", PRINTING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        folder, press = server.stdout.readline().decode().split()
        assert Path(folder).is_dir()
        (os.kill if stop is signal.SIGKILL else os.killpg)(server.pid, stop)
        server.wait()
    until = time.monotonic() + 20
    while Path(folder).exists() or Path("/proc", press).exists():
        assert time.monotonic() < until, f"{folder} or process {press} is still there"
        time.sleep(0.02)
