"""Offers are pushed: sealed for one browser, signed by us, to phones that are signed in, with nothing personal."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import http_ece
import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from sqlalchemy import func, select

from dispatch.domain import commands as c
from dispatch.domain.roles import Actor
from dispatch.gateways.push import PushGateway, new_key, public_key
from dispatch.gateways.transport import Gone, Message, TransportError
from dispatch.services import delivering, pushing, sign_in
from dispatch.store import outbox
from dispatch.store.outbox import OutboxMessage, OutboxState
from dispatch.store.push import PushSubscription
from dispatch.store.staff import Staff
from tests.world import KEYS, World

KEY = new_key()
SERVICE = "https://push.example.com"


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(slots=True)
class Phone:
    """A browser with a push service: opens what was sealed for it, and checks who sent it."""

    name: str
    status: int = 201
    got: list[dict[str, Any]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen  bytes.."

    @property
    def browser(self) -> pushing.Browser:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return pushing.Browser(f"{SERVICE}/{self.name}", text(point), text(self.secret))

    def take(self, request: httpx.Request) -> httpx.Response:
        if self.status == 201:
            assert Vapid02.verify(request.headers["Authorization"])
            assert request.headers["Authorization"].endswith(f"k={public_key(KEY)}")
            claims = request.headers["Authorization"].split("t=")[1].split(".")[1]
            assert json.loads(base64.urlsafe_b64decode(claims + "=="))["aud"] == SERVICE
            opened = http_ece.decrypt(request.read(), private_key=self.key, auth_secret=self.secret)
            self.got.append({**json.loads(opened), "ttl": int(request.headers["TTL"])})
        return httpx.Response(self.status, headers={"Location": "http://10.0.0.1/"})


def gateway(world: World, *phones: Phone, addresses: Callable[[str], list[str]] = lambda _: ["8.8.8.8"]) -> PushGateway:
    known = {f"/{phone.name}": phone for phone in phones}
    client = httpx.Client(transport=httpx.MockTransport(lambda request: known[request.url.path].take(request)))
    return PushGateway(KEY, "mailto:desk@example.cn", lambda: world.now, client=client, addresses=addresses)


def signed_in(world: World, actor: Actor, phone: Phone, hours: int = 12) -> str:
    with world.db.transaction() as session:
        token = sign_in.open_session(session, session.get_one(Staff, actor.id), world.now, timedelta(hours=hours))
        session.flush()
        pushing.subscribe(session, sign_in.session_digest(token), phone.browser, world.now)
    return token


def offer(world: World, *drivers: Actor) -> int:
    trip_id = world.book()
    ids = tuple(driver.driver_id or 0 for driver in drivers)
    world.do(trip_id, c.Offer(ids, world.now + timedelta(seconds=90)), world.dispatcher)
    return trip_id


def deliver(world: World, way: PushGateway) -> None:
    with world.db.reading() as session:
        waiting = outbox.due(session, world.now)
    for message_id in waiting:
        with world.db.transaction() as session:
            leased = delivering.take(session, message_id, world.now, KEYS)
        if leased is None or leased.channel != "push":
            continue
        failure = delivering.send(leased, {"push": way})
        with world.db.transaction() as session:
            delivering.record(session, leased, failure, world.now)


def subscriptions(world: World) -> int:
    with world.db.reading() as session:
        return session.scalar(select(func.count()).select_from(PushSubscription)) or 0


def pushes(world: World) -> list[OutboxState]:
    with world.db.reading() as session:
        return list(session.scalars(select(OutboxMessage.state).where(OutboxMessage.channel == "push")))


def test_an_offer_rings_the_phones_of_those_it_is_made_to_and_says_only_district_and_time(database_url: str) -> None:
    with World.opened(database_url) as world:
        mine, other = Phone("mine"), Phone("other")
        signed_in(world, world.drivers[0], mine)
        signed_in(world, world.drivers[1], other)
        trip_id = offer(world, world.drivers[0])
        deliver(world, gateway(world, mine, other))
        assert other.got == []
        (message,) = mine.got
        until = (world.now + timedelta(seconds=90)).isoformat()
        assert message == {
            "kind": "offer", "tag": f"offer-{trip_id}", "district": "信州区", "until": until, "language": "zh",
            "ttl": 90,
        }  # fmt: skip
        deliver(world, gateway(world, mine, other))
        assert (len(mine.got), pushes(world)) == (1, [OutboxState.SENT])


def test_who_signed_out_or_whose_session_ended_is_not_rung(database_url: str) -> None:
    with World.opened(database_url) as world:
        token = signed_in(world, world.drivers[0], Phone("out"))
        signed_in(world, world.drivers[1], Phone("ended"), hours=1)
        with world.db.transaction() as session:
            sign_in.sign_out(session, token)
        assert subscriptions(world) == 1  # the session took its phone with it
        world.later(hours=2)
        offer(world, *world.drivers)
        assert pushes(world) == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(database_url: str, status: int) -> None:
    with World.opened(database_url) as world:
        phone = Phone("gone", status=status)
        signed_in(world, world.driver, phone)
        offer(world, world.driver)
        deliver(world, gateway(world, phone))
        assert (subscriptions(world), pushes(world)) == (0, [OutboxState.FAILED])


def test_a_busy_service_is_asked_again_until_the_offer_is_over(database_url: str) -> None:
    with World.opened(database_url) as world:
        phone = Phone("busy", status=503)
        signed_in(world, world.driver, phone)
        offer(world, world.driver)
        deliver(world, gateway(world, phone))
        assert pushes(world) == [OutboxState.WAITING]
        world.later(seconds=95)
        phone.status = 201
        deliver(world, gateway(world, phone))
        assert (phone.got, pushes(world), subscriptions(world)) == ([], [OutboxState.FAILED], 1)


def test_a_phone_taken_over_by_another_driver_rings_for_them_only(database_url: str) -> None:
    with World.opened(database_url) as world:
        phone = Phone("shared")
        signed_in(world, world.drivers[0], phone)
        signed_in(world, world.drivers[1], phone)
        assert subscriptions(world) == 1
        offer(world, world.drivers[0])
        assert pushes(world) == []


def test_a_name_that_leads_inside_is_not_followed_and_neither_is_a_redirect(database_url: str) -> None:
    with World.opened(database_url) as world:
        phone = Phone("trap")
        keys = {"p256dh": phone.browser.p256dh, "auth": phone.browser.auth}
        message = Message("k", phone.browser.endpoint, {"kind": "offer", "until": None, "keys": keys})
        for inside in (["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], []):
            with pytest.raises(TransportError) as refused:
                gateway(world, phone, addresses=lambda _, found=inside: found).send(message)  # type: ignore[misc]
            assert refused.value.permanent
        phone.status = 307
        with pytest.raises(TransportError):
            gateway(world, phone).send(message)
        assert phone.got == []
        with pytest.raises(Gone):
            gateway(world, phone).send(Message("k", phone.browser.endpoint, {"kind": "offer", "keys": None}))
