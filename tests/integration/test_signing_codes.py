"""One-time codes of a signing: they prove the phone, and neither sending nor guessing goes on without end."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from dispatch.domain import commands as c
from dispatch.domain.ceremony import Channel, Kind, Opening, Step
from dispatch.domain.errors import DomainError, Refused, TooMany
from dispatch.domain.inspection import Signer
from dispatch.domain.states import State
from dispatch.services import ceremonies, delivering
from dispatch.services.ceremonies import Hand
from dispatch.store import outbox
from dispatch.store.branches import Branch
from dispatch.store.ceremonies import Ceremony, CeremonyEvent
from tests.integration.test_ceremonies import pair, severely_drunk
from tests.world import KEYS, World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


@pytest.fixture
def trip_id(world: World) -> int:
    return world.to(State.INSPECTED)


def ask_for_codes(world: World) -> None:
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).code_for_signing = True


def enter(world: World, trip_id: int, ceremony_id: int, code: str) -> bool:
    with world.db.transaction() as session:
        return ceremonies.enter_code(session, world.hand(trip_id), ceremony_id, code, keys=KEYS)


def send(world: World, trip_id: int, ceremony_id: int) -> str:
    """Send a code; answers the text that reaches the phone."""
    with world.db.transaction() as session:
        ceremonies.send_code(session, world.hand(trip_id), ceremony_id)
        message = session.scalars(select(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id.desc())).first()
        assert message is not None
        assert "{code}" in message.body["text"]
        message_id = message.id
    with world.db.transaction() as session:
        leased = delivering.take(session, message_id, world.now, KEYS)
    assert leased is not None
    return str(leased.message.body["text"])


def test_where_the_branch_asks_a_code_proves_the_phone(world: World, trip_id: int) -> None:
    ask_for_codes(world)
    ceremony_id = world.open(trip_id, world.agreement())
    world.prepare(trip_id, ceremony_id)
    with pytest.raises(Refused):
        world.draw(trip_id, ceremony_id, world.agreement())
    text = send(world, trip_id, ceremony_id)
    code = text.split("验证码：")[1][:6]
    assert code.isdigit()
    assert not enter(world, trip_id, ceremony_id, f"{(int(code) + 1) % 1_000_000:06d}")
    assert enter(world, trip_id, ceremony_id, f"{code[:3]} {code[3:]}")
    world.draw(trip_id, ceremony_id, world.agreement())
    with world.db.reading() as session:
        stored = repr(session.execute(select(outbox.OutboxMessage.body)).all())
        stored += repr(session.get_one(Ceremony, ceremony_id).shown)
    assert code not in stored


def test_five_wrong_codes_end_a_code_and_a_new_one_is_another(world: World, trip_id: int) -> None:
    ask_for_codes(world)
    ceremony_id = world.open(trip_id, world.agreement())
    world.prepare(trip_id, ceremony_id)
    first = send(world, trip_id, ceremony_id)
    for _ in range(5):
        assert not enter(world, trip_id, ceremony_id, "no")
    with pytest.raises(Refused):
        enter(world, trip_id, ceremony_id, first.split("验证码：")[1][:6])
    world.later(minutes=2)
    assert send(world, trip_id, ceremony_id) != first


def begun(world: World, trip_id: int, channel: Channel, phone: str = "13907930008") -> tuple[int, Hand]:
    """A signing up to its code, by a companion whose number is free text; answers who takes its steps too."""
    by = pair(world, trip_id)[channel]
    opening = Opening(Kind.AGREEMENT, Signer.COMPANION, "王秀英", "五三大道", phone, "妻子")
    with world.db.transaction() as session:
        ceremony = ceremonies.open_anew(session, by, opening, keys=KEYS)
        ceremonies.read(session, by, ceremony.id)
        for statement in ceremony.statements:
            ceremonies.confirm(session, by, ceremony.id, statement)
        return ceremony.id, by


def codes_out(world: World) -> list[str]:
    """Whom codes went to."""
    with world.db.reading() as session:
        found = session.scalars(select(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id))
        return [message.recipient for message in found if "code_of" in message.body]


def sends(world: World, trip_id: int, channel: Channel = Channel.CUSTOMER_LINK, phone: str = "13907930008") -> str:
    """Begin anew and ask for a code; answers why none was sent."""
    ceremony_id, by = begun(world, trip_id, channel, phone)
    try:
        with world.db.transaction() as session:
            ceremonies.send_code(session, by, ceremony_id)
    except TooMany as error:
        return error.code
    return ""


def guesses(world: World, trip_id: int, channel: Channel) -> str:
    """Begin anew, ask for a code and guess at it until that ends; answers why it did."""
    ceremony_id, by = begun(world, trip_id, channel)
    try:
        with world.db.transaction() as session:
            ceremonies.send_code(session, by, ceremony_id)
        while True:
            with world.db.transaction() as session:
                assert not ceremonies.enter_code(session, by, ceremony_id, "no", keys=KEYS)
    except (Refused, TooMany) as error:
        return error.code


def test_beginning_anew_sends_no_more_codes_to_no_more_numbers(world: World, trip_id: int) -> None:
    ask_for_codes(world)
    why = [sends(world, trip_id, phone=f"139079300{number:02d}") for number in range(12)]
    assert why == ["", *["code_just_sent"] * 11]
    for number in range(12, 24):
        world.later(minutes=1)
        why.append(sends(world, trip_id, phone=f"139079300{number:02d}"))
    assert why[12:] == [*[""] * 3, *["codes_used_up"] * 9]
    assert codes_out(world) == [f"+86139079300{number:02d}" for number in (0, 12, 13, 14)]


def test_a_second_companion_gets_a_code_after_the_pause(world: World, trip_id: int) -> None:
    ask_for_codes(world)
    assert sends(world, trip_id, phone="13907930008") == ""
    world.later(minutes=1)
    assert sends(world, trip_id, phone="13907930009") == ""
    assert codes_out(world) == ["+8613907930008", "+8613907930009"]


def test_where_the_link_s_codes_are_used_up_the_driver_s_phone_goes_on_and_then_the_desk(
    world: World, trip_id: int
) -> None:
    ask_for_codes(world)
    for channel, more in ((Channel.CUSTOMER_LINK, 4), (Channel.DRIVER_PHONE, 4)):
        for expected in [*[""] * more, "codes_used_up"]:
            assert sends(world, trip_id, channel) == expected
            world.later(minutes=1)
    world.do(trip_id, c.StepBack("验证码收不到"), world.dispatcher)
    world.do(trip_id, c.Inspect(world.inspection()))
    assert sends(world, trip_id) == ""
    assert len(codes_out(world)) == 9


def test_guessing_ends_however_often_it_is_begun_anew(world: World, trip_id: int) -> None:
    ask_for_codes(world)
    why = []
    for channel in [*[Channel.CUSTOMER_LINK] * 3, *[Channel.DRIVER_PHONE] * 3]:
        why.append(guesses(world, trip_id, channel))
        world.later(minutes=1)
    assert why == ["code_over", *["codes_used_up"] * 2, "code_over", *["codes_used_up"] * 2]
    with world.db.reading() as session:
        wrong = session.scalars(select(CeremonyEvent).where(CeremonyEvent.step == Step.CODE_WRONG)).all()
    assert len(wrong) == 20


def test_of_two_who_begin_anew_and_ask_for_a_code_at_once_one_gets_it(database_url: str) -> None:
    with World.opened(database_url) as world:
        ask_for_codes(world)
        trip_id, start = world.to(State.INSPECTED), threading.Barrier(2)

        def ask(_: int) -> str:
            start.wait()
            try:
                return sends(world, trip_id)
            except DomainError as error:  # the other one began anew in between
                return error.code

        with ThreadPoolExecutor(2) as pool:
            asked = [why for _ in range(5) for why in pool.map(ask, range(2))]
        assert asked.count("") == len(codes_out(world)) == 1


def test_a_receipt_is_signed_after_codes_were_used_up_for_its_agreement(world: World, trip_id: int) -> None:
    ask_for_codes(world)
    while sends(world, trip_id) != "codes_used_up":
        world.later(minutes=1)
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).code_for_signing = False
    assert world.trip(world.to(State.CLOSED, trip_id)).state is State.CLOSED


def test_a_code_for_a_companion_goes_to_the_companion_s_phone(world: World) -> None:
    ask_for_codes(world)
    trip_id = severely_drunk(world)
    ceremony_id = world.open(trip_id, world.agreement(Signer.COMPANION))
    world.prepare(trip_id, ceremony_id)
    send(world, trip_id, ceremony_id)
    with world.db.reading() as session:
        last = session.scalars(select(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id.desc())).first()
    assert last is not None
    assert last.recipient == "+8613907930008"
