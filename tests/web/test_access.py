"""Every route × every role: deny by default, and somebody else's object does not exist."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dispatch.domain.roles import Actor, Permission
from dispatch.domain.states import State
from dispatch.web.access import OPEN, STATIC, permission_of
from tests.web.conftest import Web

ROLES = ("dispatcher", "driver", "agent", "manager")
STAND_INS: dict[str, Any] = {"token": "x", "kind": "agreement", "name": "depart", "what": "start", "answer": "accept",
                             "number": "SR-1", "year": 2026, "subject": "trip"}  # fmt: skip


def routes(app: Flask) -> list[tuple[Rule, str, Permission | None]]:
    return [
        (rule, method, permission_of(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        if rule.endpoint != STATIC
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(rule: Rule, number: int = 1) -> str:
    values = {name: STAND_INS.get(name, number) for name in rule.arguments}
    with_numbers = rule.rule
    for name, value in values.items():
        for shape in (f"<int:{name}>", f"<{name}>"):
            with_numbers = with_numbers.replace(shape, str(value))
    return with_numbers


def test_every_route_names_its_permission(web: Web) -> None:
    unnamed = [rule.rule for rule, _, permission in routes(web.app) if permission is None]
    assert unnamed == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_permission_is_turned_away_everywhere(web: Web, role: str) -> None:
    actor: Actor = getattr(web.world, role)
    client = web.client(actor)
    let_in = [
        (method, rule.rule)
        for rule, method, permission in routes(web.app)
        if permission is not None and permission not in OPEN and not actor.may(permission)
        and client.open(address(rule), method=method).status_code != 403
    ]  # fmt: skip
    assert let_in == []


def test_a_stranger_is_asked_to_sign_in_everywhere(web: Web) -> None:
    client = web.client()
    let_in = [
        (method, rule.rule, status)
        for rule, method, permission in routes(web.app)
        if permission not in OPEN
        and (status := client.open(address(rule), method=method).status_code) not in {302, 401}
    ]
    assert let_in == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_breaks_on_things_that_do_not_exist(web: Web, role: str) -> None:
    actor: Actor = getattr(web.world, role)
    client = web.client(actor)
    broken = [
        (rule.rule, status)
        for rule, method, permission in routes(web.app)
        if method == "GET" and permission is not None and (actor.may(permission) or permission in OPEN)
        and (status := client.get(address(rule, 999_999)).status_code) >= 500
    ]  # fmt: skip
    assert broken == []


def test_every_unsafe_route_needs_the_form_token_of_a_browser(web: Web) -> None:
    client = web.client(web.world.dispatcher)
    answer = web.post(client, "/api/v1/quotes", {}, csrf=False)
    assert answer.status_code == 400


def test_an_unsafe_call_of_the_api_needs_a_key(web: Web) -> None:
    answer = web.post(web.client(web.world.dispatcher), "/api/v1/quotes", {}, key=" ")
    assert answer.status_code in {400, 422}


def test_another_drivers_trip_does_not_exist(web: Web) -> None:
    trip_id = web.world.to(State.ON_SITE)
    other = web.client(web.world.drivers[1])
    assert other.get(f"/api/v1/driver/trips/{trip_id}").status_code == 404
    assert other.get(f"/driver/trip/{trip_id}").status_code == 404
    assert web.post(other, f"/api/v1/trips/{trip_id}/commands/depart").status_code == 404
    own = web.client(web.world.driver)
    assert own.get(f"/api/v1/driver/trips/{trip_id}").status_code == 200


def test_a_phone_is_whole_for_the_desk_while_the_trip_lives_and_masked_for_others(web: Web) -> None:
    trip_id = web.world.to(State.ON_SITE)
    path = f"/api/v1/trips/{trip_id}"
    assert "*" not in web.client(web.world.dispatcher).get(path).get_json()["caller_phone"]
    for actor in (web.world.agent, web.world.manager):
        assert "****" in web.client(actor).get(path).get_json()["caller_phone"]


def test_a_reveal_needs_a_reason_and_is_in_the_journal(web: Web) -> None:
    trip_id = web.world.to(State.ON_SITE)
    care = web.client(web.world.agent)
    path = f"/api/v1/trips/{trip_id}/reveal"
    assert web.post(care, path, {"what": "phone", "reason": " "}).status_code == 422
    assert web.post(care, path, {"what": "phone", "reason": "回访"}).get_json()["value"].startswith("+86")
    entries = web.client(web.world.manager).get("/api/v1/journal").get_json()["entries"]
    assert [entry["data"]["reason"] for entry in entries if entry["type"] == "trip.reveal"] == ["回访"]


def test_only_managers_and_the_own_driver_get_the_agreement_itself(web: Web) -> None:
    trip_id = web.world.to(State.AGREED)
    path = f"/api/v1/trips/{trip_id}/documents/agreement/pdf"
    assert web.client(web.world.manager).get(path).data.startswith(b"%PDF")
    for actor in (web.world.dispatcher, web.world.agent):
        assert web.client(actor).get(path).status_code == 403
    own = f"/api/v1/driver/trips/{trip_id}/documents/agreement/pdf"
    assert web.client(web.world.driver).get(own).status_code == 200
    assert web.client(web.world.drivers[1]).get(own).status_code == 404
