"""Fields that a manager adds to the profile of customers: what may be asked, and what may be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

LONGEST_NAME = 40
LONGEST_TEXT = 200
MOST_CHOICES = 30
MOST_FIELDS = 30
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})


class FieldKind(StrEnum):
    """What is answered in a field."""

    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    CHOICE = auto()
    YES_NO = auto()


@dataclass(frozen=True, slots=True)
class CustomField:
    """One field. `choices` are the answers of a choice, empty for every other kind."""

    id: int
    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()

    @property
    def input(self) -> str:
        """The name that the answer has in forms and messages."""
        return f"custom_{self.id}"


def checked(name: str, kind: FieldKind, choices: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Name and choices of a field as they are kept. Raises Invalid naming what does not fit."""
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME:
        raise Invalid("field_name", N_("A name of 1 to %(most)s characters"), field="name", most=LONGEST_NAME)
    offered = tuple(dict.fromkeys(one.strip() for one in choices if one.strip()))
    if kind is not FieldKind.CHOICE:
        return plain, ()
    if not 2 <= len(offered) <= MOST_CHOICES or any(len(one) > LONGEST_NAME for one in offered):
        raise Invalid("field_choices", N_("2 to %(most)s answers, each short"), field="choices", most=MOST_CHOICES)
    return plain, offered


def answer(field: CustomField, given: str) -> str | None:
    """An answer in the one form in which it is kept; None for none. Raises Invalid naming the field."""
    plain = given.strip()
    if not plain:
        return None
    match field.kind:
        case FieldKind.TEXT:
            return _text(field, plain)
        case FieldKind.NUMBER:
            return _number(field, plain)
        case FieldKind.DATE:
            return _date(field, plain)
        case FieldKind.CHOICE:
            return _choice(field, plain)
        case FieldKind.YES_NO:
            return _yes_no(field, plain)


def answers(fields: Sequence[CustomField], given: Mapping[int, str], kept: Mapping[int, str]) -> dict[int, str]:
    """All answers after some were given; fields that were not asked keep theirs, an empty answer takes one away.

    Raises Invalid for an answer that does not fit, and for a field that there is not.
    """
    known = {field.id: field for field in fields}
    result = dict(kept)
    for field_id, text in given.items():
        if field_id not in known:
            raise Invalid("field_unknown", N_("There is no such field"), field=f"custom_{field_id}")
        fitting = answer(known[field_id], text)
        if fitting is None:
            result.pop(field_id, None)
        else:
            result[field_id] = fitting
    return result


def _text(field: CustomField, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Invalid("too_long", N_("At most %(most)s characters"), field=field.input, most=LONGEST_TEXT)
    return text


def _number(field: CustomField, text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15 or len(text) > 30:
        raise Invalid("number", N_("Please enter a number"), field=field.input)
    return f"{number:f}"


def _date(field: CustomField, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Invalid("date", N_("Please enter a date"), field=field.input) from error


def _choice(field: CustomField, text: str) -> str:
    if text not in field.choices:
        raise Invalid("choice", N_("Please choose one of the answers"), field=field.input)
    return text


def _yes_no(field: CustomField, text: str) -> str:
    if text.lower() in _YES:
        return "yes"
    if text.lower() in _NO:
        return "no"
    raise Invalid("choice", N_("Please choose one of the answers"), field=field.input)
