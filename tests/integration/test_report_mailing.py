"""Reports by e-mail: each period once, each address by itself, nobody's name in full, and the page says how it went."""

import base64
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.errors import Conflict
from dispatch.domain.period import Grain, Period
from dispatch.domain.report_plan import ReportKind, ReportPlan
from dispatch.domain.spreadsheet import FileKind
from dispatch.domain.states import State
from dispatch.gateways.transport import Message, TransportError
from dispatch.services import assessing, delivering, report_mailing, report_schedules
from dispatch.services.report_mailing import Letter
from dispatch.store import outbox
from dispatch.store.branches import Branch
from dispatch.store.db import Database
from dispatch.store.outbox import OutboxMessage, OutboxState
from dispatch.store.report_schedules import ReportMailing, ReportSchedule
from dispatch.web.report_mail import LetterWriter
from tests.workbooks import pages
from tests.world import KEYS, World

SCHEDULERS = 4
TO = ("boss@example.cn", "books@example.cn")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def plan(**over: object) -> ReportPlan:
    usual: dict[str, object] = {
        "kind": ReportKind.FIGURES, "rhythm": Grain.DAY, "hour": 8, "file": FileKind.XLSX, "language": "zh",
        "recipients": TO,
    }  # fmt: skip
    return ReportPlan(**{**usual, **over})  # type: ignore[arg-type]  # the usual ones fit


def scheduled(world: World, given: ReportPlan) -> int:
    with world.db.transaction() as session:
        return report_schedules.add(session, given, world.manager, world.now).id


def sweep(world: World) -> int:
    """What the scheduler does once a minute."""
    write = LetterWriter().write
    with world.db.reading() as session:
        found = report_mailing.schedules(session, world.now)
    sent = 0
    for schedule_id in found:
        with world.db.transaction() as session:
            sent += report_mailing.mail(session, schedule_id, world.now, write)
    return sent


class Post:
    """A way out that refuses some addresses for good, and some for now."""

    def __init__(self, *, refuses: str = "", busy: str = "") -> None:
        self.refuses, self.busy, self.sent = refuses, busy, list[Message]()

    def send(self, message: Message) -> None:
        if message.recipient in {self.refuses, self.busy}:
            raise TransportError("550 no such mailbox", permanent=message.recipient == self.refuses)
        self.sent.append(message)


def deliver(world: World, post: Post) -> None:
    with world.db.reading() as session:
        waiting = outbox.due(session, world.now)
    for message_id in waiting:
        with world.db.transaction() as session:
            leased = delivering.take(session, message_id, world.now, KEYS)
        assert leased is not None
        failure = delivering.send(leased, {"email": post, "sms": Post()})
        with world.db.transaction() as session:
            delivering.record(session, leased, failure, world.now)


def test_the_nights_figures_leave_once_in_the_morning_masked_to_each_address(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    scheduled(world, plan())
    world.now = datetime.fromisoformat("2026-03-07T07:59:59+08:00")
    assert sweep(world) == 0
    world.later(seconds=1)
    assert (sweep(world), sweep(world)) == (1, 0)
    post = Post()
    deliver(world, post)
    assert [message.recipient for message in post.sent] == list(TO)
    body = post.sent[0].body
    (file,) = body["files"]
    assert file["name"] == "figures-2026-03-06-2026-03-06.xlsx"
    book = pages(base64.b64decode(file["content"]))
    assert ["订单状态", "已结单", 1.0] in book["数据"].values
    total = (world.trip(trip_id).total_fen or 0) / 100
    assert ["合计", total] in list(book.values())[1].values
    everything = str([page.values for page in book.values()]) + str(body["text"])
    assert world.driver.name not in everything
    assert "SR001" in everything
    world.later(days=1)
    assert sweep(world) == 1


def test_the_assessment_of_a_month_leaves_on_the_first_in_english(world: World) -> None:
    world.to(State.CLOSED)
    with world.db.transaction() as session:
        assessing.post_all(session, world.branch_id, world.now)
    scheduled(world, plan(kind=ReportKind.ASSESSMENT, rhythm=Grain.MONTH, language="en", file=FileKind.CSV))
    world.now = datetime.fromisoformat("2026-04-01T08:00:00+08:00")
    assert sweep(world) == 1
    post = Post()
    deliver(world, post)
    text = base64.b64decode(post.sent[0].body["files"][0]["content"]).decode()
    assert "Sign-in name,Name,Ratings" in text
    assert "sr001,代**,1," in text


def test_an_address_that_fails_holds_up_no_other_and_the_page_says_why(world: World) -> None:
    scheduled(world, plan(recipients=("gone@example.cn", "busy@example.cn", "boss@example.cn")))
    world.later(days=1)
    sweep(world)
    post = Post(refuses="gone@example.cn", busy="busy@example.cn")
    deliver(world, post)
    assert [message.recipient for message in post.sent] == ["boss@example.cn"]
    with world.db.reading() as session:
        (shown,) = report_schedules.shown(session, world.branch_id)
    told = {recipient: message for recipient, message in shown.sent[0].messages if message}
    assert [told[name].state for name in ("gone@example.cn", "busy@example.cn", "boss@example.cn")] == [
        OutboxState.FAILED, OutboxState.WAITING, OutboxState.SENT,
    ]  # fmt: skip
    assert told["gone@example.cn"].last_error == "550 no such mailbox"


def test_without_a_mail_server_the_page_says_that_nothing_left(world: World) -> None:
    scheduled(world, plan(recipients=("boss@example.cn",)))
    world.later(days=1)
    sweep(world)
    with world.db.transaction() as session:
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "email")).one()
        leased = delivering.take(session, message.id, world.now, KEYS)
        assert leased is not None
        delivering.record(session, leased, delivering.send(leased, {}), world.now)
        assert (message.state, message.last_error) == (OutboxState.FAILED, "no way out for email")


