"""What an entry of the journal tells, in words: beside the name of the event, what it was about and with whom."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from dispatch.domain import masking
from dispatch.domain.logs import OF_CUSTOMERS
from dispatch.domain.money import yuan
from dispatch.store.journal import JournalEntry
from dispatch.web.labels import label

_REASONS = {"trip.replace_driver": "replace_reason", "trip.refuse": "refusal_reason"}
"""Whose reason is one of a list; the others are told in people's own words."""
_NAMES_DRIVER = frozenset({"trip.assign", "trip.accept"})
_NUMBERED = frozenset({
    "document.read", "document.seal", "tariff.publish",
    "account.trip_on", "account.trip_off", "account.statement", "account.send", "account.overdue",
})  # fmt: skip

_PAGES = {
    "trip": "/desk/trips/{id}",
    "callback": "/care/{id}",
    "complaint": "/care/complaints",
    "customer": "/care/customers/{id}",
    "account": "/manage/accounts/{id}",
    "driver": "/manage/drivers/{id}",
    "staff": "/manage/staff/{id}",
    "branch": "/manage/branch",
    "tariff": "/manage/tariffs",
    "form": "/manage/forms",
    "calendar": "/manage/days",
    "report_schedule": "/manage/reports/schedules/{id}",
    "callback_script": "/manage/callbacks",
}
_LABELLED = frozenset({"form", "document_language", "dispatch_mode", "dial_way"})
_CALLED_BY = ("account", "trip", "complaint", "badge", "login", "version")


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: what people call it, and its page, empty where it has none."""

    name: str
    address: str


def subject(entry: JournalEntry) -> Subject:
    """What an entry is about; without a name where the event says everything."""
    name = next((str(entry.payload[key]) for key in _CALLED_BY if entry.payload.get(key)), "")
    return Subject(name, _PAGES.get(entry.subject, "").format(id=entry.subject_id))


def masked(entry: JournalEntry) -> dict[str, Any]:
    """What an entry tells, as masked as the thing it is about: whole where it is no customer's."""
    return masking.record(entry.payload) if entry.subject in OF_CUSTOMERS else entry.payload


def details(kind: str, payload: Mapping[str, Any]) -> list[str]:
    """What is worth telling, in the order in which it is read. Addresses and numbers of customers are not."""
    found = [words(payload[key]) for key, words in _TELL.items() if payload.get(key)]
    found += [_changed(name, *values) for name, values in payload.get("changes", {}).items()]
    if kind in _NAMES_DRIVER and payload.get("badge"):
        found.insert(0, str(payload["badge"]))
    if kind in _NUMBERED:
        found.insert(0, str(payload["number"]))
    if payload.get("reason"):
        found.append(label(str(payload["reason"]), _REASONS.get(kind, "")))
    return found + [str(payload[key]) for key in ("note", "comment", "duplicate_reason") if payload.get(key)]


def _changed(name: str, before: Any, after: Any) -> str:
    """A setting, what it was and what it is."""
    return f"{label(name, 'branch_setting')} {_setting(name, before)} → {_setting(name, after)}"


def _setting(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return label(value, name) if name in _LABELLED else str(value) or "–"


def nobody_because(found: Iterable[Mapping[str, Any]]) -> str:
    """What keeps how many drivers from a trip: '2 on a trip, 1 declined'."""
    return gettext(", ").join(
        label("nobody_on_duty", "nobody_why")
        if one["code"] == "nobody_on_duty"
        else f"{one['count']} {label(str(one['code']), 'nobody_why')}"
        for one in found
    )


def _terms(terms: Mapping[str, list[int]]) -> str:
    """Terms of retention, what they were and what they are, in days."""
    return gettext(", ").join(f"{label(kind, 'retention_kind')} {old} → {new}" for kind, (old, new) in terms.items())


def _fee(fen: int) -> str:
    return f"¥{yuan(fen)}"


_TELL: dict[str, Callable[[Any], str]] = {
    "driver_ids": lambda ids: ngettext("%(num)s driver", "%(num)s drivers", len(ids)),
    "by": lambda value: label(value, "party"),
    "kind": lambda value: label(value, "incident_kind"),
    "outcome": lambda value: label(value, "outcome"),
    "channel": lambda value: label(value, "channel"),
    "what": lambda value: label(value, "reveal"),
    "export": lambda value: label(value, "export"),
    "report": lambda value: label(value, "report_kind"),
    "rhythm": lambda value: label(value, "rhythm"),
    "addresses": lambda count: ngettext("%(num)s address", "%(num)s addresses", count),
    "period": str,
    "roles": lambda values: gettext(", ").join(label(value, "role") for value in values),
    "name": str,
    "source": str,
    "why": nobody_because,
    "days": lambda count: ngettext("%(num)s day", "%(num)s days", count),
    "due_before": lambda day: gettext("was due on %(day)s", day=day),
    "due_on": lambda day: gettext("due on %(day)s", day=day),
    "case": lambda value: label(value, "case_kind"),
    "ends_in": lambda end: gettext("ends in %(end)s", end=end),
    "rating": lambda value: gettext("rated %(rating)s of 5", rating=value),
    "purpose": lambda value: label(value, "purpose"),
    "said": lambda value: label(value, "said"),
    "how": lambda value: label(value, "how"),
    "data": lambda value: label(value, "retention_kind"),
    "count": lambda count: ngettext("%(num)s record", "%(num)s records", count),
    "terms": _terms,
    "amount_fen": _fee,
    "open_fen": _fee,
    "reference": str,
    "fee_fen": _fee,
    "allowance_fen": _fee,
}
"""How a value is told, by its name in the entry."""
