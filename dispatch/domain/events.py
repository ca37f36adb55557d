"""What happened, as told to the journal, the boards and the outside, in the transaction that it reports."""

import re
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

_PRIVATE = frozenset({"signature", "report", "strokes"})
"""Signatures and condition reports have tables of their own; the journal names them without repeating them."""


@dataclass(frozen=True, slots=True)
class Event:
    """`type` is dotted (trip.accept, tariff.published); `data` is ready for JSON and holds no personal data."""

    type: str
    data: dict[str, Any]


def name_of(command: object) -> str:
    """The command's name as the API and the journal spell it: ReplaceDriver -> replace_driver."""
    cls = command if isinstance(command, type) else type(command)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def plain(value: Any) -> Any:
    """A value of the domain as plain JSON, without what has a table of its own."""
    match value:
        case Enum():
            result: Any = value.value
        case datetime():
            result = value.isoformat()
        case Decimal():
            result = str(value)
        case dict():
            result = {str(plain(key)): plain(item) for key, item in value.items()}
        case tuple() | list() | frozenset():
            result = [plain(item) for item in value]
        case _ if is_dataclass(value):
            result = {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in _PRIVATE}
        case _:
            result = value
    return result


def trip_event(number: str, source: str, target: str, command: object) -> Event:
    """The event of a command on a trip: from, to and what was said."""
    return Event(f"trip.{name_of(command)}", {"trip": number, "from": str(source), "to": str(target), **plain(command)})
