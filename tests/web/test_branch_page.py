"""The page of settings and its twin in the API: everything beside its field, secrets shown once."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dispatch.services import branch_settings
from dispatch.services.branch_settings import BranchSettings
from dispatch.store.branches import Branch
from dispatch.store.offers import Offer
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in

PAGE, SECRET = "/manage/branch", "/manage/branch/webhook-secret"
API = "/api/v1/branch"
HOOK = "https://erp.example.cn/hook"


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


@pytest.fixture
def manager(web: Web) -> FlaskClient:
    return web.client(web.world.manager)


def shown(page: str) -> dict[str, str]:
    """What the page's form would send as it stands."""
    form = page.split('id="settings"')[1].split("</form>", maxsplit=1)[0]
    inputs = re.findall(r"<input[^>]*>", form)
    values: dict[str, str] = {}
    for one in inputs:
        name, value = re.search(r'name="(\w+)"', one), re.search(r'value="([^"]*)"', one)
        if name and ("checked" in one or not re.search(r'type="(radio|checkbox|hidden)"', one)):
            values[name[1]] = value[1] if value else ""
    return values


def save(web: Web, client: FlaskClient, **over: str) -> TestResponse:
    fields = {**shown(client.get(PAGE).text), **over}
    return fill_in(client, PAGE, PAGE, {name: value for name, value in fields.items() if value != "off"})


def present(web: Web) -> BranchSettings:
    with web.world.db.reading() as session:
        return branch_settings.of(session.get_one(Branch, web.world.branch_id))


def complaints(answer: TestResponse) -> set[str]:
    return set(re.findall(r'<li><a href="#f-(\w+)"', answer.text))


def patch(web: Web, client: FlaskClient, body: object) -> TestResponse:
    token = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
    return client.patch(API, json=body, headers={"X-CSRFToken": token, "Idempotency-Key": str(body)})


# The page


def test_saving_the_page_as_it_stands_changes_nothing(web: Web, manager: FlaskClient) -> None:
    before = present(web)
    assert save(web, manager).status_code == 303
    assert present(web) == before


def test_what_is_typed_is_kept_and_the_journal_tells_it_in_words(web: Web, manager: FlaskClient) -> None:
    save(web, manager, company_name="平安代驾有限公司", offer_seconds="45", sms_on="off", form="B")
    found = present(web)
    assert (found.company_name, found.offer_seconds, found.sms_on) == ("平安代驾有限公司", 45, False)
    assert found.form == "B"
    page = manager.get("/manage/journal").text
    assert "An offer stays open 30 → 45" in page
    assert "Text messages to customers Yes → No" in page


def test_every_field_that_does_not_fit_has_its_message_and_nothing_typed_is_lost(
    web: Web, manager: FlaskClient
) -> None:
    answer = save(web, manager, city="", phone="12", registration="x", calling_from="08:00", webhook_url="erp")
    assert answer.status_code == 422
    assert complaints(answer) == {"city", "phone", "registration", "calling_from", "webhook_url"}
    assert shown(answer.text)["webhook_url"] == "erp"
    answer = save(web, manager, offer_seconds="4", max_shift_hours="", callback_workdays="soon", calling_until="25:00")
    assert complaints(answer) == {"offer_seconds", "max_shift_hours", "callback_workdays", "calling_until"}
    assert shown(answer.text)["callback_workdays"] == "soon"


def test_the_secret_of_webhooks_is_shown_once_and_can_be_renewed(web: Web, manager: FlaskClient) -> None:
    assert SECRET not in manager.get(PAGE).text
    first = re.search(r"whs_[\w-]+", save(web, manager, webhook_url=HOOK).text)
    assert first is not None
    assert "whs_" not in manager.get(PAGE).text
    second = re.search(r"whs_[\w-]+", fill_in(manager, PAGE, SECRET, {}).text)
    assert second is not None
    assert first.group() != second.group()
    assert "whs_" not in manager.get(PAGE).text + manager.get("/manage/journal").text


def test_only_managers_may_look(web: Web) -> None:
    for actor in (web.world.dispatcher, web.world.agent, web.world.driver):
        assert web.client(actor).get(PAGE).status_code == 403
        assert web.client(actor).get(API).status_code == 403


# The API


def test_the_api_changes_what_is_named_and_leaves_the_rest(web: Web, manager: FlaskClient) -> None:
    before = manager.get(API).get_json()
    answer = patch(web, manager, {"min_rest_hours": 10, "service_day_cutover": "05:30"})
    assert answer.get_json() == {**before, "min_rest_hours": 10, "service_day_cutover": "05:30"}
    assert manager.get(API).get_json() == answer.get_json()


def test_the_api_names_the_field_at_fault(web: Web, manager: FlaskClient) -> None:
    for body, field in (({"city": " "}, "city"), ({"calling_from": "10:00Z"}, "calling_from"), ({"seal": 1}, "seal")):
        answer = patch(web, manager, body)
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == field


def test_the_api_tells_the_secret_once(web: Web, manager: FlaskClient) -> None:
    path = f"{API}/webhook-secret"
    assert web.post(manager, path).status_code == 409
    assert patch(web, manager, {"webhook_url": HOOK}).get_json()["webhook_secret"].startswith("whs_")
    assert manager.get(API).get_json()["webhook_secret"] is None
    assert web.post(manager, path).get_json()["webhook_secret"].startswith("whs_")


def test_an_offer_stays_open_as_long_as_the_branch_says(web: Web, manager: FlaskClient) -> None:
    patch(web, manager, {"offer_seconds": 75})
    trip_id = web.world.book()
    desk = web.client(web.world.dispatcher)
    web.post(desk, f"/api/v1/trips/{trip_id}/commands/offer", {"badge_ids": ["SR001"]})
    with web.world.db.reading() as session:
        assert session.scalars(select(Offer.expires_at)).one() == web.world.now + timedelta(seconds=75)
