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


class Stage(StrEnum):
    """Where a complaint stands."""

    REGISTERED = auto()


class Subject(StrEnum):
    """Who or what the complaint is about."""

    DRIVER = auto()
    DISPATCH = auto()
    PUNCTUALITY = auto()
    FARE = auto()
    DAMAGE = auto()
    BELONGINGS = auto()
    AGREEMENT = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Registration:
    """A complaint as it comes in.

    `phone` is E.164; a letter or e-mail may give another way to answer in `address`, and one of the two is needed.
    `happened_at` is when the trouble was, UTC. Raises Invalid naming the field.
    """

    channel: Channel
    received_at: datetime
    contact_name: str
    phone: str | None
    address: str
    happened_at: datetime
    subject: Subject
    problem: str
    wish: str
    trip_id: int | None = None

    def __post_init__(self) -> None:
        _check_text("contact_name", self.contact_name)
        _check_text("problem", self.problem)
        _check_text("wish", self.wish)
        if not self.phone and not self.address.strip():
            raise Invalid("complaint_contact", N_("A phone number, e-mail or postal address is needed for the answer"),
                          field="phone")
        if self.happened_at > self.received_at:
            raise Invalid("complaint_time", N_("What is complained about cannot lie in the future"),
                          field="happened_at")


def _check_text(field: str, text: str) -> None:
    if not text.strip():
        raise Invalid("complaint_missing", N_("Please fill in this field"), field=field)
    if len(text) > MAX_TEXT:
        raise Invalid("complaint_long", N_("At most %(most)s characters"), field=field, most=MAX_TEXT)
