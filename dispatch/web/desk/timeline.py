"""What happened to a trip, from its journal, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext

from dispatch.domain import phone_clock
from dispatch.store.journal import JournalEntry
from dispatch.web.entries import details
from dispatch.web.labels import label
from dispatch.web.times import clock

_TONES = {
    "booked": "wait",
    "offered": "wait",
    "accepted": "go",
    "en_route": "go",
    "on_site": "work",
    "inspected": "work",
    "agreed": "work",
    "driving": "drive",
    "delivered": "drive",
    "refused": "alarm",
    "unfulfilled": "alarm",
    "aborted": "alarm",
}
_ALARMING = frozenset({"trip.replace_driver", "trip.report_incident", "trip.step_back"})


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history."""

    at: datetime
    text: str
    who: str
    tone: str


def moments(entries: Iterable[JournalEntry]) -> list[Moment]:
    """The history as it is read, in the order of the entries; a row of photos one person looked at is one line."""
    return [_moment(next(row)) for _, row in groupby(entries, _together)]


def _together(entry: JournalEntry) -> tuple[int, ...]:
    """What tells one line from the next: every entry for itself, but photos by who looked."""
    return (entry.actor_id,) if entry.type == "photo.read" else (entry.actor_id, entry.id)


def _moment(entry: JournalEntry) -> Moment:
    told = details(entry.type, entry.payload)
    words = label(entry.type, "event")
    text = gettext("%(what)s: %(details)s", what=words, details=gettext(", ").join(told)) if told else words
    if entry.phone_at is not None and phone_clock.apart(entry.at, entry.phone_at):
        text = gettext("%(what)s (done at %(at)s by the phone)", what=text, at=clock(entry.phone_at))
    tone = "alarm" if entry.type in _ALARMING else _TONES.get(str(entry.payload.get("to", "")), "quiet")
    return Moment(entry.at, text, entry.actor_name if entry.actor_id else "", tone)
