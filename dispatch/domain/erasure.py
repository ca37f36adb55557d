"""What is left of records when the person in them is forgotten: figures and codes stay, whoever they name goes."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from dispatch.domain import masking

ERASED = "—"
"""Stands where a name stood."""
_CODE = re.compile(r"[a-z][a-z_.]{0,47}")
_NUMBER_OF_OURS = re.compile(r"[A-Z]{1,8}-?[0-9]{0,6}(-[0-9A-Za-z]{1,14}){0,3}")


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
    FIGURES = auto()  # times, distances, ratings, districts: without a name


def without_words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What happened without what anybody wrote: numbers, codes, times and our own numbers of things stay."""
    return {name: kept for name, value in payload.items() if (kept := _plain(value)) is not None}


def _plain(value: Any) -> Any:
    match value:
        case bool() | int() | float():
            return value
        case str():
            return value if _says_nothing_personal(value) else None
        case dict():
            return without_words(value)
        case list():
            return [kept for item in value if (kept := _plain(item)) is not None]
        case _:
            return None


def _says_nothing_personal(text: str) -> bool:
    return bool(_CODE.fullmatch(text) or _NUMBER_OF_OURS.fullmatch(text)) or _is_time(text)


def _is_time(text: str) -> bool:
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def scrubbed(text: str, names: Collection[str]) -> str:
    """What colleagues wrote, without the names, numbers and plates in it; unchanged where it holds none."""
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, ERASED)
    return masking.free_text(text)
