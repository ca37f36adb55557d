"""Customers: found by any fragment, changed, merged and taken apart, in tiers that move once a month."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dispatch.domain.booking import Place
from dispatch.domain.consent import Purpose
from dispatch.domain.custom_fields import FieldKind
from dispatch.domain.errors import Conflict, Invalid, NotFound, Refused
from dispatch.domain.states import State
from dispatch.domain.tiers import Tier
from dispatch.services import (
    bookings,
    callbacks,
    caller,
    custom_fields,
    customer_merging,
    customer_search,
    customer_tiers,
    customers,
)
from dispatch.store import callbacks as callback_store
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackTask
from dispatch.store.customer_merges import CustomerMerge
from dispatch.store.customers import Customer
from dispatch.store.tiers import TierChange
from dispatch.store.trips import Trip
from tests.world import KEYS, World

FIRST, SECOND = "13807931234", "13907935678"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def book(world: World, phone: str = FIRST, **over: object) -> int:
    usual = {"name": "王小明", "plate": "赣E8D123", "pickup": Place("万达广场"), "duplicate_reason": "又叫一辆"}
    return world.book(**{**usual, "caller_phone": phone, **over})


def customer_of(world: World, trip_id: int) -> int:
    return world.trip(trip_id).customer_id


def found(world: World, typed: str) -> list[int]:
    with world.db.reading() as session:
        return [hit.customer.id for hit in customer_search.search(session, world.branch_id, typed).found]


def merge(world: World, kept: int, gone: int) -> int:
    with world.db.transaction() as session:
        row = customer_merging.merge(session, kept, gone, world.agent, world.now)
        session.flush()
        return row.id


def undo(world: World, merge_id: int) -> None:
    with world.db.transaction() as session:
        customer_merging.undo(session, merge_id, world.agent, world.now)


def called(world: World, phone: str) -> int | None:
    with world.db.reading() as session:
        known = caller.look_up(session, session.get_one(Branch, world.branch_id), phone, world.now)
        return known.customer.id if known else None


# Search


@pytest.mark.parametrize(
    "typed",
    [
        "1234",
        "138 0793",
        "+8613807931234",
        "赣E·8D",
        "8d123",
        "d1",
        "王",
        "小明",
        "wxm",
        "xm",
        "万达",
        "wdgc",
        "旭日街道 12",
    ],
)
def test_a_customer_is_found_by_any_fragment(world: World, typed: str) -> None:
    book(world, SECOND, name="李雷", plate="沪A00000", pickup=Place("火车站"), destination=Place("机场"))
    wanted = customer_of(world, book(world))
    assert found(world, typed) == [wanted]


@pytest.mark.parametrize("typed", ["", " · ", "%", "_", "9999999", "\\"])
def test_what_nobody_has_finds_nobody(world: World, typed: str) -> None:
    book(world)
    assert found(world, typed) == []


def test_another_branch_finds_nobody(world: World) -> None:
    book(world)
    with world.db.reading() as session:
        assert customer_search.search(session, world.branch_id + 1, "王").found == ()


def test_a_name_given_before_still_finds_the_customer(world: World) -> None:
    one = customer_of(world, book(world))
    book(world, name="王总")
    assert found(world, "小明") == found(world, "王总") == [one]


# Profile


def test_a_further_number_is_the_same_caller_and_is_searched(world: World) -> None:
    one = customer_of(world, book(world))
    with world.db.transaction() as session:
        row = customers.add_phone(session, one, "139 0793 5678", world.agent, world.now)
    assert called(world, SECOND) == one
    assert found(world, "5678") == [one]
    assert customer_of(world, book(world, SECOND)) == one
    with world.db.transaction() as session:
        customers.remove_phone(session, one, row.id, world.agent, world.now)
    assert called(world, SECOND) is None
    assert found(world, "39079356") == []


def test_somebody_elses_number_is_not_added(world: World) -> None:
    one = customer_of(world, book(world))
    book(world, SECOND, plate="赣E00002")
    with world.db.transaction() as session, pytest.raises(Refused, match="merge"):
        customers.add_phone(session, one, SECOND, world.agent, world.now)


def test_the_profile_is_masked_except_for_the_desk_while_a_trip_lives(world: World) -> None:
    trip_id = book(world)
    with world.db.reading() as session:
        one = session.get_one(Customer, customer_of(world, trip_id))
        assert customers.profile(session, one, world.dispatcher).phones == ("+8613807931234",)
        assert customers.profile(session, one, world.agent).phones == ("138****1234",)
    world.to(State.CANCELLED, trip_id)
    with world.db.reading() as session:
        one = session.get_one(Customer, customer_of(world, trip_id))
        seen = customers.profile(session, one, world.dispatcher)
        assert seen.phones == ("138****1234",)
        assert not any("街道" in place for place in seen.places)


def test_answers_of_own_fields_are_checked_and_kept(world: World) -> None:
    one = customer_of(world, book(world))
    with world.db.transaction() as session:
        field = custom_fields.add(
            session, world.manager, world.now, name="饮酒习惯", kind=FieldKind.CHOICE, choices=["白酒", "啤酒"]
        )
    with world.db.transaction() as session, pytest.raises(Invalid) as wrong:
        customers.change(session, one, customers.Change(custom={field.id: "红酒"}), world.agent, world.now)
    assert wrong.value.field == f"custom_{field.id}"
    with world.db.transaction() as session:
        customers.change(session, one, customers.Change(custom={field.id: "白酒"}), world.agent, world.now)
    with world.db.reading() as session:
        assert customers.answers(session.get_one(Customer, one)) == {field.id: "白酒"}


# Merging


def test_a_merge_moves_everything_and_undoing_it_puts_everything_back(world: World) -> None:
    mine, theirs = book(world), world.to(State.CLOSED, book(world, SECOND, plate="赣E00002", name="王明"))
    kept, gone = customer_of(world, mine), customer_of(world, theirs)
    merge_id = merge(world, kept, gone)
    assert customer_of(world, theirs) == kept
    assert called(world, SECOND) == kept
    assert found(world, "5678") == found(world, "赣E00002") == [kept]
    with world.db.reading() as session:
        task = session.scalars(select(CallbackTask).where(CallbackTask.trip_id == theirs)).one()
        assert task.trip.customer_id == kept
        seen = customers.profile(session, session.get_one(Customer, kept), world.agent)
        assert {car.plate for car in seen.vehicles} == {"赣E8D123", "赣E00002"}
        assert [one.id for one in seen.callbacks] == [task.id]
    undo(world, merge_id)
    assert (customer_of(world, mine), customer_of(world, theirs)) == (kept, gone)
    assert called(world, SECOND) == gone
    assert found(world, "5678") == found(world, "赣E00002") == [gone]
    assert found(world, "1234") == [kept]


def test_what_came_in_between_goes_with_the_number_it_came_from(world: World) -> None:
    kept, gone = customer_of(world, book(world)), customer_of(world, book(world, SECOND, plate="赣E00002"))
    merge_id = merge(world, kept, gone)
    world.later(days=3)
    from_first, from_second = book(world), book(world, SECOND, plate="赣E00003")
    assert customer_of(world, from_second) == kept
    undo(world, merge_id)
    assert (customer_of(world, from_first), customer_of(world, from_second)) == (kept, gone)


def test_notes_written_in_between_are_not_lost(world: World) -> None:
    kept, gone = customer_of(world, book(world)), customer_of(world, book(world, SECOND, plate="赣E00002"))
    merge_id = merge(world, kept, gone)
    with world.db.transaction() as session:
        customers.change(session, kept, customers.Change(notes="怕狗"), world.agent, world.now)
    undo(world, merge_id)
    with world.db.reading() as session:
        assert session.get_one(Customer, kept).notes == "怕狗"


def test_who_did_not_want_to_be_called_is_not_called_after_a_merge(world: World) -> None:
    kept, gone = customer_of(world, book(world)), customer_of(world, book(world, SECOND, plate="赣E00002"))
    with world.db.transaction() as session:
        callbacks.stop_calling(session, gone, Purpose.QUALITY, world.agent, world.now, reason="")
    merge(world, kept, gone)
    with world.db.reading() as session:
        assert callback_store.blocked(session, kept, Purpose.QUALITY)


def test_a_merge_is_taken_back_once_and_for_thirty_days(world: World) -> None:
    kept, gone = customer_of(world, book(world)), customer_of(world, book(world, SECOND, plate="赣E00002"))
    undo(world, (first := merge(world, kept, gone)))
    with pytest.raises(Conflict):
        undo(world, first)
    late = merge(world, kept, gone)
    world.later(days=30, seconds=1)
    with pytest.raises(Refused, match="30 days"):
        undo(world, late)


def test_a_merged_profile_is_neither_merged_again_nor_changed(world: World) -> None:
    kept, gone = customer_of(world, book(world)), customer_of(world, book(world, SECOND, plate="赣E00002"))
    third = customer_of(world, book(world, "13707931111", plate="赣E00003"))
    inner = merge(world, kept, gone)
    with pytest.raises(Conflict):
        merge(world, third, gone)
    with world.db.transaction() as session, pytest.raises(Conflict):
        customers.change(session, gone, customers.Change(notes="x"), world.agent, world.now)
    outer = merge(world, third, kept)
    with pytest.raises(Refused, match="merged further"):
        undo(world, inner)
    undo(world, outer)
    undo(world, inner)
    assert called(world, SECOND) == gone


def test_the_database_itself_keeps_a_profile_from_being_merged_twice(world: World) -> None:
    kept, gone = customer_of(world, book(world)), customer_of(world, book(world, SECOND, plate="赣E00002"))
    merge(world, kept, gone)
    with pytest.raises(Conflict), world.db.transaction() as session:
        session.add(
            CustomerMerge(
                branch_id=world.branch_id,
                kept_id=kept,
                gone_id=gone,
                moved={},
                merged_at=world.now,
                merged_by=world.agent.id,
            )
        )


def test_a_booking_that_is_not_kept_leaves_nothing_to_be_found(world: World) -> None:
    with suppress(ConnectionError), world.db.transaction() as session:
        bookings.take(session, world.booking(caller_phone=FIRST), world.dispatcher, world.now, KEYS)
        raise ConnectionError
    assert found(world, "1234") == []


def test_a_profile_of_another_branch_is_not_merged(world: World) -> None:
    kept = customer_of(world, book(world))
    with pytest.raises(NotFound):
        merge(world, kept, 999_999)
    with pytest.raises(Invalid):
        merge(world, kept, kept)


def test_the_same_car_makes_two_profiles_likely_the_same(world: World) -> None:
    one = customer_of(world, world.to(State.CANCELLED, book(world)))
    other = customer_of(world, book(world, SECOND, name="小王"))
    with world.db.reading() as session:
        likely = customer_merging.likely(session, session.get_one(Customer, one))
        assert [(hit.customer.id, hit.plate) for hit in likely] == [(other, "赣E8D123")]
        shared = customer_merging.shared_cars(session, world.branch_id)
        assert [(plate, [owner.id for owner in owners]) for plate, owners in shared] == [("赣E8D123", [one, other])]


# Tiers


def set_tiers(world: World, *wanted: Tier) -> list[int]:
    with world.db.transaction() as session:
        return [row.id for row in customer_tiers.set_tiers(session, wanted, world.manager, world.now)]


def assess(world: World) -> None:
    while True:
        with world.db.reading() as session:
            branches = customer_tiers.due(session, world.now)
        if not branches:
            return
        for branch_id in branches:
            with world.db.transaction() as session:
                customer_tiers.assess(session, branch_id, world.now)


def tier_of(world: World, customer_id: int) -> int | None:
    with world.db.reading() as session:
        return session.get_one(Customer, customer_id).tier_id


def changes(world: World, customer_id: int) -> list[tuple[int | None, int | None, str]]:
    with world.db.reading() as session:
        query = select(TierChange).where(TierChange.customer_id == customer_id).order_by(TierChange.id)
        return [(one.before_id, one.after_id, one.reason) for one in session.scalars(query)]


def test_a_customer_goes_up_once_a_month_and_down_when_the_year_is_over(world: World) -> None:
    one = customer_of(world, world.to(State.CLOSED, book(world)))
    silver, _gold = set_tiers(world, Tier(0, "银卡", 1, None), Tier(0, "金卡", 9, None))
    assess(world)
    assess(world)
    assert changes(world, one) == [(None, silver, "")]
    world.later(days=366)
    assess(world)
    assert tier_of(world, one) is None
    assert changes(world, one)[1:] == [(silver, None, "")]


def test_a_tier_given_by_hand_holds_until_its_last_day(world: World) -> None:
    one = customer_of(world, book(world))
    (gold,) = set_tiers(world, Tier(0, "金卡", None, 1_000_000))
    until = world.now.date() + timedelta(days=40)
    with world.db.transaction() as session:
        customer_tiers.give(session, one, world.manager, world.now, tier_id=gold, until=until, reason="老客户介绍")
    world.later(days=30)
    assess(world)
    assert tier_of(world, one) == gold
    world.later(days=31)
    assess(world)
    assert tier_of(world, one) is None
    assert changes(world, one) == [(None, gold, "老客户介绍"), (gold, None, "")]


@pytest.mark.parametrize(("until", "reason", "field"), [(date(2020, 1, 1), "x", "until"), (None, " ", "reason")])
def test_a_tier_by_hand_needs_an_end_ahead_and_a_reason(
    world: World, until: date | None, reason: str, field: str
) -> None:
    one = customer_of(world, book(world))
    with world.db.transaction() as session, pytest.raises(Invalid) as wrong:
        customer_tiers.give(
            session, one, world.manager, world.now, tier_id=None, until=until or world.now.date(), reason=reason
        )
    assert wrong.value.field == field


def test_hot_customers_come_often_and_lately(world: World) -> None:
    often = customer_of(world, world.to(State.CLOSED, book(world)))
    world.to(State.CLOSED, book(world))
    lately = customer_of(world, world.to(State.CLOSED, book(world, SECOND, plate="赣E00002")))
    with world.db.reading() as session:
        hot = customer_tiers.hot(session, world.branch_id, world.now)
        assert [(one.customer.id, one.trips) for one in hot] == [(often, 2), (lately, 1)]
    world.later(days=91)
    with world.db.reading() as session:
        assert customer_tiers.hot(session, world.branch_id, world.now) == []
        assert session.query(Trip).count() == 3
