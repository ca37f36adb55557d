"""What is left of records when the person in them is forgotten: figures and codes stay, whoever they name goes."""

from collections.abc import Collection, Mapping
from enum import StrEnum, auto
from typing import Any

from dispatch.domain import masking

ERASED = "—"
"""Stands where a name stood."""


class Obstacle(StrEnum):
    """Why a person cannot be forgotten yet."""

    LIVE_TRIP = auto()
    OPEN_COMPLAINT = auto()
    LEGAL_HOLD = auto()


class Stays(StrEnum):
    """What is kept of a person who is forgotten, and why."""

    DOCUMENTS = auto()  # contracts: the law, and the chain
    SIGNING = auto()  # how they were signed, for its own term
    FARES = auto()  # accounting, without a name
    STATEMENTS = auto()  # accounting of whoever else paid, as it was sent
    FIGURES = auto()  # times, distances, ratings, districts: without a name


def without_words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What happened without what anybody wrote: numbers, codes, times and our own numbers of things stay."""
    return {name: kept for name, value in payload.items() if (kept := _plain(value)) is not None}


def _plain(value: Any) -> Any:
    match value:
        case bool() | int() | float():
            return value
        case str():
            return value if masking.is_code(value) else None
        case dict():
            return without_words(value)
        case list():
            return [kept for item in value if (kept := _plain(item)) is not None]
        case _:
            return None


def scrubbed(text: str, names: Collection[str]) -> str:
    """What colleagues wrote, without the names, numbers and plates in it; unchanged where it holds none."""
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, ERASED)
    return masking.free_text(text)
