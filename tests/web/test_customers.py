"""Customers on pages and in the API: found, masked, revealed with a reason, changed, merged; rules of managers."""

import re

import pytest

from dispatch.domain.booking import Place
from dispatch.domain.states import State
from dispatch.store.customers import Customer
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in

PHONE, OTHER = "13907931234", "13907935678"
LIST = "/care/customers"


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


@pytest.fixture
def one(web: Web) -> int:
    trip_id = web.world.book(caller_phone=PHONE, name="王小明", plate="赣E88666", pickup=Place("信州区五三大道 8 号"))
    web.world.to(State.CANCELLED, trip_id)
    return web.world.trip(trip_id).customer_id


@pytest.fixture
def other(web: Web) -> int:
    trip_id = web.world.book(caller_phone=OTHER, name="小王", plate="赣E88666", duplicate_reason="x")
    web.world.to(State.CANCELLED, trip_id)
    return web.world.trip(trip_id).customer_id


def test_a_fragment_finds_the_customer_masked_and_stays_out_of_the_address(web: Web, one: int) -> None:
    answer = fill_in(web.client(web.world.agent), LIST, LIST, {"q": "wxm"})
    assert answer.status_code == 200
    assert f'href="{LIST}/{one}"' in answer.text
    assert "139****1234" in answer.text
    assert PHONE not in answer.text
    found = web.client(web.world.agent).get("/api/v1/customers?q=1234").get_json()["customers"]
    assert [(hit["id"], hit["phone"], hit["found_by"]) for hit in found] == [(one, "139****1234", ["phone"])]


def test_a_profile_shows_numbers_and_places_to_who_says_why_and_the_journal_keeps_it(web: Web, one: int) -> None:
    care, page = web.client(web.world.agent), f"{LIST}/{one}"
    shown = care.get(page).text
    assert "139****1234" in shown
    assert "五三大道" not in shown
    assert fill_in(care, page, f"{page}/reveal", {"what": "phones", "reason": " "}).status_code == 422
    assert "139 0793 1234" in fill_in(care, page, f"{page}/reveal", {"what": "phones", "reason": "客户来电"}).text
    assert "五三大道" in fill_in(care, page, f"{page}/reveal", {"what": "places", "reason": "找失物"}).text
    entries = web.client(web.world.manager).get("/api/v1/journal").get_json()["entries"]
    told = [(entry["data"]["what"], entry["data"]["reason"]) for entry in entries if entry["type"] == "customer.reveal"]
    assert told == [("places", "找失物"), ("phones", "客户来电")]
    assert web.client(web.world.manager).get("/manage/journal").status_code == 200


def test_the_desk_reads_a_profile_and_changes_nothing(web: Web, one: int) -> None:
    desk, page = web.client(web.world.dispatcher), f"{LIST}/{one}"
    shown = desk.get(page)
    assert shown.status_code == 200
    assert f'action="{page}"' not in shown.text
    assert "/reveal" not in shown.text
    assert web.post(desk, f"/api/v1/customers/{one}/reveal", {"what": "phones", "reason": "x"}).status_code == 403
    assert web.client(web.world.driver).get(page).status_code == 403


def test_what_was_typed_stays_when_an_answer_does_not_fit(web: Web, one: int) -> None:
    field = {"name": "生日", "kind": "date"}
    made = web.post(web.client(web.world.manager), "/api/v1/customer-fields", field).get_json()
    care, page, name = web.client(web.world.agent), f"{LIST}/{one}", f"custom_{made['id']}"
    wrong = fill_in(care, page, page, {"name": "王小明", "notes": "怕狗", name: "明天"})
    assert wrong.status_code == 422
    assert f'href="#f-{name}"' in wrong.text
    assert "怕狗" in wrong.text
    assert fill_in(care, page, page, {"name": "王小明", "notes": "怕狗", name: "1980-02-29"}).status_code == 303
    known = care.get(f"/api/v1/customers/{one}").get_json()
    assert (known["notes"], known["custom"]) == ("怕狗", {str(made["id"]): "1980-02-29"})


