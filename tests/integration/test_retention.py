"""Personal data go when their term is over, once each, unless somebody holds them; on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from dispatch.domain.complaint import Channel, Registration, Stage
from dispatch.domain.consent import How, Purpose
from dispatch.domain.erasure import ERASED
from dispatch.domain.errors import Conflict, Invalid, NotFound
from dispatch.domain.geo import Point
from dispatch.domain.phone_call import CallState
from dispatch.domain.position import Fix
from dispatch.domain.retention import BOUNDS, Kind
from dispatch.domain.states import State
from dispatch.scheduler import Sweeper
from dispatch.services import complaints, consents, legal_holds, retention
from dispatch.store import ceremonies
from dispatch.store.base import Base
from dispatch.store.branches import Branch
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.inspections import ConditionReport
from dispatch.store.journal import JournalEntry
from dispatch.store.legal_holds import Held, LegalHold
from dispatch.store.links import CustomerLink
from dispatch.store.outbox import OutboxMessage, OutboxState
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.photos import Photo
from dispatch.store.tracks import Track
from dispatch.store.tracks import begin as begin_track
from tests.world import World

DAY = timedelta(days=1)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


@pytest.fixture
def closed(world: World) -> int:
    """A trip that ended, with everything that a trip leaves behind."""
    trip_id = world.to(State.INSPECTED)
    world.photo(trip_id)
    world.to(State.CLOSED, trip_id)
    with world.db.transaction() as session:
        fixes = [Fix(Point(28.4 + n / 1000, 117.9), world.now - timedelta(minutes=20 - n / 6)) for n in range(60)]
        begin_track(session, world.driver.driver_id or 0, trip_id, fixes)
        for message in session.scalars(select(OutboxMessage)):
            message.state, message.sent_at = OutboxState.SENT, world.now
        session.add(
            PhoneCall(
                branch_id=world.branch_id, call_id="1", state=CallState.ENDED, caller=world.trip(trip_id).caller_phone,
                extension="", began_at=world.now, ended_at=world.now,
            )
        )  # fmt: skip
    return trip_id


def swept(world: World, kind: Kind, now: datetime | None = None) -> int:
    with world.db.transaction() as session:
        return retention.sweep(session, world.branch_id, kind, now or world.now)


def left(world: World, table: type[Base]) -> int:
    with world.db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def hold(world: World, subject: Held, subject_id: int) -> int:
    with world.db.transaction() as session:
        return legal_holds.place(session, subject, subject_id, world.manager, world.now, reason="诉讼").id


def lift(world: World, hold_id: int) -> None:
    with world.db.transaction() as session:
        legal_holds.lift(session, hold_id, world.manager, world.now, reason="和解")


def after(world: World, kind: Kind) -> datetime:
    return world.now + BOUNDS[kind].default * DAY


TABLES = [
    (Kind.PHOTOS, Photo), (Kind.WAYS, Track), (Kind.CALLS, PhoneCall), (Kind.MESSAGES, OutboxMessage),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "table"), TABLES)
def test_rows_go_when_their_term_is_over_and_not_before(
    world: World, closed: int, kind: Kind, table: type[Base]
) -> None:
    known = left(world, table)
    assert known > 0
    assert swept(world, kind, after(world, kind) - timedelta(hours=1)) == 0
    assert swept(world, kind, after(world, kind) + timedelta(hours=1)) == known
    assert left(world, table) == 0
    assert swept(world, kind, after(world, kind) + timedelta(hours=2)) == 0


def test_links_go_a_while_after_they_expired(world: World, closed: int) -> None:
    expired = world.trip(closed).appointed_at + 30 * DAY
    assert swept(world, Kind.LINKS, expired + 29 * DAY) == 0
    assert swept(world, Kind.LINKS, expired + 31 * DAY) == 1
    assert left(world, CustomerLink) == 0


def test_how_drunk_somebody_was_is_forgotten_and_what_was_found_of_the_car_is_not(world: World, closed: int) -> None:
    assert swept(world, Kind.STATE, after(world, Kind.STATE) + DAY) == 1
    with world.db.reading() as session:
        (report,) = session.scalars(select(ConditionReport)).all()
        assert (report.noted, report.breath_mg, report.fuel_percent) == (None, None, 60)
        with pytest.raises(NotFound):
            _ = report.intoxication
    assert swept(world, Kind.STATE, after(world, Kind.STATE) + DAY) == 0


def test_devices_and_addresses_of_signing_go_and_the_steps_stay_in_their_order(world: World, closed: int) -> None:
    assert swept(world, Kind.SIGNING, after(world, Kind.SIGNING) + DAY) == 2
    with world.db.reading() as session:
        for one in ceremonies.of_trip(session, closed):
            assert (one.name, one.drawing, one.shown) == (ERASED, None, {})
            assert {(event.device, event.address) for event in one.events} == {("", "")}
            assert one.holds


def test_a_step_taken_out_shows_though_devices_were_forgotten(world: World, closed: int) -> None:
    swept(world, Kind.SIGNING, after(world, Kind.SIGNING) + DAY)
    with world.db.transaction() as session:
        one = ceremonies.of_trip(session, closed)[0]
        session.delete(one.events[1])
    with world.db.reading() as session:
        assert not ceremonies.of_trip(session, closed)[0].holds


def test_settled_complaints_forget_whom_to_answer_and_open_ones_do_not(world: World, closed: int) -> None:
    for stage in (Stage.ARCHIVED, Stage.ROUTED):
        complain(world, closed, stage)
    assert swept(world, Kind.COMPLAINTS, after(world, Kind.COMPLAINTS) + DAY) == 1
    with world.db.reading() as session:
        names = {row.stage: row.contact_name for row in session.scalars(select(ComplaintRow)).unique()}
    assert names == {Stage.ARCHIVED: ERASED, Stage.ROUTED: "李建国"}


def complain(world: World, trip_id: int | None, stage: Stage, phone: str = "+8613979300000") -> int:
    with world.db.transaction() as session:
        told = Registration(Channel.CALL, world.now, "李建国", phone, "", world.now, "刘师傅", "太慢", "道歉", trip_id)
        row = complaints.register(session, told, world.agent)
        row.stage = stage
        return row.id


@pytest.mark.parametrize("subject", Held)
def test_a_hold_keeps_everything_of_a_trip_until_it_is_lifted(world: World, closed: int, subject: Held) -> None:
    ids = {
        Held.TRIP: closed,
        Held.CUSTOMER: world.trip(closed).customer_id,
        Held.COMPLAINT: complain(world, closed, Stage.ARCHIVED),
    }
    far = world.now + 6 * 365 * DAY
    placed = hold(world, subject, ids[subject])
    kinds = set(Kind) - {Kind.POSITIONS} - ({Kind.CALLS, Kind.COMPLAINTS} if subject is not Held.CUSTOMER else set())
    assert {kind: swept(world, kind, far) for kind in sorted(kinds)} == dict.fromkeys(sorted(kinds), 0)
    with world.db.reading() as session:
        lines = {line.kind: line for line in retention.forecast(session, world.branch_id, far)}
    assert (lines[Kind.PHOTOS].due, lines[Kind.PHOTOS].held) == (0, 1)
    assert lines[Kind.CUSTOMERS].held == 1
    lift(world, placed)
    assert swept(world, Kind.PHOTOS, far) == 1
    assert swept(world, Kind.CUSTOMERS, far) == 1


def test_an_open_complaint_holds_its_trip_by_itself(world: World, closed: int) -> None:
    complain(world, closed, Stage.INVESTIGATED)
    assert swept(world, Kind.PHOTOS, after(world, Kind.PHOTOS) + DAY) == 0
    assert swept(world, Kind.CUSTOMERS, after(world, Kind.CUSTOMERS) + DAY) == 0
    with world.db.transaction() as session:
        session.scalars(select(ComplaintRow)).unique().one().stage = Stage.ARCHIVED
    assert swept(world, Kind.PHOTOS, after(world, Kind.PHOTOS) + DAY) == 1


def test_a_thing_is_held_once_and_lifted_once(world: World, closed: int) -> None:
    placed = hold(world, Held.TRIP, closed)
    with pytest.raises(Conflict):
        hold(world, Held.TRIP, closed)
    lift(world, placed)
    with pytest.raises(Conflict):
        lift(world, placed)
    assert hold(world, Held.TRIP, closed) != placed


def test_the_database_itself_refuses_a_second_hold(world: World, closed: int) -> None:
    hold(world, Held.TRIP, closed)
    with pytest.raises(Conflict), world.db.transaction() as session:
        session.add(
            LegalHold(
                branch_id=world.branch_id, subject=Held.TRIP, subject_id=closed, reason="x", placed_by=world.manager.id,
                placed_by_name="x", placed_at=world.now,
            )
        )  # fmt: skip


def test_a_hold_needs_a_reason_and_something_of_the_own_branch(world: World, closed: int) -> None:
    with world.db.transaction() as session:
        other = Branch(code="NC", name="南昌", company_name="x", city="南昌", phone="+867918000000", form="A")
        session.add(other)
        session.flush()
        other_id = other.id
    stranger = world.staff("stranger", "别家经理", *world.manager.roles, branch_id=other_id)
    with pytest.raises(NotFound), world.db.transaction() as session:
        legal_holds.place(session, Held.TRIP, closed, stranger, world.now, reason="x")
    with pytest.raises(Invalid), world.db.transaction() as session:
        legal_holds.place(session, Held.TRIP, closed, world.manager, world.now, reason="  ")
    placed = hold(world, Held.TRIP, closed)
    with pytest.raises(NotFound), world.db.transaction() as session:
        legal_holds.lift(session, placed, stranger, world.now, reason="x")


def test_a_customer_who_does_not_want_their_way_kept_loses_it_at_the_next_sweep(world: World, closed: int) -> None:
    assert swept(world, Kind.WAYS) == 0
    customer_id = world.trip(closed).customer_id

    def say(given: bool) -> None:
        with world.db.transaction() as session:
            consents.say(
                session, customer_id, Purpose.LOCATION, world.agent, world.now, given=given, how=How.CALL, note=""
            )

    say(given=False)
    say(given=True)
    assert swept(world, Kind.WAYS) == 0
    say(given=False)
    assert swept(world, Kind.WAYS) == 1
    assert left(world, Track) == 0


def test_the_branch_sets_its_terms_within_their_bounds(world: World, closed: int) -> None:
    def set_terms(**days: int) -> None:
        with world.db.transaction() as session:
            wanted = {Kind(kind): number for kind, number in days.items()}
            retention.set_terms(session, wanted, world.manager, world.now)

    set_terms(photos=100, messages=7)
    assert swept(world, Kind.PHOTOS, world.now + 101 * DAY) == 1
    for wrong in ({"photos": 89}, {"customers": 364}, {"ways": 30, "ways_whole": 60}):
        with pytest.raises(Invalid) as refused:
            set_terms(**wrong)
        assert refused.value.field in wrong
    with world.db.reading() as session:
        found = retention.terms(session, world.branch_id)
        told = session.scalars(select(JournalEntry).where(JournalEntry.type == "retention.change")).one()
    assert (found[Kind.PHOTOS], found[Kind.MESSAGES], found[Kind.CUSTOMERS]) == (100, 7, 5 * 365)
    assert told.payload == {"terms": {"photos": [730, 100], "messages": [90, 7]}}


def test_somebody_not_seen_for_years_is_forgotten_and_who_came_back_is_not(world: World, closed: int) -> None:
    phone = world.trip(closed).caller_phone
    recent = world.now + 4 * 365 * DAY
    assert swept(world, Kind.CUSTOMERS, recent) == 0
    assert swept(world, Kind.CUSTOMERS, after(world, Kind.CUSTOMERS) + DAY) == 1
    with world.db.reading() as session:
        customer = session.get_one(Customer, world.trip(closed).customer_id)
    assert customer.erased_at is not None
    assert phone not in {customer.phone, world.trip(closed).caller_phone}
    assert swept(world, Kind.CUSTOMERS, after(world, Kind.CUSTOMERS) + DAY) == 0


def test_a_trip_under_way_loses_nothing(world: World) -> None:
    trip_id = world.to(State.DRIVING)
    world.photo(trip_id)
    far = world.now + 20 * 365 * DAY
    assert [swept(world, kind, far) for kind in (Kind.PHOTOS, Kind.STATE, Kind.SIGNING, Kind.CUSTOMERS)] == [0] * 4


def test_the_journal_keeps_how_many_of_what_and_nothing_of_what_they_were(world: World, closed: int) -> None:
    now = after(world, Kind.PHOTOS) + DAY
    swept(world, Kind.PHOTOS, now)
    with world.db.reading() as session:
        (told,) = session.scalars(select(JournalEntry).where(JournalEntry.type == retention.SWEEP)).all()
        done = retention.done(session, session.get_one(Branch, world.branch_id))
    assert (told.payload, told.subject, told.subject_id) == ({"data": "photos", "count": 1}, "branch", world.branch_id)
    assert [(one.kind, one.count, one.day) for one in done] == [(Kind.PHOTOS, 1, (now + timedelta(hours=8)).date())]


def test_schedulers_side_by_side_erase_and_count_every_row_once(world: World) -> None:
    trip_id = world.to(State.CLOSED)
    for _ in range(30):
        world.photo(trip_id)
    now = after(world, Kind.PHOTOS) + DAY

    def one(_number: int) -> int:
        try:
            return swept(world, Kind.PHOTOS, now)
        except Conflict:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 30
    with world.db.reading() as session:
        told = session.scalars(select(JournalEntry).where(JournalEntry.type == retention.SWEEP)).all()
    assert sum(entry.payload["count"] for entry in told) == 30


def test_a_sweep_works_in_small_transactions_until_nothing_is_due(
    world: World, closed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        world.photo(closed)
    monkeypatch.setattr(retention, "AT_ONCE_OF", {Kind.PHOTOS: 2})
    now = after(world, Kind.PHOTOS) + DAY
    assert [swept(world, Kind.PHOTOS, now) for _ in range(4)] == [2, 2, 1, 0]


def test_the_scheduler_erases_in_every_branch_and_begins_again_where_it_was_killed(
    world: World, closed: int, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    for _ in range(4):
        world.photo(closed)
    now = after(world, Kind.PHOTOS) + DAY
    sweeper = Sweeper(Settings(_env_file=None, database_url=database_url, secret_key="k" * 40), world.db)
    monkeypatch.setattr(sweeper, "_clock", lambda: now)
    monkeypatch.setattr(retention, "AT_ONCE_OF", {Kind.PHOTOS: 2})
    sweep, calls = retention.sweep, []

    def killed_once(session: Session, branch_id: int, kind: Kind, at: datetime) -> int:
        if kind is Kind.PHOTOS:
            calls.append(kind)
            if len(calls) == 2:
                sweep(session, branch_id, kind, at)
                raise KeyboardInterrupt  # before its transaction is committed
        return sweep(session, branch_id, kind, at)

    monkeypatch.setattr(retention, "sweep", killed_once)
    with pytest.raises(KeyboardInterrupt):
        sweeper.retention()
    assert left(world, Photo) == 3
    sweeper.retention()
    assert left(world, Photo) == 0
    with world.db.reading() as session:
        told = session.scalars(select(JournalEntry).where(JournalEntry.type == retention.SWEEP)).all()
    assert sum(entry.payload["count"] for entry in told if entry.payload["data"] == "photos") == 5


def test_a_hold_put_on_during_a_sweep_waits_for_it_and_a_sweep_for_a_hold(world: World, closed: int) -> None:
    """Either the photo was gone before the hold stood, or it is there for as long as the hold stands."""
    now = after(world, Kind.PHOTOS) + DAY
    for _ in range(5):
        world.photo(closed)
        there = left(world, Photo)
        with ThreadPoolExecutor(2) as pool:
            swept_now = pool.submit(swept, world, Kind.PHOTOS, now)
            placed = pool.submit(hold, world, Held.TRIP, closed).result()
        held = left(world, Photo)
        assert held in {0, there}
        assert (swept_now.result() == 0) == (held > 0)
        assert swept(world, Kind.PHOTOS, now) == 0
        assert left(world, Photo) == held
        lift(world, placed)
        swept(world, Kind.PHOTOS, now)
