"""Replies with placeholders: what a manager wrote once, filled in for a case."""

import re
from collections.abc import Mapping

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.telling import Occasion

PLACEHOLDERS = ("customer", "number", "registered", "problem", "company", "phone", "agent")
"""What may stand in braces: {customer} and so on."""
OF_OCCASION = {
    Occasion.ACKNOWLEDGED: PLACEHOLDERS,
    Occasion.REPLIED: (*PLACEHOLDERS, "reply"),
    Occasion.CARRIED_OUT: (*PLACEHOLDERS, "remedies"),
}
"""And in a message that goes out by itself, also what the step says."""
MAX_LENGTH = 2000
_PLACE = re.compile(r"\{([^{}]*)\}")


def check(body: str, occasion: Occasion | None = None) -> str:
    """The body, tidied. Raises Invalid (field body) for an empty one or an unknown placeholder."""
    known = PLACEHOLDERS if occasion is None else OF_OCCASION[occasion]
    text = body.strip()
    if not text:
        raise Invalid("template_empty", N_("Please fill in this field"), field="body")
    if len(text) > MAX_LENGTH:
        raise Invalid("template_long", N_("At most %(most)s characters"), field="body", most=MAX_LENGTH)
    for name in _PLACE.findall(text):
        if name not in known:
            raise Invalid(
                "template_placeholder", N_("There is no placeholder “%(name)s”"), field="body", name="{" + name + "}"
            )
    return text


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what is said in a value is never read as a placeholder."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), body)
