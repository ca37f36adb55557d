"""The booking screen: who is calling, what it will cost, what must be told, and nothing typed is lost."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient

from dispatch.domain.booking import Place
from dispatch.domain.driver import Competence
from dispatch.domain.states import State
from dispatch.store.customers import Customer
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from tests.web.conftest import Web
from tests.web.forms import ask, fill_in

NEW = "/desk/new"
CALLER = "13907931234"
ORDER: dict[str, str | list[str]] = {
    "caller_phone": CALLER,
    "name": "李建国",
    "plate": "赣E·88666",
    "pickup": "信州区 五三大道 8 号",
    "destination": "广信区 旭日街道 12 号",
    "booked_km": "12.5",
    "when": "30",
    "insurance": "all_three",
}


@pytest.fixture
def desk(web: Web) -> FlaskClient:
    """A dispatcher who reads English."""
    with web.world.db.transaction() as session:
        session.get_one(Staff, web.world.dispatcher.id).locale = "en"
    return web.client(web.world.dispatcher)


def trips(web: Web) -> list[Trip]:
    with web.world.db.reading() as session:
        return list(session.query(Trip).order_by(Trip.id))


def fills(page: str) -> list[dict[str, str]]:
    return [json.loads(unescape(found)) for found in re.findall(r'data-fill="([^"]+)"', page)]


def known(web: Web, **over: object) -> int:
    usual = {"caller_phone": CALLER, "plate": "赣E88666", "booked_km": Decimal(12)}
    return web.world.book(**{**usual, **over})


def test_a_booking_leads_to_its_trip(web: Web, desk: FlaskClient) -> None:
    reply = fill_in(desk, NEW, NEW, ORDER)
    [trip] = trips(web)
    assert (reply.status_code, reply.location) == (303, f"/desk/trips/{trip.id}")
    assert (trip.caller_phone, trip.plate, trip.booked_km) == ("+8613907931234", "赣E88666", Decimal("12.5"))
    assert trip.appointed_at == web.world.now + timedelta(minutes=30)


def test_the_colour_of_a_car_is_remembered_and_looked_for(web: Web, desk: FlaskClient) -> None:
    fill_in(desk, NEW, NEW, {**ORDER, "car_model": "大众 帕萨特", "car_colour": " 黑色 "})
    [trip] = trips(web)
    assert (trip.car_colour, trip.car_words) == ("黑色", "黑色 大众 帕萨特")
    assert "黑色 大众 帕萨特" in desk.get(f"/desk/trips/{trip.id}").text
    for state, page in ((State.OFFERED, "/driver"), (State.ACCEPTED, f"/driver/trip/{trip.id}")):
        web.world.to(state, trip.id)
        assert "黑色 大众 帕萨特" in web.client(web.world.driver).get(page).text
    offered = fills(ask(desk, NEW, "/desk/caller", {"caller_phone": CALLER}))
    assert "黑色" in [one.get("car_colour") for one in offered]
    again = known(web, duplicate_reason="第二辆车")
    assert web.world.trip(again).car_colour == "黑色"


def test_a_time_picked_is_the_branchs_own(web: Web, desk: FlaskClient) -> None:
    fill_in(desk, NEW, NEW, {**ORDER, "when": "at", "appointed_at": "2026-03-07T01:15"})
    assert trips(web)[0].appointed_at.isoformat() == "2026-03-06T17:15:00+00:00"


def test_a_form_sent_twice_books_once(web: Web, desk: FlaskClient) -> None:
    sent = {**ORDER, "once": "pressed-twice"}
    first, second = (fill_in(desk, NEW, NEW, sent) for _ in range(2))
    assert first.location == second.location
    assert len(trips(web)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("caller_phone", "12"),
        ("name", ""),
        ("plate", "赣E"),
        ("pickup", ""),
        ("destination", " "),
        ("booked_km", ""),
        ("booked_km", "twelve"),
        ("booked_km", "0"),
        ("insurance", ""),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    web: Web, desk: FlaskClient, field: str, typed: str
) -> None:
    reply = fill_in(desk, NEW, NEW, {**ORDER, "note": "二楼包厢", field: typed})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    message = re.search(rf'id="f-{field}-error"([^>]*)>([^<]+)<', page)
    assert message is not None
    assert "hidden" not in message.group(1)
    assert "二楼包厢" in page
    assert trips(web) == []


def test_a_time_that_cannot_be_read_is_told_beside_the_clock(desk: FlaskClient) -> None:
    page = fill_in(desk, NEW, NEW, {**ORDER, "when": "at", "appointed_at": "soon"}).get_data(as_text=True)
    assert 'href="#f-appointed_at"' in page


def test_an_uninsured_car_is_not_booked(web: Web, desk: FlaskClient) -> None:
    assert fill_in(desk, NEW, NEW, {**ORDER, "insurance": "missing"}).status_code == 409
    assert trips(web) == []


def test_a_second_live_trip_asks_why_and_is_booked_with_the_reason(web: Web, desk: FlaskClient) -> None:
    known(web)
    asked = fill_in(desk, NEW, NEW, ORDER)
    assert asked.status_code == 409
    assert 'name="duplicate_reason"' in asked.get_data(as_text=True)
    assert "广信区 旭日街道 12 号" in asked.get_data(as_text=True)
    booked = fill_in(desk, NEW, NEW, {**ORDER, "duplicate_reason": "两辆车"})
    assert booked.status_code == 303
    assert trips(web)[-1].duplicate_reason == "两辆车"


def test_the_number_of_a_screen_pop_is_filled_in_however_it_is_written(desk: FlaskClient) -> None:
    assert 'value="13907931234"' in desk.get(f"{NEW}?caller=13907931234").get_data(as_text=True)
    assert 'value="+8613907931234"' in desk.get(f"{NEW}?caller=+8613907931234").get_data(as_text=True)


def test_a_known_caller_comes_with_cars_ways_and_what_is_open(web: Web, desk: FlaskClient) -> None:
    here, there = Place("信州区 老街 1 号"), Place("广信区 新城 2 号")
    for _ in range(2):
        done = known(web, pickup=here, destination=there, needs=frozenset({Competence.MANUAL}))
        web.world.to(State.CANCELLED, done)
    number = web.world.trip(known(web, plate="赣E00099", pickup=there, destination=here)).number
    shown = ask(desk, NEW, "/desk/caller", {"caller_phone": "139 0793 1234"})
    assert number in shown
    assert {"name": "李建国", "plate": "赣E·88666", "car_model": "大众 帕萨特", "car_colour": ""} in fills(shown)
    way = {"pickup": here.address, "destination": there.address, "booked_km": "12"}
    assert way | {"pickup_point": "", "destination_point": ""} in fills(shown)
    assert 'data-needs="manual"' in shown


def test_what_the_last_check_saw_of_the_insurance_is_shown_with_its_day(web: Web, desk: FlaskClient) -> None:
    web.world.to(State.INSPECTED, known(web))
    assert "Insurance seen on 2026-03-06" in ask(desk, NEW, "/desk/caller", {"caller_phone": CALLER})


def test_a_customer_who_is_not_served_is_named_so_before_anything_is_promised(web: Web, desk: FlaskClient) -> None:
    web.world.to(State.CANCELLED, known(web))
    with web.world.db.transaction() as session:
        session.query(Customer).one().do_not_serve = "打过代驾员"
    assert "打过代驾员" in ask(desk, NEW, "/desk/caller", {"caller_phone": CALLER})


@pytest.mark.parametrize("typed", ["", "139", "13900000000"])
def test_an_unknown_number_fills_in_nothing(desk: FlaskClient, typed: str) -> None:
    assert fills(ask(desk, NEW, "/desk/caller", {"caller_phone": typed})) == []


def test_places_used_before_are_found_by_their_initials(web: Web, desk: FlaskClient) -> None:
    web.world.book(pickup=Place("信州区 万达广场"))
    found = ask(desk, NEW, "/desk/places", {"pickup": "wdgc"})
    assert re.findall(r'id="(pickup-\d)"[^>]*>([^<]+)', found) == [("pickup-1", "信州区 万达广场")]


def test_the_quote_appears_with_the_distance_and_can_be_read_out(desk: FlaskClient) -> None:
    before = ask(desk, NEW, "/desk/quote", {"booked_km": "", "when": "30"})
    after = ask(desk, NEW, "/desk/quote", {"booked_km": "12", "when": "30"})
    assert 'class="fare"' not in before
    assert "That comes to ¥" in after
    assert "Total" in after


def test_the_caller_is_told_the_fee_standard_insurance_and_companion_from_the_start(desk: FlaskClient) -> None:
    told = ask(desk, NEW, "/desk/quote", {"booked_km": "", "when": "30"})
    assert "Waiting" in told
    assert "transport fee ¥10" in told  # A2
    assert "all three insurances" in told
    assert "companion in the car" in told  # A6


def test_a_distance_that_is_no_number_is_said_in_words_while_typing(desk: FlaskClient) -> None:
    assert "check it" in ask(desk, NEW, "/desk/quote", {"booked_km": "12,5,", "when": "30"})


def test_services_extras_and_vouchers_of_the_tariff_are_offered_and_booked(web: Web, desk: FlaskClient) -> None:
    web.world.publish("city-steps")
    asked = ask(desk, NEW, "/desk/asked", {"service": "long_distance"})
    assert 'name="extra-meal"' in asked
    assert 'name="planned_hours"' not in asked
    chosen: dict[str, str | list[str]] = {
        **ORDER,
        "service": "long_distance",
        "extra-meal": "2",
        "voucher_code": "V1",
        "voucher_amount": "10",
    }
    assert fill_in(desk, NEW, NEW, chosen).status_code == 303
    lines = trips(web)[0].quote["lines"]
    assert [line["amount_fen"] for line in lines if line["part"] == "surcharge"] == [6000]
    assert [line["amount_fen"] for line in lines if line["part"] == "voucher"] == [-1000]


def test_an_extra_that_cannot_be_counted_is_told_beside_its_field(web: Web, desk: FlaskClient) -> None:
    web.world.publish("city-steps")
    reply = fill_in(desk, NEW, NEW, {**ORDER, "service": "long_distance", "extra-meal": "many"})
    assert reply.status_code == 422
    assert 'href="#f-extra-meal"' in reply.get_data(as_text=True)
