"""A driver's own day: trips, kilometres, earnings and ratings, by the service day, the same as the manager reads."""

from datetime import UTC, datetime

import pytest

from dispatch.domain import commands as c
from dispatch.domain.states import State
from tests.web.conftest import Web

DAY = "/api/v1/driver/day"


def test_the_day_is_what_the_managers_report_says_of_the_driver(web: Web) -> None:
    closed = web.world.to(State.CLOSED)
    cancelled = web.world.to(State.EN_ROUTE)
    web.world.do(cancelled, c.Cancel(c.Party.CUSTOMER, "不走了"), web.world.dispatcher)
    own = web.client(web.world.driver).get(DAY).get_json()
    assert own["day"] == "2026-03-06"
    trip = web.world.trip(closed)
    assert trip.end_odometer_km is not None
    assert trip.start_odometer_km is not None
    assert own["figures"]["km"] == float(trip.end_odometer_km - trip.start_odometer_km) > 0
    fens = [web.world.trip(one).total_fen or 0 for one in (closed, cancelled)]
    assert own["figures"]["revenue_fen"] == sum(fens)
    assert (own["figures"]["closed"], own["figures"]["rating"]) == (1, 5.0)
    assert [(one["id"], one["rating"]) for one in own["trips"]] == [(closed, 5), (cancelled, None)]
    report = web.client(web.world.manager).get("/api/v1/reports?first=2026-03-06&last=2026-03-06").get_json()
    assert report["drivers"] == [own["figures"]]
    assert own["month"] == own["figures"]


@pytest.mark.parametrize(("appointed", "day"), [
    (datetime(2026, 3, 6, 21, 59, tzinfo=UTC), "2026-03-06"),  # 05:59 of the 7th in Shanghai
    (datetime(2026, 3, 6, 22, 0, tzinfo=UTC), "2026-03-07"),
])  # fmt: skip
def test_a_trip_before_the_cut_over_is_the_night_befores(web: Web, appointed: datetime, day: str) -> None:
    trip_id = web.world.book(appointed_at=appointed)
    web.world.to(State.ACCEPTED, trip_id)
    client = web.client(web.world.driver)
    for asked in ("2026-03-06", "2026-03-07"):
        found = [one["id"] for one in client.get(f"{DAY}?day={asked}").get_json()["trips"]]
        assert found == ([trip_id] if asked == day else [])


def test_the_page_shows_the_day_and_leads_to_others_and_to_the_assessment(web: Web) -> None:
    closed = web.world.to(State.CLOSED)
    client = web.client(web.world.driver)
    home = client.get("/driver").text
    assert 'href="/driver/day"' in home
    assert 'href="/account/assessment"' in home
    page = client.get("/driver/day").text
    assert web.world.trip(closed).number in page
    assert 'href="/driver/day?day=2026-03-05"' in page
    assert "2026-03-07" not in page  # tomorrow is not there yet
    assert "这一天没有订单" in client.get("/driver/day?day=2026-03-05").text
    for wrong in ("x", "1800-01-01"):
        assert client.get(f"/driver/day?day={wrong}").status_code == 422


def test_another_drivers_day_is_not_in_it(web: Web) -> None:
    web.world.to(State.CLOSED)
    other = web.client(web.world.drivers[1]).get(DAY).get_json()
    assert (other["trips"], other["figures"]["closed"], other["figures"]["revenue_fen"]) == ([], 0, 0)
    assert web.client(web.world.manager).get(DAY).status_code == 403
