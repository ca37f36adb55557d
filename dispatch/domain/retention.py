"""How long each kind of personal data is kept: what a branch may set, what the law wants kept, what never goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

YEAR = 365


class Kind(StrEnum):
    """What is kept for a term of the branch, counted from the end of what it belongs to."""

    POSITIONS = auto()
    WAYS_WHOLE = auto()
    WAYS = auto()
    PHOTOS = auto()
    STATE = auto()
    SIGNING = auto()
    CALLS = auto()
    LINKS = auto()
    MESSAGES = auto()
    COMPLAINTS = auto()
    CUSTOMERS = auto()


class Fixed(StrEnum):
    """What goes by itself after a time that nobody sets: tools of the machine, of all branches together."""

    REPLIES = auto()
    SESSIONS = auto()
    TRIES = auto()
    HEARTBEATS = auto()


class Kept(StrEnum):
    """What no sweep erases, and what it is kept for."""

    DOCUMENTS = auto()  # contracts, and the chain that proves that none is missing
    FARES = auto()  # accounting
    JOURNAL = auto()  # who did what, without personal data
    CONSENTS = auto()  # the proof of what was given and withdrawn


@dataclass(frozen=True, slots=True)
class Bounds:
    """Days of a term: what holds until a branch sets one, and what it may set. `least` is where the law says so."""

    default: int
    least: int
    most: int = 30 * YEAR


BOUNDS: dict[Kind, Bounds] = {
    Kind.POSITIONS: Bounds(30, 1, YEAR),
    Kind.WAYS_WHOLE: Bounds(30, 1, YEAR),
    Kind.WAYS: Bounds(2 * YEAR, 30),
    Kind.PHOTOS: Bounds(2 * YEAR, 90),
    Kind.STATE: Bounds(180, 30, 3 * YEAR),
    Kind.SIGNING: Bounds(5 * YEAR, 3 * YEAR),  # Civil Code art. 188: claims out of a contract
    Kind.CALLS: Bounds(180, 7),
    Kind.LINKS: Bounds(30, 1, YEAR),
    Kind.MESSAGES: Bounds(90, 7, 3 * YEAR),
    Kind.COMPLAINTS: Bounds(3 * YEAR, YEAR),
    Kind.CUSTOMERS: Bounds(5 * YEAR, 3 * YEAR),  # E-Commerce Law art. 31: what was transacted, three years
}


def term(kind: Kind, chosen: Mapping[Kind, int]) -> int:
    """The days that hold in a branch: what it set, never less than the law says."""
    bounds = BOUNDS[kind]
    return max(chosen.get(kind, bounds.default), bounds.least)


def check(kind: Kind, days: int) -> None:
    """Raise Invalid naming the kind when a term lies outside its bounds."""
    bounds = BOUNDS[kind]
    if not bounds.least <= days <= bounds.most:
        raise Invalid(
            "term_out_of_bounds",
            N_("Between %(least)s and %(most)s days"),
            field=kind.value,
            least=bounds.least,
            most=bounds.most,
        )


def check_together(terms: Mapping[Kind, int]) -> None:
    """Raise Invalid where a term would outlast what it hangs on: the way in full goes before the way itself."""
    if terms[Kind.WAYS_WHOLE] > terms[Kind.WAYS]:
        raise Invalid("term_order", N_("Not longer than the way itself"), field=Kind.WAYS_WHOLE.value)


def due_before(days: int, now: datetime) -> datetime:
    """What ended before this moment has had its time."""
    return now - timedelta(days=days)
