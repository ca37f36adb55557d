"""Trips as they are answered; what the reader may not see is masked or left out."""

from datetime import datetime
from typing import Any

from dispatch.domain.states import State
from dispatch.domain.waiting import WaitingPhase
from dispatch.web.schemas.common import Fen, Id, Page, Schema


class DriverBrief(Schema):
    """Who drives."""

    badge_id: str
    name: str


class WaitingOut(Schema):
    """The waiting clock while the driver is with the customer: `since` the later of arrival and appointed time.

    `cost_fen` is what it has come to; `terms` says how it is charged, by language, null where waiting costs nothing.
    """

    since: datetime
    phase: WaitingPhase
    free_until: datetime | None
    cost_fen: Fen
    terms: dict[str, str] | None


class ArrivalOut(Schema):
    """The driver who is coming: where they were last seen since they accepted (WGS-84), and how far that is.

    `minutes` by road, null when the position is stale or the pick-up has no coordinates; `distance_m` is straight.
    """

    lat: float
    lon: float
    seen_at: datetime
    stale: bool
    distance_m: int | None
    minutes: int | None


class TripOut(Schema):
    """A trip for the eyes of the one who asks. `account` names who pays, where it is not the customer."""

    id: Id
    number: str
    version: int
    state: State
    state_since: datetime
    urgent: bool
    form: str
    clause_version: str
    tariff_id: Id
    contact_name: str
    caller_phone: str
    plate: str
    car_model: str
    car_colour: str
    needs: list[str]
    insurance_stated: str
    pickup_address: str
    destination_address: str
    booked_km: str
    appointed_at: datetime
    booked_at: datetime
    accepted_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    agreed_at: datetime | None
    started_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    waiting: WaitingOut | None
    arrival: ArrivalOut | None
    start_odometer_km: str | None
    end_odometer_km: str | None
    driver: DriverBrief | None
    account: str | None
    quote_total_fen: Fen
    total_fen: Fen | None
    fare_flags: list[str]
    end_reason: str
    end_note: str
    note: str
    intoxication: str | None
    incidents: list[Id]
    open_commands: list[str]


class TripsOut(Schema):
    """A page of trips, newest first; `next_before` asks for the next one."""

    trips: list[TripOut]
    next_before: Id | None


class TripsQuery(Page):
    """Which trips."""

    state: State | None = None


class FareCorrectionIn(Schema):
    """A correction of a settled fare, as a line of its own."""

    amount_fen: Fen
    reason: str


class TripFareOut(Schema):
    """The fare so far, or as settled with its corrections."""

    settled: bool
    total_fen: Fen
    lines: list[dict[str, Any]]
    flags: list[str]


class DoneOut(Schema):
    """The command was carried out; the trip as it is now."""

    trip: TripOut
