"""Reports: counted in the database, and the same as counted by hand; every number leads to as many rows."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from dispatch.domain.breakdown import Behind, Breakdown, Listed, Subject
from dispatch.domain.errors import NotFound
from dispatch.domain.period import Grain, Period
from dispatch.domain.states import State
from dispatch.services import figures_behind, reports
from dispatch.services.figures_behind import Booked
from dispatch.services.reports import Report
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.fares import FareLineRow, LineKind
from dispatch.store.ratings import LinkRating
from dispatch.store.scopes import Scope
from dispatch.store.trips import Trip
from tests.figures import MARCH, day_of, made_up
from tests.world import World

SEEDS = (1,)
WHOLE = Period(date(2026, 2, 1), date(2026, 5, 31))


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url) as opened:
        yield opened


def report(world: World, period: Period) -> Report:
    with world.db.reading() as session:
        return reports.report(session, Scope.of(session.get_one(Branch, world.branch_id), period))


def behind(world: World, period: Period, breakdown: Breakdown, value: str | None = None) -> list[int]:
    with world.db.reading() as session:
        scope = Scope.of(session.get_one(Branch, world.branch_id), period)
        return figures_behind.ids(session, scope, Behind(breakdown, value), limit=1000)


def entries(world: World, period: Period, breakdown: Breakdown, value: str | None) -> list[tuple[FareLineRow, Trip]]:
    with world.db.reading() as session:
        scope = Scope.of(session.get_one(Branch, world.branch_id), period)
        listed = figures_behind.every(session, scope, Behind(breakdown, value, Listed.ENTRIES))
        return [entry for found in listed for entry in figures_behind.entries_of(session, found)]


def amount(world: World, period: Period, breakdown: Breakdown, value: str | None) -> int:
    with world.db.reading() as session:
        scope = Scope.of(session.get_one(Branch, world.branch_id), period)
        return figures_behind.amount(session, scope, Behind(breakdown, value, Listed.ENTRIES))


def customers(world: World, period: Period, breakdown: Breakdown, value: str) -> list[Booked]:
    with world.db.reading() as session:
        scope = Scope.of(session.get_one(Branch, world.branch_id), period)
        asked = Behind(breakdown, value, Listed.CUSTOMERS)
        assert figures_behind.number(session, scope, asked) == sum(
            map(len, figures_behind.every(session, scope, asked))
        )
        found = figures_behind.ids(session, scope, asked, limit=1000)
        return figures_behind.customers_of(session, scope, asked, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_of_a_month_leads_to_exactly_as_many_rows(world: World, seed: int) -> None:
    world.book()
    made_up(world, seed)
    march = Period.of(Grain.MONTH, MARCH)
    found = report(world, march)
    for breakdown, counts in found.counts.items():
        assert counts, f"nothing was made up for {breakdown}"
        for value, number in counts.items():
            assert len(behind(world, march, breakdown, value)) == number, (breakdown, value)
        if breakdown.subject is not Subject.LEDGER:  # a trip can have entries of both kinds
            assert len(behind(world, march, breakdown)) == found.total(breakdown)
    for breakdown, groups in found.customers.items():
        for group in groups:
            assert len(behind(world, march, breakdown, group.value)) == group.trips
            booked = [one.trips for one in customers(world, march, breakdown, group.value)]
            assert (len(booked), sum(booked)) == (group.customers, group.trips)
        assert sum(group.trips for group in groups) == found.total(Breakdown.TRIP_STATE)
    for driver in found.drivers:
        of_driver = {
            Breakdown.CLOSED_BY_DRIVER: driver.closed,
            Breakdown.ON_TIME_BY_DRIVER: driver.on_time,
            Breakdown.LATE_BY_DRIVER: driver.late,
            Breakdown.RATED_BY_DRIVER: driver.ratings,
        }
        for breakdown, number in of_driver.items():
            assert len(behind(world, march, breakdown, str(driver.driver_id))) == number, breakdown


@pytest.mark.parametrize("seed", SEEDS)
def test_every_sum_of_a_month_leads_to_the_entries_that_add_up_to_it(world: World, seed: int) -> None:
    world.book()
    made_up(world, seed)
    march = Period.of(Grain.MONTH, MARCH)
    found = report(world, march)
    sums: list[tuple[Breakdown, str | None, int]] = [
        (Breakdown.LEDGER_KIND, "settled", found.money.settled),
        (Breakdown.LEDGER_KIND, "correction", found.money.corrections),
        (Breakdown.LEDGER_KIND, None, found.money.total),
        (Breakdown.LEDGER_DRIVER, None, found.money.total),
        (Breakdown.LEDGER_DRIVER, "", found.undriven_fen),
        *((Breakdown.LEDGER_DRIVER, str(driver.driver_id), driver.revenue_fen) for driver in found.drivers),
    ]
    for breakdown, value, fen in sums:
        rows = entries(world, march, breakdown, value)
        assert rows, f"nothing was made up for {breakdown} {value}"
        assert sum(row.amount_fen for row, _ in rows) == fen == amount(world, march, breakdown, value)
    for step in found.steps:
        rows = entries(world, step.period, Breakdown.LEDGER_KIND, None)
        assert sum(row.amount_fen for row, _ in rows) == step.money.total
        assert len(behind(world, step.period, Breakdown.TRIP_STATE)) == sum(step.trips.values())


def test_a_number_of_nothing_else_is_refused(world: World) -> None:
    for listed, breakdown in (
        (Listed.ENTRIES, Breakdown.TRIP_STATE),
        (Listed.CUSTOMERS, Breakdown.LEDGER_KIND),
        (Listed.CUSTOMERS, Breakdown.COMPLAINT_KIND),
    ):
        with pytest.raises(NotFound):
            Behind(breakdown, None, listed)


def test_branches_together_are_the_sum_of_each_by_its_own_clocks(world: World) -> None:
    world.book()
    made_up(world, 7, trips=40)
    with world.db.transaction() as session:
        own = session.get_one(Branch, world.branch_id)
        other = Branch(
            code="LA", name="x", company_name="x", city="x", phone="", form="A", timezone="America/Los_Angeles",
            service_day_cutover=time(3),
        )  # fmt: skip
        session.add(other)
        session.flush()
        moved = session.scalars(select(Trip).where(Trip.id % 3 == 0)).unique().all()
        for trip in moved:
            trip.branch_id = other.id
        ids = {trip.id for trip in moved}
        for row in (*session.scalars(select(CallbackTask)).unique(), *session.scalars(select(ComplaintRow))):
            row.branch_id = other.id if row.trip_id in ids else row.branch_id
        session.flush()
        march = Period.of(Grain.MONTH, MARCH)
        both = reports.report(session, Scope((own, other), march))
        each = [reports.report(session, Scope.of(branch, march)) for branch in (own, other)]
    for breakdown, counts in both.counts.items():
        summed: Counter[str] = Counter()
        for one in each:
            summed.update(one.counts[breakdown])
        assert summed == Counter(counts), breakdown
    assert both.money.total == sum(one.money.total for one in each)
    for number, step in enumerate(both.steps):
        assert step.money.total == sum(one.steps[number].money.total for one in each)
    for breakdown, groups in both.customers.items():
        trips = Counter({group.value: group.trips for group in groups})
        assert trips == sum((Counter({g.value: g.trips for g in one.customers[breakdown]}) for one in each), Counter())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_span_is_the_sum_of_its_days_and_agrees_with_rows_counted_by_hand(world: World, seed: int) -> None:
    world.book()
    made_up(world, seed)
    march = Period(date(2026, 3, 9), date(2026, 3, 16))
    found = report(world, march)
    days = [report(world, step) for step in march.steps()]
    for breakdown, counts in found.counts.items():
        if breakdown.subject is Subject.LEDGER or breakdown is Breakdown.CUSTOMER_VOLUME:
            continue
        summed: Counter[str] = Counter()
        for day in days:
            summed.update(day.counts[breakdown])
        assert summed == Counter(counts), breakdown
    assert sum(day.money.total for day in days) == found.money.total
    assert [step.money for step in found.steps] == [day.money for day in days]
    assert [step.trips for step in found.steps] == [day.counts[Breakdown.TRIP_STATE] for day in days]

    with world.db.reading() as session:
        trips = [
            t
            for t in session.scalars(select(Trip)).unique()
            if march.first <= day_of(world, t.appointed_at) <= march.last
        ]
        lines = [
            f for f in session.scalars(select(FareLineRow)) if march.first <= day_of(world, f.created_at) <= march.last
        ]
        cases = [
            c
            for c in session.scalars(select(ComplaintRow))
            if march.first <= day_of(world, c.registered_at) <= march.last
        ]
    assert Counter(t.state.value for t in trips) == Counter(found.counts[Breakdown.TRIP_STATE])
    on_time = ["on_time" if t.arrived_at <= t.appointed_at else "late" for t in trips if t.arrived_at]
    assert Counter(on_time) == Counter(found.counts[Breakdown.PUNCTUALITY])
    waits = [
        (t.started_at - max(t.arrived_at, t.appointed_at)).total_seconds()
        for t in trips
        if t.started_at and t.arrived_at
    ]
    assert found.waited_seconds == sum(max(0, int(wait)) for wait in waits)
    assert found.money.settled == sum(line.amount_fen for line in lines if line.kind is LineKind.SETTLED)
    assert found.money.corrections == sum(line.amount_fen for line in lines if line.kind is LineKind.CORRECTION)
    assert Counter(c.kind.value for c in cases) == Counter(found.counts[Breakdown.COMPLAINT_KIND])
    assert sum(d.closed for d in found.drivers) == found.counts[Breakdown.TRIP_STATE]["closed"]
    assert sum(d.on_time for d in found.drivers) == found.counts[Breakdown.PUNCTUALITY]["on_time"]
    closed = [t for t in trips if t.state is State.CLOSED]
    driven = [(t.end_odometer_km or 0) - (t.start_odometer_km or 0) for t in closed]
    assert sum(d.km for d in found.drivers) == sum(driven) > 0
    with world.db.reading() as session:
        given = {r.trip_id: r.rating for r in session.scalars(select(LinkRating))}
    rated = [given[t.id] for t in closed if t.id in given]
    assert (sum(d.ratings for d in found.drivers), sum(d.rating_sum for d in found.drivers)) == (len(rated), sum(rated))


def test_the_ledger_of_all_days_is_what_the_trips_cost(world: World) -> None:
    world.book()
    made_up(world, 3)
    with world.db.reading() as session:
        trips = session.scalar(select(func.sum(Trip.total_fen)))
    assert report(world, WHOLE).money.total == trips


def test_callbacks_are_in_time_until_their_due_day_ends_in_the_branchs_zone(world: World) -> None:
    world.book()
    made_up(world, 4)
    found = report(world, WHOLE)
    with world.db.reading() as session:
        zone = session.get_one(Branch, world.branch_id).zone
        rows = session.execute(
            select(CallbackTask.due_on, CallbackAttempt.at).join(
                CallbackAttempt, CallbackAttempt.callback_id == CallbackTask.id
            )
        ).all()
    by_hand = Counter("in_time" if at.astimezone(zone).date() <= due_on else "late" for due_on, at in rows)
    told = found.counts[Breakdown.CALLBACK_COVERAGE]
    assert {name: told[name] for name in ("in_time", "late")} == dict(by_hand)
    assert found.total(Breakdown.CALLBACK_COVERAGE) == found.total(Breakdown.CALLBACK_STATE)


@pytest.mark.parametrize(("appointed", "day"), [
    (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 31)),  # 05:59 of the 1st in Shanghai
    (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
])  # fmt: skip
def test_the_night_of_the_last_day_belongs_to_it_until_the_cut_over(
    world: World, appointed: datetime, day: date
) -> None:
    world.now = appointed - timedelta(hours=1)
    world.book(appointed_at=appointed)
    assert behind(world, Period(day, day), Breakdown.TRIP_STATE) == [1]
    assert behind(world, Period(day - timedelta(days=1), day - timedelta(days=1)), Breakdown.TRIP_STATE) == []
    with world.db.transaction() as session:
        session.get_one(Branch, world.branch_id).service_day_cutover = time(0)
    assert behind(world, Period(date(2026, 4, 1), date(2026, 4, 1)), Breakdown.TRIP_STATE) == [1]


def test_a_report_of_real_trips_tells_their_ends_money_and_rating(world: World) -> None:
    closed = world.to(State.CLOSED)
    cancelled = world.to(State.CANCELLED)
    night = Period(date(2026, 3, 6), date(2026, 3, 6))
    found = report(world, night)
    assert found.counts[Breakdown.TRIP_STATE] == {"cancelled": 1, "closed": 1}
    assert found.counts[Breakdown.CANCELLED_BY] == {"by_customer": 1}
    assert found.counts[Breakdown.CANCELLED_BECAUSE] == {"客人自己回去了": 1}
    assert found.money.settled == sum(world.trip(trip).total_fen or 0 for trip in (closed, cancelled))
    assert [(driver.closed, driver.rating) for driver in found.drivers] == [(1, 5.0)]
    assert [(group.value, group.customers) for group in found.customers[Breakdown.DISTRICT]] == [("信州区", 2)]


def test_somebody_elses_branch_is_not_in_the_report(world: World) -> None:
    world.book()
    made_up(world, 5)
    with world.db.transaction() as session:
        other = Branch(code="NC", name="南昌", company_name="x", city="南昌", phone="", form="A")
        session.add(other)
        session.flush()
        empty = reports.report(session, Scope.of(other, WHOLE))
    assert not any(empty.counts.values())
    assert empty.money.total == 0


def test_no_row_is_loaded_to_be_counted(world: World) -> None:
    world.book()
    made_up(world, 6, trips=10)
    with world.db.reading() as session:
        reports.report(session, Scope.of(session.get_one(Branch, world.branch_id), WHOLE))
        assert not [row for row in session.identity_map.values() if not isinstance(row, Branch)]
