"""One command on several trips: each by itself, each told."""

import pytest
from flask.testing import FlaskClient

from dispatch.domain.states import State
from dispatch.store.drivers import Driver
from tests.web.conftest import Web
from tests.web.forms import fill_in

CANCEL: dict[str, object] = {"command": "cancel", "body": {"by": "company", "reason": "暴雨停运"}}


@pytest.fixture
def desk(web: Web) -> FlaskClient:
    return web.client(web.world.dispatcher)


def outcomes(web: Web, desk: FlaskClient, body: dict[str, object], key: str = "bulk-1") -> list[tuple[int, bool, str]]:
    reply = web.post(desk, "/api/v1/trips/bulk", body, key=key)
    assert reply.status_code == 200, reply.text
    return [(one["trip_id"], one["done"], one["code"]) for one in reply.get_json()["outcomes"]]


def test_each_trip_is_told_by_itself_and_one_refused_undoes_nothing(web: Web, desk: FlaskClient) -> None:
    first, driving, second = web.world.book(), web.world.to(State.DRIVING), web.world.book()
    found = outcomes(web, desk, {**CANCEL, "trip_ids": [first, driving, 999_999, second]})
    assert found == [
        (first, True, ""), (driving, False, "wrong_state"), (999_999, False, "trip_unknown"), (second, True, "")
    ]  # fmt: skip
    states = [web.world.trip(one).state for one in (first, driving, second)]
    assert states == [State.CANCELLED, State.DRIVING, State.CANCELLED]


def test_the_same_request_again_gets_the_same_answers_and_does_nothing(web: Web, desk: FlaskClient) -> None:
    trips = [web.world.book(), web.world.book()]
    body = {**CANCEL, "trip_ids": trips}
    first = outcomes(web, desk, body)
    versions = [web.world.trip(one).version for one in trips]
    assert outcomes(web, desk, body) == first
    assert [web.world.trip(one).version for one in trips] == versions
    assert [done for _, done, _ in outcomes(web, desk, body, key="bulk-2")] == [False, False]


def test_a_command_that_does_not_fit_touches_no_trip(web: Web, desk: FlaskClient) -> None:
    trip_id = web.world.book()
    bodies: list[dict[str, object]] = [
        {"command": "cancel", "body": {}},
        {"command": "assign", "body": {"badge_id": "SR001"}},
    ]
    for body in bodies:
        assert web.post(desk, "/api/v1/trips/bulk", {**body, "trip_ids": [trip_id]}).status_code == 422
    assert web.world.trip(trip_id).state is State.BOOKED


def test_trips_of_another_branch_do_not_exist_for_it(web: Web, desk: FlaskClient) -> None:
    page = desk.get("/desk/bulk?trip_ids=999999&trip_ids=x").text
    assert 'name="trip_ids"' not in page


def test_the_page_reports_trip_by_trip_and_keeps_what_is_left(web: Web, desk: FlaskClient) -> None:
    trips = [web.world.book(), web.world.book()]
    page = f"/desk/bulk?trip_ids={trips[0]}&trip_ids={trips[1]}"
    assert desk.get("/desk").text.count('name="trip_ids"') == 2
    ticked = [str(one) for one in trips]
    missing = fill_in(desk, page, "/desk/bulk", {"trip_ids": ticked, "command": "offer", "badge_ids": ""})
    assert missing.status_code == 422
    assert missing.text.count('name="trip_ids"') == 2
    with web.world.db.reading() as session:
        badge = session.get_one(Driver, web.world.driver.driver_id).badge_id
    done = fill_in(desk, page, "/desk/bulk", {"trip_ids": ticked, "command": "offer", "badge_ids": badge})
    assert done.status_code == 200
    assert [web.world.trip(one).state for one in trips] == [State.OFFERED, State.OFFERED]
    assert done.text.count("/desk/trips/") >= 2
