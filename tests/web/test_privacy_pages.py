"""Rights of customers on pages and in the API: what was said, holds, terms, their own file, being forgotten."""

import io
import json
import zipfile

import pytest
from werkzeug.test import TestResponse

from dispatch.domain.booking import Place
from dispatch.domain.states import State
from dispatch.services import passwords
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in
from tests.world import KEYS

PASSWORD, PHONE, NAME = "lantern over the river", "13907931234", "王小明"


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"
            person.password_hash = passwords.digest(PASSWORD)


@pytest.fixture
def trip_id(web: Web) -> int:
    booked = web.world.book(caller_phone=PHONE, name=NAME, plate="赣E88666", pickup=Place("信州区 五三大道 8 号"))
    web.world.to(State.INSPECTED, booked)
    web.world.photo(booked)
    return web.world.to(State.CLOSED, booked)


@pytest.fixture
def one(web: Web, trip_id: int) -> int:
    return web.world.trip(trip_id).customer_id


def journal(web: Web, kind: str) -> list[dict[str, object]]:
    entries = web.client(web.world.manager).get("/api/v1/journal").get_json()["entries"]
    return [entry["data"] for entry in entries if entry["type"] == kind]


def test_an_agent_writes_down_what_a_customer_says_and_it_holds_at_once(web: Web, one: int) -> None:
    care, page = web.client(web.world.agent), f"/care/customers/{one}"
    said = {"purpose": "quality", "given": "no", "how": "call", "note": "太晚了"}
    wrong = fill_in(care, page, f"{page}/consents", {**said, "how": ""})
    assert wrong.status_code == 422
    assert "太晚了" in wrong.text
    assert 'href="#f-how"' in wrong.text
    assert fill_in(care, page, f"{page}/consents", said).status_code == 303
    shown = care.get(page).text
    assert "Does not want to be called" in shown
    assert "Not allowed" in shown
    assert web.client(web.world.agent).get(f"/api/v1/customers/{one}").get_json()["do_not_call"] == ["quality"]
    assert fill_in(care, page, f"{page}/consents", {**said, "given": "yes"}).status_code == 303
    assert "Does not want to be called" not in care.get(page).text
    told = care.get(f"/api/v1/customers/{one}/consents").get_json()
    assert [(word["given"], word["by"]) for word in told["history"]] == [(True, "吴客服"), (False, "吴客服")]
    assert {row["purpose"]: row["allowed"] for row in told["purposes"]} == {
        "service": True, "quality": True, "marketing": False, "location": True,
    }  # fmt: skip
    assert journal(web, "customer.consent")[1] == {"purpose": "quality", "said": "withdrawn", "how": "call"}


def test_the_service_itself_is_not_withdrawn_over_the_api(web: Web, one: int) -> None:
    body = {"purpose": "service", "given": False, "how": "call"}
    answer = web.post(web.client(web.world.agent), f"/api/v1/customers/{one}/consents", body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "purpose_of_contract")


def test_the_desk_reads_what_was_said_and_writes_nothing(web: Web, one: int) -> None:
    desk = web.client(web.world.dispatcher)
    page = desk.get(f"/care/customers/{one}").text
    assert "What the data may be used for" in page
    assert "/consents" not in page
    body = {"purpose": "marketing", "given": True, "how": "call"}
    assert web.post(desk, f"/api/v1/customers/{one}/consents", body).status_code == 403


def test_a_customer_says_it_by_their_link(web: Web, trip_id: int, one: int) -> None:
    client, page = web.client(), f"/t/{KEYS.token(trip_id)}/data"
    shown = client.get(page)
    assert shown.status_code == 200
    assert fill_in(client, page, page, {"purpose": "marketing", "given": "yes"}).status_code == 303
    assert fill_in(client, page, page, {"purpose": "nonsense", "given": "yes"}).status_code == 422
    assert fill_in(client, page, page, {"purpose": "service", "given": "no"}).status_code == 409
    (word,) = web.client(web.world.agent).get(f"/api/v1/customers/{one}/consents").get_json()["history"]
    assert (word["purpose"], word["given"], word["how"], word["by"]) == ("marketing", True, "link", "")


