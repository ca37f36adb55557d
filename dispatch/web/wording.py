"""What schemas object to, in words for people: pydantic's own are for programmers."""

from collections.abc import Mapping
from typing import Any

from dispatch.domain.errors import N_

_BY_TYPE = {
    "missing": N_("Please fill this in"),
    "string_too_long": N_("This is too long"),
    "string_too_short": N_("Please fill this in"),
    "enum": N_("Please choose one of the answers"),
    "bool_parsing": N_("Please answer yes or no"),
    "int_parsing": N_("Please enter a whole number"),
    "greater_than_equal": N_("This number is too small"),
    "greater_than": N_("This number is too small"),
    "less_than_equal": N_("This number is too large"),
    "string_pattern_mismatch": N_("This does not look right: please check it"),
    "datetime_from_date_parsing": N_("Please enter a date and time"),
    "datetime_parsing": N_("Please enter a date and time"),
}


def fault_message(fault: Mapping[str, Any]) -> str:
    """The message (a key of the catalogue) for one fault of a schema."""
    if fault.get("input") in ("", None):
        return N_("Please fill this in")
    return _BY_TYPE.get(str(fault["type"]), N_("This does not look right: please check it"))
