"""Consents, terms of retention, legal holds, forgetting a person and their file."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from dispatch.domain.consent import Basis, How, Purpose
from dispatch.domain.erasure import Obstacle, Stays
from dispatch.domain.retention import Kind
from dispatch.store.legal_holds import Held
from dispatch.web.schemas.common import Id, Schema, ShortText

Days = Annotated[int, Field(ge=1, le=100_000)]
Password = Annotated[str, Field(max_length=256)]


class ConsentIn(Schema):
    """What the customer said, and on which way."""

    purpose: Purpose
    given: bool
    how: How
    note: ShortText = ""


class WordOut(Schema):
    """One word of a customer. `by` is who heard it; empty when it was said by link."""

    purpose: Purpose
    given: bool
    at: datetime
    how: How
    by: str
    note: str


class PurposeOut(Schema):
    """Whether data may be used for a purpose now, and on what that rests."""

    purpose: Purpose
    basis: Basis
    allowed: bool


class ConsentsOut(Schema):
    """How every purpose stands, and everything that was said, newest first."""

    purposes: list[PurposeOut]
    history: list[WordOut]


class TermOut(Schema):
    """A kind of data: its days, what they may be, what the next sweep erases, and what is held back."""

    kind: Kind
    days: int
    least: int
    most: int
    due: int
    held: int


class SweptOut(Schema):
    """What was erased of a kind on one day."""

    day: date
    kind: Kind
    count: int


class RetentionOut(Schema):
    """The terms of the branch, the next sweep, and what the last ones did."""

    terms: list[TermOut]
    swept: list[SweptOut]


class TermsIn(Schema):
    """New days for some kinds; the others stay as they are."""

    terms: dict[Kind, Days]


class HoldIn(Schema):
    """What is to be held, and why."""

    subject: Held
    subject_id: Id
    reason: ShortText


class LiftIn(Schema):
    """Why a hold is lifted."""

    reason: ShortText


class HoldOut(Schema):
    """A hold."""

    id: Id
    subject: Held
    subject_id: Id
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_at: datetime | None


class HoldsOut(Schema):
    """The holds that stand, newest first."""

    holds: list[HoldOut]


class ObstacleOut(Schema):
    """What stands in the way, and what people call it."""

    obstacle: Obstacle
    name: str


class ErasurePlanOut(Schema):
    """What would go, what would stay (each a number of records), and what stands in the way."""

    goes: dict[str, int]
    stays: dict[Stays, int]
    obstacles: list[ObstacleOut]


class ErasureIn(Schema):
    """Why, and the caller's own password again."""

    reason: ShortText
    password: Password


class ErasedOut(Schema):
    """How many trips name nobody any more."""

    trips: int


class PersonFileIn(Schema):
    """What the file is for, and the caller's own password again."""

    reason: ShortText
    password: Password