@pytest.mark.parametrize("subject", ["trip", "customer"])
def test_a_manager_puts_a_hold_on_a_thing_and_its_page_says_so(web: Web, trip_id: int, one: int, subject: str) -> None:
    manager = web.client(web.world.manager)
    number, page = (trip_id, f"/desk/trips/{trip_id}") if subject == "trip" else (one, f"/care/customers/{one}")
    form = f"/manage/holds/{subject}/{number}"
    assert form in manager.get(page).text
    assert fill_in(manager, form, form, {"reason": " "}).status_code == 422
    assert fill_in(manager, form, form, {"reason": "保险理赔"}).status_code == 303
    for actor in (web.world.manager, web.world.dispatcher):
        assert "保险理赔" in web.client(actor).get(page).text
    assert "/manage/holds" not in web.client(web.world.dispatcher).get(page).text
    assert "保险理赔" in manager.get("/manage/retention").text
    assert fill_in(manager, form, f"{form}/lift", {"reason": "已结案"}).status_code == 303
    assert "On hold since" not in manager.get(page).text
    assert "已结案" in manager.get(form).text
    assert [entry["reason"] for kind in ("hold.place", "hold.lift") for entry in journal(web, kind)] == [
        "保险理赔",
        "已结案",
    ]


def test_a_complaint_is_held_from_its_page(web: Web, trip_id: int) -> None:
    body = {
        "channel": "call", "contact_name": NAME, "contact_phone": PHONE, "about": "x", "problem": "x", "wish": "x",
        "happened_at": web.world.now.isoformat(), "trip_id": trip_id,
    }  # fmt: skip
    made = web.post(web.client(web.world.agent), "/api/v1/complaints", body).get_json()
    manager = web.client(web.world.manager)
    assert f"/manage/holds/complaint/{made['id']}" in manager.get(f"/care/complaints/{made['id']}").text
    hold = {"subject": "complaint", "subject_id": made["id"], "reason": "诉讼"}
    first = web.post(manager, "/api/v1/legal-holds", hold)
    assert first.status_code == 201
    assert web.post(manager, "/api/v1/legal-holds", hold).status_code == 409
    assert [row["reason"] for row in manager.get("/api/v1/legal-holds").get_json()["holds"]] == ["诉讼"]
    lift = f"/api/v1/legal-holds/{first.get_json()['id']}/lift"
    assert web.post(manager, lift, {"reason": "结案"}).status_code == 200
    assert web.post(manager, lift, {"reason": "结案"}).status_code == 409


def test_a_dispute_file_holds_its_trip_by_itself(web: Web) -> None:
    trip_id = web.world.book()
    manager, page = web.client(web.world.manager), f"/manage/trips/{trip_id}/dispute"
    for _ in range(2):
        assert fill_in(manager, page, page, {"reason": "客户起诉"}).status_code == 200
    (hold,) = manager.get("/api/v1/legal-holds").get_json()["holds"]
    assert (hold["subject"], hold["subject_id"]) == ("trip", trip_id)
    assert hold["reason"].startswith("DSR-")


def test_a_manager_sets_terms_and_what_does_not_fit_is_named_and_kept(web: Web, trip_id: int) -> None:
    manager, page = web.client(web.world.manager), "/manage/retention"
    shown = manager.get("/api/v1/retention").get_json()["terms"]
    days: dict[str, object] = {line["kind"]: str(line["days"]) for line in shown}
    wrong = fill_in(manager, page, page, {**days, "customers": "100", "photos": "soon"})
    assert wrong.status_code == 422
    assert {'href="#f-customers"', 'href="#f-photos"', 'value="soon"'} <= {
        part for part in ('href="#f-customers"', 'href="#f-photos"', 'value="soon"') if part in wrong.text
    }
    assert fill_in(manager, page, page, {**days, "photos": "90"}).status_code == 303
    web.world.later(days=91)
    (photos,) = [
        line
        for line in web.client(web.world.manager).get("/api/v1/retention").get_json()["terms"]
        if line["kind"] == "photos"
    ]
    assert (photos["days"], photos["due"], photos["held"]) == (90, 1, 0)


