"""The desk's board, the list of trips, and what is done with one trip."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from dispatch.domain import commands as c
from dispatch.domain.driver import Competence
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in
from tests.web.queries import counted


def reading_english(web: Web, actor: Actor) -> FlaskClient:
    with web.world.db.transaction() as session:
        session.get_one(Staff, actor.id).locale = "en"
    return web.client(actor)


@pytest.fixture
def desk(web: Web) -> FlaskClient:
    return reading_english(web, web.world.dispatcher)


def shown(client: FlaskClient, path: str) -> str:
    reply = client.get(path)
    assert reply.status_code == 200, reply.status
    return reply.get_data(as_text=True)


def act(client: FlaskClient, trip_id: int, name: str, **fields: str | list[str]) -> Any:
    page = f"/desk/trips/{trip_id}"
    opened = page if name in {"offer", "assign"} else f"{page}?do={name}"
    return fill_in(client, opened, f"{page}/{name}", fields)


def rows(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-row="(\d+)"', page)]


# The board


def test_an_empty_board_says_how_to_begin(desk: FlaskClient) -> None:
    assert "Nobody is waiting" in shown(desk, "/desk")


def test_the_urgent_trip_stands_first_and_then_who_is_wanted_soonest(web: Web, desk: FlaskClient) -> None:
    world = web.world
    later = world.book(appointed_at=world.now + timedelta(hours=2))
    sooner = world.book(appointed_at=world.now + timedelta(hours=1))
    replaced = world.to(State.ACCEPTED, world.book(appointed_at=world.now + timedelta(hours=3)))
    world.do(replaced, c.ReplaceDriver(c.ReplaceReason.DRIVER_LATE), world.dispatcher)
    assert rows(shown(desk, "/desk")) == [replaced, sooner, later]


def test_a_late_trip_says_why_it_is_marked(web: Web, desk: FlaskClient) -> None:
    web.world.book(appointed_at=web.world.now + timedelta(minutes=20))
    web.world.later(minutes=27)
    assert "7 min late, no driver yet" in shown(desk, "/desk")


def test_who_was_asked_stands_beside_the_trip_and_the_driver(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.to(State.OFFERED)
    page = shown(desk, "/desk/rows")
    assert "Asked" in page
    assert page.count(f">{web.world.trip(trip_id).number}<") == 2


def test_the_board_asks_no_more_of_the_database_the_more_is_going_on(web: Web, desk: FlaskClient) -> None:
    web.world.to(State.ON_SITE, driver=web.world.drivers[0])
    with counted(web) as few:
        shown(desk, "/desk/rows")
    for _ in range(6):
        web.world.book()
    web.world.to(State.OFFERED, driver=web.world.drivers[1])
    with counted(web) as many:
        shown(desk, "/desk/rows")
    assert len(many) == len(few)


# The list


@pytest.mark.parametrize("wanted", ["T000002", "t2", "2", "赣E·88666", "88666", "e886", "13907931234", "1234"])
def test_a_trip_is_found_by_its_number_plate_or_phone_whole_or_in_part(
    web: Web, desk: FlaskClient, wanted: str
) -> None:
    web.world.book()
    found = web.world.book(plate="赣E88666", caller_phone="139 0793 1234")
    web.world.book()
    page = shown(desk, f"/desk/trips?q={wanted}")
    assert re.findall(r'href="/desk/trips/(\d+)"', page) == [str(found)]


@pytest.mark.parametrize("wanted", ["%", "_", "T99999999999", "没有", "+86", "'"])
def test_a_search_for_anything_answers(desk: FlaskClient, web: Web, wanted: str) -> None:
    web.world.book()
    assert desk.get("/desk/trips", query_string={"q": wanted}).status_code == 200


def test_trips_are_listed_by_state_a_page_at_a_time(
    web: Web, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.web.desk.past.PAGE", 2)
    ended = [web.world.to(State.UNFULFILLED) for _ in range(3)]
    web.world.book()
    first = shown(desk, "/desk/trips?state=ended")
    older = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert older is not None
    second = shown(desk, "/desk/trips" + older.group(1).replace("&amp;", "&"))
    seen = [int(n) for page in (first, second) for n in re.findall(r'href="/desk/trips/(\d+)"', page)]
    assert seen == ended[::-1]


def test_what_is_over_is_masked_for_the_desk(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.to(State.UNFULFILLED)
    for page in (shown(desk, "/desk/trips"), shown(desk, f"/desk/trips/{trip_id}")):
        assert "五三大道" not in page
        assert "138 0793" not in page


def test_the_customers_link_leaves_the_desk_with_the_live_trip(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    assert "/t/" in shown(desk, f"/desk/trips/{trip_id}")
    web.world.to(State.UNFULFILLED, trip_id)
    assert "/t/" not in shown(desk, f"/desk/trips/{trip_id}")


# One trip


def test_drivers_are_offered_the_job_several_at_once(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    reply = act(desk, trip_id, "offer", badge_ids=["SR001", "SR002"])
    assert (reply.status_code, reply.location) == (303, "/desk")
    assert web.world.trip(trip_id).state is State.OFFERED
    assert "SR001 SR002" in shown(desk, "/desk")


def test_an_offer_to_nobody_asks_for_a_driver(web: Web, desk: FlaskClient) -> None:
    reply = act(desk, web.world.book(), "offer")
    assert reply.status_code == 422
    assert "Choose at least one driver" in reply.get_data(as_text=True)


def test_a_trip_is_given_to_a_badge_as_it_is_typed(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    assert act(desk, trip_id, "assign", badge_id=" sr 002").location == "/desk"
    assert web.world.trip(trip_id).driver_id == web.world.drivers[1].driver_id


@pytest.mark.parametrize(("badge", "status"), [("ZZ999", 422), ("?", 422), ("SR001", 409)])
def test_a_badge_that_cannot_take_it_is_told_and_stays_typed(
    web: Web, desk: FlaskClient, badge: str, status: int
) -> None:
    web.world.to(State.EN_ROUTE)  # SR001 is on it
    reply = act(desk, web.world.book(), "assign", badge_id=badge)
    page = reply.get_data(as_text=True)
    assert "error-summary" in page
    assert f'value="{badge}"' in page
    assert reply.status_code == status


def test_who_cannot_drive_is_shown_with_the_reason_in_words(web: Web, desk: FlaskClient) -> None:
    web.world.hire(competences=())
    trip_id = web.world.book(needs=frozenset({Competence.MANUAL}))
    assert "Does not drive manual gearboxes" in shown(desk, f"/desk/trips/{trip_id}")


def test_enter_on_a_ticked_driver_offers_and_never_gives_the_trip_away(web: Web, desk: FlaskClient) -> None:
    form = shown(desk, f"/desk/trips/{web.world.book()}").split('id="who"')[1]
    first_button = re.search(r"<button[^>]*>", form)
    assert first_button is not None
    assert "formaction" not in first_button.group()


@pytest.mark.parametrize(("state", "fee"), [(State.BOOKED, "¥0.00"), (State.EN_ROUTE, "¥10.00")])
def test_the_fee_of_cancelling_is_shown_before_it_is_done(web: Web, desk: FlaskClient, state: State, fee: str) -> None:
    trip_id = web.world.to(state)
    assert f"it costs {fee}" in shown(desk, f"/desk/trips/{trip_id}?do=cancel")
    act(desk, trip_id, "cancel", by="customer", reason="客人改期")
    assert f"The customer pays {fee}" in shown(desk, "/desk")


def test_cancelled_by_the_company_it_costs_nothing(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    act(desk, trip_id, "cancel", by="company", reason="司机车坏了")
    assert web.world.trip(trip_id).total_fen == 0


def test_a_cancellation_without_a_reason_stays_open_with_what_was_chosen(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    reply = act(desk, trip_id, "cancel", by="company")
    assert reply.status_code == 422
    assert re.search(r'value="company" checked', reply.get_data(as_text=True))
    assert web.world.trip(trip_id).state is State.BOOKED


def test_a_driver_who_is_not_sober_is_replaced_in_one_action_and_said_to_be_off_duty(
    web: Web, desk: FlaskClient
) -> None:
    trip_id = web.world.to(State.ON_SITE)
    reply = act(desk, trip_id, "replace-driver", reason="driver_not_sober")
    page = shown(desk, reply.location)
    assert web.world.trip(trip_id).urgent
    assert "off duty until a manager clears them" in page  # P4


def test_nobody_found_ends_the_trip_with_its_reason(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    assert act(desk, trip_id, "give-up", reason="太远").location == "/desk"
    assert web.world.trip(trip_id).state is State.UNFULFILLED


def test_a_drive_is_aborted_because_of_the_incident_on_record(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.to(State.DRIVING)
    assert "reports on the phone first" in shown(desk, f"/desk/trips/{trip_id}?do=abort")
    incident = web.world.incident(trip_id)
    act(desk, trip_id, "abort", incident_id=str(incident))
    assert web.world.trip(trip_id).state is State.ABORTED


def test_a_mis_tap_is_the_desks_to_undo_for_ten_minutes_and_the_managers_later(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    assert "do=step-back" in shown(desk, f"/desk/trips/{trip_id}")
    web.world.later(minutes=11)
    assert "do=step-back" not in shown(desk, f"/desk/trips/{trip_id}")
    manager = reading_english(web, web.world.manager)
    assert act(manager, trip_id, "step-back", reason="点错了").location == f"/desk/trips/{trip_id}"
    assert web.world.trip(trip_id).state is State.ACCEPTED


def test_what_the_state_does_not_allow_is_not_offered(web: Web, desk: FlaskClient) -> None:
    page = shown(desk, f"/desk/trips/{web.world.to(State.DRIVING)}")
    assert ("do=abort" in page, "do=cancel" in page, "/assign" in page) == (True, False, False)


def test_a_reader_without_the_desks_permission_sees_no_actions(web: Web) -> None:
    page = shown(web.client(web.world.agent), f"/desk/trips/{web.world.book()}")
    assert "do=cancel" not in page
    assert "/offer" not in page


def test_the_history_tells_who_did_what_in_words(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.to(State.ACCEPTED)
    web.world.do(trip_id, c.ReplaceDriver(c.ReplaceReason.CUSTOMER_REFUSED), web.world.dispatcher)
    page = shown(desk, f"/desk/trips/{trip_id}")
    assert "Driver replaced: Customer does not want this driver" in page
    assert "Accepted: SR001" in page


def test_a_trip_that_changed_meanwhile_says_so_and_one_that_did_not_is_silent(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    version = web.world.trip(trip_id).version
    assert desk.get(f"/desk/trips/{trip_id}/changed?version={version}").status_code == 204
    web.world.to(State.ACCEPTED, trip_id)
    assert "Driver found" in shown(desk, f"/desk/trips/{trip_id}/changed?version={version}")


@pytest.mark.parametrize("state", sorted(State))
def test_the_page_of_a_trip_can_be_read_in_every_state(web: Web, desk: FlaskClient, state: State) -> None:
    trip_id = web.world.to(state)
    assert web.world.trip(trip_id).number in shown(desk, f"/desk/trips/{trip_id}")


def test_boards_that_ask_in_the_same_breath_are_drawn_once_and_anew_when_something_changed(
    web: Web, desk: FlaskClient
) -> None:
    first = web.world.book()
    shown(desk, "/desk/rows")
    with counted(web) as again:
        assert rows(shown(desk, "/desk/rows")) == [first]
    assert not any("FROM offer" in statement or "FROM driver" in statement for statement in again)
    second = web.world.book()
    assert rows(shown(desk, "/desk/rows")) == [first, second]
    web.world.later(minutes=57)
    assert "late" in shown(desk, "/desk/rows")
