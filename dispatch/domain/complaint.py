"""Registering a complaint: who complains, about what, and what they want."""

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
    """What a case is about: a customer's complaint, or a traffic violation that falls inside a service (A8)."""

    COMPLAINT = auto()
    VIOLATION = auto()


class Stage(StrEnum):
    """Where a complaint stands."""

    REGISTERED = auto()


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
