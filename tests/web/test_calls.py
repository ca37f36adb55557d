"""Calls of the telephone system: signed, kept once, and on the right desk."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dispatch.domain.phone_call import CallState, is_news
from dispatch.domain.roles import Actor, Role
from dispatch.services import live, phone_calls, sign_in
from dispatch.store import journal
from dispatch.store.journal import Told
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in


class Exchange:
    """A telephone system: a key of its own, and the branch's secret."""

    def __init__(self, web: Web) -> None:
        self.web = web
        machine = web.world.staff("exchange", "Exchange", Role.EXCHANGE)
        with web.world.db.transaction() as session:
            self.secret = phone_calls.rotate_secret(session, web.world.manager, web.world.now)
            self.token = sign_in.create_api_token(session, session.get_one(Staff, machine.id), "PBX", web.world.now)

    def tell(
        self, state: str, call_id: str = "1700.1", *, key: str = "", skew: int = 0, secret: str = "", **over: str
    ) -> TestResponse:
        now = self.web.world.now
        told = {"call_id": call_id, "state": state, "caller": "13807934455", "extension": "801", "at": now.isoformat()}
        body = json.dumps(told | over)
        stamp = str(int(now.timestamp()) + skew)
        signature = hmac.new((secret or self.secret).encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Authorization": f"Bearer {self.token}", "Idempotency-Key": key or f"{call_id}-{state}",
            "X-Homeward-Timestamp": stamp, "X-Homeward-Signature": signature, "Content-Type": "application/json",
        }  # fmt: skip
        return self.web.app.test_client().post("/api/v1/calls", data=body, headers=headers)


@pytest.fixture
def exchange(web: Web) -> Exchange:
    with web.world.db.transaction() as session:
        phone_calls.set_extension(
            session, session.get_one(Staff, web.world.dispatcher.id), "801", web.world.manager, web.world.now
        )
        session.get_one(Staff, web.world.dispatcher.id).locale = "en"
    return Exchange(web)


@pytest.fixture
def colleague(web: Web) -> Actor:
    return web.world.staff("desk2", "郑调度", Role.DISPATCHER)


def bar(web: Web, actor: Actor) -> str:
    return web.client(actor).get("/desk/calls").text


def told(web: Web) -> list[Told]:
    with web.world.db.reading() as session:
        return [one for one in journal.told_after(session, 0, limit=500) if one.subject == "call"]


def test_a_call_rings_on_the_desk_of_the_agent_and_on_no_other(web: Web, exchange: Exchange, colleague: Actor) -> None:
    assert exchange.tell("ringing").get_json() == {"id": 1, "state": "ringing", "agent_known": True}
    (event,) = told(web)
    assert live.for_desk(web.world.dispatcher)(event)
    assert not live.for_desk(colleague)(event)
    assert "138 0793 4455" in bar(web, web.world.dispatcher)
    assert "/desk/new?caller=%2B8613807934455" in bar(web, web.world.dispatcher)
    assert bar(web, colleague).strip() == ""


def test_the_end_of_a_call_takes_it_away(web: Web, exchange: Exchange) -> None:
    for state in ("ringing", "answered", "ended"):
        exchange.tell(state)
    assert bar(web, web.world.dispatcher).strip() == ""
    assert [one.type for one in told(web)] == ["call.ringing", "call.answered", "call.ended"]


def test_an_extension_that_is_nobodys_is_everybodys(web: Web, exchange: Exchange, colleague: Actor) -> None:
    assert exchange.tell("ringing", extension="999").get_json()["agent_known"] is False
    for actor in (web.world.dispatcher, colleague):
        assert "138 0793 4455" in bar(web, actor)
        assert "data-mine" not in bar(web, actor)  # opens nothing by itself


def test_a_call_put_through_leaves_one_desk_for_the_other(web: Web, exchange: Exchange, colleague: Actor) -> None:
    with web.world.db.transaction() as session:
        phone_calls.set_extension(
            session, session.get_one(Staff, colleague.id), "802", web.world.manager, web.world.now
        )
    exchange.tell("ringing")
    exchange.tell("answered", extension="802")
    assert bar(web, web.world.dispatcher).strip() == ""
    assert "data-mine" in bar(web, colleague)
    assert told(web)[-1].concerns == {web.world.dispatcher.id, colleague.id}


