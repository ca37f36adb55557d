"""Callbacks' pages: the branch's own script, dialling in place, how far the day is, and what a manager sets."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from dispatch.domain.callback_script import DEFAULTS, PARTS
from dispatch.domain.states import State
from dispatch.services import callback_queue, phone_calls, working_days
from dispatch.store import callback_scripts
from dispatch.store.branches import Branch
from dispatch.store.outbox import OutboxMessage
from dispatch.store.staff import Staff
from tests.web.conftest import Web
from tests.web.forms import fill_in, hidden

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
HERE = "/manage/callbacks"
EXCHANGE = {"do": "dialling", "way": "exchange", "order_url": "https://pbx.example.cn/dial"}


@pytest.fixture
def page(web: Web) -> str:
    """The page of a callback that the agent has claimed on Monday at ten; everybody reads English."""
    web.world.to(State.CLOSED)
    web.world.now = MONDAY_TEN
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"
        phone_calls.rotate_secret(session, web.world.manager, web.world.now)
        session.get_one(Staff, web.world.agent.id).extension = "801"
        task = callback_queue.claim_next(session, web.world.agent, web.world.now)
        assert task is not None
        return f"/care/{task.id}"


@pytest.fixture
def manager(web: Web, page: str) -> FlaskClient:
    return web.client(web.world.manager)


@pytest.fixture
def agent(web: Web, page: str) -> FlaskClient:
    return web.client(web.world.agent)


def in_place(client: FlaskClient, page: str, what: str, fields: dict[str, str] | None = None) -> str:
    """What the page swaps in when it dials."""
    given = fields or hidden(client.get(page).text, f"{page}/{what}")
    answer = client.post(f"{page}/{what}", data=given, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def orders(web: Web) -> int:
    with web.world.db.reading() as session:
        return session.query(OutboxMessage).where(OutboxMessage.channel == "dial").count()


def sentences(**over: str) -> dict[str, str]:
    return {"do": "script", "language": "zh", **{part: getattr(DEFAULTS["zh"], part) for part in PARTS}, **over}


def test_the_agent_reads_what_the_manager_wrote_with_the_names_filled_in(
    web: Web, page: str, manager: FlaskClient, agent: FlaskClient
) -> None:
    own = sentences(greeting="{customer}，您好！我是{agent}。", fee_explained="{driver}说明收费了吗？")
    assert fill_in(manager, HERE, HERE, own).status_code == 303
    shown = agent.get(page).text
    assert "李建国，您好！我是吴客服。" in shown
    assert "代驾1号说明收费了吗？" in shown
    assert DEFAULTS["zh"].closing in shown


def test_a_branch_with_two_languages_has_both_on_the_page(web: Web, page: str, agent: FlaskClient) -> None:
    with web.world.db.transaction() as session:
        session.get_one(Branch, web.world.branch_id).document_language = "zh-en"
    shown = agent.get(page).text
    assert DEFAULTS["zh"].badge_worn in shown
    assert '<ol class="script" lang="en">' in shown
    assert DEFAULTS["en"].closing in shown


def test_a_script_that_does_not_fit_says_so_by_its_sentence_and_keeps_what_was_typed(
    web: Web, manager: FlaskClient
) -> None:
    refused = fill_in(manager, HERE, HERE, sentences(greeting="{fare}您好", closing=""))
    assert refused.status_code == 422
    assert "There is no placeholder" in refused.text
    assert 'href="#f-greeting"' in refused.text
    assert 'href="#f-closing"' in refused.text
    assert "{fare}您好" in unescape(refused.text)
    with web.world.db.reading() as session:
        assert callback_scripts.newest(session, web.world.branch_id, "zh") is None


def test_an_earlier_version_is_looked_at_and_said_again(web: Web, manager: FlaskClient) -> None:
    fill_in(manager, HERE, HERE, sentences(closing="再见"))
    fill_in(manager, HERE, HERE, sentences(closing="慢走"))
    earlier = manager.get(f"{HERE}?version=1").text
    assert "Version 1 stands in the form" in earlier
    assert fill_in(manager, f"{HERE}?version=1", HERE, sentences(closing="再见")).status_code == 303
    with web.world.db.reading() as session:
        newest = callback_scripts.newest(session, web.world.branch_id, "zh")
        assert newest is not None
        assert (newest.version, newest.closing) == (3, "再见")


def test_who_rewrote_an_old_copy_of_the_script_keeps_what_was_typed(web: Web, manager: FlaskClient) -> None:
    old = hidden(manager.get(HERE).text, HERE)
    fill_in(manager, HERE, HERE, sentences(closing="再见"))
    late = manager.post(HERE, data={**old, **sentences(closing="慢走")})
    assert late.status_code == 409
    assert "Somebody has rewritten the script meanwhile" in late.text
    assert "慢走" in late.text


def test_the_number_is_shown_in_place_as_the_address_that_the_branch_dials_by(
    web: Web, page: str, manager: FlaskClient, agent: FlaskClient
) -> None:
    assert re.search(r'href="tel:\+86138\d+"', in_place(agent, page, "dial"))
    fill_in(manager, HERE, HERE, {"do": "dialling", "way": "sip", "sip_host": "pbx.example.cn"})
    part = in_place(agent, page, "dial")
    assert re.search(r'href="sip:\+86138\d+@pbx.example.cn"', part)
    assert "<html" not in part


def test_without_script_the_number_is_shown_on_the_whole_page(web: Web, page: str, agent: FlaskClient) -> None:
    shown = fill_in(agent, page, f"{page}/dial", {}).text
    assert "<html" in shown
    assert re.search(r'href="tel:\+86138\d+"', shown)


def test_the_exchange_is_told_once_however_often_the_button_is_pressed(
    web: Web, page: str, manager: FlaskClient, agent: FlaskClient
) -> None:
    fill_in(manager, HERE, HERE, EXCHANGE)
    pressed = hidden(agent.get(page).text, f"{page}/ring")
    for _ in range(2):
        part = in_place(agent, page, "ring", pressed)
        assert "801" in part
        assert not re.search(r"138\d{8}|138 \d{4}", part)
    assert orders(web) == 1
    in_place(agent, page, "ring")
    assert orders(web) == 2
    assert fill_in(agent, page, f"{page}/ring", {}).status_code == 303


def test_why_nobody_is_rung_is_said_in_place(web: Web, page: str, agent: FlaskClient) -> None:
    fields = hidden(agent.get(page).text, f"{page}/dial")
    web.world.later(minutes=16)
    part = in_place(agent, page, "dial", fields)
    assert "Your claim on this callback has ended" in part
    assert "tel:" not in part


def test_an_exchange_without_an_address_is_refused_by_its_field(web: Web, manager: FlaskClient) -> None:
    refused = fill_in(manager, HERE, HERE, {**EXCHANGE, "order_url": ""})
    assert refused.status_code == 422
    assert 'href="#f-order_url"' in refused.text


@pytest.mark.parametrize("who", ["dispatcher", "agent"])
def test_only_managers_set_script_and_dialling(web: Web, who: str) -> None:
    assert web.client(getattr(web.world, who)).get(HERE).status_code == 403


def figures(shown: str) -> dict[str, int]:
    """The figures in sight, by their words."""
    tiles = re.findall(r'<li class="tile[^"]*"><b>(\d+)</b><span>([^<]+)</span>', shown)
    return {words: int(count) for count, words in tiles}


def test_how_far_the_day_is_stands_on_the_list_and_beside_every_call(web: Web, page: str, agent: FlaskClient) -> None:
    for path in ("/care", page):
        assert figures(agent.get(path).text) == {
            "left": 1, "overdue": 0, "due today": 1, "of them done": 0, "reached": 0, "not reached": 0,
        }  # fmt: skip
    fill_in(agent, page, page, {"outcome": "invalid_number"})
    queue = agent.get("/care").text
    assert figures(queue) == {
        "left": 0, "overdue": 0, "due today": 1, "of them done": 1, "reached": 0, "not reached": 1,
    }  # fmt: skip
    assert "吴客服" in queue[queue.index("Today by agent") :]


def test_the_list_says_when_nobody_is_rung(web: Web, page: str) -> None:
    for hours, told in ((9, ""), (10, "Customers are called between 10:00 and 20:00"), (11, "between 21:00 and 09:00")):
        web.world.now = MONDAY_TEN + timedelta(hours=hours)
        shown = web.client(web.world.agent).get("/care").text
        assert told in shown
        assert ("Only who asked for this time is rung now" in shown) is bool(told)


@pytest.mark.parametrize(("today", "warned"), [("2026-10-31", False), ("2026-11-01", True)])
def test_a_manager_is_warned_from_november_on_that_next_year_is_not_announced(
    web: Web, today: str, warned: bool
) -> None:
    with web.world.db.transaction() as session:
        working_days.seed(session, web.world.now)
        session.get_one(Staff, web.world.manager.id).locale = "en"
    web.world.now = datetime.fromisoformat(f"{today}T02:00:00+00:00")
    for path in ("/care", "/manage/days"):
        assert ("2027 is not announced here yet" in web.client(web.world.manager).get(path).text) is warned
    assert "/manage/days" not in web.client(web.world.agent).get("/care").text
