"""What the desk, managers and drivers see of matching, on pages and by the API."""

from datetime import timedelta

import pytest

from dispatch.domain.dispatching import DispatchMode, PauseReason
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver, open_shift
from dispatch.store.positions import DriverPosition
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from tests.web.conftest import Web
from tests.web.forms import fill_in, hidden


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


def seen(web: Web, index: int, metres: float) -> int:
    """The driver is seen so far east of the usual pickup; answers their id."""
    driver_id = web.world.drivers[index].driver_id or 0
    with web.world.db.transaction() as session:
        at = web.world.now
        lon = 117.9650 + metres / 97_770
        session.merge(DriverPosition(driver_id=driver_id, lat=28.4451, lon=lon, at=at, received_at=at))
    return driver_id


def write(web: Web, index: int, **over: object) -> int:
    driver_id = web.world.drivers[index].driver_id or 0
    with web.world.db.transaction() as session:
        row = session.get_one(Driver, driver_id)
        for name, value in over.items():
            setattr(row, name, value)
    return driver_id


def paused(web: Web, index: int, reason: PauseReason = PauseReason.DECLINES) -> int:
    return write(web, index, paused_until=web.world.now + timedelta(minutes=9), pause_reason=reason)


def read(web: Web, driver_id: int) -> Driver:
    with web.world.db.reading() as session:
        return session.get_one(Driver, driver_id)


def test_the_trips_page_names_the_nearest_first_with_the_reasons(web: Web) -> None:
    seen(web, 1, 1_200)
    paused(web, 0)
    trip_id = web.world.book()
    page = web.client(web.world.dispatcher).get(f"/desk/trips/{trip_id}").text
    assert page.index("SR002") < page.index("SR001")
    assert "6 min away · no trip yet" in page
    assert "Paused until 03-06 22:39 after too many offers declined or missed" in page
    assert 'value="SR001"' in page  # the desk may still choose them


def test_the_api_tells_minutes_reasons_and_what_holds_back(web: Web) -> None:
    seen(web, 1, 1_200)
    paused(web, 0, PauseReason.BREAK)
    trip_id = web.world.book()
    found = web.client(web.world.dispatcher).get(f"/api/v1/trips/{trip_id}/candidates").get_json()["candidates"]
    assert found[0] == {
        "badge_id": "SR002",
        "name": "代驾2号",
        "fit": True,
        "asked_by_itself": True,
        "minutes_away": 6,
        "free_in_minutes": None,
        "reasons": ["6 min away", "no trip yet"],
        "held_back": [],
        "obstacles": [],
    }
    assert (found[1]["fit"], found[1]["asked_by_itself"]) == (True, False)
    assert found[1]["held_back"] == ["Takes a break until 03-06 22:39"]


def test_a_pickup_without_a_point_is_said_so(web: Web) -> None:
    trip_id = web.world.book()
    with web.world.db.transaction() as session:
        trip = session.get_one(Trip, trip_id)
        trip.pickup_lat = trip.pickup_lon = None
    page = web.client(web.world.dispatcher).get(f"/desk/trips/{trip_id}").text
    assert "The pickup has no point on the map" in page


def test_the_board_says_why_nobody_was_found_and_who_is_asked_now(web: Web) -> None:
    why = [{"code": "driver_busy", "count": 2}, {"code": "declined", "count": 1}]
    trip_id = web.world.book()
    with web.world.db.transaction() as session:
        session.get_one(Trip, trip_id).nobody_why = why
    page = web.client(web.world.dispatcher).get("/desk").text
    assert "Nobody found: 2 on a trip, 1 declined" in page


def test_the_desk_ends_a_pause_on_the_board_and_by_the_api(web: Web) -> None:
    desk = web.client(web.world.dispatcher)
    driver_id = paused(web, 0)
    assert "Too many offers declined or missed" in desk.get("/desk").text
    rows = desk.get("/desk/rows").text
    assert f"/desk/drivers/{driver_id}/resume" in rows
    assert "csrf" not in rows  # drawn once for every dispatcher: nobody's own token may be in it
    own = hidden(desk.get("/desk").text, "/desk")
    assert desk.post(f"/desk/drivers/{driver_id}/resume", data=own).status_code == 303
    assert read(web, driver_id).paused_until is None
    paused(web, 0)
    assert web.post(desk, f"/api/v1/drivers/{driver_id}/resume").get_json()["paused_until"] is None


def test_a_driver_sees_why_they_are_paused_and_cannot_end_it(web: Web) -> None:
    paused(web, 0)
    phone = web.client(web.world.driver)
    page = phone.get("/driver").text
    assert "You are paused until 22:39 because too many offers were declined or missed" in page
    assert "End the break" not in page
    answer = web.post(phone, "/api/v1/driver/break", {"on": False})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "pause_not_yours")


