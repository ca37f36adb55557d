"""The customer's page: who comes and how far, what it costs and why, what they can say; and nothing for strangers."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dispatch.domain import commands as c
from dispatch.domain.booking import Place
from dispatch.domain.states import ENDS, State
from dispatch.services.throttle import Limit
from dispatch.store import outbox
from dispatch.store.agreements import Document
from dispatch.store.complaints import ComplaintRow
from dispatch.store.positions import DriverPosition
from dispatch.store.ratings import LinkRating
from dispatch.web.runtime import EXTENSION
from tests.web.conftest import Web
from tests.web.forms import fill_in, hidden
from tests.web.queries import counted
from tests.world import KEYS

NEAR = (28.4500, 117.9600)  # 730 m from where World's trips begin


@pytest.fixture
def phone(web: Web) -> FlaskClient:
    """A customer's browser that asks for English."""
    client = web.client()
    client.set_cookie("lang", "en")
    return client


def address(web: Web, trip_id: int) -> str:
    keys = web.app.extensions[EXTENSION].keys
    link: str = keys.url(trip_id)
    return link.removeprefix(keys.base_url)


@pytest.fixture
def link(web: Web) -> Any:
    """The page of a trip: World makes links with a key of its own, the application takes that one."""
    web.app.extensions[EXTENSION] = replace(web.app.extensions[EXTENSION], keys=KEYS)
    return lambda trip_id: address(web, trip_id)


def seen(web: Web, place: tuple[float, float] = NEAR, *, driver: int = 0, seconds_ago: float = 0) -> None:
    """The driver's phone tells where it is."""
    at = web.world.now - timedelta(seconds=seconds_ago)
    with web.world.db.transaction() as session:
        session.merge(
            DriverPosition(
                driver_id=web.world.drivers[driver].driver_id, lat=place[0], lon=place[1], at=at, received_at=at
            )
        )


def shown(client: FlaskClient, path: str) -> str:
    reply = client.get(path)
    assert reply.status_code == 200, reply.status
    return unescape(reply.text)


def far(page: str) -> list[str]:
    return re.findall(r'data-arrival="([^"]*)"', page)


# Who comes


