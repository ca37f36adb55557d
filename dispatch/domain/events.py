"""What happened, as told to the journal, the boards and the outside. An event is written in the transaction it reports."""

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
    """A value of the domain as plain JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in _PRIVATE}
    return value


def trip_event(number: str, source: str, target: str, command: object) -> Event:
    """The event of a command on a trip: from, to and what was said."""
    return Event(f"trip.{name_of(command)}", {"trip": number, "from": str(source), "to": str(target), **plain(command)})
