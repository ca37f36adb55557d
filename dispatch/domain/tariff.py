"""A tariff as the company publishes it: services, time bands, meters, surcharges and the terms of the agreement form.

Money is integer fen, distance is Decimal kilometres, time is Decimal seconds.  Tariffs are written as documents
(`tariff_document`), never edited in place, and frozen by id in each quote.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.money import yuan
from dispatch.domain.text import Text
from dispatch.domain.time_bands import Hours


class Count(StrEnum):
    """How a quantity becomes steps: each step begun, each step full, an exact share, or the nearest step."""

    STARTED = "started"
    COMPLETED = "completed"
    PRORATED = "prorated"
    NEAREST = "nearest"


class MeterKind(StrEnum):
    """What a meter reads. The value is the section's name in the document and the `part` of its fare lines."""

    DISTANCE = "distance"  # kilometres beyond those the base fare or package includes
    LONG_DISTANCE = "long_distance"  # the whole way again, for an extra from a threshold on
    DETOUR = "detour"  # kilometres beyond the booked ones, asked for by the customer (B2)
    WAITING = "waiting"  # from the later of arrival and appointed time to departure, stops added
    LATE_WAITING = "late_waiting"  # instead of WAITING, where the driver came after the appointed time
    STOP_WAITING = "stop_waiting"  # stops under way, where they are not added to WAITING
    DRIVING_TIME = "driving_time"  # departure to delivery, stops left out
    SERVICE_TIME = "service_time"  # beginning of waiting to delivery, everything in
    APPROACH = "approach"  # the driver's way to the customer
    RETURN_WAY = "return_way"  # the driver's way back

    @property
    def in_km(self) -> bool:
        """Whether the meter reads kilometres; otherwise it reads seconds."""
        return self in {self.DISTANCE, self.LONG_DISTANCE, self.DETOUR, self.APPROACH, self.RETURN_WAY}


class Stage(StrEnum):
    """How far a job had come when it was cancelled."""

    BOOKED = "booked"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    ARRIVED = "arrived"

    def reached(self, other: "Stage") -> bool:
        """Whether this stage is at or past the other one."""
        order = list(Stage)
        return order.index(self) >= order.index(other)


class BandClock(StrEnum):
    """Which local time chooses the band."""

    DEPARTURE = "departure"
    APPOINTED = "appointed"


class Outside(StrEnum):
    """What happens to a booking outside service hours or at too short notice."""

    REFUSE = "refuse"
    WARN = "warn"


class AbortCharge(StrEnum):
    """What an aborted trip costs: nothing, or the fare up to where it ended."""

    NOTHING = "nothing"
    DRIVEN = "driven"


