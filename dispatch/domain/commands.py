"""Everything that can be asked of a trip, as plain values. Who may, from which state, and unless what: trip.py."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum, auto

from dispatch.domain.inspection import Inspection, Signature


class Party(StrEnum):
    """On whose side a cancellation, stop or fault lies."""

    CUSTOMER = auto()
    COMPANY = auto()
    OTHER = auto()


class ReplaceReason(StrEnum):
    """Why another driver is sent. The first takes the driver off duty until a manager clears them (P4)."""

    DRIVER_NOT_SOBER = auto()
    CUSTOMER_REFUSED = auto()
    DRIVER_LATE = auto()
    DRIVER_UNAVAILABLE = auto()
    OTHER = auto()


class RefusalReason(StrEnum):
    """Why a driver on site does not serve the customer."""

    ALONE_AND_SEVERELY_DRUNK = auto()
    NOT_INSURED = auto()
    CAR_UNFIT = auto()
    WILL_NOT_SIGN = auto()
    OTHER = auto()


class IncidentKind(StrEnum):
    """What happened under way (P5, A5/B5)."""

    ACCIDENT = auto()
    BREAKDOWN = auto()
    CUSTOMER_DISTURBS = auto()
    TRAFFIC_VIOLATION = auto()
    LOST_PROPERTY = auto()
    OTHER = auto()


class ClosingItem(StrEnum):
    """The closing check of car and belongings, done together (P6)."""

    PARKED_SAFELY = auto()
    CAR_UNHARMED = auto()
    BELONGINGS_COMPLETE = auto()
    KEY_RETURNED = auto()


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer the job to one driver or several; the first to accept gets it."""

    driver_ids: tuple[int, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the job to a driver without asking; a driver on site of nothing else, by badge id."""

    driver_id: int


@dataclass(frozen=True, slots=True)
class Accept:
    """The driver takes the job offered."""


@dataclass(frozen=True, slots=True)
class Decline:
    """The driver leaves the job offered to others."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Expire:
    """The clock takes back offers whose time is over."""


@dataclass(frozen=True, slots=True)
class Depart:
    """The driver sets off to the customer."""


@dataclass(frozen=True, slots=True)
class Arrive:
    """The driver is with the customer; waiting is counted from here or from the appointed time."""


@dataclass(frozen=True, slots=True)
class ReplaceDriver:
    """Send another driver: the trip goes to the head of the queue, at no cost to the customer (P4)."""

    reason: ReplaceReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class Inspect:
    """The check of customer, car and papers, signed (P2, P3)."""

    report: Inspection


@dataclass(frozen=True, slots=True)
class Refuse:
    """The customer is not served. `fee_fen` is chosen inside the form's range (A6), None takes the default."""

    reason: RefusalReason
    note: str = ""
    fee_fen: int | None = None


@dataclass(frozen=True, slots=True)
class SignAgreement:
    """The agreement is signed on the driver's phone; `place` is where (both forms)."""

    signature: Signature
    place: str


@dataclass(frozen=True, slots=True)
class Start:
    """The drive begins; waiting ends."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop under way; one the customer asks for counts as waiting."""

    requested_by: Party
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """The stop is over."""


@dataclass(frozen=True, slots=True)
class ChangeDestination:
    """The customer wants to go elsewhere, and signs it."""

    address: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class ReportIncident:
    """Something happened under way. Shares of fault are percent of the driver's side, when known."""

    kind: IncidentKind
    note: str
    driver_fault_percent: int | None = None
    allowance_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """The car is where it belongs; both looked it over (P6)."""

    odometer_km: Decimal
    checklist: dict[ClosingItem, bool] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class SignReceipt:
    """The customer signs the settled fare and rates the service 1 to 5 (P6)."""

    signature: Signature
    rating: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The job is called off, by whom and why; the fee follows the form."""

    by: Party
    reason: str


@dataclass(frozen=True, slots=True)
class Abort:
    """The drive cannot be finished; names the incident."""

    incident_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody could be found to drive."""

    reason: str


@dataclass(frozen=True, slots=True)
class StepBack:
    """Undo a mis-tap: one state back, with a reason; history keeps both."""

    reason: str


Command = (
    Offer
    | Assign
    | Accept
    | Decline
    | Expire
    | Depart
    | Arrive
    | ReplaceDriver
    | Inspect
    | Refuse
    | SignAgreement
    | Start
    | Stop
    | Resume
    | ChangeDestination
    | ReportIncident
    | Deliver
    | SignReceipt
    | Cancel
    | Abort
    | GiveUp
    | StepBack
)
