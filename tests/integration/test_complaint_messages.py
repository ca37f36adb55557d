"""Messages about cases: up the ladder to head and managers, to the customer where it is tactful, never at night."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from dispatch.domain import complaint_steps as s
from dispatch.domain.complaint import Severity
from dispatch.domain.complaint_clock import Level, Terms
from dispatch.domain.errors import Invalid
from dispatch.domain.telling import Occasion, Telling
from dispatch.domain.working_time import OfficeHours
from dispatch.services import complaint_offices, complaint_reading, working_days
from dispatch.services.complaint_offices import Wanted
from dispatch.store.branches import Branch
from dispatch.store.outbox import OutboxMessage
from tests.complaint_desk import MONDAY, ComplaintDesk, W
from tests.world import World

HEAD, MANAGERS, CUSTOMER = "+8613907930009", "+8613907930001", "+8613812345678"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        with opened.db.transaction() as session:
            working_days.seed(session, opened.now)
        yield opened


@pytest.fixture
def desk(world: World) -> ComplaintDesk:
    made = ComplaintDesk(world)
    with world.db.transaction() as session:
        wanted = Wanted("车队", made.head.id, phone="139 0793 0009")
        complaint_offices.keep_department(session, wanted, world.manager, world.now, department_id=made.department)
    tells(world, Telling(managers_phone="13907930001"))
    world.now = MONDAY
    return made


def tells(world: World, telling: Telling) -> None:
    with world.db.transaction() as session:
        complaint_offices.set_terms(session, OfficeHours(), Terms(), world.manager, world.now, telling=telling)


def sent(world: World) -> list[tuple[str, str, datetime]]:
    """To whom, what, not before when."""
    with world.db.reading() as session:
        rows = session.query(OutboxMessage).filter(OutboxMessage.channel == "sms").order_by(OutboxMessage.id)
        return [(row.recipient, row.body["text"], row.not_before) for row in rows]


def up_the_ladder(world: World, desk: ComplaintDesk) -> list[set[str]]:
    """To whom each rung of a case with a department was sent."""
    case_id = desk.register(contact_phone="", contact_address="shangrao@example.cn")
    desk.to_department(case_id)
    told: list[set[str]] = []
    for moment in ("2026-03-10T16:00", "2026-03-11T10:00", "2026-03-12T10:00", "2026-03-13T10:00"):
        world.now = datetime.fromisoformat(f"{moment}+08:00")
        before = len(sent(world))
        desk.sweep()
        desk.sweep()
        told.append({number for number, _, _ in sent(world)[before:]})
    return told


def test_a_rung_is_sent_to_the_head_when_due_and_to_the_managers_a_day_later_once(
    world: World, desk: ComplaintDesk
) -> None:
    assert up_the_ladder(world, desk) == [set(), {HEAD}, {HEAD, MANAGERS}, {HEAD, MANAGERS}]
    assert len(sent(world)) == 5
    _, text, _ = sent(world)[-1]
    assert "C000001" in text
    assert "李建国" not in text


def test_a_branch_says_whom_at_which_rung(world: World, desk: ComplaintDesk) -> None:
    tells(world, Telling(Level.DUE, Level.DUE, Level.VERY_LATE, "13907930001"))
    assert up_the_ladder(world, desk) == [set(), set(), set(), {HEAD, MANAGERS}]


def test_a_branch_that_wants_no_messages_sends_none(world: World, desk: ComplaintDesk) -> None:
    tells(world, Telling(texts_from=None, managers_phone="13907930001"))
    assert up_the_ladder(world, desk) == [set()] * 4


def test_a_number_that_takes_no_messages_is_refused(world: World, desk: ComplaintDesk) -> None:
    with pytest.raises(Invalid) as refused:
        tells(world, Telling(managers_phone="0793-8888888"))
    assert refused.value.field == "managers_phone"


def test_the_customer_is_told_when_it_is_acknowledged_and_carried_out_and_of_nothing_between(
    world: World, desk: ComplaintDesk
) -> None:
    case_id = desk.register()
    desk.to_approved(case_id)
    assert [number for number, _, _ in sent(world)] == [CUSTOMER]
    desk.take(case_id, s.CarryOut("内部：已扣司机绩效"), desk.head)
    texts = [text for _, text, _ in sent(world)]
    assert len(texts) == 2
    assert "C000001" in texts[0]
    assert "致歉 电话道歉" in texts[1]
    assert "绩效" not in "".join(texts)
    with world.db.reading() as session:
        story = complaint_reading.story(session, case_id, world.agent, world.now)
    assert [event.facts["texted"] for event in story.events if "texted" in event.facts] == [[one] for one in texts]


def test_a_reply_goes_to_the_customer_in_the_words_of_the_branch(world: World, desk: ComplaintDesk) -> None:
    with world.db.transaction() as session:
        complaint_offices.keep_template(
            session, "答复", "{customer}您好：{reply}", world.manager, world.now, occasion=Occasion.REPLIED
        )
    case_id = desk.register()
    for step in (s.Acknowledge(W), s.Assess(W, Severity.MINOR), s.Dismiss(W), s.Reply("路线由{number}路口施工所致")):
        desk.take(case_id, step)
    assert sent(world)[-1][1] == "【上饶分公司】李建国您好：路线由{number}路口施工所致"


def test_one_template_goes_out_on_an_occasion_and_knows_its_own_placeholders(world: World, desk: ComplaintDesk) -> None:
    with world.db.transaction() as session:
        complaint_offices.keep_template(
            session, "受理", "{number}已受理", world.manager, world.now, occasion=Occasion.ACKNOWLEDGED
        )
    for name, body, occasion, field in (
        ("又一条", "{number}", Occasion.ACKNOWLEDGED, "occasion"),
        ("办理", "{reply}", Occasion.CARRIED_OUT, "body"),
        ("草稿", "{remedies}", None, "body"),
    ):
        with pytest.raises(Invalid) as refused, world.db.transaction() as session:
            complaint_offices.keep_template(session, name, body, world.manager, world.now, occasion=occasion)
        assert refused.value.field == field


@pytest.mark.parametrize("off", ["branch", "complaints", "no mobile"])
def test_who_is_not_to_be_told_is_not(world: World, desk: ComplaintDesk, off: str) -> None:
    if off == "branch":
        with world.db.transaction() as session:
            session.get_one(Branch, world.branch_id).sms_on = False
    if off == "complaints":
        tells(world, Telling(customers=False))
    case_id = desk.register(contact_phone="+867938888888" if off == "no mobile" else CUSTOMER)
    desk.take(case_id, s.Acknowledge(W))
    assert sent(world) == []


def test_nobody_is_woken_by_a_message(world: World, desk: ComplaintDesk) -> None:
    case_id = desk.register()
    world.now = MONDAY + timedelta(hours=12)  # 22:00
    desk.take(case_id, s.Acknowledge(W))
    assert sent(world)[0][2] == datetime.fromisoformat("2026-03-10T09:00+08:00")