def test_a_scheduler_that_stood_still_sends_every_day_it_missed(world: World) -> None:
    scheduled(world, plan())
    world.later(days=3)
    assert [sweep(world) for _ in range(4)] == [1, 1, 1, 0]
    with world.db.reading() as session:
        days = session.scalars(select(ReportMailing.first_day).order_by(ReportMailing.id)).all()
    assert [day.day for day in days] == [6, 7, 8]


def test_a_schedule_that_was_stopped_sends_nothing_of_that_time_when_it_goes_on(world: World) -> None:
    schedule_id = scheduled(world, plan())
    for active, days in ((False, 5), (True, 0)):
        with world.db.transaction() as session:
            report_schedules.change(session, schedule_id, plan(), world.manager, world.now, active=active)
        world.later(days=days)
        assert sweep(world) == 0
    world.later(days=1)
    assert (sweep(world), sweep(world)) == (1, 0)


def test_a_schedule_whose_rhythm_changes_sends_both_the_day_and_the_week(world: World) -> None:
    schedule_id = scheduled(world, plan())
    world.later(days=1)
    assert sweep(world) == 1
    with world.db.transaction() as session:
        weekly = plan(rhythm=Grain.WEEK)
        report_schedules.change(session, schedule_id, weekly, world.manager, world.now, active=True)
    world.later(days=2)
    assert (sweep(world), sweep(world)) == (1, 0)


def test_files_are_forgotten_after_a_month_and_what_was_sent_stays_known(world: World) -> None:
    scheduled(world, plan())
    world.later(days=1)
    sweep(world)
    world.later(days=31)
    with world.db.transaction() as session:
        assert report_mailing.forget(session, world.now) == 1
        assert report_mailing.forget(session, world.now) == 0
        mailing = session.scalars(select(ReportMailing)).one()
        assert (mailing.content, mailing.recipients) == (None, list(TO))
        assert report_mailing.files(session, {"report_mailing_id": mailing.id}) == []


@pytest.fixture
def databases_of_schedulers(database_url: str) -> Iterator[list[Database]]:
    """Each scheduler with connections of its own, as in processes of their own."""
    with ExitStack() as stack:
        made = [Database(database_url) for _ in range(SCHEDULERS)]
        for db in made:
            stack.callback(db.dispose)
        yield made


def letter(_session: Session, _schedule: ReportSchedule, _branch: Branch, _period: Period, _now: datetime) -> Letter:
    return Letter("x", "x", "x.csv", "text/csv", b"x")


def test_of_four_schedulers_that_all_see_it_due_one_sends_each_report(
    world: World, databases_of_schedulers: list[Database]
) -> None:
    schedules = [scheduled(world, plan(hour=hour)) for hour in (7, 8)]
    world.later(days=1)
    gate = threading.Barrier(SCHEDULERS)

    def scheduler(db: Database) -> int:
        with db.reading() as session:
            found = report_mailing.schedules(session, world.now)
        assert found == schedules
        gate.wait(timeout=20)
        sent = 0
        for schedule_id in found:
            try:
                with db.transaction() as session:
                    sent += report_mailing.mail(session, schedule_id, world.now, letter)
            except Conflict:
                continue
        return sent

    with ThreadPoolExecutor(SCHEDULERS) as pool:
        made = list(pool.map(scheduler, databases_of_schedulers))
    assert sum(made) == len(schedules)
    with world.db.reading() as session:
        messages = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "email")).all()
    assert Counter(message.recipient for message in messages) == Counter(dict.fromkeys(TO, len(schedules)))


def test_a_scheduler_that_saw_it_due_before_another_sent_it_is_stopped_by_the_index(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule_id = scheduled(world, plan())
    world.later(days=1)
    with world.db.transaction() as session:
        assert report_mailing.mail(session, schedule_id, world.now, letter)
    monkeypatch.setattr("dispatch.store.report_schedules.mailed", lambda *_: frozenset())  # it looked earlier
    with world.db.transaction() as session:
        assert not report_mailing.mail(session, schedule_id, world.now, letter)
    with world.db.reading() as session:
        messages = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "email")).all()
    assert len(messages) == len(TO)
    assert world.now - timedelta(days=1) < messages[0].created_at