def test_who_comes_how_far_and_a_drawing_of_it(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    seen(web)
    page = shown(phone, link(trip_id))
    assert "代驾1号" in page
    assert "SR001" in page
    assert far(page) == ["3"]
    assert "3 minutes away" in page
    assert "750 m in a straight line" in page
    assert '<svg class="sketch"' in page


def test_a_position_older_than_two_minutes_is_said_to_be_old_and_tells_no_minutes(
    web: Web, phone: FlaskClient, link: Any
) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    seen(web)
    web.world.later(minutes=4)
    page = shown(phone, link(trip_id))
    assert far(page) == [""]
    assert "Last seen 4 min ago" in page
    assert "this is not where they are now" in page
    assert "minutes away" not in page


def test_where_the_driver_was_before_they_accepted_is_nobodys_business(web: Web, phone: FlaskClient, link: Any) -> None:
    seen(web)
    web.world.later(seconds=20)
    trip_id = web.world.to(State.ACCEPTED)
    assert far(shown(phone, link(trip_id))) == []
    web.world.later(seconds=5)
    seen(web)
    assert far(shown(phone, link(trip_id))) == ["3"]


@pytest.mark.parametrize("state", sorted(frozenset(State) - {State.ACCEPTED, State.EN_ROUTE}))
def test_no_position_is_shown_before_a_driver_comes_nor_after_they_arrived(
    web: Web, phone: FlaskClient, link: Any, state: State
) -> None:
    trip_id = web.world.to(state)
    web.world.later(seconds=5)
    seen(web)
    page = shown(phone, link(trip_id))
    assert far(page) == []
    assert "sketch" not in page
    assert str(NEAR[0]) not in page


def test_a_driver_who_has_a_job_tomorrow_is_not_followed_today(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.ACCEPTED, web.world.book(appointed_at=web.world.now + timedelta(hours=5)))
    web.world.later(seconds=5)
    seen(web)
    assert far(shown(phone, link(trip_id))) == []


def test_the_driver_before_is_not_shown_for_the_one_who_comes_now(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    seen(web)
    web.world.do(trip_id, c.ReplaceDriver(c.ReplaceReason.DRIVER_LATE), web.world.dispatcher)
    assert far(shown(phone, link(trip_id))) == []
    web.world.to(State.ACCEPTED, trip_id, driver=web.world.drivers[1])
    assert far(shown(phone, link(trip_id))) == []


def test_a_pick_up_without_coordinates_shows_no_drawing_and_invents_no_minutes(
    web: Web, phone: FlaskClient, link: Any
) -> None:
    trip_id = web.world.to(State.EN_ROUTE, web.world.book(pickup=Place("信州区 五三大道 8 号")))
    seen(web)
    page = shown(phone, link(trip_id))
    assert far(page) == []
    assert "sketch" not in page
    assert "Your driver is on the way." in page


# The moving part


def test_the_moving_part_is_the_same_as_on_the_page(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    seen(web)
    whole, part = shown(phone, link(trip_id)), shown(phone, f"{link(trip_id)}/live")
    assert part.strip()[part.strip().index("<div") :] in whole
    assert 'data-every="10"' in part


@pytest.mark.parametrize("state", sorted(ENDS))
def test_a_trip_that_is_over_is_not_looked_up_again(web: Web, phone: FlaskClient, link: Any, state: State) -> None:
    assert 'data-every="0"' in shown(phone, f"{link(web.world.to(state))}/live")


def test_a_wrong_link_and_one_that_is_over_answer_the_same_everywhere(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.CLOSED)
    web.world.later(days=40)
    for part in ("", "/live", "/agreement", "/photo"):
        over, wrong = phone.get(link(trip_id) + part), phone.get(f"/t/{'x' * 22}{part}")
        assert (over.status_code, wrong.status_code) == (404, 404)
        assert re.sub(r'(nonce|content|value)="[^"]*"', "", over.text) == re.sub(
            r'(nonce|content|value)="[^"]*"', "", wrong.text
        )


def test_looking_every_ten_seconds_uses_up_nobodys_looks_and_a_flood_is_stopped(
    web: Web, phone: FlaskClient, link: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.web.customer.live.PER_LINK", Limit(3, timedelta(minutes=10)))
    monkeypatch.setattr("dispatch.web.customer.visits.PER_ADDRESS", Limit(2, timedelta(minutes=10)))
    first, second = (web.world.to(State.EN_ROUTE, driver=driver) for driver in web.world.drivers[:2])
    for trip_id in (first, second):
        assert [phone.get(f"{link(trip_id)}/live").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [phone.get(f"/t/{'x' * 22}/live").status_code for _ in range(3)] == [404, 404, 429]


def test_the_page_is_kept_nowhere_and_names_its_address_to_nobody(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    for part in ("", "/live", "/agreement"):
        headers = phone.get(link(trip_id) + part).headers
        assert "no-store" in headers["Cache-Control"]
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_asks_a_constant_number_of_questions(web: Web, phone: FlaskClient, link: Any) -> None:
    few_id, many_id = (web.world.to(State.EN_ROUTE, driver=driver) for driver in web.world.drivers[:2])
    for _ in range(3):
        web.world.book()
    with counted(web) as few:
        shown(phone, f"{link(few_id)}/live")
    with counted(web) as many:
        shown(phone, f"{link(many_id)}/live")
    assert len(few) == len(many) <= 20


# Waiting


def test_waiting_is_free_then_counts_by_the_trips_own_tariff(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.ON_SITE)  # 14 minutes before the appointed time
    page = shown(phone, link(trip_id))
    assert "It counts from the appointed time, 23:00" in page
    web.world.later(minutes=20)
    page = shown(phone, link(trip_id))
    assert "Still free for" in page
    assert "first 30 min free" in page
    web.world.later(minutes=31)
    page = shown(phone, link(trip_id))
    assert "So far ¥10.00" in page
    assert 'data-cost="1000"' in page


# The agreement


@pytest.mark.parametrize("state", [State.BOOKED, State.ON_SITE])
def test_the_whole_agreement_can_be_read_before_there_is_anything_to_sign(
    web: Web, phone: FlaskClient, link: Any, state: State
) -> None:
    page = shown(phone, f"{link(web.world.to(state))}/agreement")
    for words in ("Party A", "A9", "What you declare", "What both sides agree", "What the company undertakes"):
        assert words in page


def test_after_the_check_it_is_the_very_page_that_will_be_signed(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.INSPECTED)
    before = shown(phone, f"{link(trip_id)}/agreement")
    assert '<article class="paper"' in before
    web.world.open(trip_id, web.world.agreement())
    assert "信州区 五三大道 8 号" in shown(phone, f"{link(trip_id)}/agreement")


def test_a_signed_agreement_is_read_as_it_was_signed(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.AGREED)
    assert phone.get(f"{link(trip_id)}/agreement").location == link(trip_id)
    page = shown(phone, link(trip_id))
    assert "agreement.pdf" in page
    assert "/verify/" in page


def test_a_number_alone_is_on_record_and_not_called_genuine_before_a_file_is_compared(web: Web) -> None:
    trip_id = web.world.to(State.AGREED)
    with web.world.db.reading() as session:
        number = session.scalars(select(Document.number).where(Document.trip_id == trip_id)).one()
    page = web.client().get(f"/verify/{number}").text
    assert "有记录" in page
    assert "真实有效" not in page


# Rating, complaining


def test_what_was_rated_under_the_receipt_is_shown_and_not_asked_again(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.CLOSED)
    page = shown(phone, link(trip_id))
    assert "5 of 5" in page
    assert "/rating" not in page


def test_a_drive_that_was_broken_off_is_rated_by_link_once(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.ABORTED)
    page = link(trip_id)
    assert fill_in(phone, page, f"{page}/rating", {}).status_code == 422
    first = fill_in(phone, page, f"{page}/rating", {"rating": "4", "comment": " 换车很快 "})
    assert (first.status_code, first.location) == (303, page)
    assert "4 of 5" in shown(phone, page)
    assert "4 分（满分 5 分）" in shown(web.client(web.world.dispatcher), f"/desk/trips/{trip_id}")
    with web.world.db.reading() as session:
        assert session.get_one(LinkRating, trip_id).comment == "换车很快"


def test_two_ratings_sent_from_two_open_pages_count_once(web: Web, phone: FlaskClient, link: Any) -> None:
    page = link(web.world.to(State.ABORTED))
    forms = [hidden(phone.get(page).text, f"{page}/rating") for _ in range(2)]
    replies = [phone.post(f"{page}/rating", data={**form, "rating": "2"}).status_code for form in forms]
    assert replies == [303, 409]


def test_a_trip_under_way_is_not_rated(web: Web, phone: FlaskClient, link: Any) -> None:
    page = link(web.world.to(State.DRIVING))
    form = hidden(phone.get(page).text, f"{page}/complaint")
    assert phone.post(f"{page}/rating", data={**form, "rating": "5"}).status_code in {409, 422}


def test_a_complaint_by_link_is_registered_and_an_empty_one_keeps_what_was_typed(
    web: Web, phone: FlaskClient, link: Any
) -> None:
    page = link(web.world.to(State.CLOSED))
    refused = fill_in(phone, page, f"{page}/complaint", {"problem": "绕路", "wish": ""})
    assert refused.status_code == 422
    assert "绕路" in refused.text
    assert fill_in(phone, page, f"{page}/complaint", {"problem": "绕路", "wish": "退费"}).status_code == 303
    with web.world.db.reading() as session:
        assert [row.problem for row in session.query(ComplaintRow)] == ["绕路"]


# Another number


def test_a_new_number_is_used_only_after_the_desk_has_agreed_and_the_old_one_is_told(
    web: Web, phone: FlaskClient, link: Any
) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    before, page = web.world.trip(trip_id).caller_phone, link(trip_id)
    assert fill_in(phone, page, f"{page}/number", {"phone": "139 0793 4321"}).status_code == 303
    assert web.world.trip(trip_id).caller_phone == before
    assert "ending in 4321" in shown(phone, page)

    desk = web.client(web.world.dispatcher)
    assert "客户请求更正电话" in shown(desk, "/desk/rows")
    at = f"/desk/trips/{trip_id}"
    assert "139 0793 4321" in shown(desk, at)
    action = re.search(r'action="([^"]+/accept)"', shown(desk, at))
    assert action is not None
    assert fill_in(desk, at, action[1], {}).location == at
    assert web.world.trip(trip_id).caller_phone == "+8613907934321"
    assert "客户请求更正电话" not in shown(desk, "/desk/rows")
    history = shown(desk, at)
    assert "电话已更正" in history
    with web.world.db.reading() as session:
        told = [row for row in session.query(outbox.OutboxMessage) if "尾号4321" in str(row.body)]
    assert [row.recipient for row in told] == [before]


def test_the_desk_can_keep_the_old_number(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    before, page = web.world.trip(trip_id).caller_phone, link(trip_id)
    fill_in(phone, page, f"{page}/number", {"phone": "139 0793 4321"})
    desk, at = web.client(web.world.dispatcher), f"/desk/trips/{trip_id}"
    action = re.search(r'action="([^"]+/refuse)"', shown(desk, at))
    assert action is not None
    fill_in(desk, at, action[1], {})
    assert web.world.trip(trip_id).caller_phone == before
    assert "保留原电话" in shown(desk, at)
    assert "ending in 4321" not in shown(phone, page)


def test_of_two_desks_one_answers_the_wish(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    page, at = link(trip_id), f"/desk/trips/{trip_id}"
    fill_in(phone, page, f"{page}/number", {"phone": "139 0793 4321"})
    desk = web.client(web.world.dispatcher)
    opened = shown(desk, at)
    [accept] = re.findall(r'action="([^"]+/accept)"', opened)
    refuse = accept.replace("/accept", "/refuse")
    forms = hidden(opened, accept), hidden(opened, refuse)
    desk.post(accept, data=forms[0])
    desk.post(refuse, data=forms[1])
    assert web.world.trip(trip_id).caller_phone == "+8613907934321"


@pytest.mark.parametrize("typed", ["", "12", "no number", "+861"])
def test_what_is_no_number_is_told_beside_the_field_and_stays_typed(
    web: Web, phone: FlaskClient, link: Any, typed: str
) -> None:
    page = link(web.world.to(State.EN_ROUTE))
    reply = fill_in(phone, page, f"{page}/number", {"phone": typed})
    assert reply.status_code == 422
    assert f'value="{typed}"' in reply.text
    assert 'href="#f-phone"' in reply.text


def test_a_stranger_gets_no_number_of_the_customer(web: Web, phone: FlaskClient, link: Any) -> None:
    trip_id = web.world.to(State.EN_ROUTE)
    whole = web.world.trip(trip_id).caller_phone.removeprefix("+86")
    page = shown(phone, link(trip_id))
    assert whole not in page.replace(" ", "")
