"""A complaint through its pages and the API, as agent, head of department and manager."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatch.domain.roles import Role
from dispatch.domain.states import State
from tests.web.conftest import Web
from tests.web.forms import hidden

SAID: dict[str, Any] = {"words": "已处理"}


@pytest.fixture
def agent(web: Web) -> FlaskClient:
    return web.client(web.world.agent)


@pytest.fixture
def manager(web: Web) -> FlaskClient:
    return web.client(web.world.manager)


def department(web: Web, manager: FlaskClient) -> tuple[FlaskClient, int]:
    head = web.world.staff("head", "钱主管", Role.DISPATCHER)
    answer = web.post(manager, "/api/v1/departments", {"name": "车队", "head_id": head.id})
    assert answer.status_code == 201
    return web.client(head), answer.get_json()["id"]


def registered(web: Web, agent: FlaskClient, trip_id: int | None = None) -> int:
    told = {
        "channel": "call", "contact_name": "李建国", "contact_phone": "13812345678", "about": "代驾员",
        "happened_at": (web.world.now - timedelta(hours=1)).isoformat(), "problem": "绕路", "wish": "退费",
        "trip_id": trip_id,
    }  # fmt: skip
    answer = web.post(agent, "/api/v1/complaints", told)
    assert answer.status_code == 201
    found: int = answer.get_json()["id"]
    return found


def step(client: FlaskClient, case_id: int, name: str, **given: Any) -> TestResponse:
    """Fill in the form of a step as its page shows it."""
    page = client.get(f"/care/complaints/{case_id}?step={name}").text
    shown = hidden(page, f"/care/complaints/{case_id}/{name}")
    return client.post(f"/care/complaints/{case_id}/{name}", data={**shown, **SAID, **given})


def test_a_case_is_taken_to_its_end_on_its_page(web: Web, agent: FlaskClient, manager: FlaskClient) -> None:
    trip_id = web.world.to(State.CLOSED)
    head, department_id = department(web, manager)
    case_id = registered(web, agent, trip_id)
    for client, name, given in (
        (agent, "acknowledge", {}),
        (agent, "assess", {"severity": "serious"}),
        (agent, "accept", {}),
        (agent, "route", {"department_id": department_id}),
        (head, "investigate", {"responsible_id": web.world.driver.id}),
        (head, "propose", {"kind_0": "refund", "remedy_0": "退绕路费", "amount_0": "10.50"}),
        (manager, "approve", {}),
        (agent, "carry-out", {}),
        (agent, "ask-feedback", {}),
        (agent, "conclude", {"satisfied": "yes"}),
        (agent, "archive", {"words": "加强导航培训"}),
    ):
        answer = step(client, case_id, name, **given)
        assert answer.status_code == 303, (name, answer.text)
    page = agent.get(f"/care/complaints/{case_id}").text
    for told in ("加强导航培训", "退绕路费", "¥10.50", "代驾1号", "车队"):
        assert told in page
    story = agent.get(f"/api/v1/complaints/{case_id}").get_json()
    assert (story["case"]["stage"], story["steps"], story["remedies"][0]["state"]) == ("archived", [], "carried_out")


def test_what_does_not_fit_stays_typed_with_the_objection_by_its_field(
    web: Web, agent: FlaskClient, manager: FlaskClient
) -> None:
    head, department_id = department(web, manager)
    case_id = registered(web, agent)
    step(agent, case_id, "acknowledge")
    answer = step(agent, case_id, "assess", words="很严重", severity="")
    assert answer.status_code == 422
    assert "很严重" in answer.text
    step(agent, case_id, "assess", severity="minor")
    step(agent, case_id, "accept")
    step(agent, case_id, "route", department_id=department_id)
    step(head, case_id, "investigate")
    answer = step(head, case_id, "propose", kind_0="refund", remedy_0="退费", amount_0="10", words="绕路属实")
    assert answer.status_code == 422
    assert "绕路属实" in answer.text
    assert 'value="退费"' in answer.text


def test_a_step_on_an_old_sight_of_the_case_is_refused_and_keeps_what_was_typed(web: Web, agent: FlaskClient) -> None:
    case_id = registered(web, agent)
    page = agent.get(f"/care/complaints/{case_id}?step=acknowledge").text
    shown = hidden(page, f"/care/complaints/{case_id}/acknowledge")
    assert step(agent, case_id, "remark").status_code == 303
    late = agent.post(f"/care/complaints/{case_id}/acknowledge", data={**shown, "words": "已致电"})
    assert late.status_code == 409
    assert "已致电" in late.text


def test_steps_are_offered_and_open_only_to_whose_they_are(web: Web, agent: FlaskClient, manager: FlaskClient) -> None:
    head, department_id = department(web, manager)
    case_id = registered(web, agent)
    assert "acknowledge" not in manager.get(f"/api/v1/complaints/{case_id}").get_json()["steps"]
    body = {"version": 1, "words": "好"}
    assert web.post(manager, f"/api/v1/complaints/{case_id}/steps/acknowledge", body).status_code == 403
    for client in (head, web.client(web.world.dispatcher)):
        assert client.get(f"/care/complaints/{case_id}").status_code == 404
        assert web.post(client, f"/api/v1/complaints/{case_id}/steps/remark", body).status_code == 404
        assert client.get("/care/complaints").status_code == 403
    for name, given in (("acknowledge", {}), ("assess", {"severity": "minor"}), ("accept", {})):
        step(agent, case_id, name, **given)
    step(agent, case_id, "route", department_id=department_id)
    assert f"/care/complaints/{case_id}" in head.get("/care/department").text
    assert "138****5678" in head.get(f"/care/complaints/{case_id}").text
    assert web.client(web.world.dispatcher).get(f"/care/complaints/{case_id}").status_code == 404


def test_the_board_shows_cases_by_what_is_to_be_done_and_the_list_finds_words(web: Web, agent: FlaskClient) -> None:
    case_id = registered(web, agent)
    board = agent.get("/api/v1/complaints/board").get_json()["columns"]
    assert [(column["name"], len(column["cases"])) for column in board if column["cases"]] == [("acknowledge", 1)]
    clock = board[0]["cases"][0]["clock"]
    assert (clock["kind"], clock["left_minutes"]) == ("acknowledge", 30)
    assert f"/care/complaints/{case_id}" in agent.get("/care/complaints").text
    for words, there in (("绕路", True), ("C000001", True), ("李建国 退费", True), ("12345678", True), ("划痕", False)):
        assert (f'"/care/complaints/{case_id}"' in agent.get(f"/care/complaints/all?q={words}").text) is there


def test_the_contact_is_shown_for_a_reason_that_the_journal_keeps(
    web: Web, agent: FlaskClient, manager: FlaskClient
) -> None:
    case_id = registered(web, agent)
    path = f"/care/complaints/{case_id}"
    shown = hidden(agent.get(path).text, f"{path}/contact")
    assert "+8613812345678" not in agent.get(path).text
    assert agent.post(f"{path}/contact", data={**shown, "reason": " "}).status_code == 422
    assert "+8613812345678" in agent.post(f"{path}/contact", data={**shown, "reason": "回复客户"}).text
    entries = manager.get("/api/v1/journal").get_json()["entries"]
    assert [one["data"]["reason"] for one in entries if one["type"] == "complaint.reveal"] == ["回复客户"]


def test_a_manager_sets_departments_templates_and_times_and_a_reply_begins_with_a_template(
    web: Web, agent: FlaskClient, manager: FlaskClient
) -> None:
    path = "/manage/complaints"
    days = {f"{name}_days": "1" for name in ("assess", "department", "approve", "carry_out", "confirm")}
    telling = {"heads_from": "near", "managers_from": "due", "texts_from": "", "managers_phone": "13907930001"}
    for do, given in (
        ("department", {"name": "车队", "head_id": web.world.dispatcher.id, "active": "yes", "phone": "13907930009"}),
        ("template", {"name": "致歉", "body": "{customer}您好"}),
        ("template", {"name": "答复", "body": "{customer}：{reply}", "occasion": "replied", "id": ""}),
        ("terms", {"acknowledge_minutes": "60", "office_opens": "09:00", "office_closes": "17:00", **days, **telling}),
    ):
        shown = hidden(manager.get(f"{path}?do={do}").text, path)
        assert manager.post(path, data={**shown, "do": do, **given}).status_code == 303, do
    wrong = manager.post(path, data={**shown, "do": "template", "name": "二", "body": "{who}", "once": "x"})
    assert wrong.status_code == 422
    assert "{who}" in wrong.text
    terms = manager.get("/api/v1/complaint-terms").get_json()
    assert (terms["acknowledge_minutes"], terms["lunch_from"]) == (60, None)
    assert terms["telling"] == {**telling, "texts_from": None, "managers_phone": "+8613907930001", "customers": False}
    templates = manager.get("/api/v1/reply-templates").get_json()["templates"]
    assert {one["name"]: one["occasion"] for one in templates} == {"致歉": None, "答复": "replied"}
    case_id = registered(web, agent)
    for name, more in (("acknowledge", {}), ("assess", {"severity": "minor"}), ("dismiss", {})):
        step(agent, case_id, name, **more)
    template = next(one["id"] for one in templates if one["name"] == "致歉")
    assert "李建国您好" in agent.get(f"/care/complaints/{case_id}?step=reply&template={template}").text
    assert agent.get(path).status_code == 403


def test_an_accident_case_says_who_bears_what(web: Web, agent: FlaskClient, manager: FlaskClient) -> None:
    _, department_id = department(web, manager)
    case_id = registered(web, agent, web.world.to(State.CLOSED))
    for name, given in (("acknowledge", {}), ("assess", {"severity": "grave"}), ("accept", {})):
        step(agent, case_id, name, **given)
    step(agent, case_id, "route", department_id=department_id)
    facts = {"fault_percent": "100", "damage": "5000", "insurer": "4200"}
    assert step(agent, case_id, "set-facts", **facts).status_code == 303
    bearing = agent.get(f"/api/v1/complaints/{case_id}").get_json()["bearing"]
    assert (bearing["company_fen"], bearing["customer_fen"]) == (800_00, 0)


def test_an_accident_under_way_is_a_case_with_one_press_and_only_one(web: Web, agent: FlaskClient) -> None:
    trip_id = web.world.to(State.DRIVING)
    incident_id = web.world.incident(trip_id, driver_fault_percent=60)
    desk = web.client(web.world.dispatcher)
    path = f"/desk/trips/{trip_id}/incidents/{incident_id}/case"
    shown = hidden(desk.get(f"/desk/trips/{trip_id}").text, path)
    assert desk.post(path, data=shown).location == f"/desk/trips/{trip_id}"
    (case,) = agent.get("/api/v1/complaints").get_json()["complaints"]
    assert (case["kind"], case["trip_id"], "右后侧被追尾" in case["problem"]) == ("accident", trip_id, True)
    after = desk.get(f"/desk/trips/{trip_id}").text
    assert path not in after
    assert case["number"] in after
    for name, given in (("acknowledge", {}), ("assess", {"severity": "grave"}), ("accept", {})):
        step(agent, case["id"], name, **given)
    form = agent.get(f"/care/complaints/{case['id']}?step=set-facts").text
    assert 'name="fault_percent" type="text" value="60"' in form
    again = web.post(agent, f"/api/v1/trips/{trip_id}/incidents/{incident_id}/case")
    assert (again.status_code, case["number"] in again.get_json()["title"]) == (409, True)


def test_the_boards_rows_are_looked_up_by_themselves(web: Web, agent: FlaskClient, manager: FlaskClient) -> None:
    head, _ = department(web, manager)
    case_id = registered(web, agent)
    assert f'data-row="{case_id}"' in agent.get("/care/complaints/rows").text
    assert "<html" not in head.get("/care/department/rows").text
    assert 'content="/care/stream"' in head.get("/care/department").text


def test_a_voucher_of_a_case_is_offered_at_the_desk_booked_and_told_everywhere(
    web: Web, agent: FlaskClient, manager: FlaskClient
) -> None:
    head, department_id = department(web, manager)
    case_id = registered(web, agent, web.world.to(State.CANCELLED, web.world.book(caller_phone="13812345678")))
    voucher = {"kind_0": "voucher", "remedy_0": "下次用", "amount_0": "20"}
    for client, name, given in (
        (agent, "acknowledge", {}), (agent, "assess", {"severity": "minor"}), (agent, "accept", {}),
        (agent, "route", {"department_id": department_id}), (head, "investigate", {}), (head, "propose", voucher),
        (manager, "approve", {}), (head, "carry-out", {}),
    ):  # fmt: skip
        assert step(client, case_id, name, **given).status_code == 303, name
    (remedy,) = agent.get(f"/api/v1/complaints/{case_id}").get_json()["remedies"]
    desk = web.client(web.world.dispatcher)
    known = desk.get("/api/v1/callers?phone=13812345678").get_json()
    assert known["vouchers"] == [{"code": remedy["voucher"], "amount_fen": 20_00, "valid_until": remedy["valid_until"]}]
    shown = hidden(desk.get("/desk/new").text, "/desk/new")
    order = {
        "caller_phone": "13812345678", "name": "李建国", "plate": "赣E12345", "pickup": "五三大道", "when": "30",
        "destination": "旭日街道", "booked_km": "12", "insurance": "all_three", "voucher_code": remedy["voucher"],
    }  # fmt: skip
    assert "20.00" in desk.post("/desk/quote", data={**shown, **order}).text
    booked = desk.post("/desk/new", data={**shown, **order})
    assert booked.status_code == 303
    trip_id = int(booked.location.rsplit("/", 1)[1])
    (remedy,) = agent.get(f"/api/v1/complaints/{case_id}").get_json()["remedies"]
    assert (remedy["voucher_trip_id"], remedy["voucher_used_fen"]) == (trip_id, None)
    number = web.world.trip(trip_id).number
    customer_id = web.world.trip(trip_id).customer_id
    for page in (f"/care/complaints/{case_id}", f"/care/customers/{customer_id}"):
        assert remedy["voucher"] in agent.get(page).text
        assert number in agent.get(page).text
    wrong = desk.post("/desk/new", data={**shown, **order, "once": "another", "duplicate_reason": "再约"})
    assert wrong.status_code == 422
    assert 'id="f-voucher_code" name="voucher_code"' in wrong.text
