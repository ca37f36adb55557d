"""The badge a driver wears: its id is what the desk assigns by and what the customer sees (P1)."""

import re
import unicodedata

from dispatch.domain.errors import N_, Invalid

_BADGE = re.compile(r"[A-Z0-9]{3,8}")


def parse(text: str, *, field: str = "badge_id") -> str:
    """The one stored form of a badge id: 3–8 letters or digits, upper case ('sr 017' is 'SR017').

    Unique within a branch, which is for the store to see to. Raises Invalid.
    """
    badge = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _BADGE.fullmatch(badge):
        raise Invalid(
            "badge_format",
            N_("“%(text)s” is not a badge id: 3 to 8 letters or digits, such as SR017"),
            field=field,
            text=text,
        )
    return badge
