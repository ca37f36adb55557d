"""What a dispatcher takes down on the phone, checked before it becomes a trip."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

from dispatch.domain import phone, plate
from dispatch.domain.driver import Competence
from dispatch.domain.errors import N_, Invalid, Refused

LONGEST_KM = Decimal(3000)
EARLIEST = timedelta(minutes=10)
FURTHEST = timedelta(days=90)


class InsuranceStated(StrEnum):
    """What the caller says about the three insurances (A9/B7)."""

    ALL_THREE = auto()
    CHECK_ON_SITE = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """An address as people say it, with its point (WGS-84) where one is known."""

    address: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A caller's order. `fare_options` are facts the tariff asks for: service, car, extras, vouchers (docs/tariffs.md).

    `duplicate_reason` books although the caller or the car has a live trip; it is kept on the trip. `account_id` is
    who pays, where it is a venue or company that the caller may order for.
    """

    caller_phone: str
    name: str
    plate: str
    pickup: Place
    destination: Place
    booked_km: Decimal
    appointed_at: datetime
    car_model: str = ""
    car_colour: str = ""
    needs: frozenset[Competence] = frozenset()
    insurance: InsuranceStated = InsuranceStated.CHECK_ON_SITE
    note: str = ""
    duplicate_reason: str = ""
    fare_options: dict[str, Any] = field(default_factory=dict)
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedBooking:
    """A booking with phone (E.164) and plate in their one stored form; `needs` has EV added for electric plates."""

    order: Booking
    phone: str
    plate: str
    needs: frozenset[Competence]


def check(order: Booking, now: datetime) -> CheckedBooking:
    """Everything that can be said against an order before looking at other trips.

    Raises Invalid naming the field, or Refused when the caller says that an insurance is missing.
    """
    number = phone.parse(order.caller_phone, field="caller_phone")
    car = plate.parse(order.plate, field="plate")
    for name, text in (
        ("name", order.name),
        ("pickup", order.pickup.address),
        ("destination", order.destination.address),
    ):
        if not text.strip():
            raise Invalid("missing", N_("Please fill this in"), field=name)
    if not 0 < order.booked_km <= LONGEST_KM:
        raise Invalid(
            "distance", N_("The distance is more than 0 and at most %(most)s km"), field="booked_km", most=LONGEST_KM
        )
    if not now - EARLIEST <= order.appointed_at <= now + FURTHEST:
        raise Invalid(
            "appointed_at", N_("The appointed time lies in the past or more than 90 days ahead"), field="appointed_at"
        )
    if order.insurance is InsuranceStated.MISSING:
        raise Refused("not_insured", N_("We drive only cars with all three insurances: the job cannot be booked"))
    needs = order.needs | ({Competence.EV} if car.kind is plate.PlateKind.PURE_ELECTRIC else frozenset())
    return CheckedBooking(order, number, car.text, needs)
