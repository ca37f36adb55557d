"""A complaint: its stages, and what is needed to register one: who complains, about what, and what they want."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

MAX_TEXT = 4000


class Channel(StrEnum):
    """How the complaint reached the company."""

    CALL = auto()
    CALLBACK = auto()
    LINK = auto()
    EMAIL = auto()
    LETTER = auto()
    VISIT = auto()


class CaseKind(StrEnum):
    """What a case is about: what a customer complains of, a violation inside a service (A8), an accident (A7, B6)."""

    COMPLAINT = auto()
    VIOLATION = auto()
    ACCIDENT = auto()


class Stage(StrEnum):
    """Where a complaint stands, in the order it is handled; the last three are beside the usual way."""

    REGISTERED = auto()
    ACKNOWLEDGED = auto()
    ASSESSED = auto()
    NOT_UPHELD = auto()
    REPLIED = auto()
    ACCEPTED = auto()
    ROUTED = auto()
    INVESTIGATED = auto()
    REMEDY_PROPOSED = auto()
    RETURNED = auto()
    APPROVED = auto()
    CARRIED_OUT = auto()
    FEEDBACK = auto()
    RESOLVED = auto()
    DISSATISFIED = auto()
    ARCHIVED = auto()
    PROMISED = auto()
    WITHDRAWN = auto()
    DUPLICATE = auto()


SETTLED = frozenset({Stage.REPLIED, Stage.RESOLVED, Stage.WITHDRAWN, Stage.DUPLICATE})
"""Nothing is owed to the customer any more; what was learnt is still to be written down."""
OPEN = frozenset(Stage) - SETTLED - {Stage.ARCHIVED}


class Severity(StrEnum):
    """How grave a complaint is, as care assessed it; it weighs in the assessment of whoever is responsible."""

    MINOR = auto()
    SERIOUS = auto()
    GRAVE = auto()


@dataclass(frozen=True, slots=True)
class Registration:
    """A complaint as it comes in.

    `contact_phone` is E.164 or empty; a letter or e-mail gives another way to answer in `contact_address`, and one of
    the two is needed.  `about` is who or what it is about, `happened_at` when it happened (UTC).
    Raises Invalid naming the field.
    """

    channel: Channel
    registered_at: datetime
    contact_name: str
    contact_phone: str
    contact_address: str
    happened_at: datetime
    about: str
    problem: str
    wish: str
    trip_id: int | None = None
    kind: CaseKind = CaseKind.COMPLAINT

    def __post_init__(self) -> None:
        _check_text("contact_name", self.contact_name, 80)
        _check_text("about", self.about, 200)
        _check_text("problem", self.problem, MAX_TEXT)
        _check_text("wish", self.wish, MAX_TEXT)
        if not self.contact_phone and not self.contact_address.strip():
            raise Invalid(
                "complaint_contact",
                N_("A phone number, e-mail or postal address is needed for the answer"),
                field="contact_phone",
            )
        if self.happened_at > self.registered_at:
            raise Invalid(
                "complaint_time", N_("What is complained about cannot lie in the future"), field="happened_at"
            )


def _check_text(field: str, text: str, most: int) -> None:
    if not text.strip():
        raise Invalid("complaint_missing", N_("Please fill in this field"), field=field)
    if len(text) > most:
        raise Invalid("complaint_long", N_("At most %(most)s characters"), field=field, most=most)
