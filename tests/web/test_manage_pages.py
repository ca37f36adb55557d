"""Managers' pages: forms that tell everything at once, a journal in words, documents at hand."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from dispatch.domain.states import State
from dispatch.store.journal import JournalEntry
from dispatch.store.staff import Staff
from dispatch.store.tariffs import TariffVersion
from dispatch.web.labels import LABELS
from tests.web.conftest import Web
from tests.web.forms import fill_in

YEAR = "date,working,name\n2027-01-01,no,New Year\n2027-13-01,no,x\n2027-01-04,perhaps,y\n"


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


def objections(answer: TestResponse) -> set[str]:
    """The fields that the summary above a form leads to."""
    summary = re.search(r'<div class="error-summary".*?</div>', answer.text, re.DOTALL)
    return set(re.findall(r'href="#f-([\w-]+)"', summary.group())) if summary else set()


# Forms


def test_an_empty_driver_file_names_every_field_that_is_missing(web: Web) -> None:
    client = web.client(web.world.manager)
    answer = fill_in(client, "/manage/drivers/new", "/manage/drivers/new", {"name": "李师傅", "badge_active": "yes"})
    assert answer.status_code == 422
    assert objections(answer) == {
        "phone", "badge_id", "licence_no", "licence_class", "licence_until", "permit_until", "login", "password",
    }  # fmt: skip
    assert 'value="李师傅"' in answer.text


def test_an_empty_booking_names_every_field_that_is_missing(web: Web) -> None:
    client = web.client(web.world.dispatcher)
    answer = fill_in(client, "/desk/new", "/desk/new", {"when": "30"})
    assert answer.status_code == 422
    assert objections(answer) == {"caller_phone", "name", "plate", "pickup", "destination", "booked_km"}


def test_every_faulty_line_of_working_days_is_told_beside_what_was_typed(web: Web) -> None:
    answer = fill_in(web.client(web.world.manager), "/manage/days", "/manage/days", {"text": YEAR, "do": "import"})
    assert answer.status_code == 422
    assert re.findall(r'data-line="(\d+)"', answer.text) == ["3", "4"]
    assert "2027-13-01,no,x" in answer.text


def test_a_day_is_not_taken_for_a_holiday_because_nobody_said_that_it_is_worked(web: Web) -> None:
    answer = fill_in(web.client(web.world.manager), "/manage/days", "/manage/days", {"day": "2026-11-24", "do": "day"})
    assert answer.status_code == 422
    assert objections(answer) == {"is_working"}


# Tariffs


def typed(page: str) -> str:
    found = re.search(r'<textarea id="f-document".*?>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_a_tariff_begins_from_the_one_in_force_an_earlier_one_or_a_ready_document(web: Web) -> None:
    with web.world.db.reading() as session:
        first = session.query(TariffVersion.id).scalar()  # form-a
    web.world.later(days=1)
    web.world.publish("night-step")
    client = web.client(web.world.manager)
    assert 'code = "night-step"' in typed(client.get("/manage/tariffs").text)
    assert 'code = "form-a"' in typed(client.get(f"/manage/tariffs?version={first}").text)
    assert 'code = "city-steps"' in typed(client.get("/manage/tariffs?sample=city-steps").text)
    assert client.get("/manage/tariffs?version=999").status_code == 404


def test_a_mistake_in_a_tariff_leads_to_its_line_and_nothing_is_published(web: Web) -> None:
    client = web.client(web.world.manager)
    wrong = typed(client.get("/manage/tariffs").text).replace("base = 39", "base = -39")
    answer = fill_in(client, "/manage/tariffs", "/manage/tariffs", {"document": wrong, "do": "publish"})
    assert answer.status_code == 422
    line = wrong.split("\n").index("base = -39") + 1
    assert f'href="#f-document" data-line="{line}"' in answer.text
    with web.world.db.reading() as session:
        assert session.query(TariffVersion).count() == 1


# Journal


def test_the_journal_is_told_in_words_and_leads_to_what_it_is_about(web: Web) -> None:
    trip_id = web.world.to(State.CANCELLED)
    page = web.client(web.world.manager).get("/manage/journal").text
    assert f'<a href="/desk/trips/{trip_id}">{web.world.trip(trip_id).number}</a>' in page
    assert "Customer, 客人自己回去了" in page
    assert not re.search(r"en_route|odometer_km|\{|driver_ids", re.sub(r"<[^>]+>", "", page.split("<main")[1]))


def test_the_journal_shows_no_address_of_a_customer(web: Web) -> None:
    web.world.to(State.AGREED)  # signing names the place
    page = web.client(web.world.manager).get("/manage/journal").text
    assert "Agreement signed" in page
    assert "五三大道" not in page


def test_every_kind_of_entry_has_a_word(web: Web) -> None:
    for state in (State.CLOSED, State.ABORTED, State.REFUSED, State.UNFULFILLED):
        web.world.to(state)
    with web.world.db.reading() as session:
        kinds = {kind for (kind,) in session.query(JournalEntry.type).distinct()}
    assert kinds <= set(LABELS["event"])


# Documents


def test_a_manager_opens_the_signed_documents_from_the_trip_and_the_desk_does_not(web: Web) -> None:
    trip_id = web.world.to(State.CLOSED)
    page, pdf = f"/desk/trips/{trip_id}", f"/api/v1/trips/{trip_id}/documents"
    shown = web.client(web.world.manager).get(page).text
    for kind in ("agreement", "receipt"):
        assert f'href="{pdf}/{kind}/pdf"' in shown
        assert web.client(web.world.manager).get(f"{pdf}/{kind}/pdf").data.startswith(b"%PDF")
    for actor in (web.world.dispatcher, web.world.agent):
        assert f"{pdf}/" not in web.client(actor).get(page).text
    assert f'href="/care/trips/{trip_id}/agreement"' in web.client(web.world.agent).get(page).text


def test_a_file_to_verify_has_to_be_chosen(web: Web) -> None:
    answer = fill_in(web.client(), "/verify", "/verify", {})
    assert answer.status_code == 422
    assert objections(answer) == set()
    assert 'id="f-file-error">' in answer.text


# Keys for machines


def test_a_key_is_shown_once_opens_the_api_and_is_refused_as_soon_as_it_is_withdrawn(web: Web) -> None:
    manager, machine = web.client(web.world.manager), web.app.test_client(use_cookies=False)
    page = f"/manage/staff/{web.world.dispatcher.id}"
    made = fill_in(manager, page, f"{page}/tokens", {"label": "Exchange at the hotel"})
    key = re.search(r"hw_[\w-]{43}", made.text)
    assert key is not None
    asked = {"headers": {"Authorization": f"Bearer {key.group()}"}}
    assert machine.get("/api/v1/trips", **asked).status_code == 200
    assert machine.get("/api/v1/staff", **asked).status_code == 403
    listed = manager.get(page).text
    assert "Exchange at the hotel" in listed
    assert key.group() not in listed
    withdraw = re.search(rf"{page}/tokens/\d+/revoke", listed)
    assert withdraw is not None
    assert fill_in(manager, page, withdraw.group(), {}).status_code == 303
    assert "Exchange at the hotel" not in manager.get(page).text
    assert machine.get("/api/v1/trips", **asked).status_code == 401


def test_a_key_without_a_purpose_is_not_made(web: Web) -> None:
    page = f"/manage/staff/{web.world.dispatcher.id}"
    answer = fill_in(web.client(web.world.manager), page, f"{page}/tokens", {"label": " "})
    assert (answer.status_code, objections(answer)) == (422, {"label"})
    assert "hw_" not in answer.text