def test_the_same_event_again_and_one_that_is_late_change_nothing(web: Web, exchange: Exchange) -> None:
    exchange.tell("answered")
    exchange.tell("answered")
    exchange.tell("answered", key="another")
    late = exchange.tell("ringing")
    assert (late.status_code, late.get_json()["state"]) == (200, "answered")
    assert len(told(web)) == 1
    with web.world.db.reading() as session:
        assert len(list(session.scalars(select(PhoneCall)))) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"secret": "guessed"}, "signature_wrong"), ({"skew": -301}, "signature_old"), ({"skew": 301}, "signature_old")],
)
def test_what_is_not_signed_or_was_signed_long_ago_is_refused(
    web: Web, exchange: Exchange, wrong: dict[str, Any], code: str
) -> None:
    reply = exchange.tell("ringing", **wrong)
    assert (reply.status_code, reply.get_json()["code"]) == (403, code)
    assert told(web) == []


def test_a_telephone_systems_key_opens_nothing_else(web: Web, exchange: Exchange) -> None:
    client = web.app.test_client()
    headers = {"Authorization": f"Bearer {exchange.token}"}
    assert client.get("/api/v1/trips", headers=headers).status_code == 403
    assert client.get("/desk", headers=headers).status_code == 403


def test_the_journal_keeps_the_number_masked(web: Web, exchange: Exchange) -> None:
    exchange.tell("ringing")
    with web.world.db.reading() as session:
        (entry,) = journal.page(session, web.world.branch_id, subject="call", subject_id=1)
        assert entry.payload["caller"] == "138****4455"


@pytest.mark.parametrize("caller", ["", "anonymous", "sip:bob@example.cn", "+999123"])
def test_a_strange_or_withheld_number_is_taken(web: Web, exchange: Exchange, caller: str) -> None:
    assert exchange.tell("ringing", caller=caller).status_code == 200
    assert "is calling" in bar(web, web.world.dispatcher)


def test_a_call_whose_end_was_never_told_goes_by_itself(web: Web, exchange: Exchange) -> None:
    exchange.tell("ringing")
    web.world.later(minutes=4)
    assert bar(web, web.world.dispatcher).strip() == ""


def test_an_extension_is_on_one_desk_only(web: Web, exchange: Exchange, colleague: Actor) -> None:
    manager: FlaskClient = web.client(web.world.manager)
    page = f"/manage/staff/{colleague.id}"
    fields: dict[str, Any] = {"name": "郑调度", "roles": ["dispatcher"], "active": "yes"}
    assert fill_in(manager, page, page, fields | {"extension": "801"}).status_code == 422
    assert fill_in(manager, page, page, fields | {"extension": "802"}).status_code == 303
    with web.world.db.reading() as session:
        assert session.get_one(Staff, colleague.id).extension == "802"
    token = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]
    headers = {"X-CSRFToken": token, "Idempotency-Key": "e"}
    done = manager.patch(f"/api/v1/staff/{colleague.id}", json={"extension": ""}, headers=headers)
    assert done.get_json()["extension"] is None


def test_the_secret_is_shown_once(web: Web) -> None:
    manager = web.client(web.world.manager)
    reply = fill_in(manager, "/manage/branch", "/manage/branch/calls-secret", {})
    assert "cls_" in reply.text
    assert "cls_" not in manager.get("/manage/branch").text


@pytest.mark.parametrize(
    ("known", "event", "elsewhere", "news"),
    [
        ("ringing", "ringing", False, False), ("ringing", "ringing", True, True), ("ringing", "answered", False, True),
        ("answered", "ringing", True, False), ("answered", "answered", True, True), ("ended", "answered", True, False),
        ("ended", "ended", True, False), ("ringing", "ended", False, True),
    ],
)  # fmt: skip
def test_a_call_only_goes_on(known: str, event: str, elsewhere: bool, news: bool) -> None:
    assert is_news(CallState(known), CallState(event), elsewhere=elsewhere) is news
