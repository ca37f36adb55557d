"""Customers' profiles as they come in and as they are answered."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from dispatch.domain.custom_fields import FieldKind
from dispatch.domain.searching import SearchKind
from dispatch.web.schemas.common import Fen, Id, LongText, Name, Schema, ShortText

Fragment = Annotated[str, Field(min_length=1, max_length=100, examples=["8000"])]
Answers = Annotated[dict[str, str], Field(description="Answers of the branch's own fields by the field's id")]


class SearchQuery(Schema):
    """Any fragment of a number, plate, name, pinyin initials or address."""

    q: Fragment


class HitOut(Schema):
    """A customer who was found, and by what."""

    id: Id
    name: str
    phone: str
    plates: list[str]
    found_by: list[SearchKind]


class HitsOut(Schema):
    """Who was found; `more` says that the fragment wants to be longer."""

    customers: list[HitOut]
    more: bool


class NumberOut(Schema):
    """A further number, masked as the profile's are."""

    id: Id
    phone: str


class CarOut(Schema):
    """A car, with what was last seen of its insurance."""

    plate: str
    words: str
    insurance_seen_on: str | None


class TierChangeOut(Schema):
    """One change of the tier: the names before and after, empty for the general one."""

    at: datetime
    before: str
    after: str
    by: str
    reason: str
    until: date | None


class CustomerOut(Schema):
    """A profile as the caller may see it. `id` is that of the profile that is kept, where it was merged."""

    id: Id
    name: str
    names: list[str]
    phones: list[str]
    dialled: list[str]
    further: list[NumberOut]
    vehicles: list[CarOut]
    places: list[str]
    notes: str
    do_not_serve: str | None
    do_not_call: list[str]
    custom: Answers
    tier: str
    tier_until: date | None
    tier_history: list[TierChangeOut]
    trips: list[Id]
    callbacks: list[Id]
    complaints: list[Id]
    trip_count: int
    closed_count: int
    year_trips: int
    year_spend_fen: Fen
    accounts: list[str]
    merges: list[Id]


class CustomerIn(Schema):
    """What is written into a profile; what is left out stays."""

    name: Name | None = None
    notes: LongText | None = None
    do_not_serve: ShortText | None = None
    custom: Answers | None = None


class NumberIn(Schema):
    """A further number, in any spelling."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]


class CustomerRevealIn(Schema):
    """What is to be shown (phones, places), and why."""

    what: Annotated[str, Field(max_length=32)]
    reason: ShortText


class CustomerRevealOut(Schema):
    """The fact."""

    value: str


class MergeIn(Schema):
    """The profile that is merged into this one."""

    other_id: Id


class MergeOut(Schema):
    """A merge: which profile went into which, and how many trips moved."""

    id: Id
    kept_id: Id
    gone_id: Id
    trips: int
    undone: bool


class LikelyOut(Schema):
    """Who may be the same person, and why: a plate of both, or '' for name and address."""

    id: Id
    name: str
    phone: str
    plate: str


class LikelyListOut(Schema):
    """Likely duplicates of a customer."""

    customers: list[LikelyOut]


class FieldIn(Schema):
    """A field of the branch's own; `choices` for a choice only."""

    name: Annotated[str, Field(max_length=80)]
    kind: FieldKind
    choices: list[Annotated[str, Field(max_length=80)]] = Field(default_factory=list, max_length=60)


class FieldChangeIn(Schema):
    """What may be changed of a field; its kind stays."""

    name: Annotated[str, Field(max_length=80)]
    choices: list[Annotated[str, Field(max_length=80)]] = Field(default_factory=list, max_length=60)
    active: bool = True


class FieldOut(Schema):
    """A field of the branch's own."""

    id: Id
    name: str
    kind: FieldKind
    choices: list[str]
    active: bool


class FieldsOut(Schema):
    """The fields in their order."""

    fields: list[FieldOut]


class TierIn(Schema):
    """A tier: reached by trips or money in a year. Without an id it is a new one."""

    id: Id | None = None
    name: Annotated[str, Field(max_length=40)]
    trips_from: Annotated[int, Field(ge=1, le=100_000)] | None = None
    spend_from_fen: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None


class TiersIn(Schema):
    """All tiers of the branch above the general one, lowest first."""

    tiers: list[TierIn] = Field(max_length=20)


class TierOut(Schema):
    """A tier."""

    id: Id
    name: str
    trips_from: int | None
    spend_from_fen: Fen | None


class TiersOut(Schema):
    """The tiers, lowest first."""

    tiers: list[TierOut]


class TierGivenIn(Schema):
    """A tier given by hand; without an id the general one."""

    tier_id: Id | None = None
    until: date
    reason: ShortText


class HotOut(Schema):
    """A hot customer."""

    id: Id
    name: str
    trips: int
    last_at: datetime
    heat: float
    welcomes_offers: bool


class HotListOut(Schema):
    """Who comes often and lately, hottest first."""

    customers: list[HotOut]
