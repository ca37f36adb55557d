"""The word for every enumerated value of the product: what a person reads where the program says `en_route`.

Keyed by kind (the enum's name in snake case) and value, because the same value means different things: a callback
is `refused` by not wanting to talk, a trip by not being driven.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from flask_babel import get_locale, gettext

from dispatch.domain.errors import N_
from dispatch.domain.fare_lines import FLAG_MESSAGES
from dispatch.domain.reason import Reason
from dispatch.domain.text import Text
from dispatch.web.assessment_labels import ASSESSMENT
from dispatch.web.complaint_labels import COMPLAINTS
from dispatch.web.event_labels import EVENTS
from dispatch.web.fare_labels import FACT_KINDS, FACTS
from dispatch.web.privacy_labels import PRIVACY
from dispatch.web.signing_labels import SIGNING
from dispatch.web.times import duration, localtime

LABELS: dict[str, dict[str, str]] = {
    **ASSESSMENT,
    **EVENTS,
    **COMPLAINTS,
    **PRIVACY,
    **SIGNING,
    "state": {
        "booked": N_("Waiting for a driver"),
        "offered": N_("Offered"),
        "accepted": N_("Driver found"),
        "en_route": N_("On the way"),
        "on_site": N_("On site"),
        "inspected": N_("Car checked"),
        "agreed": N_("Agreement signed"),
        "driving": N_("Driving"),
        "delivered": N_("Delivered"),
        "closed": N_("Closed"),
        "cancelled": N_("Cancelled"),
        "refused": N_("Not served"),
        "unfulfilled": N_("No driver found"),
        "aborted": N_("Broken off"),
    },
    "intoxication": {
        "none": N_("Sober"),
        "mild": N_("Slightly drunk"),
        "moderate": N_("Drunk, but clear-headed"),
        "severe": N_("Severely drunk"),
        "unconscious": N_("Unconscious"),
    },
    "refusal_reason": {
        "alone_and_severely_drunk": N_("Severely drunk and alone"),
        "not_insured": N_("Insurance missing"),
        "car_unfit": N_("Car not fit to drive"),
        "will_not_sign": N_("Will not sign"),
        "other": N_("Other reason"),
    },
    "replace_reason": {
        "driver_not_sober": N_("Driver is not sober"),
        "customer_refused": N_("Customer does not want this driver"),
        "driver_late": N_("Driver is late"),
        "driver_unavailable": N_("Driver cannot come"),
        "other": N_("Other reason"),
    },
    "account_kind": {
        "restaurant": N_("Restaurant"),
        "hotel": N_("Hotel"),
        "bar": N_("Bar"),
        "company": N_("Company"),
        "other": N_("Other"),
    },
    "entry_kind": {"fare": N_("Fare"), "correction": N_("Correction"), "payment": N_("Payment")},
    "stop": {"by_hand": N_("Stopped by hand"), "overdue": N_("Overdue"), "limit": N_("No credit left")},
    "mail_state": {"waiting": N_("E-mail is on its way"), "sent": N_("E-mailed"), "failed": N_("E-mail failed")},
    "party": {"customer": N_("Customer"), "company": N_("Company"), "other": N_("Somebody else")},
    "reveal": {
        "phone": N_("Phone"),
        "address": N_("Addresses"),
        "intoxication": N_("Customer’s state"),
        "phones": N_("Phone numbers"),
        "places": N_("Favourite places"),
    },
    "actor": {"clock": N_("System"), "command line": N_("Command line")},
    "dial_way": {
        "tel": N_("The computer’s program for telephone numbers (tel:)"),
        "sip": N_("A softphone by the branch’s exchange (sip:)"),
        "exchange": N_("The telephone system rings the agent, then the customer"),
    },
    "document_language": {"zh": N_("Chinese"), "zh-en": N_("Chinese with English"), "en": N_("English")},
    "branch_setting": {
        "company_name": N_("Company, as on its seal"),
        "registration": N_("Registration number"),
        "address": N_("Address"),
        "name": N_("Branch"),
        "city": N_("City"),
        "phone": N_("Telephone"),
        "area_code": N_("Area code"),
        "form": N_("Agreement form"),
        "document_language": N_("Language of documents"),
        "dispatch_mode": N_("Who is asked"),
        "dial_way": N_("Dialling"),
        "ask_at_once": N_("Drivers asked at once"),
        "assign_directly": N_("Automatic dispatch assigns without asking"),
        "search_radius_km": N_("Drivers are searched within"),
        "release_minutes": N_("Drivers are asked before the appointed time"),
        "nobody_minutes": N_("Desk and customer are told after"),
        "give_up_minutes": N_("The trip is given up after"),
        "declines_to_pause": N_("Offers not taken before a pause"),
        "declines_within_minutes": N_("Counted within"),
        "pause_minutes": N_("A pause lasts"),
        "offer_seconds": N_("An offer stays open"),
        "max_shift_hours": N_("Longest shift"),
        "min_rest_hours": N_("Shortest rest"),
        "callback_workdays": N_("Call back after"),
        "service_day_cutover": N_("A service day begins at"),
        "calling_from": N_("Calls from"),
        "calling_until": N_("Calls until"),
        "code_for_signing": N_("One-time code for signing agreements"),
        "sms_on": N_("Text messages to customers"),
        "webhook_url": N_("Address for webhooks"),
        "totp_for_managers": N_("Managers need an authenticator app"),
    },
    "side": {"customer": N_("Customer"), "company": N_("Company")},
    "signer": {"customer": N_("Customer"), "companion": N_("Companion")},
    "incident_kind": {
        "accident": N_("Accident"),
        "breakdown": N_("Breakdown"),
        "customer_disturbs": N_("Customer disturbs the driving"),
        "traffic_violation": N_("Traffic violation"),
        "lost_property": N_("Lost property"),
        "other": N_("Something else"),
    },
    "closing_item": {
        "parked_safely": N_("Parked safely"),
        "car_unharmed": N_("No new damage to the car"),
        "belongings_complete": N_("Nothing missing or left behind"),
        "key_returned": N_("Key handed back"),
    },
    "panel": {
        "front_bumper": N_("Front bumper"),
        "bonnet": N_("Bonnet"),
        "windscreen": N_("Windscreen"),
        "roof": N_("Roof"),
        "left_front": N_("Left front"),
        "left_rear": N_("Left rear"),
        "right_front": N_("Right front"),
        "right_rear": N_("Right rear"),
        "boot": N_("Boot"),
        "rear_bumper": N_("Rear bumper"),
        "mirrors": N_("Mirrors"),
        "wheels": N_("Wheels"),
        "interior": N_("Interior"),
    },
    "damage_kind": {
        "scratch": N_("Scratch"),
        "dent": N_("Dent"),
        "crack": N_("Crack"),
        "broken": N_("Broken"),
        "missing": N_("Missing part"),
        "stain": N_("Stain"),
        "other": N_("Other damage"),
    },
    "safety_item": {
        "brakes": N_("Brakes"),
        "steering": N_("Steering"),
        "tyres": N_("Tyres"),
        "lights": N_("Lights"),
        "warning_lamps": N_("Warning lamps"),
    },
    "insurance": {
        "damage": N_("Damage insurance"),
        "third_party": N_("Third-party insurance"),
        "compulsory": N_("Compulsory insurance"),
    },
    "competence": {
        "manual": N_("Manual gearbox"),
        "ev": N_("Electric car"),
        "large": N_("Large car"),
        "sports": N_("Sports car"),
    },
    "means": {"foot": N_("On foot"), "bike": N_("Folding bike"), "car": N_("By car")},
    "dispatch_mode": {
        "manual": N_("The desk chooses"),
        "best": N_("The best one, then the next"),
        "several": N_("A few at once"),
        "automatic": N_("The whole queue, automatically"),
    },
    "pause_reason": {
        "declines": N_("Too many offers declined or missed"),
        "break": N_("Own break"),
    },
    "nobody_why": {
        "nobody_on_duty": N_("nobody on duty"),
        "driver_busy": N_("on a trip"),
        "badge_inactive": N_("badge not active"),
        "driver_held": N_("held off duty"),
        "licence_expired": N_("licence ran out"),
        "permit_expired": N_("permit ran out"),
        "lacks_manual": N_("no manual gearboxes"),
        "lacks_ev": N_("no electric cars"),
        "lacks_large": N_("no large cars"),
        "lacks_sports": N_("no sports cars"),
        "needs_rest": N_("must rest"),
        "declined": N_("declined"),
        "replaced": N_("replaced before"),
        "missed": N_("did not answer"),
        "paused": N_("paused"),
        "asked_elsewhere": N_("asked for another trip"),
        "position_stale": N_("position too old"),
        "too_far": N_("too far away"),
    },
    "ending": {
        "completed": N_("Completed"),
        "cancelled": N_("Cancelled"),
        "refused": N_("Not served"),
        "aborted": N_("Broken off"),
        "unfulfilled": N_("No driver found"),
    },
    "role": {
        "dispatcher": N_("Dispatcher"),
        "driver": N_("Driver"),
        "care": N_("Customer service"),
        "manager": N_("Manager"),
        "exchange": N_("Telephone system"),
        "customer": N_("Customer"),
        "system": N_("System"),
    },
    "outcome": {
        "answered": N_("Answered"),
        "no_answer": N_("No answer"),
        "busy": N_("Line busy"),
        "powered_off": N_("Phone switched off"),
        "invalid_number": N_("Number does not exist"),
        "refused": N_("Does not want to talk"),
        "callback_requested": N_("Asked to be called later"),
        "do_not_call": N_("Never call again"),
    },
    "callback_state": {
        "scheduled": N_("Planned"),
        "due": N_("To call"),
        "claimed": N_("Being called"),
        "done": N_("Done"),
        "unreachable": N_("Not reached"),
        "declined": N_("Not wanted"),
        "cancelled": N_("Called off"),
    },
    "insurance_stated": {
        "all_three": N_("All three"),
        "check_on_site": N_("Check on site"),
        "missing": N_("Not all three"),
    },
    "document_kind": {"agreement": N_("Agreement"), "receipt": N_("Receipt"), "pack": N_("Dispute file")},
    "line_kind": {"settled": N_("Settled"), "correction": N_("Correction")},
    "outbox_state": {"waiting": N_("Waiting to be sent"), "sent": N_("Sent"), "failed": N_("Not delivered")},
    "field_kind": {
        "text": N_("Text"),
        "number": N_("Number"),
        "date": N_("Date"),
        "choice": N_("One of several answers"),
        "yes_no": N_("Yes or no"),
    },
    "search_kind": {
        "phone": N_("Phone"),
        "plate": N_("Plate"),
        "name": N_("Name"),
        "address": N_("Address"),
    },
    "channel": {
        "call": N_("Phone call"),
        "callback": N_("Callback"),
        "link": N_("Customer link"),
        "email": N_("E-mail"),
        "letter": N_("Letter"),
        "visit": N_("Visit"),
    },
    "offer_state": {
        "open": N_("Still open"),
        "accepted": N_("Accepted"),
        "declined": N_("Declined"),
        "expired": N_("Expired"),
        "withdrawn": N_("Withdrawn"),
        "replaced": N_("Replaced"),
    },
    "form": {"A": N_("Form A"), "B": N_("Form B")},
    "stage": {
        "booked": N_("Before a driver was found"),
        "accepted": N_("Driver found"),
        "departed": N_("Driver had set off"),
        "arrived": N_("Driver had arrived"),
    },
    "fare_flag": {flag.value: message for flag, message in FLAG_MESSAGES.items()},
}

_LENGTH = re.compile(r"\b(\d+):(\d\d):(\d\d)\b")


def kind_of(enum: type[Enum]) -> str:
    """The kind of an enum: `RefusalReason` -> 'refusal_reason'; with its module where two enums share a name."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.__name__).lower()
    with_module = f"{enum.__module__.rpartition('.')[2]}_{name}"
    return with_module if with_module in LABELS else name


