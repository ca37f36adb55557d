"""The words of a report: what each breakdown is called, and each of its values."""

from flask_babel import gettext

from dispatch.domain import masking
from dispatch.domain.breakdown import Behind, Breakdown, Listed
from dispatch.domain.errors import N_
from dispatch.web.labels import label

TITLES: dict[Breakdown, str] = {
    Breakdown.TRIP_STATE: N_("Trips by state"),
    Breakdown.PUNCTUALITY: N_("Punctuality"),
    Breakdown.WAITING: N_("How long drivers waited"),
    Breakdown.REFUSED_BECAUSE: N_("Refused because"),
    Breakdown.CANCELLED_BY: N_("Cancelled by"),
    Breakdown.CANCELLED_BECAUSE: N_("Cancelled because"),
    Breakdown.CLOSED_BY_DRIVER: N_("Closed by driver"),
    Breakdown.ON_TIME_BY_DRIVER: N_("On time by driver"),
    Breakdown.LATE_BY_DRIVER: N_("Late by driver"),
    Breakdown.RATED_BY_DRIVER: N_("Rated by driver"),
    Breakdown.LEDGER_DRIVER: N_("Revenue by driver"),
    Breakdown.CUSTOMER_KIND: N_("Customers by kind"),
    Breakdown.CUSTOMER_VOLUME: N_("Customers by number of trips"),
    Breakdown.DISTRICT: N_("Customers by district"),
    Breakdown.LEDGER_KIND: N_("Trips with entries in the ledger"),
    Breakdown.CALLBACK_STATE: N_("Callbacks by state"),
    Breakdown.CALLBACK_COVERAGE: N_("Called by the due day"),
    Breakdown.SATISFACTION: N_("Satisfaction"),
    Breakdown.COMPLAINT_KIND: N_("Complaints by kind"),
    Breakdown.COMPLAINT_STAGE: N_("Complaints by stage"),
    Breakdown.COMPLAINT_CHANNEL: N_("Complaints by channel"),
    Breakdown.COMPLAINT_DEADLINE: N_("Deadlines of complaints"),
}
_WORDS: dict[Breakdown, dict[str, str]] = {
    Breakdown.PUNCTUALITY: {"on_time": N_("On time"), "late": N_("Late")},
    Breakdown.WAITING: {
        "under_10": N_("under 10 min"),
        "under_20": N_("10 to 20 min"),
        "under_30": N_("20 to 30 min"),
        "longer": N_("30 min and longer"),
    },
    Breakdown.CUSTOMER_KIND: {"new": N_("New customers"), "returning": N_("Customers from before")},
    Breakdown.CUSTOMER_VOLUME: {
        "one": N_("1 trip"),
        "two_or_three": N_("2 or 3 trips"),
        "four_to_nine": N_("4 to 9 trips"),
        "ten_or_more": N_("10 trips and more"),
    },
    Breakdown.CALLBACK_COVERAGE: {
        "in_time": N_("Called in time"),
        "late": N_("Called late"),
        "not_yet": N_("Not called yet"),
        "not_called": N_("Ended without a call"),
    },
    Breakdown.COMPLAINT_DEADLINE: {"kept": N_("Kept"), "missed": N_("Missed"), "open": N_("Open")},
    Breakdown.DISTRICT: {"": N_("No district named")},
    Breakdown.LEDGER_DRIVER: {"": N_("No driver")},
}
_KINDS = {
    Breakdown.TRIP_STATE: "state",
    Breakdown.REFUSED_BECAUSE: "refusal_reason",
    Breakdown.LEDGER_KIND: "line_kind",
    Breakdown.CALLBACK_STATE: "callback_state",
    Breakdown.COMPLAINT_KIND: "case_kind",
    Breakdown.COMPLAINT_STAGE: "complaint_stage",
    Breakdown.COMPLAINT_CHANNEL: "channel",
}


def list_label(behind: Behind) -> str:
    """What a list behind a number is called."""
    if behind.breakdown is Breakdown.LEDGER_KIND and behind.listed is Listed.ENTRIES:
        return gettext("Entries of the ledger")
    return value_label(behind.breakdown)


def value_label(breakdown: Breakdown, value: str | None = None) -> str:
    """What a value is called, or the breakdown itself; people's own words and names stay as they are."""
    if value is None:
        return gettext(TITLES[breakdown])
    if breakdown is Breakdown.CANCELLED_BY:
        return label(value.removeprefix("by_"), "party")
    if breakdown is Breakdown.CANCELLED_BECAUSE:
        return masking.free_text(value)
    if breakdown in _KINDS:
        return label(value, _KINDS[breakdown])
    words = _WORDS.get(breakdown, {}).get(value)
    return value if words is None else gettext(words)
