"""What customer care did stands in the dispute file, in words, and as it is stored."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from contracts.sealing.examine import examine
from dispatch.domain import complaint_steps as s
from dispatch.domain.bearing import Accident
from dispatch.domain.callback import Attempt, Outcome
from dispatch.domain.complaint import CaseKind, Channel, Registration, Severity
from dispatch.domain.complaint_clock import PauseReason
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.roles import Actor, Role
from dispatch.domain.satisfaction import Answers
from dispatch.services import callbacks, complaint_cases, complaint_offices, complaints, working_days
from dispatch.services.complaint_offices import Wanted
from dispatch.store import callbacks as calls
from dispatch.store.branches import Branch
from dispatch.store.complaints import ComplaintRow
from tests.web.conftest import Web
from tests.web.test_dispute_files import make, sealed_trip, text_of

MONDAY_TEN = datetime(2026, 3, 9, 2, tzinfo=UTC)
RECORDS = ("callbacks.json", "complaints.json", "fare.json", "history.json", "signing.json")


class Care:
    """Customer service at work on one closed trip."""

    def __init__(self, web: Web) -> None:
        world = web.world
        self.world, self.head = world, world.staff("head", "钱主管", Role.DISPATCHER)
        with world.db.transaction() as session:
            working_days.seed(session, world.now)
            wanted = Wanted("车队", self.head.id)
            self.department = complaint_offices.keep_department(session, wanted, world.manager, world.now).id
        self.trip_id = sealed_trip(web)
        world.now = MONDAY_TEN

    def call(self, number: int, outcome: Outcome, **told: Any) -> None:
        self.world.now += timedelta(hours=3)
        agent = self.world.agent
        with self.world.db.transaction() as session:
            task = calls.of_trip(session, self.trip_id)[0]
            callbacks.claim(session, task.id, agent, self.world.now)
            callbacks.record(session, task.id, number, Attempt(self.world.now, agent.id, outcome, **told), agent)

    def register(self, problem: str, *, trip_id: int | None, kind: CaseKind = CaseKind.COMPLAINT) -> int:
        registration = Registration(
            channel=Channel.LETTER, registered_at=self.world.now, contact_name="李建国",
            contact_phone="+8613807930001", contact_address="", happened_at=self.world.now - timedelta(days=1),
            about="SR001", problem=problem, wish="修复车门", trip_id=trip_id, kind=kind,
        )  # fmt: skip
        with self.world.db.transaction() as session:
            return complaints.register(session, registration, self.world.agent).id

    def take(self, case_id: int, *steps: s.Step, by: Actor | None = None) -> None:
        for step in steps:
            self.world.now += timedelta(minutes=7)
            with self.world.db.transaction() as session:
                version = session.get_one(ComplaintRow, case_id).version
                actor = by or self.world.agent
                complaint_cases.take(session, case_id, step, actor, self.world.now, version=version)


@pytest.fixture
def care(web: Web) -> Care:
    """An accident in two rounds, the same matter sent a second time, and two calls."""
    care = Care(web)
    care.call(1, Outcome.NO_ANSWER)
    answers = Answers(2, badge_worn=True, car_checked=False, fee_explained=True, copy_handed_over=True,
                      opinions="司机绕路", suggestions="请提前说明路线")  # fmt: skip
    care.call(2, Outcome.ANSWERED, answers=answers)
    case_id = care.register("车门有新划痕", trip_id=care.trip_id, kind=CaseKind.ACCIDENT)
    manager, driver = care.world.manager, care.world.driver.id
    for first, given, answer in (
        (
            s.Acknowledge("已致电"),
            Remedy(RemedyKind.REFUND, "退回里程费", 10_00),
            s.Conclude("不接受", satisfied=False),
        ),
        (s.OpenRound("还要修车"), Remedy(RemedyKind.VOUCHER, "下次代驾", 20_00), s.Conclude("满意", satisfied=True)),
    ):
        care.take(case_id, first, s.Assess("情况属实", Severity.SERIOUS), s.Pause("等保险", PauseReason.THIRD_PARTY))
        care.take(case_id, s.Resume("保险已答复"), s.Accept("受理"), s.Route("请核实", care.department))
        care.take(case_id, s.SetFacts("交警认定", Accident(60, 800_00, insurer_fen=500_00)), by=care.head)
        care.take(case_id, s.Investigate("倒车未观察", driver), s.Propose("按约定", (given,)), by=care.head)
        care.take(case_id, s.Approve("同意"), by=manager)
        care.take(case_id, s.CarryOut("已办理"), answer)
    second = care.register("与前次相同", trip_id=None)
    care.take(second, s.MarkDuplicate("同一件事", case_id))
    return care


def the_file(web: Web, care: Care) -> bytes:
    pdf = make(web.client(web.world.manager), care.trip_id).data
    assert examine(pdf).whole
    return bytes(pdf)


def records(pdf: bytes) -> dict[str, Any]:
    with pikepdf.open(BytesIO(pdf)) as file:
        return {name: file.attachments[name].get_file().read_bytes() for name in file.attachments}


def test_callbacks_and_every_round_of_a_complaint_stand_in_the_file_in_words(web: Web, care: Care) -> None:
    said = text_of(the_file(web, care))
    for fact in (
        "2/5", "出发前验车：否", "司机绕路", "请提前说明路线",  # what was answered
        "车门有新划痕", "还要修车", "不接受", "满意",  # both rounds
        "我方责任：60%", "公司承担：¥300.00", "倒车未观察", "钱主管",  # what was found
        "退款¥10.00", "退回里程费", "代金券¥20.00", "代金券有效期至", "方案已执行",  # what was given
        "等保险", "按时", "与前次相同", "同一件事",
    ):  # fmt: skip
        assert fact in said, fact
    codes = {"no_answer", "badge_worn", "third_party", "refund", "carried_out", "duplicate", "in_time", "serious"}
    assert not codes & set(re.findall(r"[a-z_]+", said))
    assert "U+" not in said


def test_an_english_file_tells_the_same_in_english(web: Web, care: Care) -> None:
    with web.world.db.transaction() as session:
        session.get_one(Branch, web.world.branch_id).document_language = "en"
    own = text_of(the_file(web, care)).partition("photo-02.jpg")[2].partition("SHA-256")[0]
    for fact in ("ComplaintC000001", "Round", "Carlookedover:no", "Callbackplanned", "Remedies", "Voucher¥20.00",
                 "Howgrave:Serious", "intime"):  # fmt: skip
        assert fact in own, fact
    for chinese in ("投诉", "回访", "轮次", "补救", "办理时限", "逐条"):
        assert chinese not in own, chinese


def test_every_table_of_the_file_is_attached_as_it_is_stored_under_the_digest_that_is_printed(
    web: Web, care: Care
) -> None:
    pdf = the_file(web, care)
    said, found = text_of(pdf), records(pdf)
    named = {part["name"]: part for part in json.loads(found["manifest.json"])["parts"]}
    for name in RECORDS:
        digest = hashlib.sha256(found[name]).hexdigest()
        assert (named[name]["kind"], named[name]["sha256"]) == ("record", digest)
        assert digest in said
    first, second = json.loads(found["complaints.json"])
    assert (first["round"], {event["round"] for event in first["events"]}) == (2, {1, 2})
    assert [remedy["amount_fen"] for remedy in first["remedies"]] == [10_00, 20_00]
    assert second["duplicate_of"] == first["id"]
    assert [attempt["outcome"] for attempt in json.loads(found["callbacks.json"])[0]["attempts"]] == [
        "no_answer",
        "answered",
    ]


def test_the_steps_of_a_signing_can_be_checked_with_nothing_but_the_file(web: Web, care: Care) -> None:
    for ceremony in json.loads(records(the_file(web, care))["signing.json"]):
        previous = ceremony["beginning"]
        for position, told in enumerate(ceremony["events"], start=1):
            names = ("step", "detail", "at", "device", "address", "shown_sha256")
            digest = hashlib.sha256(
                json.dumps([previous, position, *(told[name] for name in names)], ensure_ascii=False).encode()
            ).hexdigest()
            assert (told["position"], told["sha256"]) == (position, digest)
            previous = digest
        assert ceremony["shown_sha256"] == told["shown_sha256"]


def test_a_changed_word_of_a_complaint_in_the_file_is_named(web: Web, care: Care) -> None:
    pdf = the_file(web, care)
    with pikepdf.open(BytesIO(pdf)) as file:
        told = file.attachments["complaints.json"].get_file().read_bytes()
        file.attachments["complaints.json"] = told.replace("不接受".encode(), "已接受".encode())
        out = BytesIO()
        file.save(out)
    assert "annex_changed complaints.json" in {f"{one.fault} {one.about}" for one in examine(out.getvalue()).findings}


def test_a_history_longer_than_a_page_of_the_journal_is_told_whole(
    web: Web, care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(records(the_file(web, care))["history.json"])
    monkeypatch.setattr("dispatch.services.dispute_records.BATCH", 3)
    in_parts = json.loads(records(the_file(web, care))["history.json"])
    assert [entry["id"] for entry in in_parts[: len(whole)]] == [entry["id"] for entry in whole]
