"""What a customer's data may be used for, and what they said to it."""

from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid, Refused

MOST_NOTE = 200


class Purpose(StrEnum):
    """What data are used for; whoever does not want one of them says so for each."""

    SERVICE = auto()  # driving the customer home, and what the contract asks for
    QUALITY = auto()  # the call on the working day after (P7)
    MARKETING = auto()  # offers and greetings
    LOCATION = auto()  # keeping the way that was driven, after the trip


class Basis(StrEnum):
    """On what a use rests, and so what holds while nothing was said."""

    CONTRACT = auto()  # needed to do what was ordered
    UNLESS_WITHDRAWN = auto()
    WHEN_GIVEN = auto()


class How(StrEnum):
    """The way on which a customer said it."""

    CALL = auto()
    LINK = auto()
    PAPER = auto()
    VISIT = auto()


BASIS: dict[Purpose, Basis] = {
    Purpose.SERVICE: Basis.CONTRACT,
    Purpose.QUALITY: Basis.UNLESS_WITHDRAWN,
    Purpose.MARKETING: Basis.WHEN_GIVEN,
    Purpose.LOCATION: Basis.UNLESS_WITHDRAWN,
}
ASKED = tuple(purpose for purpose in Purpose if BASIS[purpose] is not Basis.CONTRACT)
"""What a customer can give and withdraw."""


def allowed(purpose: Purpose, last_said: bool | None) -> bool:
    """Whether data may be used so, by what the customer said last; None while they have said nothing."""
    if BASIS[purpose] is Basis.CONTRACT:
        return True
    return BASIS[purpose] is Basis.UNLESS_WITHDRAWN if last_said is None else last_said


def check(purpose: Purpose, note: str) -> None:
    """Raise Refused for what is not the customer's to say, Invalid for a note that is too long."""
    if purpose not in ASKED:
        raise Refused(
            "purpose_of_contract", N_("Without this there is no service: it ends with the erasure of the person")
        )
    if len(note.strip()) > MOST_NOTE:
        raise Invalid("too_long", N_("At most %(most)s characters"), field="note", most=MOST_NOTE)
