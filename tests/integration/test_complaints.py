"""Complaints: registered whatever way they come, pre-filled from what the customer answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.complaint import Channel, Registration, Stage
from dispatch.domain.errors import NotFound
from dispatch.domain.roles import customer
from dispatch.domain.satisfaction import Answers, complaint_draft
from dispatch.services import callbacks, complaint_cases, complaints
from dispatch.store import complaints as store
from dispatch.store import journal
from dispatch.store.complaints import ComplaintRow
from dispatch.store.trips import Trip
from tests.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def registration(world: World, **over: Any) -> Registration:
    usual = Registration(
        channel=Channel.LETTER,
        registered_at=world.now,
        contact_name=" 李建国 ",
        contact_phone="",
        contact_address="上饶市信州区带湖路 6 号",
        happened_at=world.now - timedelta(days=1),
        about="代驾员陈师傅",
        problem="迟到四十分钟",
        wish="道歉",
    )
    return replace(usual, **over)


def register(world: World, **over: Any) -> ComplaintRow:
    with world.db.transaction() as session:
        return complaints.register(session, registration(world, **over), world.agent)


def test_a_letter_without_a_phone_number_is_registered_and_told_to_the_journal(world: World) -> None:
    row = register(world)
    assert (row.number, row.stage, row.contact_name, row.contact_phone) == ("C000001", Stage.REGISTERED, "李建国", "")
    with world.db.reading() as session:
        assert complaint_cases.find(session, row.id, world.manager).registered_by == world.agent.id
        told = journal.page(session, world.branch_id, subject="complaint", subject_id=row.id)[0]
    assert "带湖路" not in str(told.payload)


def test_a_customer_complains_by_link_without_being_staff(world: World) -> None:
    trip_id = world.book()
    given = registration(world, channel=Channel.LINK, trip_id=trip_id)
    with world.db.transaction() as session:
        row = complaints.register(session, given, customer(world.branch_id, "李建国", trip_id))
        assert row.registered_by is None
        assert store.on_trip(session, trip_id)
        assert not store.on_trip(session, trip_id + 1)


def test_a_complaint_from_a_callback_names_it_and_begins_with_what_was_answered(world: World) -> None:
    trip_id = world.book()
    with world.db.transaction() as session:
        task = callbacks.create_for_closed_trip(session, session.get_one(Trip, trip_id), world.now)
        answers = Answers(2, False, True, None, True, opinions="来晚了")
        draft = complaint_draft(answers, "zh")
        given = registration(world, channel=Channel.CALLBACK, trip_id=trip_id, problem=draft)
        row = complaints.register(session, given, world.agent, callback_id=task.id)
    assert row.callback_id == task.id
    assert row.problem == "客户对本次服务不满意\n代驾员未佩戴工牌\n来晚了"


@pytest.mark.parametrize("unknown", ["trip", "callback"])
def test_a_trip_or_callback_that_there_is_not_is_not_found(world: World, unknown: str) -> None:
    given = registration(world, trip_id=999 if unknown == "trip" else None)
    with pytest.raises(NotFound), world.db.transaction() as session:
        complaints.register(session, given, world.agent, callback_id=999 if unknown == "callback" else None)


def test_the_list_is_newest_first_in_pages_and_of_one_s_own_branch(world: World) -> None:
    ids = [register(world).id for _ in range(3)]
    with world.db.reading() as session:
        first = store.page(session, world.branch_id, limit=2)
        rest = store.page(session, world.branch_id, before=first[-1].id)
        assert [row.id for row in [*first, *rest]] == ids[::-1]
        assert store.page(session, world.branch_id + 1) == []
        with pytest.raises(NotFound):
            complaint_cases.find(session, ids[0], replace(world.agent, branch_id=world.branch_id + 1))


def test_complaints_are_counted_by_trips_and_by_number(world: World) -> None:
    trip_id = world.book()
    trip = world.trip(trip_id)
    register(world, trip_id=trip_id)
    register(world, contact_phone=trip.caller_phone)
    register(world)
    with world.db.reading() as session:
        assert store.count_of_customer(session, world.branch_id, trip.customer_id, [trip.caller_phone]) == 2
