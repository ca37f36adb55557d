"""Vouchers on both databases: made out with a remedy, kept at booking, used at closing, once."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dispatch.domain import complaint_steps as s
from dispatch.domain.errors import DomainError, Invalid
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.states import State
from dispatch.domain.voucher import VoucherState
from dispatch.services import bookings, caller, customer_merging, vouchers, working_days
from dispatch.store import fares, journal
from dispatch.store import vouchers as store
from dispatch.store.branches import Branch
from dispatch.store.customers import Customer
from dispatch.store.outbox import OutboxMessage
from dispatch.store.vouchers import VoucherRow
from tests.complaint_desk import MONDAY, ComplaintDesk
from tests.world import KEYS, NIGHT, World

PHONE = "13807939999"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        with opened.db.transaction() as session:
            working_days.seed(session, opened.now)
        yield opened


@pytest.fixture
def desk(world: World) -> ComplaintDesk:
    made = ComplaintDesk(world)
    at(world, MONDAY)
    return made


def at(world: World, moment: datetime) -> None:
    """Go to a moment, with a rested driver on duty."""
    world.now = moment
    world.drivers = [world.hire()]


def voucher(desk: ComplaintDesk, fen: int = 20_00, **over: Any) -> VoucherRow:
    """A voucher, made out with the remedy of a case that is carried out."""
    case_id = desk.register(**{"contact_phone": f"+86{PHONE}", **over})
    desk.to_approved(case_id, Remedy(RemedyKind.VOUCHER, "下次用", fen))
    desk.take(case_id, s.CarryOut("已寄出"), desk.head)
    with desk.world.db.reading() as session:
        return session.scalars(select(VoucherRow).where(VoucherRow.complaint_id == case_id)).one()


def paid_with(code: str, **more: Any) -> dict[str, Any]:
    return {"vouchers": [{"code": code, **more}]}


def now(world: World, row: VoucherRow) -> VoucherRow:
    with world.db.reading() as session:
        return session.get_one(VoucherRow, row.id)


def test_a_voucher_is_for_the_customer_for_a_year_and_they_are_told_its_number(
    world: World, desk: ComplaintDesk
) -> None:
    row = voucher(desk)
    assert (row.amount_fen, row.valid_until) == (20_00, (MONDAY + timedelta(days=365)).date())
    with world.db.reading() as session:
        texts = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()))
        told = next(one for one in texts if row.code in one.body.get("text", ""))
        assert (told.recipient, "20.00元" in told.body["text"]) == (f"+86{PHONE}", True)
        entries = journal.page(session, world.branch_id, subject="voucher", subject_id=row.id)
    assert [one.type for one in entries] == ["voucher.make"]
    assert row.code not in str([one.payload for one in entries])


def test_a_later_trip_is_paid_with_it_and_the_lines_add_up(world: World, desk: ComplaintDesk) -> None:
    row = voucher(desk)
    at(world, NIGHT + timedelta(days=7))
    typed = f"{row.code[:5]} {row.code[5:].lower()}"
    trip_id = world.book(caller_phone=PHONE, fare_options=paid_with(typed))
    assert now(world, row).standing.state(MONDAY.date()) is VoucherState.HELD
    plain = world.trip(world.book()).quote_total_fen
    assert world.trip(trip_id).quote_total_fen == plain - 20_00
    world.to(State.CLOSED, trip_id)
    with world.db.reading() as session:
        lines = fares.of_trip(session, trip_id)
    trip, used = world.trip(trip_id), now(world, row)
    assert (used.trip_id, used.used_fen, used.standing.state(MONDAY.date())) == (trip_id, 20_00, VoucherState.USED)
    assert [line.amount_fen for line in lines if line.line["part"] == "voucher"] == [-20_00]
    assert sum(line.amount_fen for line in lines) == trip.total_fen


def test_a_voucher_worth_more_than_the_fare_takes_it_to_zero_and_no_further(world: World, desk: ComplaintDesk) -> None:
    row = voucher(desk, 500_00)
    at(world, NIGHT + timedelta(days=7))
    trip_id = world.to(State.CLOSED, world.book(caller_phone=PHONE, fare_options=paid_with(row.code)))
    used = now(world, row)
    assert world.trip(trip_id).total_fen == 0
    assert used.used_fen is not None
    assert 0 < used.used_fen < 500_00


@pytest.mark.parametrize("end", [State.CANCELLED, State.REFUSED, State.UNFULFILLED, State.ABORTED])
def test_a_trip_that_does_not_need_it_gives_it_back(world: World, desk: ComplaintDesk, end: State) -> None:
    row = voucher(desk)
    world.to(end, world.book(caller_phone=PHONE, fare_options=paid_with(row.code)))
    after = now(world, row)
    assert (after.trip_id, after.used_at) == (None, None)
    world.book(caller_phone=PHONE, fare_options=paid_with(row.code), duplicate_reason="再约")


def test_what_a_voucher_is_worth_is_not_for_the_desk_to_say(world: World, desk: ComplaintDesk) -> None:
    row = voucher(desk)
    trip_id = world.book(caller_phone=PHONE, fare_options=paid_with(row.code, amount="400", from_fare="0"))
    assert world.trip(trip_id).fare_options == paid_with(row.code, amount="20.00")


def refused(world: World, code: str, **order: Any) -> str:
    with pytest.raises(Invalid) as error:
        world.book(fare_options=paid_with(code), **{"caller_phone": PHONE, **order})
    assert error.value.field == "vouchers.0.code"
    return error.value.code


def test_a_voucher_is_refused_twice_for_others_after_its_last_day_and_when_nobody_knows_it(
    world: World, desk: ComplaintDesk
) -> None:
    row = voucher(desk)
    assert refused(world, row.code, caller_phone="13807938888") == "voucher_of_another"
    assert refused(world, "23456789AB") == "voucher_unknown"
    assert refused(world, "V1") == "voucher_unknown"
    first = world.book(caller_phone=PHONE, fare_options=paid_with(row.code))
    assert refused(world, row.code, duplicate_reason="第二辆") == "voucher_held"
    world.to(State.CLOSED, first)
    assert refused(world, row.code) == "voucher_used"
    late = voucher(desk)
    world.now = MONDAY + timedelta(days=366)
    assert refused(world, late.code) == "voucher_expired"


def test_paper_of_others_has_its_worth_on_it(world: World) -> None:
    trip_id = world.book(fare_options=paid_with("V1", amount="5"))
    assert world.trip(trip_id).fare_options == paid_with("V1", amount="5")


def test_a_voucher_named_twice_counts_once(world: World, desk: ComplaintDesk) -> None:
    row = voucher(desk)
    with pytest.raises(Invalid) as error:
        world.book(caller_phone=PHONE, fare_options={"vouchers": [{"code": row.code}, {"code": row.code.lower()}]})
    assert (error.value.code, error.value.field) == ("voucher_twice", "vouchers.1.code")


def offered(world: World, dialled: str = PHONE) -> list[str]:
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        found = caller.look_up(session, branch, dialled, world.now)
        return [one.code for one in found.vouchers] if found else []


def test_the_desk_sees_what_the_caller_can_use(world: World, desk: ComplaintDesk) -> None:
    trip_id = world.to(State.CANCELLED, world.book(caller_phone=PHONE))
    later, sooner = voucher(desk, trip_id=trip_id), voucher(desk)
    voucher(desk, contact_phone="", contact_address="shangrao@example.cn")
    with world.db.transaction() as session:
        day = sooner.valid_until - timedelta(days=1)
        session.execute(update(VoucherRow).where(VoucherRow.id == sooner.id).values(valid_until=day))
    assert offered(world) == [sooner.code, later.code]
    world.book(caller_phone=PHONE, fare_options=paid_with(later.code))
    assert offered(world) == [sooner.code]


def test_a_voucher_without_a_known_customer_is_for_whoever_brings_it(world: World, desk: ComplaintDesk) -> None:
    row = voucher(desk, contact_phone="", contact_address="shangrao@example.cn")
    trip_id = world.book(caller_phone="13807937777", fare_options=paid_with(row.code))
    assert now(world, row).trip_id == trip_id


def test_a_merged_profile_keeps_its_vouchers(world: World, desk: ComplaintDesk) -> None:
    old, new = (world.to(State.CANCELLED, world.book(caller_phone=number)) for number in (PHONE, "13807936666"))
    row = voucher(desk, trip_id=old)
    with world.db.transaction() as session:
        kept, gone = world.trip(new).customer_id, world.trip(old).customer_id
        customer_merging.merge(session, kept, gone, world.agent, world.now)
    assert offered(world, "13807936666") == [row.code]
    world.book(caller_phone="13807936666", fare_options=paid_with(row.code))
    with world.db.reading() as session:
        everything = vouchers.of_customer(session, session.get_one(Customer, kept))
    assert [one.id for one in everything] == [row.id]


def _book_together(world: World, code: str) -> Counter[str]:
    def book(number: int) -> str:
        order = replace(world.booking(caller_phone=f"1380793777{number}"), fare_options=paid_with(code))
        try:
            with world.db.transaction() as session:
                bookings.take(session, order, world.dispatcher, world.now, KEYS)
        except DomainError as error:
            return error.code
        return "booked"

    with ThreadPoolExecutor(4) as pool:
        return Counter(pool.map(book, range(4)))


def _all_seen_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four desks that have all found the voucher free before any of them takes it."""
    gate, keep = threading.Barrier(4), vouchers.keep

    def keep_together(*args: Any) -> None:
        gate.wait(timeout=20)
        keep(*args)

    monkeypatch.setattr(vouchers, "keep", keep_together)


def test_of_four_desks_at_once_one_has_the_voucher(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url) as world:
        row = voucher(ComplaintDesk(world), contact_phone="", contact_address="shangrao@example.cn")
        _all_seen_free(monkeypatch)
        assert _book_together(world, row.code) == {"booked": 1, "voucher_taken": 3}


def test_without_the_guard_four_trips_would_have_one_voucher(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url) as world:
        row = voucher(ComplaintDesk(world), contact_phone="", contact_address="shangrao@example.cn")
        _all_seen_free(monkeypatch)

        def unguarded(session: Any, voucher_id: int, trip_id: int) -> bool:
            session.execute(update(VoucherRow).where(VoucherRow.id == voucher_id).values(trip_id=trip_id))
            return True

        monkeypatch.setattr(store, "take", unguarded)
        assert _book_together(world, row.code)["booked"] > 1
