"""What a person typed into a form and what is wrong with it, so that nothing has to be typed twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from dispatch.domain.errors import DomainError, Invalid
from dispatch.web.labels import readable


class Unfit(Invalid):
    """Several fields that do not fit, all told at once. The first stands for all where only one is named."""

    def __init__(self, faults: Sequence[Invalid]) -> None:
        first = faults[0]
        super().__init__(first.code, first.message, field=first.field, **first.params)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class FormState:
    """Values by field name (one text or several) and messages by field name; '' names the form as a whole."""

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str | DomainError] = field(default_factory=dict)

    @classmethod
    def typed(cls, form: MultiDict[str, str], *errors: DomainError, **messages: str) -> "FormState":
        """The form as it was sent, with the rules' objections beside their fields."""
        found: dict[str, str | DomainError] = {}
        each = [one for error in errors for one in (error.faults if isinstance(error, Unfit) else (error,))]
        for error in each:
            found.setdefault((error.field if isinstance(error, Invalid) else None) or "", error)
        found.update(messages)
        return cls({name: form.getlist(name) for name in form}, found)

    def value(self, name: str, default: object = "") -> str:
        """What stands in the field: what was typed, else the default."""
        found = self.values.get(name)
        if found is None:
            return "" if default is None else str(default)
        return found if isinstance(found, str) else (found[0] if found else "")

    def chosen(self, name: str, option: object, default: object = "") -> bool:
        """Whether a radio button or checkbox is on. A form that was sent without it means off, not the default."""
        found = self.values.get(name)
        if found is None:
            return not self.values and str(option) == str(default)
        return str(option) == found if isinstance(found, str) else str(option) in found

    def error(self, name: str) -> str:
        """The message for the field in the reader's language; '' when there is none."""
        found = self.errors.get(name, "")
        return gettext(found.message, **readable(found.params)) if isinstance(found, DomainError) else found


BLANK = FormState()
"""A form nobody has typed into yet."""
