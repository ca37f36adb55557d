"""Trips: from booking to close. One row a job; what happens under way has rows of its own."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from dispatch.domain.commands import IncidentKind, Party
from dispatch.domain.states import LIVE, WITH_DRIVER, State
from dispatch.store.accounts import Account
from dispatch.store.base import Base
from dispatch.store.branches import Branch
from dispatch.store.customers import Customer, Vehicle
from dispatch.store.drivers import Driver


def _states(states: frozenset[State]) -> str:
    return ", ".join(f"'{state.value}'" for state in State if state in states)


_HOLDS_DRIVER = text(f"driver_id IS NOT NULL AND state IN ({_states(WITH_DRIVER)})")


class Trip(Base):
    """A booking and what became of it. Form, clauses and tariff are frozen at booking.

    `sought_since`: from when drivers are asked by themselves; `nobody_told_at`: when desk and customer were told that
    nobody was found, `nobody_why` what spoke against how many drivers then. A replaced driver starts the search anew.
    `account_id`: who pays once a month, where it is not the customer.
    """

    __tablename__ = "trip"
    __table_args__ = (
        # R1: the database itself keeps a driver from being on two live trips.
        Index(
            "uq_trip_live_driver", "driver_id", unique=True, sqlite_where=_HOLDS_DRIVER, postgresql_where=_HOLDS_DRIVER
        ),
        Index("ix_trip_branch_state", "branch_id", "state", "id"),
        Index("ix_trip_driver", "driver_id", "id"),
        Index("ix_trip_customer", "customer_id", "id"),
        Index("ix_trip_plate", "branch_id", "plate", "id"),
        Index("ix_trip_account", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[State]
    state_since: Mapped[datetime]
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    replacements: Mapped[int] = mapped_column(Integer, default=0)

    form: Mapped[str] = mapped_column(String(1))
    clause_version: Mapped[str] = mapped_column(String(16))
    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariff_version.id"))

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    caller_phone: Mapped[str] = mapped_column(String(20))
    contact_name: Mapped[str] = mapped_column(String(80))
    plate: Mapped[str] = mapped_column(String(10))
    car_model: Mapped[str] = mapped_column(String(60))
    car_colour: Mapped[str] = mapped_column(String(20), default="")
    needs: Mapped[list[str]]
    insurance_stated: Mapped[str] = mapped_column(String(16))

    pickup_address: Mapped[str] = mapped_column(String(200))
    pickup_lat: Mapped[float | None] = mapped_column(Float)
    pickup_lon: Mapped[float | None] = mapped_column(Float)
    destination_address: Mapped[str] = mapped_column(String(200))
    destination_lat: Mapped[float | None] = mapped_column(Float)
    destination_lon: Mapped[float | None] = mapped_column(Float)
    booked_km: Mapped[Decimal]
    appointed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    duplicate_reason: Mapped[str | None] = mapped_column(String(200))
    fare_options: Mapped[dict[str, Any]]
    quote: Mapped[dict[str, Any]]
    quote_total_fen: Mapped[int] = mapped_column(Integer)

    driver_id: Mapped[int | None] = mapped_column(ForeignKey("driver.id"))
    booked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    booked_at: Mapped[datetime]
    sought_since: Mapped[datetime | None]
    nobody_told_at: Mapped[datetime | None]
    nobody_why: Mapped[list[dict[str, Any]] | None]
    accepted_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    start_odometer_km: Mapped[Decimal | None]
    end_odometer_km: Mapped[Decimal | None]
    closing_checklist: Mapped[dict[str, Any] | None]
    closing_note: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(String(32), default="")
    end_note: Mapped[str] = mapped_column(Text, default="")
    total_fen: Mapped[int | None] = mapped_column(Integer)
    fare_flags: Mapped[list[str]]

    branch: Mapped[Branch] = relationship(lazy="joined", innerjoin=True)
    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    vehicle: Mapped[Vehicle] = relationship(lazy="select")
    driver: Mapped[Driver | None] = relationship(lazy="joined")
    account: Mapped[Account | None] = relationship(lazy="joined")
    stops: Mapped[list["TripStop"]] = relationship(order_by="TripStop.id")
    destination_changes: Mapped[list["DestinationChange"]] = relationship(order_by="DestinationChange.id")
    incidents: Mapped[list["Incident"]] = relationship(order_by="Incident.id")

    # R2: an UPDATE that finds another version changes nothing and is reported.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and shape are SQLAlchemy's

    @property
    def number(self) -> str:
        """The number people say on the phone."""
        return number_of(self.id)

    @property
    def car_words(self) -> str:
        """The car as people look for it in the street: '黑色 大众 帕萨特'."""
        return f"{self.car_colour} {self.car_model}".strip()


def number_of(trip_id: int) -> str:
    """How a trip is called on the phone and on paper."""
    return f"T{trip_id:06d}"


class TripStop(Base):
    """A stop under way. One the customer asked for counts as waiting."""

    __tablename__ = "trip_stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    requested_by: Mapped[Party]
    reason: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DestinationChange(Base):
    """A change of destination, signed by the customer."""

    __tablename__ = "destination_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    address_before: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(200))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    at: Mapped[datetime]


class Incident(Base):
    """What happened under way; who bears what follows the share of fault (P5, A7, B6)."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    kind: Mapped[IncidentKind]
    note: Mapped[str] = mapped_column(Text)
    driver_fault_percent: Mapped[int | None] = mapped_column(Integer)
    allowance_fen: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime]


