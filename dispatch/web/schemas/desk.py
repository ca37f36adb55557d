"""Drivers, shifts and offers; tariffs; working days; the journal; signing in. As they come in and are answered."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from dispatch.domain.driver import Competence, Means
from dispatch.domain.roles import Role
from dispatch.web.schemas.common import Fen, Id, Moment, Name, Page, Schema, ShortText

Document = Annotated[str, Field(min_length=1, max_length=200_000, description="A tariff document (docs/tariffs.md)")]


class SignInIn(Schema):
    """Name and password of staff; the code where one is set up."""

    login: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=256)]
    code: Annotated[str, Field(max_length=10)] = ""


class SignedInOut(Schema):
    """Who is signed in. Unsafe calls with the session cookie carry `csrf_token` as X-CSRFToken."""

    name: str
    roles: list[str]
    driver_id: Id | None
    csrf_token: str


class DriverOut(Schema):
    """A driver as the desk sees one."""

    id: Id
    badge_id: str
    name: str
    badge_active: bool
    on_shift_since: datetime | None
    trip: str | None
    trip_state: str | None
    held_reason: str | None
    competences: list[str]
    papers_until: date
    means: str
    paused_until: datetime | None


class DriversOut(Schema):
    """Every driver of the branch."""

    drivers: list[DriverOut]


class CandidateOut(Schema):
    """A driver for a job. `obstacles`: rules forbid it; nothing there means fit, and the desk may choose them.

    `held_back`: why no offer goes out to them by itself. `free_in_minutes`: when somebody on a trip could be here.
    """

    badge_id: str
    name: str
    fit: bool
    asked_by_itself: bool
    minutes_away: int | None
    free_in_minutes: int | None
    reasons: list[str]
    held_back: list[str]
    obstacles: list[str]


class CandidatesOut(Schema):
    """Who may take the job, and why the others may not."""

    candidates: list[CandidateOut]


class PointIn(Schema):
    """A place in WGS-84."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class SwitchIn(Schema):
    """On or off."""

    on: bool


class DriverIn(Schema):
    """A driver's file."""

    badge_id: Annotated[str, Field(max_length=12)]
    name: Name
    phone: Annotated[str, Field(max_length=40)]
    licence_no: Annotated[str, Field(max_length=24)]
    licence_class: Annotated[str, Field(max_length=8)]
    licence_until: date
    permit_until: date
    competences: Annotated[list[Competence], Field(default_factory=list)]
    badge_active: bool = True
    means: Means = Means.BIKE
    home: PointIn | None = None


class NewDriverIn(DriverIn):
    """A new driver with a sign-in of their own."""

    login: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=256)]


class NoteIn(Schema):
    """A note."""

    note: ShortText = ""


class StaffIn(Schema):
    """Somebody who signs in; drivers are added with their file."""

    login: Annotated[str, Field(max_length=64)]
    name: Name
    roles: Annotated[list[Role], Field(min_length=1, max_length=5)]
    password: Annotated[str, Field(max_length=256)]


class StaffOut(Schema):
    """A colleague."""

    id: Id
    login: str
    name: str
    roles: list[str]
    active: bool
    extension: str | None


class StaffChangeIn(Schema):
    """What to change about a colleague; what is left out stays as it is."""

    extension: Annotated[str, Field(max_length=16, description="Of the telephone; empty for none")] | None = None


class StaffListOut(Schema):
    """A page of colleagues; `next_before` asks for the next one."""

    staff: list[StaffOut]
    next_before: Id | None


class ShiftOut(Schema):
    """The driver's shift, None when off duty; whether they want home; until when and why no offers come."""

    started_at: datetime | None
    heading_home: bool
    paused_until: datetime | None
    pause_reason: str | None


class OfferOut(Schema):
    """A job on offer to the driver."""

    trip_id: Id
    number: str
    expires_at: datetime
    pickup_address: str
    destination_address: str
    booked_km: str
    appointed_at: datetime
    quote_total_fen: Fen
    plate: str
    car_model: str
    car_colour: str


class OffersOut(Schema):
    """What the driver can accept now."""

    offers: list[OfferOut]


class TariffIn(Schema):
    """A document to check or publish."""

    document: Document
    valid_from: Moment | None = None


class TariffCheckOut(Schema):
    """What is wrong with a document, by line; or its fee standard."""

    valid: bool
    problems: list[dict[str, Any]]
    fee_standard: list[dict[str, str]]


class TariffOut(Schema):
    """A published version."""

    id: Id
    number: int
    name: str
    valid_from: datetime
    published_at: datetime
    in_force: bool


class TariffsOut(Schema):
    """Versions, newest first."""

    tariffs: list[TariffOut]


class DayOut(Schema):
    """A day of the calendar."""

    date: date
    is_working: bool
    name: str
    source: str
    version: int


class DaysOut(Schema):
    """A year; provisional until it is announced."""

    year: int
    provisional: bool
    days: list[DayOut]


class DaysIn(Schema):
    """A file of working days: date,is_working,name."""

    csv: Annotated[str, Field(max_length=200_000)]
    source: Annotated[str, Field(max_length=60)] = "api"


class CalendarChangeOut(Schema):
    """What an import changed, and whose due dates moved."""

    changed: list[date]
    moved: list[dict[str, Any]]


class DayDifferenceOut(Schema):
    """A day that an import would change."""

    date: date
    worked_before: bool
    worked_after: bool
    name_before: str
    name_after: str


class CalendarPreviewOut(Schema):
    """What an import would do: days changed, years announced, callbacks moved."""

    differences: list[DayDifferenceOut]
    announced: list[int]
    moved: list[dict[str, Any]]


class JournalEntryOut(Schema):
    """Something that happened."""

    id: int
    at: datetime
    actor: str
    type: str
    subject: str
    subject_id: int
    data: dict[str, Any]


class JournalOut(Schema):
    """A page of the journal, newest first."""

    entries: list[JournalEntryOut]
    next_before: int | None


class JournalQuery(Page):
    """Which entries."""

    subject: Annotated[str, Field(max_length=16)] | None = None
    subject_id: Id | None = None


class RevealIn(Schema):
    """Which masked fact to show, and why."""

    what: Annotated[str, Field(max_length=16, examples=["phone"])]
    reason: ShortText


class RevealOut(Schema):
    """The fact."""

    value: str


class CallerQuery(Schema):
    """A number in any spelling."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]


class CallerVoucher(Schema):
    """A voucher that the caller can use."""

    code: str
    amount_fen: Fen
    valid_until: date


class CallerOut(Schema):
    """What is known of a caller; `known` false for a new one."""

    known: bool
    name: str = ""
    do_not_serve: str | None = None
    vehicles: list[dict[str, Any]] = Field(default_factory=list)
    pickups: list[str] = Field(default_factory=list)
    destinations: list[str] = Field(default_factory=list)
    open_trips: list[str] = Field(default_factory=list)
    complaints: int = 0
    vouchers: list[CallerVoucher] = Field(default_factory=list)
