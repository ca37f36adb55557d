"""Reports by e-mail as managers set them: page and API, mistakes beside what was typed, how the last ones went."""

from sqlalchemy import select

from dispatch.domain.roles import Role
from dispatch.services import delivering, report_mailing
from dispatch.store.branches import Branch
from dispatch.store.outbox import OutboxMessage
from dispatch.web.report_mail import LetterWriter
from tests.web.conftest import Web
from tests.web.forms import fill_in
from tests.world import KEYS

PAGE = "/manage/reports/schedules"
API = "/api/v1/report-schedules"
TYPED: dict[str, object] = {
    "kind": "figures", "rhythm": "day", "hour": "8", "file": "xlsx", "language": "zh",
    "recipients": "boss@example.cn\nbooks@example.cn",
}  # fmt: skip
SENT = {"kind": "figures", "rhythm": "week", "hour": 7, "file": "csv", "language": "en", "recipients": ["a@x.cn"]}


def sent_and_failed(web: Web) -> None:
    """A day later: the report leaves, and there is no mail server."""
    web.world.later(days=1)
    with web.world.db.transaction() as session:
        for schedule_id in report_mailing.schedules(session, web.world.now):
            report_mailing.mail(session, schedule_id, web.world.now, LetterWriter().write)
    with web.world.db.transaction() as session:
        for message in session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "email")).all():
            leased = delivering.take(session, message.id, web.world.now, KEYS)
            assert leased is not None
            delivering.record(session, leased, delivering.send(leased, {}), web.world.now)


def test_a_schedule_is_made_and_the_page_tells_of_what_it_sent_and_why_not(web: Web) -> None:
    manager = web.client(web.world.manager)
    assert PAGE in manager.get("/manage/reports").text
    assert fill_in(manager, PAGE, PAGE, TYPED).status_code == 303
    shown = manager.get(PAGE).text
    assert "boss@example.cn, books@example.cn" in shown
    assert "尚未发送过" in shown
    sent_and_failed(web)
    shown = web.client(web.world.manager).get(PAGE).text
    assert "no way out for email" in shown
    assert "发送失败" in shown


def test_a_wrong_address_keeps_what_was_typed(web: Web) -> None:
    manager = web.client(web.world.manager)
    wrong = fill_in(manager, PAGE, PAGE, {**TYPED, "recipients": "boss@example.cn\nnobody"})
    assert wrong.status_code == 422
    assert "“nobody”不是电子邮箱地址" in wrong.text
    assert "boss@example.cn\nnobody</textarea>" in wrong.text
    often = fill_in(manager, PAGE, PAGE, {**TYPED, "kind": "assessment"})
    assert (often.status_code, 'href="#f-rhythm"' in often.text) == (422, True)
    odd = fill_in(manager, PAGE, PAGE, {**TYPED, "hour": "x"})
    assert (odd.status_code, 'href="#f-hour"' in odd.text) == (422, True)
    assert manager.get(API).get_json()["schedules"] == []


def test_a_schedule_is_stopped_and_the_journal_tells(web: Web) -> None:
    manager = web.client(web.world.manager)
    fill_in(manager, PAGE, PAGE, TYPED)
    one = f"{PAGE}/1"
    assert fill_in(manager, one, one, {**TYPED, "hour": "9"}).status_code == 303  # no tick
    web.world.later(days=2)
    with web.world.db.reading() as session:
        assert report_mailing.schedules(session, web.world.now) == []
    manager = web.client(web.world.manager)
    assert "停" in manager.get(PAGE).text
    assert manager.get("/manage/journal").text.count("定时邮件报表已修改") == 2


def test_the_api_makes_changes_and_lists(web: Web) -> None:
    manager = web.client(web.world.manager)
    made = web.post(manager, API, SENT)
    assert made.status_code == 201
    one = f"{API}/{made.get_json()['id']}"
    assert web.post(manager, one, {**SENT, "active": True, "recipients": ["b@x.cn", "c@x.cn"]}).status_code == 200
    (listed,) = manager.get(API).get_json()["schedules"]
    assert (listed["recipients"], listed["rhythm"], listed["mailings"]) == (["b@x.cn", "c@x.cn"], "week", [])
    wrongs: list[dict[str, object]] = [{"recipients": ["x"]}, {"recipients": []}, {"hour": 24}, {"kind": "assessment"}]
    for wrong in wrongs:
        assert web.post(manager, API, {**SENT, **wrong}).status_code == 422
    assert web.post(manager, f"{API}/99", {**SENT, "active": True}).status_code == 404


def test_the_same_key_makes_one_schedule(web: Web) -> None:
    manager = web.client(web.world.manager)
    first, again = (web.post(manager, API, SENT, key="once") for _ in range(2))
    assert first.get_json() == again.get_json()
    assert len(manager.get(API).get_json()["schedules"]) == 1


def test_somebody_elses_schedule_does_not_exist(web: Web) -> None:
    web.post(web.client(web.world.manager), API, SENT)
    with web.world.db.transaction() as session:
        other = Branch(code="NC", name="南昌", company_name="x", city="南昌", phone="", form="A")
        session.add(other)
        session.flush()
        branch_id = other.id
    stranger = web.client(web.world.staff("other", "钱经理", Role.MANAGER, branch_id=branch_id))
    assert stranger.get(f"{PAGE}/1").status_code == 404
    assert web.post(stranger, f"{API}/1", {**SENT, "active": False}).status_code == 404
    assert stranger.get(API).get_json()["schedules"] == []


def test_schedules_are_the_managers_alone(web: Web) -> None:
    for actor in (web.world.dispatcher, web.world.agent, web.world.driver):
        client = web.client(actor)
        assert client.get(PAGE).status_code == 403
        assert web.post(client, API, SENT).status_code == 403


def test_the_api_says_what_became_of_a_report_for_each_address(web: Web) -> None:
    manager = web.client(web.world.manager)
    web.post(manager, API, {**SENT, "rhythm": "day"})
    sent_and_failed(web)
    (listed,) = web.client(web.world.manager).get(API).get_json()["schedules"]
    (mailing,) = listed["mailings"]
    assert mailing["first"] == mailing["last"] == "2026-03-06"
    assert (mailing["messages"][0]["state"], mailing["messages"][0]["error"]) == ("failed", "no way out for email")