def queue(session: Session, branch_id: int, *, limit: int = 100) -> list[Trip]:
    """Trips that need a driver: urgent first, then by appointed time."""
    waiting = (State.BOOKED, State.OFFERED)
    query = select(Trip).where(Trip.branch_id == branch_id, Trip.state.in_(waiting))
    return list(session.scalars(query.order_by(Trip.urgent.desc(), Trip.appointed_at, Trip.id).limit(limit)))


def live_with_driver(session: Session, branch_id: int, *, limit: int = 200) -> list[Trip]:
    """Trips with a driver, not ended, oldest first."""
    query = select(Trip).where(Trip.branch_id == branch_id, Trip.state.in_(WITH_DRIVER))
    return list(session.scalars(query.order_by(Trip.id).limit(limit)))


def live_of_driver(session: Session, driver_id: int) -> Trip | None:
    """The live trip that holds the driver; the index of R1 makes it one at most."""
    return session.scalars(select(Trip).where(Trip.driver_id == driver_id, Trip.state.in_(WITH_DRIVER))).first()


def of_ids(session: Session, trip_ids: Collection[int]) -> dict[int, Trip]:
    """Trips by id."""
    return {trip.id: trip for trip in session.scalars(select(Trip).where(Trip.id.in_(trip_ids))).unique()}


def live_duplicate(session: Session, branch_id: int, phone: str, plate: str) -> str | None:
    """The number of the oldest live trip of the same caller or plate."""
    query = select(Trip.id).where(
        Trip.branch_id == branch_id, Trip.state.in_(LIVE), or_(Trip.caller_phone == phone, Trip.plate == plate)
    )
    found = session.scalar(query.order_by(Trip.id).limit(1))
    return None if found is None else number_of(found)


def page(
    session: Session,
    branch_id: int,
    *,
    states: frozenset[State] | None = None,
    driver_id: int | None = None,
    customer_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Trip]:
    """Newest trips first, those before an id."""
    query = select(Trip).where(Trip.branch_id == branch_id)
    if states is not None:
        query = query.where(Trip.state.in_(states))
    if driver_id is not None:
        query = query.where(Trip.driver_id == driver_id)
    if customer_id is not None:
        query = query.where(Trip.customer_id == customer_id)
    if before is not None:
        query = query.where(Trip.id < before)
    return list(session.scalars(query.order_by(Trip.id.desc()).limit(limit)))


def load_ways(session: Session, trip_ids: Collection[int]) -> None:
    """Load stops and changes of destination of these trips at once, onto the rows that the session holds."""
    query = select(Trip).where(Trip.id.in_(trip_ids))
    session.scalars(query.options(selectinload(Trip.stops), selectinload(Trip.destination_changes))).unique().all()
