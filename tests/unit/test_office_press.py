"""The press for what nobody signs in the street: started when first needed, let go when it has rested."""

import threading
import time
from collections.abc import Callable
from typing import cast

import pytest

from contracts.sheet import Sheet
from dispatch.domain.errors import Busy
from dispatch.services.rendering import OfficePress, RenderError

SHEET = cast(Sheet, "a sheet")


class FakeRenderer:
    """Prints nothing; knows how many there are."""

    alive = 0
    made = 0

    def __init__(self, *, processes: int, seconds: float) -> None:
        assert processes == 1
        assert seconds > 0
        FakeRenderer.alive += 1
        FakeRenderer.made += 1

    def print(self, _sheet: object) -> bytes:
        return b"%PDF"

    def close(self) -> None:
        FakeRenderer.alive -= 1


@pytest.fixture(autouse=True)
def renderers(monkeypatch: pytest.MonkeyPatch) -> type[FakeRenderer]:
    FakeRenderer.alive = FakeRenderer.made = 0
    monkeypatch.setattr("dispatch.services.rendering.Renderer", FakeRenderer)
    return FakeRenderer


def comes_true(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not what() and time.monotonic() < until:
        time.sleep(0.01)
    return what()


def test_it_is_started_when_first_needed_kept_while_it_is_used_and_let_go_after_its_rest() -> None:
    press = OfficePress(rest=0.05)
    assert FakeRenderer.made == 0
    for _ in range(3):
        assert press.print(SHEET) == b"%PDF"
    assert FakeRenderer.made == FakeRenderer.alive == 1
    assert comes_true(lambda: FakeRenderer.alive == 0)
    press.print(SHEET)
    assert (FakeRenderer.made, FakeRenderer.alive) == (2, 1)
    press.close()
    assert FakeRenderer.alive == 0


def test_a_clock_that_cannot_be_started_keeps_nobody_s_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    press = OfficePress(seconds=0.05)

    def refused(_: threading.Timer) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as short_of_threads:
        short_of_threads.setattr(threading.Timer, "start", refused)
        with pytest.raises(RuntimeError):
            press.print(SHEET)
    assert press.print(SHEET) == b"%PDF"
    press.close()


def test_it_is_not_let_go_under_somebody_who_prints() -> None:
    press = OfficePress(rest=0.01)
    press.print(SHEET)
    with press.taken() as renderer:
        time.sleep(0.1)
        assert FakeRenderer.alive == 1
        assert renderer.print(SHEET) == b"%PDF"
    assert comes_true(lambda: FakeRenderer.alive == 0)


def test_many_who_print_at_once_share_one() -> None:
    press, start = OfficePress(), threading.Barrier(8)

    def use() -> None:
        start.wait()
        press.print(SHEET)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert FakeRenderer.made == 1
    press.close()


def test_one_file_is_made_at_a_time_and_who_waits_too_long_is_told_so() -> None:
    press = OfficePress(seconds=0.05)
    with press.taken(), pytest.raises(Busy):
        press.print(SHEET)
    assert press.print(SHEET) == b"%PDF"
    press.close()


def test_what_cannot_be_printed_now_is_busy_and_gives_the_press_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise RenderError

    monkeypatch.setattr(FakeRenderer, "print", fail)
    press = OfficePress(rest=0.01)
    with pytest.raises(Busy):
        press.print(SHEET)
    assert comes_true(lambda: FakeRenderer.alive == 0)
