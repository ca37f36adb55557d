"""A line of text as somebody typed it into a form."""

from dispatch.domain.errors import N_, Invalid


def line(text: str, field: str, most: int) -> str:
    """The text without blanks around it. Raises Invalid when nothing is left, or more than `most` characters."""
    plain = text.strip()
    if not plain:
        raise Invalid("missing", N_("Please fill this in"), field=field)
    if len(plain) > most:
        raise Invalid("too_long", N_("At most %(most)s characters"), field=field, most=most)
    return plain
