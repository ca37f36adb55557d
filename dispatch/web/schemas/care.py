"""Callbacks, complaints and documents, as they come in and are answered."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from dispatch.domain.callback import CallbackState, Outcome
from dispatch.domain.complaint import CaseKind, Channel
from dispatch.domain.inspection import DamageKind, Panel
from dispatch.domain.satisfaction import Ground
from dispatch.web.schemas.common import Id, LongText, Moment, Name, Schema, ShortText


class CallbackOut(Schema):
    """A callback. `attempt_no` goes back with the form: an old one is refused."""

    id: Id
    trip_id: Id
    trip_number: str
    customer: str
    state: CallbackState
    service_day: date
    due_on: date
    provisional: bool
    not_before: datetime
    claimed_by: str | None
    lease_until: datetime | None
    attempt_no: int


class CallbacksOut(Schema):
    """What can be called now, and how far the day is."""

    callbacks: list[CallbackOut]
    ended: int
    ready: int
    later: int
    overdue: int


class CallbackQuery(Schema):
    """A page of the queue."""

    limit: int = Field(50, ge=1, le=200)
    after: Id | None = None


class AttemptIn(Schema):
    """How a call went. Satisfaction and answers belong to `answered`, a time to `callback_requested`."""

    attempt_no: Annotated[int, Field(ge=1, le=1000)]
    outcome: Outcome
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    badge_worn: bool | None = None
    car_checked: bool | None = None
    fee_explained: bool | None = None
    copy_handed_over: bool | None = None
    opinions: LongText = ""
    suggestions: LongText = ""
    note: LongText = ""
    call_again_at: Moment | None = None


class AttemptNo(Schema):
    """Which form this is."""

    attempt_no: Annotated[int, Field(ge=1, le=1000)]


class RecordedOut(Schema):
    """What follows. With grounds the customer is to be offered a complaint, which `draft` begins."""

    state: CallbackState
    not_before: datetime | None
    grounds: list[Ground]
    draft: str


class NumberOut(Schema):
    """The number to ring, and the address that rings it here; who asked is in the journal."""

    phone: str
    address: Annotated[str, Field(description="tel: or sip:, as the branch dials", examples=["tel:+8613800138000"])]


class ComplaintIn(Schema):
    """A complaint as it comes in."""

    kind: Literal[CaseKind.COMPLAINT, CaseKind.ACCIDENT] = CaseKind.COMPLAINT
    channel: Channel
    contact_name: Name
    contact_phone: Annotated[str, Field(max_length=40)] = ""
    contact_address: ShortText = ""
    happened_at: Moment
    about: ShortText
    problem: LongText
    wish: LongText
    trip_id: Id | None = None
    callback_id: Id | None = None


class DocumentOut(Schema):
    """A signed document, without its bytes."""

    kind: str
    number: str
    form: str
    clause_version: str
    signed_at: datetime
    signer: str
    sha256: str
    chain_position: int


class DocumentStatusOut(Schema):
    """Whether there is one."""

    agreement: str | None
    receipt: str | None


class PhotoOut(Schema):
    """A photo kept."""

    id: Id
    sha256: str


class TakenOut(Schema):
    """A photo of a trip: its bytes are asked for by its id. `panel` and `kind` name the damage it shows, if any."""

    id: Id
    panel: Panel | None
    kind: DamageKind | None
    content_type: str
    size: Annotated[int, Field(description="Bytes")]
    taken_at: datetime


class PhotosOut(Schema):
    """What was photographed on a trip, oldest first."""

    photos: list[TakenOut]
