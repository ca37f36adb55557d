"""Personal facts on pages: masked until somebody says why, and an agreement that customer service reads masked."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dispatch.domain import commands as c
from dispatch.domain.booking import Place
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.inspection import Damage, DamageKind, Intoxication, Panel, Signer
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import complaints
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in, hidden

PHONE, PHONE_MASKED = "13907931234", "139****1234"
HOME = "广信区旭日街道 12 号"
PERSONAL = ("139 0793 1234", "13907931234", "五三大道", "旭日街道", "赣E·88666", "赣E88666")


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


@pytest.fixture
def trip_id(web: Web) -> int:
    return web.world.book(
        caller_phone=PHONE, plate="赣E88666", pickup=Place("信州区五三大道 8 号"), destination=Place(HOME)
    )


def complain(web: Web, trip_id: int) -> None:
    given = Registration(
        Channel.CALL, web.world.now, "李建国", "+8613807930001", "", web.world.now, "代驾员", "车门", "赔偿", trip_id
    )
    with web.world.db.transaction() as session:
        complaints.register(session, given, web.world.agent)


def callback_of(web: Web, trip_id: int) -> int:
    with web.world.db.reading() as session:
        found: int = session.query(CallbackTask.id).filter_by(trip_id=trip_id).scalar()
    return found


def reveal(client: FlaskClient, page: str, what: str, reason: str) -> TestResponse:
    return fill_in(client, page, f"{page}/reveal", {"what": what, "reason": reason})


def fact(page: TestResponse, what: str) -> str:
    found = re.search(rf'<span id="reveal-{what}">.*?</(?:details|b)>', page.text, re.DOTALL)
    return found.group() if found else ""


def revealed(web: Web) -> list[tuple[str, str]]:
    entries = web.client(web.world.manager).get("/api/v1/journal").get_json()["entries"]
    told = [(entry["data"]["what"], entry["data"]["reason"]) for entry in entries if entry["type"] == "trip.reveal"]
    return told[::-1]


# Asking for a masked fact


def test_a_manager_asks_on_the_trips_page_and_the_journal_keeps_why(web: Web, trip_id: int) -> None:
    web.world.to(State.INSPECTED, trip_id)
    client, page = web.client(web.world.manager), f"/desk/trips/{trip_id}"
    shown = client.get(page)
    assert PHONE_MASKED in fact(shown, "phone")
    assert not any(personal in shown.text for personal in PERSONAL[:4])
    assert "139 0793 1234" in fact(reveal(client, page, "phone", "returns a phone"), "phone")
    assert HOME in fact(reveal(client, page, "address", "lost property"), "address")
    assert "Slightly drunk" in fact(reveal(client, page, "intoxication", "insurer asks"), "intoxication")
    assert revealed(web) == [
        ("phone", "returns a phone"),
        ("address", "lost property"),
        ("intoxication", "insurer asks"),
    ]
    assert "139 0793 1234" not in client.get(page).text  # shown once, to who asked


def test_a_number_in_the_note_is_masked_as_the_numbers_beside_it_are(web: Web) -> None:
    trip_id = web.world.book(note="到了打 0793-8223456，赣E·88666 旁边")
    web.world.to(State.CANCELLED, trip_id)
    page = web.client(web.world.agent).get(f"/desk/trips/{trip_id}").text
    assert "到了打 ****，赣E·*** 旁边" in page
    assert "8223456" not in page


def test_a_complaint_about_a_trip_reaches_the_customer_without_showing_the_number(web: Web, trip_id: int) -> None:
    client, page = web.client(web.world.agent), f"/care/complaints/new?trip={trip_id}"
    shown = client.get(page).text
    assert PHONE_MASKED in shown
    assert not any(personal in shown for personal in PERSONAL[:2])
    given = {"channel": "call", "happened_at": "2026-03-06T20:00", "contact_name": "李建国", "about": "代驾员"}
    done = fill_in(client, page, "/care/complaints/new", {**given, "problem": "来得太慢", "wish": "道歉"})
    assert done.status_code == 303
    with web.world.db.reading() as session:
        kept = session.query(ComplaintRow).one()
    assert (kept.trip_id, kept.contact_phone) == (trip_id, f"+86{PHONE}")


def test_without_a_reason_the_field_says_so_and_nothing_is_shown(web: Web, trip_id: int) -> None:
    page = f"/desk/trips/{trip_id}"
    answer = reveal(web.client(web.world.manager), page, "phone", "  ")
    assert answer.status_code == 422
    asked = fact(answer, "phone")
    assert 'id="f-reason-phone-error">Please say why' in asked
    assert '<details class="reveal" open>' in asked
    assert PHONE_MASKED in asked
    assert "Please say why" not in fact(answer, "address")
    assert revealed(web) == []


def test_customer_service_asks_on_the_callback(web: Web, trip_id: int) -> None:
    web.world.to(State.CLOSED, trip_id)
    client, page = web.client(web.world.agent), f"/care/{callback_of(web, trip_id)}"
    shown = client.get(page)
    assert PHONE_MASKED in fact(shown, "phone")
    assert not any(personal in shown.text for personal in PERSONAL[:4])
    assert reveal(client, page, "phone", "").status_code == 422
    assert "139 0793 1234" in fact(reveal(client, page, "phone", "回访"), "phone")
    assert HOME in fact(reveal(client, page, "address", "遗失物品"), "address")
    assert revealed(web) == [("phone", "回访"), ("address", "遗失物品")]


def test_customer_service_may_ask_for_the_customers_state_only_on_a_complaint(web: Web, trip_id: int) -> None:
    web.world.to(State.CLOSED, trip_id)
    client, page = web.client(web.world.agent), f"/care/{callback_of(web, trip_id)}"
    assert fact(client.get(page), "intoxication") == ""
    refused = reveal(client, page, "intoxication", "curious")
    assert refused.status_code == 403
    assert revealed(web) == []
    complain(web, trip_id)
    assert fact(client.get(page), "intoxication") != ""
    assert "Slightly drunk" in fact(reveal(client, page, "intoxication", "complaint"), "intoxication")


@pytest.mark.parametrize("state", [State.ON_SITE, State.CLOSED])
def test_the_desk_has_nothing_to_ask_for(web: Web, trip_id: int, state: State) -> None:
    web.world.to(state, trip_id)
    client, page = web.client(web.world.dispatcher), f"/desk/trips/{trip_id}"
    shown = client.get(page).text
    assert f"{page}/reveal" not in shown
    token = re.search(r'name="csrf-token" content="([^"]+)"', shown)
    assert token is not None
    asked = client.post(f"{page}/reveal", data={"what": "phone", "reason": "x", "csrf_token": token[1]})
    assert asked.status_code == 403


def test_somebody_elses_trip_or_callback_does_not_exist(web: Web, trip_id: int) -> None:
    manager, agent = web.client(web.world.manager), web.client(web.world.agent)
    given = {**hidden(manager.get(f"/desk/trips/{trip_id}").text, f"/desk/trips/{trip_id}/reveal"), "reason": "x"}
    assert manager.post("/desk/trips/999/reveal", data=given).status_code == 404
    given = {**hidden(agent.get(f"/desk/trips/{trip_id}").text, f"/desk/trips/{trip_id}/reveal"), "reason": "x"}
    assert agent.post("/care/999/reveal", data=given).status_code == 404
    assert agent.get("/care/trips/999/agreement").status_code == 404


# The agreement, masked


def agreement(web: Web, trip_id: int, actor: Actor) -> TestResponse:
    return web.client(actor).get(f"/care/trips/{trip_id}/agreement")


def test_customer_service_reads_an_agreement_whole_but_masked(web: Web, trip_id: int) -> None:
    web.world.to(State.ON_SITE, trip_id)
    dented = {**dict.fromkeys(Panel), Panel.BOOT: Damage(DamageKind.DENT, "about 3 cm")}
    web.world.do(trip_id, c.Inspect(web.world.inspection(panels=dented, belongings_note="umbrella")))
    web.world.sign_agreement(trip_id)
    page = agreement(web, trip_id, web.world.agent)
    assert page.status_code == 200
    assert [personal for personal in PERSONAL if personal in page.text] == []
    for told in (
        "归途汽车代驾服务有限公司", "李建国", PHONE_MASKED, "信州区**", "广信区**", "赣E·***66",
        "A-2026.1", "What the service costs", "Quote", "A2", "A6", "What the company undertakes",
        "人保财险", "Insured, policy seen", "45678.2", "60 %",
        "Boot", "about 3 cm", "Dent", "umbrella", "李建国 · Customer · 2026-03-06 2",
    ):  # fmt: skip
        assert told in page.text, told


def test_the_page_of_an_agreement_signed_by_a_companion_says_so(web: Web, trip_id: int) -> None:
    web.world.to(State.ON_SITE, trip_id)
    report = web.world.inspection(
        intoxication=Intoxication.SEVERE,
        companion_name="王秀英",
        companion_sober=True,
        signature=web.world.signature(Signer.COMPANION),
    )
    web.world.do(trip_id, c.Inspect(report))
    web.world.sign_agreement(trip_id, Signer.COMPANION)
    assert "王秀英 · Companion (妻子)" in agreement(web, trip_id, web.world.agent).text


def test_the_callback_leads_to_the_agreement(web: Web, trip_id: int) -> None:
    web.world.to(State.CLOSED, trip_id)
    page = web.client(web.world.agent).get(f"/care/{callback_of(web, trip_id)}").text
    assert f'href="/care/trips/{trip_id}/agreement"' in page


def test_a_managers_reading_of_it_is_in_the_journal_and_an_agents_is_not(web: Web, trip_id: int) -> None:
    web.world.to(State.AGREED, trip_id)
    for actor, times in ((web.world.agent, 0), (web.world.manager, 1)):
        assert agreement(web, trip_id, actor).status_code == 200
        entries = web.client(web.world.manager).get("/api/v1/journal").get_json()["entries"]
        assert [entry["type"] for entry in entries].count("document.read") == times


def test_desk_and_drivers_do_not_read_agreements_there(web: Web, trip_id: int) -> None:
    web.world.to(State.AGREED, trip_id)
    for actor in (web.world.dispatcher, web.world.driver):
        assert agreement(web, trip_id, actor).status_code == 403
    assert "/agreement" not in web.client(web.world.dispatcher).get(f"/desk/trips/{trip_id}").text


def test_an_agreement_not_yet_signed_or_set_aside_does_not_exist(web: Web, trip_id: int) -> None:
    web.world.to(State.INSPECTED, trip_id)
    assert agreement(web, trip_id, web.world.agent).status_code == 404
    web.world.to(State.AGREED, trip_id)
    assert agreement(web, trip_id, web.world.agent).status_code == 200
    web.world.do(trip_id, c.StepBack("signed too early"), web.world.dispatcher)
    assert agreement(web, trip_id, web.world.agent).status_code == 404
