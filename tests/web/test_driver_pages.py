"""The driver's screens: each state has its own, what a rule objects to stands beside its field, nothing is lost."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from dispatch.domain import commands as c
from dispatch.domain.commands import ReplaceReason
from dispatch.domain.inspection import Insurance, Panel, SafetyItem
from dispatch.domain.states import WITH_DRIVER, State
from dispatch.web.driver.fields import field_of
from tests.web.conftest import Web
from tests.web.forms import hidden

STROKES = json.dumps({"width": 300, "height": 120, "strokes": [[[1, 2, 0], [30, 40, 90], [60, 20, 170]]]})


@pytest.fixture
def trip_id(web: Web) -> int:
    return web.world.to(State.ON_SITE, driver=web.world.driver)


@pytest.fixture
def phone(web: Web) -> FlaskClient:
    return web.client(web.world.driver)


def answers(**over: str) -> dict[str, Any]:
    """A check with every question answered: a sound car with a dented roof."""
    filled = {
        **{f"panel_{panel}": "sound" for panel in Panel},
        **{f"safety_{item}": "yes" for item in SafetyItem},
        **{f"seen_{cover}": "yes" for cover in Insurance},
        "panel_roof": "dent", "note_roof": "hail", "odometer_km": "45678", "fuel_percent": "60", "intoxication": "mild",
        "driver_sober": "yes", "signer": "customer", "signer_name": "Li Lei", "signature": STROKES,
    }  # fmt: skip
    return {name: value for name, value in {**filled, **over}.items() if value}


def send(phone: FlaskClient, trip_id: int, fields: dict[str, Any]) -> tuple[int, str]:
    """Send the check, as the page was shown."""
    address = f"/driver/trip/{trip_id}"
    shown = hidden(phone.get(address).get_data(as_text=True), f"{address}/inspect")
    reply = phone.post(f"{address}/inspect", data={**shown, **fields}, content_type="multipart/form-data")
    return reply.status_code, reply.get_data(as_text=True)


def said_beside(page: str, field: str) -> bool:
    """Whether the message of a field is shown, and the list on top leads to it."""
    message = re.search(rf'<p class="field-error" id="f-{field}-error"([^>]*)>([^<]*)', page)
    assert message is not None, f"no place for a message beside {field}"
    return "hidden" not in message[1] and bool(message[2].strip()) and f'href="#f-{field}"' in page


@pytest.mark.parametrize("state", sorted(WITH_DRIVER))
def test_every_state_has_a_screen_with_one_next_step(web: Web, phone: FlaskClient, state: State) -> None:
    trip_id = web.world.to(state, driver=web.world.driver)
    page = phone.get(f"/driver/trip/{trip_id}").get_data(as_text=True)
    assert page.partition('class="phone-foot"')[2].count("btn--primary") in {1, 2}  # the check: next, and at last save


def test_a_job_given_to_another_driver_says_so(web: Web, phone: FlaskClient, trip_id: int) -> None:
    web.world.do(trip_id, c.ReplaceDriver(ReplaceReason.CUSTOMER_REFUSED), web.world.dispatcher)
    reply = phone.get(f"/driver/trip/{trip_id}")
    assert reply.status_code == 200
    assert re.search("调度已于 03-06 22:[0-9]{2} 收回此单", reply.get_data(as_text=True))


def test_the_last_day_of_a_policy_is_asked_for_and_remembered_while_it_is_good(web: Web, phone: FlaskClient) -> None:
    trip_id = web.world.to(State.ON_SITE, driver=web.world.driver)
    status, page = send(phone, trip_id, answers(until_damage="soon"))
    assert (status, said_beside(page, "until_damage")) == (422, True)
    status, page = send(phone, trip_id, answers(until_damage="2026-03-01"))
    assert (status, "?do=refuse" in page) == (409, True)
    assert send(phone, trip_id, answers(until_damage="2026-03-06", until_compulsory="2026-12-31"))[0] == 303
    web.world.later(hours=2)  # past midnight
    same_car = web.world.trip(trip_id)
    web.world.do(trip_id, c.Cancel(c.Party.CUSTOMER, "改天"), web.world.dispatcher)
    again = web.world.book(caller_phone=same_car.caller_phone, plate=same_car.plate)
    web.world.to(State.ON_SITE, again, driver=web.world.driver)
    shown = phone.get(f"/driver/trip/{again}").get_data(as_text=True)
    dates = dict(re.findall(r'name="until_(\w+)" type="date" value="([^"]*)"', shown))
    assert dates == {"damage": "", "third_party": "", "compulsory": "2026-12-31"}


def test_a_check_with_everything_answered_is_taken(web: Web, phone: FlaskClient, trip_id: int) -> None:
    status, _ = send(phone, trip_id, answers())
    assert (status, web.world.trip(trip_id).state) == (303, State.INSPECTED)
    address = f"/driver/trip/{trip_id}"
    begun = hidden(phone.get(address).get_data(as_text=True), f"{address}/sign/open")
    opening = {**begun, "signer": "customer", "name": "Li Lei", "place": "Wanda Plaza"}
    assert phone.post(f"{address}/sign/open", data=opening).status_code == 303
    page = phone.get(address).get_data(as_text=True)
    assert 'class="car"' in page  # the document that will be signed shows it back
    assert "hail" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"panel_bonnet": ""}, "panel_bonnet"),
        ({"note_roof": ""}, "panel_roof"),
        ({"note_roof": "x" * 201}, "note_roof"),
        ({"safety_brakes": ""}, "safety_brakes"),
        ({"seen_compulsory": ""}, "seen_compulsory"),
        ({"insurer_compulsory": "x" * 61}, "insurer_compulsory"),
        ({"driver_sober": ""}, "driver_sober"),
        ({"intoxication": ""}, "intoxication"),
        ({"odometer_km": "forty"}, "odometer_km"),
        ({"fuel_percent": "101"}, "fuel_percent"),
        ({"signer_name": " "}, "signer_name"),
        ({"signature": ""}, "signature"),
    ],
)
def test_an_objection_stands_beside_its_field_and_nothing_is_lost(
    web: Web, phone: FlaskClient, trip_id: int, wrong: dict[str, str], field: str
) -> None:
    status, page = send(phone, trip_id, answers(belongings_note="two umbrellas", **wrong))
    assert (status, web.world.trip(trip_id).state) == (422, State.ON_SITE)
    assert said_beside(page, field)
    assert "two umbrellas" in page
    assert re.search(r'name="panel_wheels" value="sound" checked', page)


def test_a_file_that_is_no_photo_is_refused_at_its_panel(web: Web, phone: FlaskClient, trip_id: int) -> None:
    status, page = send(phone, trip_id, {**answers(), "photo_roof": (BytesIO(b"no picture"), "roof.jpg")})
    assert status == 422
    assert said_beside(page, "photo_roof")


def test_what_forbids_the_drive_leads_to_refusing_it(phone: FlaskClient, trip_id: int) -> None:
    status, page = send(phone, trip_id, answers(seen_damage="no"))
    assert (status, 'href="?do=refuse"' in page) == (409, True)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("panels.roof", "panel_roof"),
        ("panels.roof.kind", "panel_roof"),
        ("panels.roof.photo_ids.3", "photo_roof"),
        ("panels", "panels"),
        ("insurance_seen.damage", "seen_damage"),
        ("checklist.key_returned", "check_key_returned"),
        ("signature.relation", "relation"),
        ("signature.strokes.0", "signature"),
        ("odometer_km", "odometer_km"),
        ("", ""),
    ],
)
def test_the_field_a_rule_speaks_of_is_found_in_the_form(name: str, field: str) -> None:
    assert field_of(name) == field


@pytest.mark.parametrize(("state", "wanted"), [(State.ON_SITE, True), (State.INSPECTED, False)])
def test_a_draft_is_kept_only_until_the_check_is_taken(
    web: Web, phone: FlaskClient, state: State, wanted: bool
) -> None:
    trip_id = web.world.to(state, driver=web.world.driver)
    for address in (f"/driver/trip/{trip_id}", f"/driver/trip/{trip_id}?do=refuse"):
        content = f"inspect-{trip_id}" if wanted else ""
        assert f'<meta name="draft-wanted" content="{content}">' in phone.get(address).get_data(as_text=True)
