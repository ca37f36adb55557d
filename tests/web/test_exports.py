"""Figures as files: masked for who may read them, in full only after the password and a reason, which stay known."""

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import assessing, passwords
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import hidden
from tests.workbooks import pages

NIGHT = "from=2026-03-06&until=2026-03-06"
PASSWORD = "lantern over the river"
TRIPS = f"{NIGHT}&breakdown=trip_state"
LISTS = (
    TRIPS,
    f"{NIGHT}&breakdown=ledger_kind&list=entries",
    f"{NIGHT}&breakdown=district&list=customers",
    f"{NIGHT}&breakdown=callback_state",
    f"{NIGHT}&breakdown=complaint_kind",
)


@pytest.fixture
def closed(web: Web) -> int:
    """A closed trip, and a manager whose password is known."""
    with web.world.db.transaction() as session:
        session.get_one(Staff, web.world.manager.id).password_hash = passwords.digest(PASSWORD)
    return web.world.to(State.CLOSED)


def personal(web: Web, trip_id: int) -> tuple[str, ...]:
    trip = web.world.trip(trip_id)
    assert trip.driver is not None
    facts = (trip.contact_name, trip.caller_phone[-8:], trip.pickup_address, trip.driver.name)
    return tuple(fact.replace(" ", "") for fact in facts)


def send(client: FlaskClient, page: str, to: str, fields: dict[str, str]) -> TestResponse:
    """Fill in the form of a page whose address asks for something."""
    return client.post(to, data={**hidden(client.get(page).text, to.replace("&", "&amp;")), **fields})


def text_of(content: bytes) -> str:
    return "\n".join(str(cell) for page in pages(content).values() for row in page.values for cell in row)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))


def test_every_file_is_masked_in_both_kinds(web: Web, closed: int) -> None:
    manager = web.client(web.world.manager)
    addresses = [f"/manage/reports.{{}}?{NIGHT}", *(f"/manage/reports/behind.{{}}?{asked}" for asked in LISTS)]
    for address in (*addresses, "/manage/assessment.{}?month=2026-03"):
        text = manager.get(address.format("csv")).text
        cells = text_of(manager.get(address.format("xlsx")).data)
        for fact in personal(web, closed):
            assert fact not in text.replace(" ", ""), address
            assert fact not in cells.replace(" ", ""), address


def test_a_workbook_and_a_csv_of_a_list_say_the_same(web: Web, closed: int) -> None:
    manager = web.client(web.world.manager)
    (head, row) = rows_of(manager.get(f"/manage/reports/behind.csv?{TRIPS}").text)
    (page,) = pages(manager.get(f"/manage/reports/behind.xlsx?{TRIPS}").data).values()
    assert page.values[0] == head
    assert page.values[1][0] == row[0] == web.world.trip(closed).number
    assert float(str(page.values[1][-1])) == float(row[-1]) == (web.world.trip(closed).total_fen or 0) / 100
    assert row[3:6] == ["李**", f"138****{web.world.trip(closed).caller_phone[-4:]}", row[5]]


def test_a_file_in_full_needs_password_and_reason_and_the_access_log_keeps_both_who_and_why(
    web: Web, closed: int
) -> None:
    manager = web.client(web.world.manager)
    page, to = f"/manage/reports/behind?{TRIPS}", f"/manage/reports/behind/full?{TRIPS}"
    given = {"reason": "交警要求核对", "kind": "csv"}
    wrong = send(manager, page, to, {**given, "password": "wrong"})
    assert (wrong.status_code, "密码不正确" in wrong.text, "交警要求核对" in wrong.text) == (422, True, True)
    silent = send(manager, page, to, {**given, "password": PASSWORD, "reason": " "})
    assert (silent.status_code, PASSWORD in silent.text) == (422, False)
    assert "交警要求核对" not in manager.get("/manage/access").text
    whole = send(manager, page, to, {**given, "password": PASSWORD})
    assert whole.status_code == 200
    for fact in personal(web, closed):
        assert fact in whole.text.replace(" ", "")
    logged = manager.get("/manage/access").text
    assert "导出未脱敏数据" in logged
    assert "交警要求核对" in logged


@pytest.mark.parametrize(("page", "to"), [
    (f"/manage/reports?{NIGHT}", f"/manage/reports/full?{NIGHT}"),
    ("/manage/assessment?month=2026-03", "/manage/assessment/full?month=2026-03"),
])  # fmt: skip
def test_names_of_staff_are_whole_in_a_file_in_full(web: Web, closed: int, page: str, to: str) -> None:
    with web.world.db.transaction() as session:
        assessing.post_all(session, web.world.branch_id, web.world.now)
    manager = web.client(web.world.manager)
    sent = {"password": PASSWORD, "reason": "工资核算", "kind": "xlsx"}
    whole = send(manager, page, to, sent)
    assert whole.status_code == 200
    assert web.world.driver.name in text_of(whole.data)
    wrong = send(manager, page, to, {**sent, "password": ""})
    assert (wrong.status_code, "密码不正确" in wrong.text) == (422, True)


def test_the_api_gives_the_same_files_on_the_same_terms(web: Web, closed: int) -> None:
    manager = web.client(web.world.manager)
    asked = {"what": "behind", "kind": "csv", "first": "2026-03-06", "last": "2026-03-06", "breakdown": "trip_state"}
    masked = web.post(manager, "/api/v1/exports", asked)
    assert masked.text == manager.get(f"/manage/reports/behind.csv?{TRIPS}").text
    full = {**asked, "full": True, "reason": "核对", "password": "x"}
    refused = web.post(manager, "/api/v1/exports", full)
    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "password")
    whole = web.post(manager, "/api/v1/exports", {**full, "password": PASSWORD})
    assert web.world.trip(closed).contact_name in whole.text
    assert web.post(manager, "/api/v1/exports", {**asked, "breakdown": None}).status_code == 422
    for what in ("report", "assessment"):
        book = web.post(manager, "/api/v1/exports", {**asked, "what": what, "kind": "xlsx", "breakdown": None})
        assert pages(book.data)
    log = manager.get("/api/v1/access-log").get_json()["entries"]
    assert [entry["type"] for entry in log].count("figures.export") == 1


def test_other_kinds_of_files_and_lists_too_long_are_refused(
    web: Web, closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = web.client(web.world.manager)
    assert manager.get(f"/manage/reports.pdf?{NIGHT}").status_code == 404
    assert manager.get(f"/manage/reports/behind.csv?{NIGHT}&breakdown=trip_state&list=entries").status_code == 404
    monkeypatch.setattr("dispatch.services.exporting.MOST_ROWS", 0)
    assert manager.get(f"/manage/reports/behind.csv?{TRIPS}").status_code == 409


@pytest.mark.parametrize("role", ["dispatcher", "agent", "driver"])
def test_files_are_the_managers_alone(web: Web, role: str) -> None:
    actor: Actor = getattr(web.world, role)
    client = web.client(actor)
    for address in (f"/manage/reports.xlsx?{NIGHT}", f"/manage/reports/behind.csv?{TRIPS}", "/manage/assessment.csv"):
        assert client.get(address).status_code == 403
    assert web.post(client, "/api/v1/exports", {"what": "report", "kind": "csv"}).status_code == 403