def test_the_api_sets_some_terms_and_refuses_what_the_law_does_not_leave_open(web: Web) -> None:
    manager = web.client(web.world.manager)
    token = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]

    def put(key: str, terms: dict[str, int]) -> TestResponse:
        headers = {"Idempotency-Key": key, "X-CSRFToken": token}
        return manager.put("/api/v1/retention", json={"terms": terms}, headers=headers)

    assert put("a", {"messages": 30}).get_json()["terms"][8]["days"] == 30
    refused = put("b", {"customers": 30})
    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "customers")


def opened(answer: TestResponse) -> zipfile.ZipFile:
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_a_persons_file_takes_password_and_reason_and_tells_everything(web: Web, one: int, trip_id: int) -> None:
    manager, page = web.client(web.world.manager), f"/manage/persons/{one}"
    for wrong, field in (
        ({"reason": "", "password": PASSWORD}, "reason"),
        ({"reason": "x", "password": "y"}, "password"),
    ):
        answer = fill_in(manager, page, f"{page}/file", wrong)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
    assert journal(web, "customer.export") == []
    reveal = {"what": "phone", "reason": "找失物 13900001111"}
    web.post(web.client(web.world.agent), f"/api/v1/trips/{trip_id}/reveal", reveal)
    archive = opened(fill_in(manager, page, f"{page}/file", {"reason": "本人书面申请", "password": PASSWORD}))
    assert archive.testzip() is None
    told = json.loads(archive.read("person.json"))
    assert told["format"] == "homeward-person/1"
    assert told["profile"]["phones"] == [f"+86{PHONE}"]
    (trip,) = told["trips"]
    assert (trip["phone"], trip["pickup"], trip["plate"]) == (f"+86{PHONE}", "信州区 五三大道 8 号", "赣E88666")
    assert trip["driver_name"] == "代**"
    assert trip["condition"][0]["state"] == "mild"
    assert sum(line["amount_fen"] for line in trip["fare"]) == trip["total_fen"]
    for paper in trip["documents"]:
        assert archive.read(paper["file"]).startswith(b"%PDF")
    assert archive.read(trip["photos"][0])[:2] == b"\xff\xd8"
    assert [(look["who"], look["what"], look["reason"]) for look in told["access"]] == [
        ("吴**", "trip.reveal", "找失物 ****"), ("孙**", "customer.export", "本人书面申请"),
    ]  # fmt: skip
    assert "关于您" in archive.read("zh.html").decode() or "您的" in archive.read("zh.html").decode()
    assert "What we know about you" in archive.read("en.html").decode()
    assert NAME in archive.read("en.html").decode()
    assert "style.css" in archive.namelist()
    assert journal(web, "customer.export") == [{"reason": "本人书面申请"}]
    assert "本人书面申请" in manager.get("/manage/access").text


def test_the_link_takes_its_own_trip_along_with_the_number_masked(web: Web, trip_id: int) -> None:
    other = web.world.book(caller_phone=PHONE, name=NAME, plate="赣E88666")
    archive = opened(web.client().get(f"/t/{KEYS.token(trip_id)}/data.zip"))
    told = json.loads(archive.read("person.json"))
    assert told["profile"] is None
    (trip,) = told["trips"]
    assert (trip["number"], trip["phone"]) == (web.world.trip(trip_id).number, "139****1234")
    assert web.world.trip(other).number not in archive.read("zh.html").decode()
    assert PHONE not in "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    assert len(trip["documents"]) == 2
    assert journal(web, "trip.export") == [{"trip": trip["number"]}]


