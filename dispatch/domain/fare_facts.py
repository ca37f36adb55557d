"""What a fare is computed from: times, odometer readings, who did what. One type for quote and settlement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain.commands import RefusalReason
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.json_facts import JsonFacts
from dispatch.domain.tariff import Stage

_COURSE = ("arrived_at", "departed_at", "delivered_at")
_MOMENTS = ("appointed_at", "ordered_at", "accepted_at", "cancelled_at", *_COURSE)
_QUANTITIES = (
    *("booked_km", "recorded_km", "odometer_start_km", "odometer_end_km"),
    *("approach_km", "return_km", "planned_hours"),
)


class Ending(StrEnum):
    """How the job ended; a quote asks what it will cost when completed."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    ABORTED = "aborted"
    UNFULFILLED = "unfulfilled"


class Side(StrEnum):
    """Who cancelled."""

    CUSTOMER = "customer"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop the customer asked for under way."""

    began_at: datetime
    ended_at: datetime

    @classmethod
    def from_json(cls, read: JsonFacts) -> "Stop":
        """A stop as JSON: began_at, ended_at."""
        stop = cls(read.required_time("began_at"), read.required_time("ended_at"))
        read.done()
        return stop


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher the customer hands in: its number, value in fen, and the fare it asks for at least."""

    code: str
    amount_fen: int
    from_fare_fen: int = 0

    @classmethod
    def from_json(cls, read: JsonFacts) -> "Voucher":
        """A voucher as JSON: code, amount, from_fare."""
        voucher = cls(read.text("code") or "", read.fen("amount") or 0, read.fen("from_fare") or 0)
        read.done()
        return voucher