class RoundingMode(StrEnum):
    """Which way the total goes to a whole unit."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Tier:
    """A price from `over` (km or seconds) on: `price_fen` per `step`, or once when `step` is None."""

    price_fen: int
    over: Decimal = Decimal(0)
    step: Decimal | None = None
    count: Count = Count.STARTED


@dataclass(frozen=True, slots=True)
class Meter:
    """How a measured quantity is charged.

    `free` is not charged; with `free_lost` it is charged after all once exceeded.  Tier thresholds count from the
    end of what is free or included, or with `from_zero` from the very start.  With `whole` the tier that is reached
    prices the whole chargeable quantity; otherwise each tier prices its own share.
    """

    kind: MeterKind
    tiers: tuple[Tier, ...]
    free: Decimal = Decimal(0)
    free_lost: bool = False
    from_zero: bool = False
    whole: bool = False
    cheaper_further: bool = False
    cap_fen: int | None = None
    rule: str = ""
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A base fare with included kilometres for the trips of some hours, with meters of its own where they differ."""

    hours: Hours
    base_fen: int
    included_km: Decimal = Decimal(0)
    meters: tuple[Meter, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A flat price for a length of service (seconds) with included kilometres, repeated when `repeat` says so.

    The shortest package that holds the service time (plus `grace`) applies; past the longest one it is repeated.
    """

    length: Decimal
    price_fen: int
    included_km: Decimal = Decimal(0)
    grace: Decimal = Decimal(0)
    repeat: Count | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """Calendar days from `first` to `last`, both inside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class When:
    """Conditions that must all hold; an empty one always holds. Lead is appointed time minus time of the call."""

    hours: tuple[Hours, ...] = ()
    days: frozenset[int] = frozenset()
    dates: tuple[Dates, ...] = ()
    cars: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    over_km: Decimal | None = None
    lead_under: Decimal | None = None
    lead_from: Decimal | None = None
    from_fare_fen: int | None = None

    def at(self, local: datetime) -> bool:
        """Whether hours, days and dates hold; a night belongs to the day on which it began."""
        nights = [began for window in self.hours if (began := window.began_on(local)) is not None]
        if self.hours and not nights:
            return False
        day = nights[0] if nights else local.date()
        if self.days and day.weekday() not in self.days:
            return False
        return not self.dates or any(span.first <= day <= span.last for span in self.dates)


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A surcharge or a discount: an amount, or percent `of` some parts of the fare (none named: all but costs).

    `on_request` ones apply only when the facts name them, as often as the facts say.
    """

    id: str
    text: Text
    amount_fen: int | None = None
    percent: Decimal | None = None
    of: tuple[str, ...] = ()
    when: When = ALWAYS
    on_request: bool = False
    cap_fen: int | None = None
    cheaper_further: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class CostItem:
    """Money the driver lays out and the customer repays (tolls, parking, the way back), `percent` of it."""

    id: str
    text: Text
    percent: Decimal = Decimal(100)
    cap_fen: int | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class CancellationTerm:
    """What the customer pays for cancelling; the first term whose conditions hold applies. Times in seconds."""

    stage: Stage
    fee_fen: int | None = None
    percent_of_quote: Decimal | None = None
    less_than_before: Decimal | None = None
    after_accept: Decimal | None = None
    after_arrival: Decimal | None = None
    when: When = ALWAYS
    also: tuple[MeterKind, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """An amount staff choose inside a range (A6, B6)."""

    low_fen: int
    high_fen: int
    default_fen: int
    rule: str = ""

    def chosen(self, fen: int | None, *, field: str) -> int:
        """The amount chosen, or the default; raises Invalid outside the range."""
        if fen is None:
            return self.default_fen
        if not self.low_fen <= fen <= self.high_fen:
            raise Invalid(
                "outside_range",
                N_("The amount must be between ¥%(low)s and ¥%(high)s"),
                field=field,
                low=yuan(self.low_fen),
                high=yuan(self.high_fen),
            )
        return fen


@dataclass(frozen=True, slots=True)
class RefusalTerm:
    """What the customer pays when the driver must refuse the job for one of these reasons (A6)."""

    reasons: tuple[str, ...]
    fee: MoneyRange


@dataclass(frozen=True, slots=True)
class AllowanceTerm:
    """What the company pays towards transport during repair, from a share of fault on (A7, B6). Not a fare line."""

    amount: MoneyRange
    fault_percent_from: int


@dataclass(frozen=True, slots=True)
class BookingTerm:
    """When the company can be booked: service hours and notice (seconds), and what happens otherwise."""

    hours: tuple[Hours, ...] = ()
    minimum_lead: Decimal = Decimal(0)
    outside: Outside = Outside.REFUSE


@dataclass(frozen=True, slots=True)
class Rounding:
    """The total goes to whole units of `to_fen`."""

    to_fen: int = 1
    mode: RoundingMode = RoundingMode.NEAREST


@dataclass(frozen=True, slots=True)
class Service:
    """One thing the company sells, with everything that decides its fare: bands or packages, never both."""

    id: str
    text: Text
    bands: tuple[Band, ...] = ()
    packages: tuple[Package, ...] = ()
    meters: tuple[Meter, ...] = ()
    surcharges: tuple[Adjustment, ...] = ()
    discounts: tuple[Adjustment, ...] = ()
    costs: tuple[CostItem, ...] = ()
    cancellations: tuple[CancellationTerm, ...] = ()
    refusal: RefusalTerm | None = None
    allowance: AllowanceTerm | None = None
    booking: BookingTerm = BookingTerm()
    rounding: Rounding = Rounding()
    minimum_fare_fen: int = 0
    tolerance_km: Decimal = Decimal(0)
    band_clock: BandClock = BandClock.DEPARTURE
    on_abort: AbortCharge = AbortCharge.NOTHING
    vouchers_pay_costs: bool = False

    def meter(self, kind: MeterKind, band: Band | None) -> Meter | None:
        """The meter of this kind, the band's own before the service's."""
        own = band.meters if band else ()
        return next((meter for meter in (*own, *self.meters) if meter.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Everything a company publishes about its fares. `code` names the document; versions are kept by the store."""

    code: str
    text: Text
    services: tuple[Service, ...]

    def service(self, service_id: str | None) -> Service:
        """The service of that id, or the first one; raises Invalid when the tariff has no such service."""
        if service_id is None:
            return self.services[0]
        for service in self.services:
            if service.id == service_id:
                return service
        raise Invalid(
            "unknown_service",
            N_("The tariff has no service “%(service)s”, only: %(known)s"),
            field="service",
            service=service_id,
            known=", ".join(service.id for service in self.services),
        )
