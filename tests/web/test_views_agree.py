"""Two views never lie: desk, board, driver's phone, customer's link and API say the same of a trip, in every state."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest

from dispatch.domain import commands as c
from dispatch.domain.states import WITH_DRIVER, State
from dispatch.services import trip_standing
from dispatch.store.positions import DriverPosition
from dispatch.web.filters import yuan
from dispatch.web.runtime import EXTENSION
from tests.web.conftest import Web
from tests.web.queries import counted
from tests.world import KEYS

ON_SITE = sorted(trip_standing.WAITING)


@dataclass(frozen=True, slots=True)
class Told:
    """What one view says of a trip; None where that view does not speak of it."""

    waiting: tuple[str, str] | None
    minutes: str | None
    fare_fen: str
    total: bool


def read(page: str, total_fen: int) -> Told:
    """The figures of a page. They stand beside the words as data, and the words are checked against them."""
    page = unescape(page)
    waiting = re.search(r'data-waiting="([^"]+)" data-cost="(\d+)"', page)
    minutes = re.search(r'data-arrival="(\d*)"', page)
    fare = re.search(r'data-fare="(\d+)"', page)
    return Told(
        waiting=(waiting[1], waiting[2]) if waiting else None,
        minutes=minutes[1] if minutes else None,
        fare_fen=fare[1] if fare else "",
        total=yuan(total_fen) in page,
    )


def pages(web: Web, trip_id: int) -> dict[str, str]:
    """The trip as desk and customer see it, and its driver while they have it."""
    world = web.world
    found = {
        "desk": web.client(world.dispatcher).get(f"/desk/trips/{trip_id}").text,
        "desk, looked up again": web.client(world.dispatcher).get(f"/desk/trips/{trip_id}/standing").text,
        "link": web.client().get(KEYS.url(trip_id).removeprefix(KEYS.base_url)).text,
        "link, looked up again": web.client().get(f"{KEYS.url(trip_id).removeprefix(KEYS.base_url)}/live").text,
    }
    if world.trip(trip_id).state in trip_standing.WAITING | trip_standing.COMING:
        driver = web.client(world.driver)
        found["driver"] = driver.get(f"/driver/trip/{trip_id}").text
        found["driver, looked up again"] = driver.get(f"/driver/trip/{trip_id}/standing").text
    return found


def api(web: Web, trip_id: int) -> dict[str, Any]:
    answer: dict[str, Any] = web.client(web.world.dispatcher).get(f"/api/v1/trips/{trip_id}").get_json()
    return answer


@pytest.fixture(autouse=True)
def known_links(web: Web) -> None:
    """The application makes links with the key that World makes them with."""
    web.app.extensions[EXTENSION] = replace(web.app.extensions[EXTENSION], keys=KEYS)


def tell_position(web: Web) -> None:
    with web.world.db.transaction() as session:
        session.merge(
            DriverPosition(
                driver_id=web.world.driver.driver_id, lat=28.4601, lon=117.9702, at=web.world.now,
                received_at=web.world.now,
            )
        )  # fmt: skip


@pytest.mark.parametrize("minutes", [0, 20, 55], ids=["as it begins", "while it is free", "when it costs"])
@pytest.mark.parametrize("state", sorted(State))
def test_every_view_tells_the_same_of_a_trip(web: Web, state: State, minutes: int) -> None:
    trip_id = web.world.to(state)
    web.world.later(minutes=minutes, seconds=7)
    tell_position(web)
    told, fare = api(web, trip_id), web.client(web.world.dispatcher).get(f"/api/v1/trips/{trip_id}/fare").get_json()
    waiting = told["waiting"] and (
        datetime.fromisoformat(told["waiting"]["since"]).isoformat(),
        str(told["waiting"]["cost_fen"]),
    )
    arrival = told["arrival"]
    expected = Told(
        waiting=waiting or None,
        minutes=None if arrival is None else str(arrival["minutes"] or ""),
        fare_fen=str(fare["total_fen"]),
        total=True,
    )
    assert (waiting is not None, arrival is not None) == (
        state in trip_standing.WAITING,
        state in trip_standing.COMING,
    )
    assert {name: read(page, fare["total_fen"]) for name, page in pages(web, trip_id).items()} == dict.fromkeys(
        pages(web, trip_id), expected
    )


@pytest.mark.parametrize("state", sorted(WITH_DRIVER))
def test_state_driver_and_appointed_time_are_told_in_the_same_words(web: Web, state: State) -> None:
    trip_id = web.world.to(state)
    trip, told = web.world.trip(trip_id), api(web, trip_id)
    assert trip.driver is not None
    assert told["driver"] == {"badge_id": trip.driver.badge_id, "name": trip.driver.name}
    assert (told["state"], told["arrived_at"]) == (
        state,
        trip.arrived_at.isoformat().replace("+00:00", "Z") if trip.arrived_at else None,
    )
    board = web.client(web.world.dispatcher).get("/desk/rows").text
    for page in (pages(web, trip_id)["desk"], pages(web, trip_id)["link"], board):
        assert trip.driver.name in page
        assert trip.driver.badge_id in page
        assert "23:00" in page


@pytest.mark.parametrize("state", ON_SITE)
def test_the_board_counts_waiting_from_the_same_moment(web: Web, state: State) -> None:
    trip_id = web.world.to(state, web.world.book(appointed_at=web.world.now + timedelta(minutes=16)))
    web.world.later(minutes=8)
    since = datetime.fromisoformat(api(web, trip_id)["waiting"]["since"]).isoformat()
    assert f'data-since="{since}"' in unescape(web.client(web.world.dispatcher).get("/desk/rows").text)


def test_the_waiting_clock_and_the_fares_own_line_for_it_are_one_figure(web: Web) -> None:
    trip_id = web.world.to(State.ON_SITE)
    web.world.later(minutes=50)
    fare = web.client(web.world.dispatcher).get(f"/api/v1/trips/{trip_id}/fare").get_json()
    lines = [line["amount_fen"] for line in fare["lines"] if line["part"] == "waiting"]
    assert sum(lines) == api(web, trip_id)["waiting"]["cost_fen"] == 1000


def test_the_board_tells_the_same_minutes_as_the_trip(web: Web) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    tell_position(web)
    minutes = api(web, trip_id)["arrival"]["minutes"]
    assert f'data-arrival="{minutes}"' in web.client(web.world.dispatcher).get("/desk/rows").text


def test_a_list_tells_the_same_clocks_as_the_trip_itself(web: Web) -> None:
    ids = [web.world.to(State.EN_ROUTE), web.world.to(State.ON_SITE, driver=web.world.drivers[1])]
    web.world.later(seconds=1)
    tell_position(web)
    listed = web.client(web.world.dispatcher).get("/api/v1/trips").get_json()["trips"]
    for row in listed:
        whole = api(web, row["id"])
        assert (row["waiting"], row["arrival"]) == (whole["waiting"], whole["arrival"])
    assert {row["id"] for row in listed} == set(ids)


@pytest.mark.parametrize("path", ["/desk/rows", "/desk/trips", "/api/v1/trips"])
def test_rows_with_clocks_cost_no_questions_of_their_own(web: Web, path: str) -> None:
    world = web.world
    desk = web.client(world.dispatcher)
    for state in (State.EN_ROUTE, State.ON_SITE):
        world.to(state, driver=world.drivers[0 if state is State.EN_ROUTE else 1])
    tell_position(web)
    with counted(web) as few:
        assert desk.get(path).status_code == 200
    for number in range(6):
        world.drivers.append(world.hire())
        world.to(State.ON_SITE if number % 2 else State.ACCEPTED, driver=world.drivers[-1])
    world.publish("form-a")
    world.drivers.append(world.hire())
    world.to(State.ON_SITE, world.book(appointed_at=world.now + timedelta(minutes=30)), driver=world.drivers[-1])
    with counted(web) as many:
        assert desk.get(path).status_code == 200
    assert len(many) == len(few)


def test_a_colleague_who_had_the_job_on_offer_does_not_learn_where_the_driver_is(web: Web) -> None:
    world = web.world
    trip_id = world.book()
    both = tuple(driver.driver_id or 0 for driver in world.drivers)
    world.do(trip_id, c.Offer(both, world.now + timedelta(seconds=30)), world.dispatcher)
    world.to(State.EN_ROUTE, trip_id)
    tell_position(web)
    own, other = (
        web.client(driver).get(f"/api/v1/driver/trips/{trip_id}").get_json()["arrival"] for driver in world.drivers
    )
    assert own is not None
    assert other is None