def test_the_api_names_the_answer_that_does_not_fit(web: Web, one: int) -> None:
    manager = web.client(web.world.manager)
    made = web.post(manager, "/api/v1/customer-fields", {"name": "偏好", "kind": "choice", "choices": ["快", "稳"]})
    token = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]
    headers = {"Idempotency-Key": "k1", "X-CSRFToken": token}
    body = {"custom": {str(made.get_json()["id"]): "慢"}}
    answer = manager.patch(f"/api/v1/customers/{one}", json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == f"custom_{made.get_json()['id']}"


def test_a_likely_duplicate_is_merged_from_the_page_and_taken_back(web: Web, one: int, other: int) -> None:
    care, page = web.client(web.world.agent), f"{LIST}/{one}"
    assert "Same car" in care.get(page).text
    assert fill_in(care, page, f"{page}/merge", {}).status_code == 303
    assert care.get(f"{LIST}/{other}").headers["Location"] == page
    assert "139****5678" in care.get(page).text
    undo = re.search(rf"{page}/merges/\d+/undo", care.get(page).text)
    assert undo is not None
    assert fill_in(care, page, undo.group(), {}).status_code == 303
    assert care.get(f"{LIST}/{other}").status_code == 200
    with web.world.db.reading() as session:
        assert session.get_one(Customer, other).merged_into_id is None


def test_a_further_number_is_added_and_taken_off(web: Web, one: int) -> None:
    care, page = web.client(web.world.agent), f"{LIST}/{one}"
    assert fill_in(care, page, f"{page}/phones", {"phone": "12"}).status_code == 422
    assert fill_in(care, page, f"{page}/phones", {"phone": OTHER}).status_code == 303
    assert care.get(f"/api/v1/customers/{one}").get_json()["phones"] == ["139****1234", "139****5678"]
    off = re.search(rf"{page}/phones/\d+/remove", care.get(page).text)
    assert off is not None
    assert fill_in(care, page, off.group(), {}).status_code == 303
    assert care.get(f"/api/v1/customers/{one}").get_json()["phones"] == ["139****1234"]


def test_a_manager_sets_tiers_and_gives_one_by_hand(web: Web, one: int) -> None:
    manager, rules, page = web.client(web.world.manager), "/manage/customers", f"{LIST}/{one}"
    wrong = fill_in(manager, rules, f"{rules}/tiers", {"name_0": "银卡", "trips_from_0": "", "spend_from_fen_0": ""})
    assert wrong.status_code == 422
    assert 'href="#f-trips_from_0"' in wrong.text
    lines: dict[str, str | list[str]] = {
        "name_0": "银卡", "trips_from_0": "12", "spend_from_fen_0": "2000", "name_1": "金卡", "trips_from_1": "36",
    }  # fmt: skip
    assert fill_in(manager, rules, f"{rules}/tiers", lines).status_code == 303
    silver, gold = manager.get("/api/v1/customer-tiers").get_json()["tiers"]
    assert (silver["name"], silver["trips_from"], silver["spend_from_fen"]) == ("银卡", 12, 200_000)
    given: dict[str, str | list[str]] = {"tier_id": str(gold["id"]), "until": "2026-12-31", "reason": "老客户"}
    assert fill_in(manager, page, f"{page}/tier", given).status_code == 303
    known = manager.get(f"/api/v1/customers/{one}").get_json()
    assert (known["tier"], known["tier_until"], known["tier_history"][0]["reason"]) == ("金卡", "2026-12-31", "老客户")
    assert "/tier" not in web.client(web.world.agent).get(page).text


def test_a_field_is_added_renamed_and_taken_off(web: Web, one: int) -> None:
    manager, rules = web.client(web.world.manager), "/manage/customers"
    added = fill_in(manager, rules, f"{rules}/fields", {"name": "偏好", "kind": "choice", "choices": "快\n稳"})
    assert added.status_code == 303
    (field,) = manager.get("/api/v1/customer-fields").get_json()["fields"]
    assert field["choices"] == ["快", "稳"]
    assert "偏好" in manager.get(f"{LIST}/{one}").text
    change: dict[str, str | list[str]] = {"name": "驾驶偏好", "choices": "快\n稳\n静"}
    assert fill_in(manager, rules, f"{rules}/fields/{field['id']}", change).status_code == 303
    assert "驾驶偏好" not in manager.get(f"{LIST}/{one}").text  # the tick was taken off
    assert "Taken off" in manager.get(rules).text


def test_a_profile_that_there_is_not_does_not_exist(web: Web, one: int) -> None:
    care = web.client(web.world.agent)
    assert care.get(f"{LIST}/{one + 999}").status_code == 404
    assert care.get(f"/api/v1/customers/{one + 999}").status_code == 404
