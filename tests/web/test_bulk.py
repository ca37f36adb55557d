"""One action on several trips: each reported by itself, nothing rolled back for another's sake."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from dispatch.domain.errors import Busy
from dispatch.domain.states import State
from dispatch.services import bulk
from tests.web.conftest import Web
from tests.web.forms import fill_in

PATH = "/api/v1/trips/bulk"


@pytest.fixture
def desk(web: Web) -> FlaskClient:
    return web.client(web.world.dispatcher)


def states(web: Web, ids: list[int]) -> list[State]:
    return [web.world.trip(one).state for one in ids]


def test_what_one_trip_refuses_holds_up_no_other(web_on: Callable[[str], Web], database_url: str) -> None:
    web = web_on(database_url)
    under_way = web.world.to(State.DRIVING)
    waiting = [web.world.book(), web.world.book()]
    body = {"trip_ids": [waiting[0], under_way, 999, waiting[1]], "action": "cancel", "by": "company", "reason": "暴雨"}
    reply = web.post(web.client(web.world.dispatcher), PATH, body).get_json()
    assert [(one["trip_id"], one["done"], one["code"]) for one in reply["results"]] == [
        (waiting[0], True, ""), (under_way, False, "not_waiting"), (999, False, "trip_unknown"), (waiting[1], True, ""),
    ]  # fmt: skip
    assert reply["done"] == 2
    assert states(web, [*waiting, under_way]) == [State.CANCELLED, State.CANCELLED, State.DRIVING]


def test_the_same_key_again_is_answered_as_before(web: Web, desk: FlaskClient) -> None:
    ids = [web.world.book(), web.world.book()]
    body = {"trip_ids": ids, "action": "give-up", "reason": "附近没有"}
    first, again = (web.post(desk, PATH, body, key="one") for _ in range(2))
    assert first.get_json()["done"] == 2
    assert again.data == first.data
    other = web.post(desk, PATH, body | {"reason": "别的"}, key="one")
    assert (other.status_code, other.get_json()["code"]) == (422, "key_reused")


def test_broken_off_in_the_middle_it_goes_on_where_it_was(
    web: Web, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [web.world.book(), web.world.book(), web.world.book()]
    body = {"trip_ids": ids, "action": "give-up", "reason": "附近没有"}
    whole = bulk.carry_out
    seen: list[int] = []

    def breaking(session, trip_id, *rest, **named):  # type: ignore[no-untyped-def]  # stands in for carry_out
        seen.append(trip_id)
        if trip_id == ids[1] and seen.count(trip_id) == 1:
            raise Busy("database_busy", "gone")
        return whole(session, trip_id, *rest, **named)

    monkeypatch.setattr(bulk, "carry_out", breaking)
    assert web.post(desk, PATH, body, key="one").status_code == 503
    assert states(web, ids) == [State.UNFULFILLED, State.BOOKED, State.BOOKED]
    assert web.post(desk, PATH, body, key="one").get_json()["done"] == 3
    assert states(web, ids) == [State.UNFULFILLED] * 3
    assert seen.count(ids[0]) == 1


def test_each_trip_is_offered_to_those_who_may_take_it(web: Web, desk: FlaskClient) -> None:
    ids = [web.world.book(), web.world.book()]
    assert web.post(desk, PATH, {"trip_ids": ids, "action": "offer"}).get_json()["done"] == 2
    assert states(web, ids) == [State.OFFERED] * 2


def test_without_a_driver_each_offer_says_so(web: Web, desk: FlaskClient) -> None:
    for driver in web.world.drivers:
        web.world.to(State.ACCEPTED, driver=driver)
    reply = web.post(desk, PATH, {"trip_ids": [web.world.book()], "action": "offer"}).get_json()
    assert reply["results"][0]["code"] == "nobody_fits"


@pytest.mark.parametrize(
    "lacking", [{"action": "cancel", "reason": "x"}, {"action": "give-up"}, {"action": "offer", "trip_ids": []}]
)
def test_what_is_missing_is_refused_before_anything_is_done(
    web: Web, desk: FlaskClient, lacking: dict[str, object]
) -> None:
    trip_id = web.world.book()
    assert web.post(desk, PATH, {"trip_ids": [trip_id], **lacking}).status_code == 422
    assert web.world.trip(trip_id).state is State.BOOKED


def test_the_board_leads_to_a_form_and_the_form_lists_what_became_of_each(web: Web, desk: FlaskClient) -> None:
    ids = [web.world.book(appointed_at=web.world.now + timedelta(hours=1)), web.world.to(State.DRIVING)]
    assert f'name="trip_ids" value="{ids[0]}"' in desk.get("/desk").text
    page = f"/desk/bulk?do=cancel&trip_ids={ids[0]}&trip_ids={ids[1]}"
    fields: dict[str, str | list[str]] = {"do": "cancel", "trip_ids": [str(one) for one in ids]}
    missing = fill_in(desk, page, "/desk/bulk", fields | {"reason": "暴雨"})
    assert missing.status_code == 422
    assert 'value="暴雨"' in missing.text
    done = fill_in(desk, page, "/desk/bulk", fields | {"reason": "暴雨", "by": "company"})
    assert done.status_code == 200
    assert web.world.trip(ids[0]).number in done.text
    assert states(web, ids) == [State.CANCELLED, State.DRIVING]