def test_a_driver_takes_a_break_and_ends_it_on_the_phone(web: Web) -> None:
    phone = web.client(web.world.driver)
    fill_in(phone, "/driver", "/driver/wish/break", {})
    assert "Your break lasts until 22:45" in phone.get("/driver").text
    fill_in(phone, "/driver", "/driver/wish/back", {})
    assert "Take a short break" in phone.get("/driver").text


def test_a_driver_says_that_they_want_home_once_home_is_known(web: Web) -> None:
    phone = web.client(web.world.driver)
    assert "I want home" not in phone.get("/driver").text
    driver_id = write(web, 0, home_lat=28.44, home_lon=117.9)
    assert "I want home" in phone.get("/driver").text
    fill_in(phone, "/driver", "/driver/wish/home", {})
    assert "Any job again" in phone.get("/driver").text
    assert web.post(phone, "/api/v1/driver/heading-home", {"on": False}).get_json()["heading_home"] is False
    with web.world.db.reading() as session:
        shift = open_shift(session, driver_id)
    assert shift is not None
    assert shift.heading_home_at is None


def test_an_unknown_wish_is_not_found(web: Web) -> None:
    phone = web.client(web.world.driver)
    fields = hidden(phone.get("/driver").text, "/driver/wish/break")
    assert phone.post("/driver/wish/holiday", data=fields).status_code == 404


def read_branch(web: Web) -> Branch:
    with web.world.db.reading() as session:
        return session.get_one(Branch, web.world.branch_id)


def file(**over: str) -> dict[str, str | list[str]]:
    """What the form of the first driver's file holds."""
    usual: dict[str, str | list[str]] = {
        "name": "代驾1号", "phone": "15907930001", "badge_id": "SR001", "badge_active": "yes", "licence_no": "361102",
        "licence_class": "C1", "licence_until": "2031-01-01", "permit_until": "2031-01-01", "means": "foot",
    }  # fmt: skip
    return {**usual, **over}


def test_a_manager_writes_how_a_driver_comes_and_where_home_is(web: Web) -> None:
    manager = web.client(web.world.manager)
    driver_id = web.world.driver.driver_id or 0
    address = f"/manage/drivers/{driver_id}"
    fill_in(manager, address, address, file(home_lat="28.4410", home_lon="117.9"))
    found = read(web, driver_id)
    assert (found.means, found.home_lat, found.home_lon) == ("foot", 28.441, 117.9)
    fill_in(manager, address, address, file(home_lat="", home_lon=""))
    assert read(web, driver_id).home is None


@pytest.mark.parametrize(
    ("lat", "lon", "field"), [("28.4", "", "home_lon"), ("91", "117", "home_lat"), ("x", "1", "home_lat")]
)
def test_half_a_home_or_one_off_the_earth_is_told_beside_its_field(web: Web, lat: str, lon: str, field: str) -> None:
    manager = web.client(web.world.manager)
    address = f"/manage/drivers/{web.world.driver.driver_id}"
    answer = fill_in(manager, address, address, file(home_lat=lat, home_lon=lon))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'value="{lat}"' in answer.text


def test_the_mode_is_set_on_the_page_of_settings_and_kept(web: Web) -> None:
    manager = web.client(web.world.manager)
    token = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]
    headers = {"X-CSRFToken": token, "Idempotency-Key": "mode"}
    wanted = {"dispatch_mode": "several", "ask_at_once": 4, "nobody_minutes": 7, "give_up_minutes": 30}
    answer = manager.patch("/api/v1/branch", json=wanted, headers=headers)
    assert answer.status_code == 200
    assert {name: answer.get_json()[name] for name in wanted} == wanted
    assert read_branch(web).dispatch_mode is DispatchMode.SEVERAL
    assert 'value="several" checked' in manager.get("/manage/branch").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"dispatch_mode": "magic"},
        {"ask_at_once": 1},
        {"search_radius_km": 0},
        {"nobody_minutes": 0},
        {"pause_minutes": 0},
        {"nobody_minutes": 10, "give_up_minutes": 5},
    ],
)
def test_settings_out_of_range_are_refused(web: Web, wrong: dict[str, object]) -> None:
    manager = web.client(web.world.manager)
    token = manager.get("/api/v1/sessions/current").get_json()["csrf_token"]
    answer = manager.patch("/api/v1/branch", json=wrong, headers={"X-CSRFToken": token, "Idempotency-Key": str(wrong)})
    assert answer.status_code == 422
