"""A notice of a traffic offence: plate and time lead to the driver who drove, the evidence, and a case."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from dispatch.domain import commands as c
from dispatch.domain.bearing import Violation, from_json
from dispatch.domain.complaint import CaseKind
from dispatch.domain.states import State
from dispatch.domain.violation import Course, Wheel, at_the_wheel
from dispatch.store.complaints import ComplaintRow
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in, hidden
from tests.world import NIGHT

PAGE = "/desk/violations"
PLATE = "赣E88666"


@pytest.fixture
def desk(web: Web) -> FlaskClient:
    with web.world.db.transaction() as session:
        session.get_one(Staff, web.world.dispatcher.id).locale = "en"
    return web.client(web.world.dispatcher)


@pytest.fixture
def driven(web: Web) -> int:
    """A drive of the car, over by now."""
    trip_id = web.world.to(State.CLOSED, web.world.book(plate=PLATE))
    web.world.later(hours=6)
    return trip_id


def local(web: Web, moment: datetime | None) -> str:
    assert moment is not None
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


def ask(desk: FlaskClient, plate: str, at: str) -> Any:
    return fill_in(desk, PAGE, PAGE, {"plate": plate, "at": at})


def test_who_drove_is_told_with_the_times_and_papers_that_prove_it(web: Web, desk: FlaskClient, driven: int) -> None:
    trip = web.world.trip(driven)
    assert trip.started_at is not None
    page = unescape(ask(desk, "赣E·88666", local(web, trip.started_at + timedelta(minutes=9))).text)
    assert "Our driver was at the wheel" in page
    assert "代驾1号" in page
    assert "SR001" in page
    for moment in (trip.arrived_at, trip.agreed_at, trip.started_at, trip.delivered_at):
        assert local(web, moment).replace("T", " ") in page
    assert "45678.2 – 45690.2 km" in page
    assert re.search(r"SR-\d{8}-\d{6}", page)
    assert trip.contact_name not in page  # the customer's name is not what was asked


def test_the_minute_in_which_a_drive_began_counts_as_under_way(web: Web, desk: FlaskClient, driven: int) -> None:
    started = web.world.trip(driven).started_at
    assert "at the wheel" in ask(desk, PLATE, local(web, started)).text


def test_before_the_start_the_driver_was_there_but_did_not_drive(web: Web, desk: FlaskClient, driven: int) -> None:
    arrived = web.world.trip(driven).arrived_at
    assert arrived is not None
    page = ask(desk, PLATE, local(web, arrived + timedelta(minutes=2))).text
    assert "not driving" in page
    assert "(A8)" not in page.split("<form class")[1]


def test_where_nobody_of_ours_drove_the_trips_around_that_time_are_named(
    web: Web, desk: FlaskClient, driven: int
) -> None:
    trip = web.world.trip(driven)
    assert trip.ended_at is not None
    page = ask(desk, PLATE, local(web, trip.ended_at + timedelta(hours=2))).text
    assert "Nobody of ours had this car" in page
    assert trip.number in page
    assert "/case" not in page
    assert "within twelve hours" in ask(desk, "赣E00001", local(web, trip.ended_at)).text


@pytest.mark.parametrize(
    ("plate", "at", "field"), [("???", "2026-03-06T23:00", "plate"), ("", "2026-03-06T23:00", "plate"),
                               (PLATE, "", "at"), (PLATE, "yesterday", "at"), (PLATE, "2031-01-01T00:00", "at")],
)  # fmt: skip
def test_what_cannot_be_looked_up_is_told_beside_its_field(desk: FlaskClient, plate: str, at: str, field: str) -> None:
    reply = ask(desk, plate, at)
    assert reply.status_code == 422
    assert f'href="#f-{field}"' in reply.text
    assert f'value="{plate}"' in reply.text


def test_a_case_is_opened_with_what_is_known(web: Web, desk: FlaskClient, driven: int) -> None:
    trip = web.world.trip(driven)
    assert trip.started_at is not None
    at = local(web, trip.started_at + timedelta(minutes=9))
    page = ask(desk, PLATE, at).text
    action = f"{PAGE}/{driven}/case"
    assert "Notice of a traffic offence: 赣E·88666" in unescape(page)
    sent = {**hidden(page, action), "problem": "闯红灯，记6分，罚200元", "wish": "公司处理"}
    done = desk.post(action, data=sent)
    assert (done.status_code, done.location) == (303, f"/desk/trips/{driven}")
    with web.world.db.reading() as session:
        [case] = session.query(ComplaintRow)
    assert (case.kind, case.trip_id) == (CaseKind.VIOLATION, driven)
    assert from_json(case.facts) == Violation(0, inside_service=True)
    assert case.happened_at == datetime.fromisoformat(f"{at}+08:00")
    assert "SR001" in case.about
    assert "违章" in web.client(web.world.agent).get("/care/complaints").text


def test_a_case_without_words_keeps_what_was_typed(web: Web, desk: FlaskClient, driven: int) -> None:
    started = web.world.trip(driven).started_at
    page = ask(desk, PLATE, local(web, started)).text
    action = f"{PAGE}/{driven}/case"
    reply = desk.post(action, data={**hidden(page, action), "problem": " ", "wish": "公司处理"})
    assert reply.status_code == 422
    assert "公司处理" in reply.text
    assert 'href="#f-problem"' in reply.text


def test_no_case_is_opened_for_a_time_at_which_nobody_of_ours_drove(web: Web, desk: FlaskClient, driven: int) -> None:
    trip = web.world.trip(driven)
    assert trip.ended_at is not None
    page = ask(desk, PLATE, local(web, trip.started_at)).text
    action = f"{PAGE}/{driven}/case"
    sent = {**hidden(page, action), "at": local(web, trip.ended_at + timedelta(hours=1)), "problem": "x", "wish": "y"}
    assert desk.post(action, data=sent).status_code in {409, 422}
    with web.world.db.reading() as session:
        assert session.query(ComplaintRow).count() == 0


def test_a_replaced_driver_is_not_blamed_for_the_one_who_drove(web: Web, desk: FlaskClient) -> None:
    world = web.world
    trip_id = world.to(State.ON_SITE, world.book(plate=PLATE))
    world.do(trip_id, c.ReplaceDriver(c.ReplaceReason.CUSTOMER_REFUSED), world.dispatcher)
    world.to(State.CLOSED, trip_id, driver=world.drivers[1])
    started = world.trip(trip_id).started_at
    page = ask(desk, PLATE, local(web, started)).text
    assert "SR002" in page
    assert "SR001" not in page


def test_a_driver_and_a_manager_do_not_look_up(web: Web) -> None:
    for actor in (web.world.driver, web.world.manager):
        assert web.client(actor).get(PAGE).status_code == 403


def _at(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


_COURSE = Course(_at(0), _at(10.5), _at(40.5), _at(44), stops=((_at(20), _at(25)),))


@pytest.mark.parametrize(
    ("minute", "wheel"),
    [
        (-2, Wheel.NOT_OURS), (0, Wheel.WITH_US), (9, Wheel.WITH_US), (10, Wheel.OURS), (19, Wheel.OURS),
        (20, Wheel.STOPPED), (24, Wheel.STOPPED), (25, Wheel.OURS), (40, Wheel.OURS), (41, Wheel.WITH_US),
        (44, Wheel.WITH_US), (45, Wheel.NOT_OURS),
    ],
)  # fmt: skip
def test_who_had_the_car_minute_by_minute(minute: int, wheel: Wheel) -> None:
    assert at_the_wheel(_COURSE, _at(minute)) is wheel


def test_a_drive_under_way_has_no_end_yet() -> None:
    assert at_the_wheel(Course(_at(0), _at(10), None, None), _at(300)) is Wheel.OURS


def test_the_api_tells_the_same_and_opens_the_case(web: Web, desk: FlaskClient, driven: int) -> None:
    trip = web.world.trip(driven)
    assert trip.started_at is not None
    at = (trip.started_at + timedelta(minutes=9)).isoformat()
    found = web.post(desk, "/api/v1/violations", {"plate": "赣E·88666", "at": at}).get_json()
    (held,) = found["held"]
    assert (found["plate"], found["near"]) == (PLATE, [])
    assert (held["trip_id"], held["wheel"], held["driver"]["badge_id"]) == (driven, "ours", "SR001")
    assert re.fullmatch(r"SR-\d{8}-\d{6}", held["agreement"])
    opened = web.post(
        desk, f"/api/v1/trips/{driven}/violation-case", {"at": at, "problem": "闯红灯", "wish": "公司处理"}
    )
    assert (opened.status_code, opened.get_json()["kind"]) == (201, "violation")
    before = (trip.started_at - timedelta(days=2)).isoformat()
    nobody = web.post(
        desk, f"/api/v1/trips/{driven}/violation-case", {"at": before, "problem": "闯红灯", "wish": "公司处理"}
    )
    assert (nobody.status_code, nobody.get_json()["code"]) == (409, "not_our_drive")
