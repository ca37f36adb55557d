"""Replies with placeholders: what a manager wrote once, filled in for a case."""

import re
from collections.abc import Collection, Mapping

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.telling import Occasion

PLACEHOLDERS = ("customer", "number", "registered", "problem", "company", "phone", "agent")
"""What may stand in braces: {customer} and so on."""
OF_OCCASION: Mapping[Occasion | None, tuple[str, ...]] = {
    None: PLACEHOLDERS,
    Occasion.ACKNOWLEDGED: PLACEHOLDERS,
    Occasion.REPLIED: (*PLACEHOLDERS, "reply"),
    Occasion.CARRIED_OUT: (*PLACEHOLDERS, "remedies"),
}
"""And in a message that goes out by itself, also what the step says."""
MAX_LENGTH = 2000
_PLACE = re.compile(r"\{([^{}]*)\}")


def check(body: str, *, field: str = "body", known: Collection[str] = PLACEHOLDERS, most: int = MAX_LENGTH) -> str:
    """The text, tidied. Raises Invalid (of that field) for an empty one, a longer one or an unknown placeholder."""
    text = body.strip()
    if not text:
        raise Invalid("template_empty", N_("Please fill in this field"), field=field)
    if len(text) > most:
        raise Invalid("template_long", N_("At most %(most)s characters"), field=field, most=most)
    for name in _PLACE.findall(text):
        if name not in known:
            raise Invalid(
                "template_placeholder", N_("There is no placeholder “%(name)s”"), field=field, name="{" + name + "}"
            )
    return text


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what is said in a value is never read as a placeholder."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), body)
