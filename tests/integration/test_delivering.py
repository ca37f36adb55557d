"""Messages leave once, are tried again with growing pauses, and are given up on for good reasons only (R7)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dispatch.gateways.http import HttpGateway, signature
from dispatch.gateways.transport import Message, TransportError
from dispatch.services import delivering
from dispatch.store import outbox
from dispatch.store.outbox import OutboxMessage, OutboxState
from tests.world import KEYS, World


class Recorded:
    """A way out that fails as often as told."""

    def __init__(self, *failures: TransportError) -> None:
        self.failures = list(failures)
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


def deliver(world: World, gateway: Recorded) -> None:
    with world.db.reading() as session:
        waiting = outbox.due(session, world.now)
    for message_id in waiting:
        with world.db.transaction() as session:
            leased = delivering.take(session, message_id, world.now, KEYS)
        if leased is None:
            continue
        failure = delivering.send(leased, {"sms": gateway})
        with world.db.transaction() as session:
            delivering.record(session, leased, failure, world.now)


def only_message(world: World) -> OutboxMessage:
    with world.db.reading() as session:
        return session.get_one(OutboxMessage, 1)


def test_a_booking_tells_the_customer_once_with_a_link_that_lies_nowhere_in_clear(database_url: str) -> None:
    with World.opened(database_url) as world:
        trip_id = world.book()
        gateway = Recorded()
        deliver(world, gateway)
        deliver(world, gateway)
        (message,) = gateway.sent
        assert KEYS.url(trip_id) in message.body["text"]
        row = only_message(world)
        assert row.state is OutboxState.SENT
        assert KEYS.token(trip_id) not in json.dumps(row.body)


def test_a_passing_failure_is_tried_again_after_a_growing_pause(database_url: str) -> None:
    with World.opened(database_url) as world:
        world.book()
        gateway = Recorded(*(TransportError("busy", permanent=False) for _ in range(2)))
        deliver(world, gateway)
        deliver(world, gateway)
        assert only_message(world).tries == 1
        world.later(seconds=30)
        deliver(world, gateway)
        assert only_message(world).not_before == world.now + timedelta(seconds=60)
        world.later(seconds=60)
        deliver(world, gateway)
        assert only_message(world).state is OutboxState.SENT


def test_a_refused_message_is_not_tried_again(database_url: str) -> None:
    with World.opened(database_url) as world:
        world.book()
        deliver(world, Recorded(TransportError("no such number", permanent=True)))
        row = only_message(world)
        assert (row.state, row.last_error) == (OutboxState.FAILED, "no such number")


def test_a_leased_message_is_left_to_its_sender_until_the_lease_runs_out(database_url: str) -> None:
    with World.opened(database_url) as world:
        world.book()
        with world.db.transaction() as session:
            first = delivering.take(session, 1, world.now, KEYS)
            assert delivering.take(session, 1, world.now, KEYS) is None
        world.later(minutes=3)
        gateway = Recorded()
        deliver(world, gateway)
        assert len(gateway.sent) == 1
        assert first is not None
        with world.db.transaction() as session:
            delivering.record(session, first, TransportError("late", permanent=True), world.now)
        assert only_message(world).state is OutboxState.SENT


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (404, True), (408, False), (429, False), (503, False)])
def test_what_a_receiver_answers_decides_whether_it_is_worth_trying_again(status: int, permanent: bool) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    client = httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(status)))
    gateway = HttpGateway("http://sms.example", b"key", lambda: now, client=client)
    with pytest.raises(TransportError) as failure:
        gateway.send(Message("k", "+8613800138000", {"text": "您好"}))
    assert failure.value.permanent is permanent


def test_a_message_is_signed_so_that_the_receiver_can_check_it() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    now = datetime(2026, 11, 23, tzinfo=UTC)
    client = httpx.Client(transport=httpx.MockTransport(answer))
    HttpGateway(None, b"key", lambda: now, client=client).send(
        Message("k", "http://hook.example", {"type": "trip.book"})
    )
    (request,) = seen
    at = int(now.timestamp())
    digest = hmac.new(b"key", f"{at}.".encode() + request.content, hashlib.sha256).hexdigest()
    assert request.headers["X-Homeward-Signature"] == f"t={at},v1={digest}" == signature(b"key", request.content, at)
    assert request.headers["Idempotency-Key"] == "k"
