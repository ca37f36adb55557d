"""The frozen facts of an agreement and of a service receipt: all that is printed, and nothing that is not.

Codes (`panel`, `kind`, `cover`) are the service's own and get their words from `labels`. Money is fen, lengths are
metres, times are aware and already in the branch's zone. `to_json` is canonical: the same facts give the same bytes.
"""

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from contracts.forms.model import FilledForm, FormId, Terms
from contracts.wording import Language, Wording

NOTHING = Wording("", "")
Point = tuple[float, float, int]
"""Where the finger was, and how many milliseconds after it first touched the box."""
Stroke = tuple[Point, ...]
ADDED_BY_SIGNING = ("signature", "signed_at", "steps", "anchor", "rating", "comment")
"""What a document says beyond what was shown to the signer before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The company as a party: its name is also the name on the seal."""

    name: str
    branch: str = ""
    phone: str = ""
    address: str = ""
    registration: str = ""  # 统一社会信用代码


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The customer as a party."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who drives (P1). `sober` is the driver's own declaration, `breath_mg` an optional reading in mg/100 ml (P4)."""

    name: str
    badge: str
    phone: str = ""
    sober: bool = True
    breath_mg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """The customer's car."""

    plate: str
    model: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """The service as booked by phone."""

    number: str
    booked_at: datetime
    appointed_at: datetime
    origin: str
    destination: str
    booked_m: int | None = None
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FareLine:
    """One line of a quote, of a fee standard or of a settled fare.

    `price` says how the line is charged, `basis` the facts it came from; `amount_fen` is None in a fee standard.
    """

    rule: str
    label: Wording
    quantity: Wording = NOTHING
    price: Wording = NOTHING
    amount_fen: int | None = None
    basis: Wording = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeStandard:
    """The tariff that was explained to the customer (P3), line by line, with its name and version."""

    name: Wording
    version: str
    lines: tuple[FareLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurance:
    """One row of the insurance table (A9/B7). `cover`: damage, third_party or compulsory."""

    cover: str
    insured: bool
    insurer: str = ""
    valid_until: date | None = None
    seen: bool = False  # the driver saw the policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as it is printed: already re-encoded JPEG or PNG bytes. In JSON it stands as its digest."""

    media_type: Literal["image/jpeg", "image/png"]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Damage found on a panel, numbered as on the car's outline (P3, A3/B3)."""

    panel: str
    kind: str
    note: str = ""
    photo: Photo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature drawn by finger: strokes in a box of `width` by `height`. A companion's says how related (P2)."""

    signer: Literal["customer", "companion"]
    name: str
    strokes: tuple[Stroke, ...]
    width: float
    height: float
    signed_at: datetime
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the signing: what was done, when by the server's clock, on which device, from which address.

    `kind`: opened, read, confirmed, code_sent, code_wrong, code_entered, back or signed; `detail` names what was
    confirmed or taken back, or whose number the code went to. `shown_sha256` is the digest of what the signer had
    before them.
    """

    kind: str
    at: datetime
    device: str
    address: str
    shown_sha256: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The newest link of the branch's chain as the document was drawn up: whoever holds the document holds it."""

    position: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The condition report. Every panel that was looked over is named in `panels`; those not in `damages` are sound."""

    panels: tuple[str, ...]
    damages: tuple[Damage, ...]
    odometer_m: int
    fuel_percent: int | None
    inspected_at: datetime
    belongings: str = ""
    signature: Signature | None = None

    @property
    def sound(self) -> tuple[str, ...]:
        """The panels that were looked over and have no damage."""
        damaged = {damage.panel for damage in self.damages}
        return tuple(panel for panel in self.panels if panel not in damaged)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """Everything an agreement says. `place` is where it is signed; `signed_at` gives date, hour and minute.

    Without signature it is what is shown before signing. `wording` is the form with this agreement's figures in it.
    """

    number: str
    form: FormId
    version: str
    wording: FilledForm
    company: Company
    customer: Customer
    driver: Driver
    car: Car
    trip: Trip
    terms: Terms
    fee_standard: FeeStandard
    quote: tuple[FareLine, ...]
    quote_total_fen: int
    insurance: tuple[Insurance, ...]
    condition: Condition
    place: str
    verify_url: str
    language: Language = "zh"
    signature: Signature | None = None
    signed_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    anchor: Anchor | None = None

    def to_json(self) -> bytes:
        """Canonical JSON of the facts, to be kept beside the document."""
        return canonical(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One item of the closing check (P6) and what was found."""

    label: Wording
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """The service as it was driven, from the driver's arrival to delivery. `destination` is where it ended (A1, B1)."""

    origin: str
    destination: str
    destination_changed: bool
    arrived_at: datetime
    departed_at: datetime
    delivered_at: datetime
    odometer_start_m: int
    odometer_end_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """Everything a service receipt says (P6), chained to its agreement by number and digest.

    The one signature stands under the receipt and in the last column of the insurance table, signed on arrival.
    """

    number: str
    agreement_number: str
    agreement_sha256: str
    form: FormId
    version: str
    company_is_party_a: bool
    company: Company
    customer: Customer
    driver: Driver
    car: Car
    drive: Drive
    fare: tuple[FareLine, ...]
    total_fen: int
    insurance: tuple[Insurance, ...]
    checks: tuple[Check, ...]
    place: str
    verify_url: str
    payment: Wording = NOTHING
    language: Language = "zh"
    signature: Signature | None = None
    signed_at: datetime | None = None
    rating: int | None = None
    comment: str = ""
    steps: tuple[Step, ...] = ()
    anchor: Anchor | None = None

    def to_json(self) -> bytes:
        """Canonical JSON of the facts, to be kept beside the document."""
        return canonical(self)


def canonical(facts: object) -> bytes:
    """Frozen facts as canonical JSON: sorted keys, no spaces, UTF-8, times in ISO 8601 with offset."""
    return json.dumps(facts, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def shown_digest(facts: AgreementFacts | ReceiptFacts) -> str:
    """SHA-256, in hex, of what the signer has before them: the facts without those that signing adds.

    What was shown is what was signed if and only if this is the same before and after.
    """
    return shown_digest_of(_plain(facts))


def shown_digest_of(facts: dict[str, Any]) -> str:
    """The same from facts as they stand in JSON, for whoever has only the document."""
    shown = {name: value for name, value in facts.items() if name not in ADDED_BY_SIGNING}
    return sha256(canonical(shown)).hexdigest()


def _plain(value: Any) -> Any:
    """What JSON has no word for, in words it has; what is inside is asked for in turn."""
    if isinstance(value, Photo):
        return {"media_type": value.media_type, "sha256": sha256(value.content).hexdigest()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return {field.name: getattr(value, field.name) for field in fields(value)}