def test_a_manager_forgets_a_person_after_seeing_what_goes(web: Web, one: int, trip_id: int) -> None:
    manager, page = web.client(web.world.manager), f"/manage/persons/{one}"
    assert "What stays, and why" in manager.get(page).text
    plan = manager.get(f"/api/v1/customers/{one}/erasure").get_json()
    assert (plan["goes"]["trips"], plan["stays"]["documents"], plan["obstacles"]) == (1, 2, [])
    wrong = fill_in(manager, page, f"{page}/forget", {"reason": "本人要求", "password": "not it at all"})
    assert wrong.status_code == 422
    assert "not it at all" not in wrong.text
    assert 'value="本人要求"' in wrong.text
    done = fill_in(manager, page, f"{page}/forget", {"reason": "本人要求", "password": PASSWORD})
    assert done.status_code == 303
    for path in (
        f"/care/customers/{one}",
        page,
        f"/desk/trips/{trip_id}",
        "/care/customers",
        "/manage/journal",
        "/manage/access",
        "/manage/reports",
        f"/manage/trips/{trip_id}/dispute",
        "/care",
        "/desk/trips",
    ):
        answer = manager.get(path)
        assert answer.status_code == 200, path
        assert NAME not in answer.text, path
        assert "1234" not in answer.text, path
    assert "was forgotten" in manager.get(page).text
    assert web.client(web.world.agent).get("/api/v1/customers?q=1234").get_json()["customers"] == []


def test_the_api_forgets_once_and_a_repetition_is_harmless(web: Web, one: int) -> None:
    manager = web.client(web.world.manager)
    path, body = f"/api/v1/customers/{one}/erasure", {"reason": "本人要求", "password": PASSWORD}
    assert web.post(manager, path, {**body, "password": "wrong"}).status_code == 422
    first = web.post(manager, path, body, key="k")
    assert (first.status_code, first.get_json()) == (200, {"trips": 1})
    again = web.post(manager, path, body, key="k")
    assert (again.status_code, again.get_json()) == (200, {"trips": 1})
    assert web.post(manager, path, body, key="l").status_code == 409
    assert web.post(manager, f"/api/v1/customers/{one}/export", body).status_code == 409


def test_while_a_trip_is_under_way_the_page_says_so_and_offers_no_button(web: Web) -> None:
    customer_id = web.world.trip(web.world.book()).customer_id
    manager, page = web.client(web.world.manager), f"/manage/persons/{customer_id}"
    shown = manager.get(page).text
    assert "A trip is under way: T" in shown
    assert f"{page}/forget" not in shown
    body = {"reason": "本人要求", "password": PASSWORD}
    assert web.post(manager, f"/api/v1/customers/{customer_id}/erasure", body).get_json()["code"] == "erasure_held"


@pytest.mark.parametrize("who", ["dispatcher", "agent", "driver"])
def test_nobody_else_forgets_exports_holds_or_sets_terms(web: Web, one: int, who: str) -> None:
    client = web.client(getattr(web.world, who))
    for path in (f"/manage/persons/{one}", "/manage/retention", f"/manage/holds/customer/{one}"):
        assert client.get(path).status_code == 403
    body = {"reason": "x", "password": PASSWORD}
    for path in (f"/api/v1/customers/{one}/erasure", f"/api/v1/customers/{one}/export"):
        assert web.post(client, path, body).status_code == 403


def test_a_person_of_another_branch_does_not_exist(web: Web, one: int) -> None:
    manager = web.client(web.world.manager)
    for path in (f"/manage/persons/{one + 999}", f"/manage/holds/customer/{one + 999}", "/manage/holds/nonsense/1"):
        assert manager.get(path).status_code == 404
