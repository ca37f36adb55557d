"""A person who is forgotten is nowhere any more but in what was signed; every figure is what it was."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select, update

from dispatch.domain.accounts import AccountKind
from dispatch.domain.booking import Place
from dispatch.domain.callback import CallbackState
from dispatch.domain.complaint import Channel, Registration, Stage
from dispatch.domain.erasure import Stays
from dispatch.domain.errors import Conflict, Invalid, NotFound, Refused
from dispatch.domain.period import Period
from dispatch.domain.phone_call import CallState
from dispatch.domain.roles import customer as customer_by_link
from dispatch.domain.states import State
from dispatch.services import (
    accounts,
    complaints,
    customer_merging,
    customer_search,
    customers,
    legal_holds,
    links,
    passwords,
    person_erasure,
    phone_corrections,
    reports,
    verifying,
    visibility,
)
from dispatch.services.accounts import Particulars
from dispatch.services.customers import Change
from dispatch.services.reports import Report
from dispatch.store import customers as customer_store
from dispatch.store.agreements import Document
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.legal_holds import Held
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.schema import metadata
from dispatch.store.scopes import Scope
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip
from tests.figures import made_up
from tests.world import KEYS, World

PASSWORD = "lantern over the river"
NAME, PHONE, OTHER, PLATE, STREET = "司马相如", "13907931234", "13907935678", "赣E88666", "琵琶巷 8 号"
WHOLE = Period(date(2026, 2, 1), date(2026, 5, 31))
SIGNED = {"document", "ceremony", "signature"}
"""What was signed, and how: kept, and named so in the plan."""


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        with opened.db.transaction() as session:
            session.get_one(Staff, opened.manager.id).password_hash = passwords.digest(PASSWORD)
        yield opened


@pytest.fixture
def person(world: World) -> int:
    """Somebody who was driven home twice under two numbers, and said something everywhere they could."""
    places = {"pickup": Place(f"信州区 {STREET}", 28.4, 117.9), "destination": Place(f"广信区 {STREET}", 28.5, 117.9)}
    first = world.book(caller_phone=PHONE, name=NAME, plate=PLATE, note=f"{NAME}在门口等", **places)
    world.to(State.INSPECTED, first)
    world.photo(first)
    world.to(State.CLOSED, first)
    second = world.book(caller_phone=OTHER, name=NAME, plate=PLATE, **places)
    world.to(State.CANCELLED, second)
    kept, gone = world.trip(first).customer_id, world.trip(second).customer_id
    with world.db.transaction() as session:
        customer_merging.merge(session, kept, gone, world.agent, world.now)
        hotel = accounts.add(
            session, Particulars(AccountKind.HOTEL, "信江大酒店", 100_00, 30), world.manager, world.now
        )
        accounts.add_caller(session, hotel.id, PHONE, world.manager, world.now, name=NAME)
        customers.change(session, kept, Change(notes=f"{NAME}怕狗"), world.agent, world.now)
        visibility.reveal(
            session, session.get_one(Trip, first), world.agent, world.now, what="phone", reason=f"{NAME}来电"
        )
        by_link = customer_by_link(world.branch_id, NAME, first)
        phone_corrections.ask(session, first, "13900001111", by_link, world.now)
        told = Registration(
            Channel.LINK,
            world.now,
            NAME,
            f"+86{PHONE}",
            "",
            world.now,
            "刘师傅",
            f"我是{NAME}",
            f"请寄到{STREET}",
            first,
        )
        case = complaints.register(session, told, by_link)
        case.cause, case.lessons, case.stage = f"{NAME}说得对", f"打{PHONE}无人接", Stage.ARCHIVED
        task = session.scalars(select(CallbackTask)).unique().one()
        task.state = CallbackState.DONE
        session.add(
            CallbackAttempt(
                callback_id=task.id, number=1, staff_id=world.agent.id, at=world.now, outcome="answered",
                satisfaction=4, opinions=f"{NAME}满意", suggestions=STREET, note=PLATE,
            )
        )  # fmt: skip
        session.add(
            PhoneCall(
                branch_id=world.branch_id, call_id="1", state=CallState.ENDED, caller=f"+86{PHONE}", extension="",
                began_at=world.now,
            )
        )  # fmt: skip
    return kept


def erase(world: World, customer_id: int, *, reason: str = "本人要求", password: str = PASSWORD) -> int:
    with world.db.transaction() as session:
        return person_erasure.erase(session, customer_id, world.manager, world.now, reason=reason, password=password)


def report(world: World) -> Report:
    with world.db.reading() as session:
        return reports.report(session, Scope((session.get_one(Branch, world.branch_id),), WHOLE))


def where_is(world: World, *secrets: str) -> dict[str, set[str]]:
    """Every table and column in which one of these stands."""
    found: dict[str, set[str]] = {}
    with world.db.reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    text = json.dumps(value, ensure_ascii=False, default=str)
                    if any(secret in text for secret in secrets):
                        found.setdefault(table.name, set()).add(column)
    return found


def test_a_person_who_is_forgotten_is_nowhere_but_in_what_was_signed(world: World, person: int) -> None:
    secrets = (NAME, PHONE, OTHER, PLATE, STREET, "13900001111")
    before = where_is(world, *secrets)
    assert {"customer", "customer_search", "trip", "vehicle", "journal", "outbox", "complaint", "phone_call",
            "callback_attempt", "phone_correction", "complaint_event", "account_caller"} <= before.keys()  # fmt: skip
    assert erase(world, person) == 2
    assert where_is(world, *secrets).keys() <= SIGNED


def test_nobody_finds_them_and_who_calls_again_is_somebody_new(world: World, person: int) -> None:
    erase(world, person)
    with world.db.reading() as session:
        for number in (PHONE, OTHER):
            assert customer_store.by_phone(session, world.branch_id, f"+86{number}") is None
        for typed in (PHONE, "1234", NAME, "smxr", PLATE, "琵琶巷"):
            assert customer_search.search(session, world.branch_id, typed).found == ()
    again = world.trip(world.book(caller_phone=PHONE, name=NAME, plate=PLATE)).customer_id
    assert again != person


def test_their_link_opens_nothing_any_more(world: World, person: int) -> None:
    with world.db.reading() as session:
        trip_id = session.scalars(select(Trip.id).where(Trip.customer_id == person).order_by(Trip.id)).first()
        assert trip_id is not None
        links.opened(session, KEYS.token(trip_id), world.now)
    erase(world, person)
    with world.db.reading() as session, pytest.raises(NotFound):
        links.opened(session, KEYS.token(trip_id), world.now)


def test_what_was_signed_stays_genuine_and_the_chain_whole(world: World, person: int) -> None:
    def documents() -> list[tuple[str, str, str, bytes]]:
        with world.db.reading() as session:
            rows = session.scalars(select(Document).order_by(Document.chain_position)).all()
            return [(row.number, row.sha256, row.chain_sha256, row.pdf) for row in rows]

    before = documents()
    erase(world, person)
    assert documents() == before
    with world.db.reading() as session:
        for number, *_ in before:
            assert verifying.verify_number(session, number) is not None


def test_every_figure_is_what_it_was(world: World) -> None:
    world.to(State.CLOSED)
    made_up(world, 1, trips=60)
    with world.db.transaction() as session:
        session.execute(update(ComplaintRow).values(stage=Stage.ARCHIVED))
        session.execute(update(CallbackTask).values(state=CallbackState.DONE))
        session.execute(update(Trip).where(Trip.state == State.BOOKED).values(state=State.UNFULFILLED))
        everybody = list(session.scalars(select(Customer.id).order_by(Customer.id)))
    before = report(world)
    for customer_id in everybody[:6]:
        erase(world, customer_id)
    assert report(world) == before


def test_an_open_callback_is_not_made(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    erase(world, world.trip(trip_id).customer_id)
    with world.db.reading() as session:
        task = session.scalars(select(CallbackTask)).unique().one()
    assert (task.state, task.ended_at) == (CallbackState.DECLINED, world.now)


@pytest.mark.parametrize("held", ["trip", "complaint", "hold"])
def test_while_something_is_open_or_held_nothing_goes(world: World, person: int, held: str) -> None:
    with world.db.transaction() as session:
        trip_id = session.scalars(select(Trip.id).where(Trip.customer_id == person)).first()
        if held == "complaint":
            session.scalars(select(ComplaintRow)).unique().one().stage = Stage.PROMISED
        elif held == "hold":
            legal_holds.place(session, Held.TRIP, trip_id or 0, world.manager, world.now, reason="诉讼")
    if held == "trip":
        world.book(caller_phone=PHONE, name=NAME, plate="赣E00009")
    before = where_is(world, NAME, PHONE)
    with world.db.reading() as session:
        plan = person_erasure.plan(session, session.get_one(Customer, person))
    assert len(plan.obstacles) == 1
    with pytest.raises(Refused):
        erase(world, person)
    assert where_is(world, NAME, PHONE) == before


def test_the_plan_says_what_goes_and_what_stays(world: World, person: int) -> None:
    with world.db.reading() as session:
        plan = person_erasure.plan(session, session.get_one(Customer, person))
    assert plan.obstacles == ()
    assert plan.goes == {
        "profiles": 2, "numbers": 2, "cars": 2, "trips": 2, "photos": 1, "ways": 0, "orders": 1, "calls": 1,
        "callbacks": 1, "complaints": 1,
    }  # fmt: skip
    assert (plan.stays[Stays.DOCUMENTS], plan.stays[Stays.SIGNING], plan.stays[Stays.FIGURES]) == (2, 2, 2)
    assert plan.stays[Stays.FARES] > 0
    assert plan.stays[Stays.STATEMENTS] == 0


def test_it_takes_the_password_and_a_reason_and_happens_once(world: World, person: int) -> None:
    for wrong, field in (({"password": "something else entirely"}, "password"), ({"reason": " "}, "reason")):
        with pytest.raises(Invalid) as refused:
            erase(world, person, **wrong)
        assert refused.value.field == field
    erase(world, person)
    with pytest.raises(Conflict):
        erase(world, person)


def test_a_merge_with_somebody_forgotten_is_not_taken_back(world: World, person: int) -> None:
    with world.db.reading() as session:
        (merge, _, _) = customer_merging.standing(session, session.get_one(Customer, person), world.now)[0]
    erase(world, person)
    with pytest.raises(NotFound), world.db.transaction() as session:
        customer_merging.undo(session, merge.id, world.agent, world.now)


def test_nothing_is_written_into_the_profile_of_somebody_forgotten(world: World, person: int) -> None:
    erase(world, person)
    with pytest.raises(Conflict), world.db.transaction() as session:
        customers.change(session, person, Change(name=NAME), world.agent, world.now)
    with pytest.raises(Conflict), world.db.transaction() as session:
        customers.add_phone(session, person, PHONE, world.agent, world.now)


def test_a_call_at_the_moment_of_forgetting_is_either_in_the_way_or_somebody_new(world: World) -> None:
    for number in range(6):
        phone = f"1390793990{number}"
        first = world.to(State.CANCELLED, world.book(caller_phone=phone, plate=f"赣E9900{number}"))
        customer_id = world.trip(first).customer_id
        together = Barrier(2)

        def book(phone: str = phone, number: int = number, together: Barrier = together) -> int:
            together.wait()
            return world.trip(world.book(caller_phone=phone, plate=f"赣E9910{number}")).customer_id

        def forget(customer_id: int = customer_id, together: Barrier = together) -> bool:
            together.wait()
            try:
                erase(world, customer_id)
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            booked_for, gone = pool.submit(book), pool.submit(forget)
        assert (booked_for.result() != customer_id) == gone.result()
