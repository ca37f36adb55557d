"""Strict reading of a JSON object field by field: unknown, missing and ill-typed fields are refused by name."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.domain import money
from dispatch.domain.errors import N_, Invalid

LARGEST = 10_000_000  # more kilometres or yuan than any trip has

Choice = TypeVar("Choice", bound=StrEnum)


class JsonFacts:
    """Reads fields of one JSON object and remembers which were asked for; `done()` refuses the others."""

    def __init__(self, document: object, *, field: str = "", zone: str = "") -> None:
        if not isinstance(document, Mapping):
            raise Invalid("not_an_object", N_("“%(name)s” must be a JSON object"), field=field or None, name=field)
        self._document: Mapping[str, Any] = document
        self._prefix = f"{field}." if field else ""
        self._asked: set[str] = set()
        self.zone = zone

    def done(self) -> None:
        """Raise Invalid for a field nobody asked for."""
        for name in self._document:
            if name not in self._asked:
                raise self._wrong(str(name), "unknown_field", N_("“%(name)s” is not a known field"))

    def value(self, name: str) -> Any:
        """The raw value, None where it is absent."""
        self._asked.add(name)
        return self._document.get(name)

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.value(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "not_text", N_("“%(name)s” must be text"))

    def flag(self, name: str) -> bool:
        """true or false, false where it is absent."""
        value = self.value(name)
        if value is None:
            return False
        if isinstance(value, bool):
            return value
        raise self._wrong(name, "not_boolean", N_("“%(name)s” must be true or false"))

    def number(self, name: str) -> Decimal | None:
        """A number, written as JSON number or as text."""
        value = self.value(name)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
                raise InvalidOperation
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > LARGEST:
            raise self._wrong(name, "not_a_number", N_("“%(name)s” must be a number"))
        return number

    def fen(self, name: str) -> int | None:
        """An amount in yuan, as fen; never negative."""
        number = self.number(name)
        if number is None:
            return None
        amount = money.fen(f"{number:f}", field=self._prefix + name)
        if amount < 0:
            raise self._wrong(name, "negative_money", N_("“%(name)s” must not be negative"))
        return amount

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        """One of the values of an enumeration, or the default where it is absent."""
        return self.optional_choice(name, kind) or default

    def optional_choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """One of the values of an enumeration, None where it is absent."""
        value = self.value(name)
        if value is None:
            return None
        if value not in list(kind):
            known = ", ".join(kind)
            raise self._wrong(name, "unknown_choice", N_("“%(name)s” must be one of: %(known)s"), known=known)
        return kind(value)

    def time(self, name: str) -> datetime | None:
        """A moment in ISO 8601; without an offset it is local time of `zone`."""
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._wrong(name, "not_a_time", N_("“%(name)s” must be a time such as 2026-03-01T22:30:00")) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.zone))

    def required_time(self, name: str) -> datetime:
        """A moment that must be there."""
        moment = self.time(name)
        if moment is None:
            raise self._wrong(name, "missing_field", N_("“%(name)s” is missing"))
        return moment

    def time_zone(self, name: str, default: str) -> str:
        """The name of a time zone, which from now on reads times without an offset."""
        zone = self.text(name) or default
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self._wrong(name, "unknown_zone", N_("“%(name)s” is not a known time zone")) from None
        self.zone = zone
        return zone

    def objects(self, name: str) -> list["JsonFacts"]:
        """A list of objects."""
        value = self.value(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, "not_a_list", N_("“%(name)s” must be a list"))
        return [
            JsonFacts(item, field=f"{self._prefix}{name}.{index}", zone=self.zone) for index, item in enumerate(value)
        ]

    def amounts(self, name: str) -> dict[str, int] | None:
        """An object of amounts in yuan, as fen."""
        return self._entries(name, "fen")

    def counts(self, name: str) -> dict[str, int] | None:
        """An object of whole numbers from 0 on."""
        return self._entries(name, "count")

    def count(self, name: str) -> int | None:
        """A whole number from 0 on."""
        number = self.number(name)
        if number is None:
            return None
        if number < 0 or number != int(number):
            raise self._wrong(name, "not_a_count", N_("“%(name)s” must be a whole number from 0 on"))
        return int(number)

    def _entries(self, name: str, kind: str) -> dict[str, int] | None:
        value = self.value(name)
        if value is None:
            return None
        inner = JsonFacts(value, field=self._prefix + name)
        read = inner.fen if kind == "fen" else inner.count
        return {entry: read(entry) or 0 for entry in value}

    def _wrong(self, name: str, code: str, message: str, **params: str) -> Invalid:
        where = self._prefix + name
        return Invalid(code, message, field=where, name=where, **params)
