"""The scheduler at the turn of a month: statements made, printed, sent, and those not paid told of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from dispatch.domain.states import State
from dispatch.gateways.transport import Message, TransportError
from dispatch.scheduler import Sweeper
from dispatch.store.outbox import OutboxState
from tests.accounts import book_on, close, mails, open_account, statements, to_month
from tests.world import World


class Box:
    """A way out that keeps what it was given; the first so many tries fail."""

    def __init__(self, failures: int = 0) -> None:
        self.sent: list[Message] = []
        self._failures = failures

    def send(self, message: Message) -> None:
        if self._failures:
            self._failures -= 1
            raise TransportError("later", permanent=False)
        self.sent.append(message)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def sweeper(world: World, url: str, folder: Path, box: Box) -> Sweeper:
    values: dict[str, Any] = {"database_url": url, "secret_key": "k" * 40, "data_dir": folder}
    made = Sweeper(Settings(_env_file=None, **values), world.db)
    made._clock = lambda: world.now
    made._gateways["email"] = box
    return made


def test_a_month_ends_with_a_statement_in_the_mailbox_and_an_unpaid_one_is_told_of_once(
    world: World, database_url: str, tmp_path: Path
) -> None:
    account_id = open_account(world)
    close(world, book_on(world, account_id))
    box = Box(failures=1)
    clock = sweeper(world, database_url, tmp_path, box)
    assert clock.statements() == 0
    to_month(world, 4)
    assert clock.statements() == 2  # made, and left to be sent
    assert clock.statements() == 0
    clock.messages()
    assert box.sent == []
    world.later(minutes=2)
    clock.messages()
    (message,) = box.sent
    (statement,) = statements(world, account_id)
    assert message.recipient == "bills@hotel.example.cn"
    assert [file["name"] for file in message.body["files"]] == [f"{statement.number}.pdf"]
    assert message.body["files"][0]["content"].startswith("JVBERi0")  # %PDF-
    to_month(world, 4, 17)
    clock.statements()
    clock.statements()
    clock.messages()
    assert ["对账单（" in one.body["subject"] or "已逾期" in one.body["subject"] for one in box.sent] == [True, True]
    assert [one.state for one in mails(world)] == [OutboxState.SENT, OutboxState.SENT]


def test_a_trip_that_nobody_paid_for_makes_no_statement(world: World, database_url: str, tmp_path: Path) -> None:
    open_account(world)
    world.to(State.CLOSED)
    to_month(world, 4)
    box = Box()
    assert sweeper(world, database_url, tmp_path, box).statements() == 0
    assert box.sent == []
