"""Dialling by the exchange: ordered through the outbox, signed, and never carried out too late."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import httpx
import pytest

from config import Settings
from dispatch.domain.consent import Purpose
from dispatch.domain.dialling import ORDER_LASTS, Dialling, DialWay
from dispatch.domain.errors import Conflict, DomainError, Refused
from dispatch.gateways.http import HttpGateway
from dispatch.scheduler import Sweeper
from dispatch.services import callbacks, delivering, dialling, phone_calls
from dispatch.services.dialling import Ordered
from dispatch.store import journal, outbox
from dispatch.store.callbacks import CallbackTask
from dispatch.store.outbox import OutboxMessage, OutboxState
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from tests.world import KEYS, World

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
EXCHANGE = Dialling(DialWay.EXCHANGE, order_url="https://pbx.example.cn/dial?key=secret-key")


class Exchange:
    """The telephone system: what it was sent, and what it answers."""

    def __init__(self, *answers: int) -> None:
        self.heard: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as told, then 200."""
        self.heard.append(request)
        return httpx.Response(self._answers.pop(0) if self._answers else 200)

    def orders(self) -> list[dict[str, object]]:
        """What it was told to do."""
        return [json.loads(request.content) for request in self.heard]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A branch that dials by its exchange; the agent has extension 801."""
    with World.opened(database_url) as opened:
        with opened.db.transaction() as session:
            phone_calls.rotate_secret(session, opened.manager, opened.now)
            dialling.change(session, EXCHANGE, opened.manager, opened.now)
            session.get_one(Staff, opened.agent.id).extension = "801"
        yield opened


@pytest.fixture
def callback_id(world: World) -> int:
    """A callback that the agent holds on Monday at ten."""
    trip_id = world.book()
    with world.db.transaction() as session:
        made = callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now).id
    world.now = MONDAY_TEN
    with world.db.transaction() as session:
        callbacks.claim(session, made, world.agent, world.now)
    sweep(world, Exchange())
    return made


def order(world: World, callback_id: int) -> Ordered:
    with world.db.transaction() as session:
        return dialling.order(session, callback_id, 1, world.agent, world.now)


def sweep(world: World, exchange: Exchange) -> None:
    """The scheduler's sweep of the outbox, with the exchange at the end of the line."""
    line = HttpGateway(None, b"", lambda: world.now, client=httpx.Client(transport=httpx.MockTransport(exchange)))
    with world.db.reading() as session:
        waiting = outbox.due(session, world.now)
    for message_id in waiting:
        with world.db.transaction() as session:
            leased = delivering.take(session, message_id, world.now, KEYS)
        if leased is not None and leased.channel == dialling.CHANNEL:
            failure = delivering.send(leased, {dialling.CHANNEL: line})
            with world.db.transaction() as session:
                delivering.record(session, leased, failure, world.now)


def orders(world: World) -> list[OutboxMessage]:
    with world.db.reading() as session:
        return session.query(OutboxMessage).where(OutboxMessage.channel == dialling.CHANNEL).all()


def test_the_exchange_is_told_to_ring_the_agent_and_then_the_customer(world: World, callback_id: int) -> None:
    ordered = order(world, callback_id)
    assert ordered == Ordered("801", world.now + ORDER_LASTS)
    exchange = Exchange()
    sweep(world, exchange)
    sweep(world, exchange)
    (told,) = exchange.orders()
    assert (told["type"], told["extension"], told["callback_id"]) == ("callback.dial", "801", callback_id)
    assert str(told["to"]).startswith("+86138")
    assert told["until"] == ordered.until.isoformat()


class _Pbx(BaseHTTPRequestHandler):
    """A telephone system at the end of a real line."""

    orders: ClassVar[list[dict[str, object]]] = []

    def do_POST(self) -> None:
        self.orders.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_scheduler_hands_the_order_to_the_exchange(world: World, callback_id: int) -> None:
    with HTTPServer(("127.0.0.1", 0), _Pbx) as pbx:
        answering = threading.Thread(target=pbx.handle_request)
        answering.start()
        with world.db.transaction() as session:
            there = Dialling(DialWay.EXCHANGE, order_url=f"http://127.0.0.1:{pbx.server_port}/dial")
            dialling.change(session, there, world.manager, world.now)
        order(world, callback_id)
        settings: dict[str, Any] = {"database_url": str(world.db.url), "secret_key": "k" * 40}
        sweeper = Sweeper(Settings(_env_file=None, **settings), world.db)
        sweeper._clock = lambda: world.now
        sweeper.messages()
        answering.join(timeout=10)
    assert [told["callback_id"] for told in _Pbx.orders] == [callback_id]
    (row,) = orders(world)
    assert row.state is OutboxState.SENT
    _Pbx.orders.clear()


def test_the_order_is_signed_with_the_secret_of_the_telephone_system(world: World, callback_id: int) -> None:
    with world.db.transaction() as session:
        secret = phone_calls.rotate_secret(session, world.manager, world.now)
    order(world, callback_id)
    exchange = Exchange()
    sweep(world, exchange)
    (request,) = exchange.heard
    stamp, digest = (part.split("=")[1] for part in request.headers["X-Homeward-Signature"].split(","))
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + request.content, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(digest, expected)
    assert request.headers["Idempotency-Key"]


