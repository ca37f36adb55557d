"""The streams of desks and drivers as routes: who gets one, how many there are, and when they end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatch.domain.roles import Actor
from dispatch.services import staff
from dispatch.store.feed import Feed
from dispatch.web.runtime import EXTENSION
from dispatch.web.streams import Streams
from tests.web.conftest import Web

DESK, PHONE, CARE = "/desk/stream", "/driver/stream", "/care/stream"
HEARTBEATS = 10


@pytest.fixture
def live(web_on: Callable[[str], Web], database_url: str) -> Iterator[Web]:
    """The application with one stream at most and a quick heartbeat."""
    web = web_on(database_url)
    feed = Feed(web.world.db)
    runtime = web.app.extensions[EXTENSION]
    web.app.extensions[EXTENSION] = replace(runtime, streams=Streams(feed, 1, heartbeat=0.1))
    yield web
    feed.stop()
    feed.join()


def opened(client: FlaskClient, path: str = DESK, **more: Any) -> Iterator[bytes]:
    reply: TestResponse = client.get(path, **more)
    assert reply.status_code == 200
    assert reply.mimetype == "text/event-stream"
    assert reply.headers["X-Accel-Buffering"] == "no"
    return iter(reply.response)  # type: ignore[arg-type]  # what the server would send, piece by piece


def ends(stream: Iterator[bytes]) -> bool:
    return any(next(stream, None) is None for _ in range(HEARTBEATS))


def test_a_browser_goes_on_after_the_last_event_it_had(live: Web) -> None:
    client = live.client(live.world.dispatcher)
    live.world.book()
    stream = opened(client, f"{DESK}?after=0", headers={"Last-Event-ID": "1"})
    told = next(stream).decode()
    assert "id: 1\n" in told
    assert told.count('"trip.book"') == 1
    assert "138" not in told  # nothing personal


@pytest.mark.parametrize(("who", "hears"), [("agent", {"complaint"}), ("dispatcher", {"trip"})])
def test_customer_service_hears_of_cases_and_a_dispatcher_of_trips_besides(
    live: Web, who: str, hears: set[str]
) -> None:
    trip_id = live.world.book()
    said = {
        "channel": "call", "contact_name": "李建国", "contact_phone": "13812345678", "about": "代驾员",
        "happened_at": live.world.now.isoformat(), "problem": "绕路", "wish": "退费", "trip_id": trip_id,
    }  # fmt: skip
    assert live.post(live.client(live.world.agent), "/api/v1/complaints", said).status_code == 201
    stream = opened(live.client(getattr(live.world, who)), f"{CARE}?after=0")
    told = next(stream).decode()
    assert {one for one in ("complaint", "trip") if f'"subject": "{one}"' in told} == hears


def test_beyond_the_most_streams_a_browser_is_told_to_come_later(live: Web) -> None:
    client = live.client(live.world.dispatcher)
    stream = opened(client)
    next(stream)
    refused = client.get(DESK)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")


def test_a_page_that_follows_another_in_its_tab_takes_its_place(live: Web) -> None:
    client = live.client(live.world.dispatcher)
    first = opened(client, f"{DESK}?tab=1")
    next(first)
    next(opened(client, f"{DESK}?tab=1"))
    assert ends(first)


def test_signing_out_ends_the_stream(live: Web) -> None:
    client = live.client(live.world.dispatcher)
    stream = opened(client)
    next(stream)
    assert not ends(stream)
    token = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
    client.post("/sign-out", data={"csrf_token": token})
    assert ends(stream)


def test_who_leaves_the_company_hears_no_more(live: Web) -> None:
    who: Actor = live.world.dispatcher
    stream = opened(live.client(who))
    next(stream)
    with live.world.db.transaction() as session:
        staff.change(session, who.id, live.world.manager, live.world.now, name=who.name, roles=who.roles, active=False)
    assert ends(stream)


def test_a_drivers_phone_has_a_stream_of_its_own(live: Web) -> None:
    assert live.client(live.world.driver).get(DESK).status_code == 403
    assert live.client(live.world.dispatcher).get(PHONE).status_code == 403
    next(opened(live.client(live.world.driver), PHONE))
