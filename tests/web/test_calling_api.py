"""The API of scripts, dialling and coverage: who may, what is refused, and what is answered."""

import secrets
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from dispatch.domain.callback_script import DEFAULTS, PARTS
from dispatch.domain.states import State
from dispatch.services import callback_queue, phone_calls
from dispatch.store.staff import Staff
from tests.web.conftest import Web

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
SCRIPTS = "/api/v1/callback-scripts"
DIALLING = "/api/v1/dialling"
EXCHANGE: dict[str, object] = {"way": "exchange", "order_url": "https://pbx.example.cn/dial"}


@pytest.fixture
def manager(web: Web) -> FlaskClient:
    return web.client(web.world.manager)


@pytest.fixture
def held(web: Web) -> int:
    """A callback that the agent has claimed."""
    web.world.to(State.CLOSED)
    web.world.now = MONDAY_TEN
    with web.world.db.transaction() as session:
        task = callback_queue.claim_next(session, web.world.agent, web.world.now)
        assert task is not None
        return task.id


def put(client: FlaskClient, path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
    token = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
    headers = {"Idempotency-Key": secrets.token_hex(8), "X-CSRFToken": token}
    answer = client.put(path, json=body, headers=headers)
    return answer.status_code, answer.get_json()


def script(client: FlaskClient) -> dict[str, object]:
    found: dict[str, object] = client.get(SCRIPTS).get_json()["scripts"][0]
    return found


def test_a_manager_rewrites_what_is_said(manager: FlaskClient) -> None:
    before = script(manager)
    assert (before["language"], before["version"], before["greeting"]) == ("zh", 0, DEFAULTS["zh"].greeting)
    wanted = {part: before[part] for part in PARTS} | {"closing": "再见，{customer}！", "version": 0}
    assert put(manager, f"{SCRIPTS}/zh", wanted)[0] == 200
    assert (script(manager)["version"], script(manager)["closing"]) == (1, "再见，{customer}！")
    status, problem = put(manager, f"{SCRIPTS}/zh", wanted | {"closing": "慢走"})
    assert (status, problem["code"]) == (409, "script_changed")


def test_a_caller_s_own_program_reads_what_to_say_to_one_customer(web: Web, held: int) -> None:
    agent = web.client(web.world.agent)
    said = agent.get(f"/api/v1/callbacks/{held}/script").get_json()["said"]
    assert list(said) == ["zh"]
    assert said["zh"]["greeting"].startswith("李建国您好")
    assert agent.get("/api/v1/callbacks/999/script").status_code == 404


def test_a_placeholder_that_there_is_not_is_named_by_its_sentence(manager: FlaskClient) -> None:
    before = script(manager)
    wanted = {part: before[part] for part in PARTS} | {"opinions": "{fare}", "version": 0}
    status, problem = put(manager, f"{SCRIPTS}/zh", wanted)
    assert (status, problem["code"]) == (422, "template_placeholder")
    assert problem["errors"][0]["field"] == "opinions"  # type: ignore[index]  # a list of fields


def test_agents_read_the_script_and_do_not_write_it(web: Web) -> None:
    agent = web.client(web.world.agent)
    assert agent.get(SCRIPTS).status_code == 200
    assert put(agent, f"{SCRIPTS}/zh", {**dict.fromkeys(PARTS, "x"), "version": 0})[0] == 403
    assert put(agent, DIALLING, {"way": "tel"})[0] == 403


def test_dialling_by_softphone_gives_the_number_as_its_address(web: Web, held: int, manager: FlaskClient) -> None:
    assert put(manager, DIALLING, {"way": "sip", "sip_host": "pbx.example.cn"})[0] == 200
    agent = web.client(web.world.agent)
    shown = web.post(agent, f"/api/v1/callbacks/{held}/dial", {"attempt_no": 1}).get_json()
    assert shown["address"] == f"sip:{shown['phone']}@pbx.example.cn"


def test_the_exchange_rings_without_showing_the_number(web: Web, held: int, manager: FlaskClient) -> None:
    with web.world.db.transaction() as session:
        phone_calls.rotate_secret(session, web.world.manager, web.world.now)
        session.get_one(Staff, web.world.agent.id).extension = "801"
    assert put(manager, DIALLING, EXCHANGE)[0] == 200
    agent = web.client(web.world.agent)
    answer = web.post(agent, f"/api/v1/callbacks/{held}/ring", {"attempt_no": 1})
    assert answer.status_code == 202
    assert answer.get_json() == {"extension": "801", "until": "2026-03-09T02:01:00Z"}


def test_an_exchange_without_a_secret_is_refused(manager: FlaskClient) -> None:
    status, problem = put(manager, DIALLING, EXCHANGE)
    assert (status, problem["code"]) == (409, "calls_off")


def test_the_day_s_coverage_is_told_for_the_branch_and_each_agent(web: Web, held: int) -> None:
    told = web.client(web.world.agent).get("/api/v1/callbacks/coverage").get_json()
    assert told["day"] == "2026-03-09"
    assert (told["total"]["due"], told["total"]["left"], told["total"]["done"]) == (1, 1, 0)
    assert [(one["name"], one["coverage"]["left"]) for one in told["agents"]] == [("吴客服", 1)]
    assert web.client(web.world.driver).get("/api/v1/callbacks/coverage").status_code == 403
