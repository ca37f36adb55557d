"""A month of a branch made up at random, and its figures counted again the slow way, one row after the other."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from dispatch.domain.callback import CallbackState, Outcome
from dispatch.domain.complaint import CaseKind, Channel, Stage
from dispatch.domain.consent import Purpose
from dispatch.domain.states import State
from dispatch.domain.workdays import service_day
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer, Vehicle
from dispatch.store.fares import FareLineRow, LineKind
from dispatch.store.ratings import LinkRating
from dispatch.store.trips import Trip
from tests.world import World

MARCH = date(2026, 3, 1)
STATES = (*[State.CLOSED] * 6, State.CANCELLED, State.CANCELLED, State.REFUSED, State.UNFULFILLED, State.BOOKED)
DISTRICTS = ("信州区 五三大道", "广信区 旭日街道", "江西省上饶市广丰区 永丰街道", "阳光小区 3 栋", "铅山县 河口镇")


def made_up(world: World, seed: int, trips: int = 80) -> list[int]:
    """Trips, money, callbacks and complaints from the last days of February to the first of April; the trips' ids."""
    chance = random.Random(seed)
    with world.db.transaction() as session:
        customers = [_customer(world, session, number) for number in range(12)]
        return [_trip(world, session, chance, chance.choice(customers)).id for _ in range(trips)]


def _customer(world: World, session: Session, number: int) -> tuple[Customer, Vehicle]:
    row = Customer(
        branch_id=world.branch_id, phone=f"+861390000{number:04d}", phone_dialled="", name=f"客户{number}",
        created_at=world.now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    car = Vehicle(customer_id=row.id, plate=f"赣E{number:05d}", model="大众", needs=[], last_used_at=world.now)
    session.add(car)
    session.flush()
    return row, car


def _trip(world: World, session: Session, chance: random.Random, of: tuple[Customer, Vehicle]) -> Trip:
    appointed = datetime(2026, 2, 26, tzinfo=UTC) + timedelta(minutes=chance.randrange(38 * 24 * 60))
    state = chance.choice(STATES)
    arrived = (
        appointed + timedelta(minutes=chance.randrange(-20, 15)) if state in {State.CLOSED, State.REFUSED} else None
    )
    started = arrived + timedelta(minutes=chance.randrange(5, 60)) if arrived and state is State.CLOSED else None
    first = session.get_one(Trip, 1) if session.get(Trip, 1) else None
    assert first is not None, "one real trip comes first, for its tariff"
    why = {State.CANCELLED: f"by_{chance.choice(('customer', 'company'))}", State.REFUSED: "not_insured"}
    row = Trip(
        branch_id=world.branch_id, state=state, state_since=appointed, form="A", clause_version=first.clause_version,
        tariff_id=first.tariff_id, customer_id=of[0].id, vehicle_id=of[1].id, caller_phone=of[0].phone,
        contact_name=of[0].name, plate=of[1].plate, car_model="大众", needs=[], insurance_stated="all_three",
        pickup_address=chance.choice(DISTRICTS), destination_address="信州区", booked_km=first.booked_km,
        appointed_at=appointed, fare_options={}, quote={}, quote_total_fen=0, booked_by=world.dispatcher.id,
        booked_at=appointed - timedelta(hours=1), arrived_at=arrived, started_at=started, fare_flags=[],
        driver_id=chance.choice(world.drivers).driver_id if state in {State.CLOSED, State.REFUSED} else None,
        ended_at=None if state is State.BOOKED else appointed + timedelta(hours=1), end_reason=why.get(state, ""),
        end_note=chance.choice(("不想等了", "打到车了")) if state is State.CANCELLED else "",
    )  # fmt: skip
    if state is State.CLOSED:
        row.start_odometer_km, row.end_odometer_km = Decimal(41000), Decimal(41000) + chance.randrange(3, 40)
    session.add(row)
    session.flush()
    if state is State.CLOSED and chance.random() < 0.6:
        session.add(LinkRating(trip_id=row.id, rating=chance.randrange(1, 6), comment="", at=appointed))
    _money(world, session, chance, row)
    if state is State.CLOSED:
        _callback(world, session, chance, row)
    if chance.random() < 0.3:
        session.add(_complaint(world, chance, row))
    session.flush()
    return row


def _money(world: World, session: Session, chance: random.Random, trip: Trip) -> None:
    if trip.ended_at is None:
        return
    amounts = [(LineKind.SETTLED, chance.randrange(1000, 9000), trip.ended_at) for _ in range(chance.randrange(3))]
    if amounts and chance.random() < 0.3:
        later = trip.ended_at + timedelta(days=chance.randrange(20))
        amounts.append((LineKind.CORRECTION, -chance.randrange(1, 900), later))
    trip.total_fen = sum(fen for _, fen, _ in amounts)
    for position, (kind, fen, at) in enumerate(amounts):
        session.add(
            FareLineRow(
                trip_id=trip.id, position=position, kind=kind, line={}, amount_fen=fen, created_by=0, created_at=at
            )
        )


def _callback(world: World, session: Session, chance: random.Random, trip: Trip) -> None:
    branch = session.get_one(Branch, world.branch_id)
    assert trip.ended_at is not None
    worked_on = service_day(trip.ended_at, branch.zone, branch.service_day_cutover)
    state = chance.choice((CallbackState.DONE, CallbackState.DONE, CallbackState.SCHEDULED, CallbackState.DECLINED))
    task = CallbackTask(
        branch_id=branch.id, trip_id=trip.id, purpose=Purpose.QUALITY, state=state, service_day=worked_on,
        after_workdays=1, due_on=worked_on + timedelta(days=1), provisional=False, not_before=trip.ended_at,
        created_at=trip.ended_at,
    )  # fmt: skip
    session.add(task)
    session.flush()
    if state is CallbackState.DONE:
        at = datetime(worked_on.year, worked_on.month, worked_on.day, tzinfo=UTC) + timedelta(
            hours=chance.choice((30, 39, 40, 41, 60))  # 39: 23:00 of the due day in Shanghai; 40: midnight, too late
        )
        session.add(
            CallbackAttempt(
                callback_id=task.id,
                number=1,
                staff_id=world.agent.id,
                at=at,
                outcome=Outcome.ANSWERED,
                satisfaction=chance.randrange(1, 6),
            )
        )


def _complaint(world: World, chance: random.Random, trip: Trip) -> ComplaintRow:
    return ComplaintRow(
        branch_id=world.branch_id,
        trip_id=trip.id,
        kind=chance.choice(list(CaseKind)),
        channel=chance.choice(list(Channel)),
        stage=Stage.REGISTERED,
        contact_name="李建国",
        happened_at=trip.appointed_at,
        about="x",
        problem="x",
        wish="x",
        registered_at=trip.appointed_at + timedelta(days=chance.randrange(3)),
    )


def day_of(world: World, moment: datetime) -> date:
    """Whose night a moment belongs to."""
    with world.db.reading() as session:
        branch = session.get_one(Branch, world.branch_id)
        return service_day(moment, branch.zone, branch.service_day_cutover)
