"""A callback's page: it is held as long as its form is open, and nothing typed is lost when it is not."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient

from dispatch.domain.callback import CallbackState
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import State
from dispatch.services import callback_queue, callbacks
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import ask, fill_in, hidden

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
TYPED: dict[str, str] = {
    "outcome": "answered", "satisfaction": "5", "badge_worn": "yes", "car_checked": "yes", "fee_explained": "yes",
    "copy_handed_over": "yes", "opinions": "司机很准时，车开得稳",
}  # fmt: skip


@pytest.fixture
def page(web: Web) -> str:
    """The page of a callback that the agent has claimed."""
    web.world.to(State.CLOSED)
    web.world.now = MONDAY_TEN
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"
        callback_queue.make_due(session, web.world.now)
        task = callback_queue.claim_next(session, web.world.agent, web.world.now)
        assert task is not None
        return f"/care/{task.id}"


@pytest.fixture
def agent(web: Web, page: str) -> FlaskClient:
    """Signed in on Monday, as `page` is."""
    return web.client(web.world.agent)


@pytest.fixture
def colleague(web: Web) -> Actor:
    return web.world.staff("lin", "林客服", Role.CARE)


def task(web: Web) -> CallbackTask:
    with web.world.db.reading() as session:
        return session.query(CallbackTask).one()


def recorded(web: Web) -> int:
    """How many calls were recorded."""
    with web.world.db.reading() as session:
        return session.query(CallbackAttempt).count()


def lapse(web: Web, *, taken_by: Actor | None = None) -> None:
    """Half an hour goes by without a word; the clock puts the callback back, and perhaps somebody takes it."""
    web.world.later(minutes=30)
    with web.world.db.transaction() as session:
        callback_queue.return_lapsed(session, web.world.now)
        if taken_by is not None:
            callbacks.claim(session, task(web).id, taken_by, web.world.now)


def polled(agent: FlaskClient, page: str, **over: str) -> str:
    """What the open page is told when it asks to hold on."""
    return ask(agent, "/account", f"{page}/hold", {"attempt_no": "1", **over})


def test_an_open_page_holds_its_callback(web: Web, agent: FlaskClient, page: str) -> None:
    shown = agent.get(page).text
    assert f'hx-post="{page}/hold" hx-trigger="load, every 240s"' in shown
    for _ in range(10):
        web.world.later(minutes=4)
        assert 'hx-trigger="every 240s"' in polled(agent, page)
    assert task(web).claimed_by == web.world.agent.id
    assert (task(web).lease_until or web.world.now) > web.world.now


def test_a_page_without_a_claim_asks_for_nothing(web: Web, colleague: Actor, page: str) -> None:
    assert "/hold" not in web.client(colleague).get(page).text


def test_who_lost_it_to_a_colleague_is_told_so(web: Web, agent: FlaskClient, page: str, colleague: Actor) -> None:
    lapse(web, taken_by=colleague)
    told = polled(agent, page)
    assert "林客服 is on this callback" in told
    assert "What you typed stays here." in told
    assert "hx-" not in told  # nothing left to ask for
    assert "林客服 is on this callback" in polled(agent, page, again="yes")
    assert task(web).claimed_by == colleague.id


def test_what_lapsed_and_nobody_took_can_be_claimed_again_in_place(web: Web, agent: FlaskClient, page: str) -> None:
    lapse(web)
    assert "Claim it again" in polled(agent, page)
    assert task(web).state is CallbackState.DUE
    assert 'hx-trigger="every 240s"' in polled(agent, page, again="yes")
    assert task(web).claimed_by == web.world.agent.id


def test_what_was_put_back_on_purpose_is_not_taken_again_by_a_page_left_open(
    web: Web, agent: FlaskClient, page: str
) -> None:
    fill_in(agent, page, f"{page}/release", {})
    assert "Claim it again" in polled(agent, page)
    assert task(web).state is CallbackState.DUE


def test_a_form_saved_too_late_keeps_what_was_typed_and_is_saved_after_claiming_again(
    web: Web, agent: FlaskClient, page: str
) -> None:
    fields = {**hidden(agent.get(page).text, page), **TYPED}
    lapse(web)
    late = agent.post(page, data=fields)
    assert late.status_code == 409
    assert TYPED["opinions"] in unescape(late.text)
    assert 'name="again" value="yes"' in late.text
    saved = agent.post(page, data={**hidden(late.text, page), **TYPED, "again": "yes"})
    assert saved.status_code == 303
    assert task(web).state is CallbackState.DONE


def test_a_form_whose_callback_a_colleague_has_keeps_what_was_typed_but_cannot_be_saved(
    web: Web, agent: FlaskClient, page: str, colleague: Actor
) -> None:
    fields = {**hidden(agent.get(page).text, page), **TYPED}
    lapse(web, taken_by=colleague)
    for more in ({}, {"again": "yes"}):
        late = agent.post(page, data={**fields, **more})
        assert late.status_code == 409
        assert TYPED["opinions"] in unescape(late.text)
        assert "林客服 is on this callback" in late.text
        assert not re.search(r">(Save|Claim again and save)", late.text)
    assert recorded(web) == 0


def test_a_form_of_a_call_that_a_colleague_recorded_meanwhile_stays_stale(
    web: Web, agent: FlaskClient, page: str, colleague: Actor
) -> None:
    fields = {**hidden(agent.get(page).text, page), **TYPED}
    lapse(web, taken_by=colleague)
    other = web.client(colleague)
    fill_in(other, page, page, {"outcome": "no_answer"})
    web.world.later(hours=3)
    late = agent.post(page, data=fields)
    again = agent.post(page, data={**hidden(late.text, page), **TYPED, "again": "yes"})
    assert (late.status_code, again.status_code) == (409, 409)
    assert "already been recorded" in again.text
    assert TYPED["opinions"] in unescape(again.text)
    assert recorded(web) == 1
