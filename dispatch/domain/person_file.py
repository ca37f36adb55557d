"""What a person gets when they ask for everything about them: the shape of the file (docs/person-export.md)."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

FORMAT = "homeward-person/1"
"""Grows when a field changes its meaning; new fields may come without."""


@dataclass(frozen=True, slots=True)
class CarFile:
    """A car, with what was last seen of its insurance."""

    plate: str
    model: str
    colour: str
    insurance_seen: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ConsentFile:
    """One word to one purpose."""

    purpose: str
    given: bool
    at: datetime
    how: str
    note: str


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What is known of the person beside their trips."""

    names: tuple[str, ...]
    phones: tuple[str, ...]
    customer_since: datetime
    notes: str
    not_served_because: str
    tier: str
    own_fields: dict[str, str]
    cars: tuple[CarFile, ...]
    consents: tuple[ConsentFile, ...]


@dataclass(frozen=True, slots=True)
class LineFile:
    """A line of a fare."""

    rule: str
    text_zh: str
    text_en: str
    amount_fen: int
    at: datetime
    correction: bool


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A signed document; `file` is where it lies beside, `sha256` what it has to be."""

    kind: str
    number: str
    signed_at: datetime
    sha256: str
    file: str


@dataclass(frozen=True, slots=True)
class ConditionFile:
    """What was found before the drive. `state`: the customer's own, while it is kept."""

    inspected_at: datetime
    state: str | None
    odometer_km: Decimal
    fuel_percent: int
    damage: dict[str, Any]
    companion: str
    belongings: str


@dataclass(frozen=True, slots=True)
class TripFile:
    """One trip. The driver is told by badge, as on the agreement; the name is masked."""

    number: str
    state: str
    booked_at: datetime
    appointed_at: datetime
    arrived_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    contact_name: str
    phone: str
    plate: str
    car: str
    pickup: str
    destination: str
    destinations_changed_to: tuple[str, ...]
    note: str
    booked_km: Decimal
    quote_fen: int
    total_fen: int | None
    driver_badge: str
    driver_name: str
    rating: int | None
    comment: str
    incidents: tuple[str, ...]
    fare: tuple[LineFile, ...]
    condition: tuple[ConditionFile, ...]
    documents: tuple[DocumentFile, ...]
    photos: tuple[str, ...]
    points_of_the_way: int


@dataclass(frozen=True, slots=True)
class CallFile:
    """A call to the person, and what they answered; or one of theirs that the telephone system told of."""

    trip: str
    at: datetime
    outcome: str
    satisfaction: int | None = None
    opinions: str = ""
    suggestions: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A complaint as it was made, and what came of it."""

    number: str
    registered_at: datetime
    channel: str
    stage: str
    about: str
    problem: str
    wish: str
    cause: str
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoucherFile:
    """A voucher for the person: what it is worth, until when, and the trip that was paid with it."""

    code: str
    amount_fen: int
    valid_until: date
    used_for: str


@dataclass(frozen=True, slots=True)
class MessageFile:
    """A text message to the person."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class AccessFile:
    """Somebody looked at personal facts: when, in which role's name (masked), at what, and why they said."""

    at: datetime
    who: str
    what: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything. Of a link's file only the trip, what was said about it and its documents are there."""

    made_at: datetime
    company: str
    branch: str
    profile: ProfileFile | None
    trips: tuple[TripFile, ...]
    callbacks: tuple[CallFile, ...] = ()
    calls: tuple[CallFile, ...] = ()
    complaints: tuple[CaseFile, ...] = ()
    vouchers: tuple[VoucherFile, ...] = ()
    orders_on: tuple[str, ...] = ()
    messages: tuple[MessageFile, ...] = ()
    access: tuple[AccessFile, ...] = ()
    format: str = field(default=FORMAT)

    def to_json(self) -> dict[str, Any]:
        """The file as plain JSON: times in UTC, money in fen, distances in kilometres."""
        told: dict[str, Any] = _plain(asdict(self))
        return told


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Enum():
            return value.value
        case _:
            return value