def test_the_customer_s_number_lies_neither_in_the_outbox_nor_in_the_journal(world: World, callback_id: int) -> None:
    order(world, callback_id)
    sweep(world, Exchange())
    (row,) = orders(world)
    with world.db.reading() as session:
        number = session.get_one(CallbackTask, callback_id).trip.caller_phone
        told = journal.page(session, world.branch_id, subject="callback", subject_id=callback_id)[0]
    assert row.state is OutboxState.SENT
    assert number not in json.dumps(row.body)
    assert (told.type, told.actor_id) == ("callback.ring", world.agent.id)
    assert number not in json.dumps(told.payload)


def test_an_order_that_could_not_be_delivered_within_a_minute_rings_nobody(world: World, callback_id: int) -> None:
    order(world, callback_id)
    exchange = Exchange(503)
    sweep(world, exchange)
    world.now += timedelta(seconds=30)
    (row,) = orders(world)
    assert (row.state, len(exchange.heard)) == (OutboxState.WAITING, 1)
    world.now += timedelta(seconds=30)
    sweep(world, exchange)
    (row,) = orders(world)
    assert (row.state, row.last_error, len(exchange.heard)) == (OutboxState.FAILED, "too late", 1)


def test_an_order_given_just_before_the_quiet_hours_is_not_carried_out_in_them(world: World, callback_id: int) -> None:
    with world.db.transaction() as session:
        callbacks.release(session, callback_id, 1, world.agent, world.now)
        task = session.get_one(CallbackTask, callback_id)
        task.not_before, task.preferred_staff_id = MONDAY_TEN + timedelta(hours=10), world.agent.id
    world.now = MONDAY_TEN + timedelta(hours=10, minutes=59, seconds=30)  # 20:59:30, a time the customer asked for
    with world.db.transaction() as session:
        callbacks.claim(session, callback_id, world.agent, world.now)
    assert order(world, callback_id).until == MONDAY_TEN + timedelta(hours=11)
    world.later(seconds=30)
    exchange = Exchange()
    sweep(world, exchange)
    assert exchange.heard == []


def test_orders_leave_before_messages_that_cannot_be_late(world: World, callback_id: int) -> None:
    world.book()
    order(world, callback_id)
    with world.db.reading() as session:
        first = session.get_one(OutboxMessage, outbox.due(session, world.now)[0])
    assert first.channel == dialling.CHANNEL


@pytest.mark.parametrize(("hour", "code"), [(20, "outside_calling_window"), (21, "quiet_hours"), (8, "quiet_hours")])
def test_the_exchange_is_told_nothing_outside_the_hours(world: World, callback_id: int, hour: int, code: str) -> None:
    world.now = datetime(2026, 3, 9, tzinfo=UTC) + timedelta(days=hour < 9, hours=hour - 8)
    with world.db.transaction() as session:
        callbacks.claim(session, callback_id, world.agent, world.now)
    with pytest.raises(Refused) as refused:
        order(world, callback_id)
    assert (refused.value.code, orders(world)) == (code, [])


def test_the_exchange_rings_nobody_who_does_not_want_to_be_called(world: World, callback_id: int) -> None:
    with world.db.transaction() as session:
        customer_id = session.get_one(CallbackTask, callback_id).trip.customer_id
        callbacks.stop_calling(session, customer_id, Purpose.QUALITY, world.manager, world.now, reason="来电要求")
    with pytest.raises(DomainError):
        order(world, callback_id)
    assert orders(world) == []


def test_who_has_no_extension_is_told_how_to_get_one(world: World, callback_id: int) -> None:
    with world.db.transaction() as session:
        session.get_one(Staff, world.agent.id).extension = None
    with pytest.raises(Refused) as refused:
        order(world, callback_id)
    assert refused.value.code == "extension_missing"


def test_a_stale_holder_rings_nobody(world: World, callback_id: int) -> None:
    world.later(minutes=15)
    with pytest.raises(Conflict) as refused:
        order(world, callback_id)
    assert refused.value.code == "claim_lapsed"


def test_a_branch_without_an_exchange_orders_nothing(world: World, callback_id: int) -> None:
    with world.db.transaction() as session:
        dialling.change(session, Dialling(), world.manager, world.now)
    with pytest.raises(Refused) as refused:
        order(world, callback_id)
    assert refused.value.code == "exchange_off"


def test_an_exchange_needs_the_secret_that_our_orders_are_known_by(database_url: str) -> None:
    with World.opened(database_url) as bare, pytest.raises(Refused) as refused, bare.db.transaction() as session:
        dialling.change(session, EXCHANGE, bare.manager, bare.now)
    assert refused.value.code == "calls_off"


def test_the_journal_tells_how_dialling_changed_but_not_the_address_which_may_hold_a_key(world: World) -> None:
    with world.db.transaction() as session:
        dialling.change(session, Dialling(DialWay.SIP, "pbx.example.cn"), world.manager, world.now)
        dialling.change(session, Dialling(DialWay.SIP, "pbx.example.cn"), world.manager, world.now)
    with world.db.reading() as session:
        told = [one for one in journal.page(session, world.branch_id) if one.type == "branch.dialling"]
    assert [one.payload["changes"]["dial_way"] for one in told] == [["exchange", "sip"], ["tel", "exchange"]]
    assert "secret-key" not in json.dumps([one.payload for one in told])