def label(value: Enum | str, kind: str = "") -> str:
    """The word for a value in the reader's language; plain text needs its kind. An unknown value is shown as it is."""
    found_kind = kind or (kind_of(type(value)) if isinstance(value, Enum) else "")
    key = str(value.value) if isinstance(value, Enum) else value
    message = LABELS.get(found_kind, {}).get(key)
    return gettext(message) if message else key


def state_label(state: Enum | str) -> str:
    """The word for a trip's state."""
    return label(state, "state")


def options(enum: type[Enum]) -> list[tuple[str, str]]:
    """An enum as choices for a select or radio buttons: value and word, in the enum's order."""
    return [(str(member.value), label(member)) for member in enum]


def options_of(kind: str) -> list[tuple[str, str]]:
    """All values of a kind as choices, in the order of the table."""
    return [(value, gettext(message)) for value, message in LABELS[kind].items()]


def told(name: str, value: str) -> str:
    """A fact of a fare line in words: ('driven_km', '13.5') -> 'Driven 13.5 km'. An unknown fact is shown as it is.

    The year is on the trip; seconds of a time are in the document, a length of time keeps them.
    """
    message = FACTS.get(name)
    shown = label(value, FACT_KINDS[name]) if name in FACT_KINDS else value
    if name.endswith("_at") and len(value) == len("2026-11-23 22:31:00"):
        shown = value[len("2026-") : -len(":00")]
    shown = _LENGTH.sub(_length, shown)
    if name in {"range", "band"}:
        shown = shown.replace("-", "–")
    return gettext(message, value=shown) if message else f"{name} {value}"


def _length(found: re.Match[str]) -> str:
    """A length of time as people say it: 0:30:00 -> '30 min', 1:05:20 -> '1 h 05 min 20 s'."""
    hours, minutes, seconds = (int(part) for part in found.groups())
    words = duration(hours * 3600 + minutes * 60)
    return gettext("%(minutes)s %(seconds)s s", minutes=words, seconds=seconds) if seconds else words


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a message as people say them: enumerations by their word, times in the branch's zone."""
    return {name: _readable(value) for name, value in params.items()}


def in_words(reason: Reason) -> str:
    """A reason in the reader's language."""
    return gettext(reason.message, **readable(reason.params))


def _readable(value: object) -> object:
    if isinstance(value, Enum):
        return label(value)
    if isinstance(value, Text):
        return value.in_(str(get_locale()))
    if isinstance(value, datetime):
        return localtime(value)
    if isinstance(value, list | tuple | set | frozenset):
        return gettext(", ").join(str(_readable(part)) for part in value)
    return value