@dataclass(frozen=True, slots=True, kw_only=True)
class FareFacts:
    """Facts of one job. Times are aware; distances Decimal km; money fen. What is not known is left out.

    A quote knows `appointed_at` and `booked_km`; a settlement adds what happened.  `zone` is the branch's time zone.
    """

    appointed_at: datetime
    zone: str = "Asia/Shanghai"
    service: str | None = None
    ordered_at: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    departed_at: datetime | None = None
    delivered_at: datetime | None = None
    stops: tuple[Stop, ...] = ()
    planned_hours: Decimal | None = None
    booked_km: Decimal | None = None
    odometer_start_km: Decimal | None = None
    odometer_end_km: Decimal | None = None
    recorded_km: Decimal | None = None
    destination_changed: bool = False
    approach_km: Decimal | None = None
    return_km: Decimal | None = None
    car: str | None = None
    member: str | None = None
    extras: Mapping[str, int] | None = None
    costs: Mapping[str, int] | None = None
    vouchers: tuple[Voucher, ...] = ()
    ending: Ending = Ending.COMPLETED
    cancelled_by: Side = Side.CUSTOMER
    cancelled_at: datetime | None = None
    stage: Stage = Stage.BOOKED
    driver_replaced: bool = False
    refusal_reason: str | None = None
    refusal_fee_fen: int | None = None

    def __post_init__(self) -> None:
        self._check_times()
        for name in _QUANTITIES:
            value: Decimal | None = getattr(self, name)
            if value is not None and not (value.is_finite() and value >= 0):
                raise Invalid("negative_quantity", N_("A quantity must be a number from 0 on"), field=name)
        if (self.driven_km or 0) < 0:
            raise Invalid(
                "odometer_backwards",
                N_("The odometer cannot end at %(end)s km after starting at %(start)s km"),
                field="odometer_end_km",
                start=str(self.odometer_start_km),
                end=str(self.odometer_end_km),
            )
        for name in ("extras", "costs"):
            amounts: Mapping[str, int] | None = getattr(self, name)
            if any(amount < 0 for amount in (amounts or {}).values()):
                raise Invalid("negative_quantity", N_("A quantity must be a number from 0 on"), field=name)

    def _check_times(self) -> None:
        for name in _MOMENTS:
            moment: datetime | None = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise Invalid("time_without_zone", N_("A time needs its offset from UTC"), field=name)
        course = [name for name in _COURSE if getattr(self, name) is not None]
        backwards = [later for earlier, later in pairwise(course) if getattr(self, later) < getattr(self, earlier)]
        if any(stop.ended_at < stop.began_at for stop in self.stops):
            backwards.append("stops")
        if backwards:
            message = N_("The times are not in the order in which they happened")
            raise Invalid("times_backwards", message, field=backwards[0])

    @property
    def way_changed_by_customer(self) -> bool:
        """Whether the customer changed the destination or asked for stops (B2: a longer way is charged only then)."""
        return self.destination_changed or bool(self.stops)

    @property
    def driven_km(self) -> Decimal | None:
        """Kilometres by odometer; where it was not read those recorded otherwise; None before either is known."""
        if self.odometer_start_km is None or self.odometer_end_km is None:
            return self.recorded_km
        return self.odometer_end_km - self.odometer_start_km

    @property
    def departure(self) -> datetime:
        """When the trip left, for a quote when it is meant to leave; local time of the branch."""
        return self.local(self.departed_at or self.appointed_at)

    @property
    def late(self) -> bool:
        """Whether the driver arrived after the appointed time (P1)."""
        return self.arrived_at is not None and self.arrived_at > self.appointed_at

    @property
    def waiting_from(self) -> datetime | None:
        """Waiting starts at the later of arrival and appointed time; None before arrival."""
        return max(self.arrived_at, self.appointed_at) if self.arrived_at else None

    @property
    def waiting_seconds(self) -> int:
        """Waiting at the beginning, until departure or cancellation; stops not included."""
        until = self.departed_at or self.cancelled_at
        return _seconds(self.waiting_from, until)

    @property
    def stop_seconds(self) -> int:
        """All stops of the customer under way, together."""
        return sum(_seconds(stop.began_at, stop.ended_at) for stop in self.stops)

    @property
    def driving_seconds(self) -> int:
        """Departure to delivery without the stops."""
        return max(0, _seconds(self.departed_at, self.delivered_at) - self.stop_seconds)

    @property
    def service_seconds(self) -> int:
        """From the beginning of waiting to delivery; for a quote the hours planned."""
        if self.delivered_at is None:
            return int((self.planned_hours or Decimal(0)) * 3600)
        begin = self.waiting_from or self.departed_at
        if begin is not None and self.departed_at is not None:
            begin = min(begin, self.departed_at)
        return _seconds(begin, self.delivered_at)

    @property
    def lead_seconds(self) -> int | None:
        """Appointed time minus the time of the call."""
        return None if self.ordered_at is None else int((self.appointed_at - self.ordered_at).total_seconds())

    def local(self, moment: datetime) -> datetime:
        """A moment in the branch's local time."""
        return moment.astimezone(ZoneInfo(self.zone))

    def told(self, moment: datetime) -> str:
        """A moment as fare lines show it: local, to the second."""
        return self.local(moment).strftime("%Y-%m-%d %H:%M:%S")

    def as_quote(self) -> "FareFacts":
        """The same job as it was quoted, before anything happened."""
        return replace(
            self,
            ending=Ending.COMPLETED,
            arrived_at=None,
            departed_at=None,
            delivered_at=None,
            cancelled_at=None,
            stops=(),
            odometer_start_km=None,
            odometer_end_km=None,
            recorded_km=None,
            approach_km=None,
            return_km=None,
            destination_changed=False,
            costs=None,
            vouchers=(),
        )

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "FareFacts":
        """Facts as JSON (see docs/tariffs.md); raises Invalid with the field that is wrong."""
        read = JsonFacts(document)
        facts = cls(
            zone=read.time_zone("zone", "Asia/Shanghai"),
            appointed_at=read.required_time("appointed_at"),
            service=read.text("service"),
            ordered_at=read.time("ordered_at"),
            accepted_at=read.time("accepted_at"),
            arrived_at=read.time("arrived_at"),
            departed_at=read.time("departed_at"),
            delivered_at=read.time("delivered_at"),
            stops=tuple(Stop.from_json(stop) for stop in read.objects("stops")),
            planned_hours=read.number("planned_hours"),
            booked_km=read.number("booked_km"),
            odometer_start_km=read.number("odometer_start_km"),
            odometer_end_km=read.number("odometer_end_km"),
            recorded_km=read.number("driven_km"),
            destination_changed=read.flag("destination_changed"),
            approach_km=read.number("approach_km"),
            return_km=read.number("return_km"),
            car=read.text("car"),
            member=read.text("member"),
            extras=read.counts("extras"),
            costs=read.amounts("costs"),
            vouchers=tuple(Voucher.from_json(voucher) for voucher in read.objects("vouchers")),
            ending=read.choice("ending", Ending, Ending.COMPLETED),
            cancelled_by=read.choice("cancelled_by", Side, Side.CUSTOMER),
            cancelled_at=read.time("cancelled_at"),
            stage=read.choice("stage", Stage, Stage.BOOKED),
            driver_replaced=read.flag("driver_replaced"),
            refusal_reason=read.optional_choice("refusal_reason", RefusalReason),
            refusal_fee_fen=read.fen("refusal_fee"),
        )
        read.done()
        return facts


def _seconds(begin: datetime | None, end: datetime | None) -> int:
    if begin is None or end is None:
        return 0
    return max(0, int((end - begin).total_seconds()))
