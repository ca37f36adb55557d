"""A signed agreement to be read on a screen: all its particulars as they were frozen, personal ones masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from contracts import forms
from contracts.forms import Terms
from contracts.forms.model import Clause, FilledForm
from contracts.wording import Wording
from dispatch.domain import masking, phone, plate
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission, Role
from dispatch.domain.text import Text
from dispatch.services import agreement_forms, trips
from dispatch.services.announce import announce
from dispatch.store.agreements import Document, DocumentKind

_CONTACT_PHONES = (("customer",), ("driver",), ("signature",), ("condition", "signature"))
_ADDRESSES = (("trip", "origin"), ("trip", "destination"))


@dataclass(frozen=True, slots=True)
class ReadClause:
    """One clause with this agreement's figures in it."""

    id: str
    title: Text
    words: Text


@dataclass(frozen=True, slots=True)
class MaskedAgreement:
    """What stands in an agreement. `facts` are those it was drawn from, with phones, addresses and plate masked."""

    number: str
    title: Text
    company_first: bool
    facts: dict[str, Any]
    clauses: tuple[ReadClause, ...]
    undertakings: tuple[ReadClause, ...]
    readings: tuple[ReadClause, ...]
    declaration: tuple[Text, ...]
    effect: tuple[Text, ...]
    signed_at: datetime
    sha256: str


def masked(session: Session, trip_id: int, actor: Actor, now: datetime) -> MaskedAgreement:
    """The trip's agreement in force, for customer service and managers; a manager's reading is in the journal.

    Raises NotFound when there is none, or not for this actor.
    """
    trip = trips.find(session, trip_id, actor)
    query = select(Document).where(
        Document.trip_id == trip.id, Document.kind == DocumentKind.AGREEMENT, Document.superseded_at.is_(None)
    )
    found = session.scalars(query.options(undefer(Document.facts))).first()
    if found is None or not actor.may(Permission.AGREEMENT_READ):
        raise NotFound("document_unknown", N_("There is no such document"))
    if actor.has(Role.MANAGER):
        event = Event("document.read", {"trip": trip.number, "number": found.number})
        announce(session, event, actor, now, subject="trip", subject_id=trip.id)
    filled = _wording(session, found)
    return MaskedAgreement(
        number=found.number,
        title=worded(filled.title),
        company_first=filled.company_is_party_a,
        facts=without_personal(found.facts),
        clauses=read_clauses(filled.clauses),
        undertakings=read_clauses(filled.undertakings),
        readings=read_clauses(filled.readings),
        declaration=tuple(worded(one) for one in filled.declaration),
        effect=tuple(worded(one) for one in filled.effect),
        signed_at=found.signed_at,
        sha256=found.sha256,
    )


def without_personal(facts: dict[str, Any]) -> dict[str, Any]:
    """Frozen facts with phones, addresses and plate masked, without ink, photos, the record of signing (addresses and
    devices) and the address that verifies.
    """
    kept: dict[str, Any] = {name: dict(part) if isinstance(part, dict) else part for name, part in facts.items()}
    if kept["condition"]["signature"] is not None:
        kept["condition"]["signature"] = dict(kept["condition"]["signature"])
    for path in _CONTACT_PHONES:
        person = _at(kept, path)
        if person is not None:
            person["phone"] = _phone(person["phone"])
            person.pop("strokes", None)
    for part, name in _ADDRESSES:
        kept[part][name] = masking.address(kept[part][name])
    kept["place"] = masking.address(kept["place"])
    kept["car"]["plate"] = _plate(kept["car"]["plate"])
    kept["condition"]["belongings"] = masking.free_text(kept["condition"]["belongings"] or "")
    kept["condition"]["damages"] = [
        {"panel": damage["panel"], "kind": damage["kind"], "note": masking.free_text(damage["note"])}
        for damage in kept["condition"]["damages"]
    ]
    del kept["verify_url"]
    kept.pop("steps", None)  # documents signed before there were ceremonies have none
    return kept


def _wording(session: Session, document: Document) -> FilledForm:
    """The words that were signed. Documents signed before words were frozen are filled with their frozen figures."""
    told = document.facts.get("wording")
    if told is None:
        form = agreement_forms.of_version(session, document.branch_id, document.clause_version)
        return forms.fill(form, Terms(**document.facts["terms"]))
    return FilledForm(
        title=Wording(**told["title"]),
        company_is_party_a=told["company_is_party_a"],
        copies=told["copies"],
        preamble=Wording(**told["preamble"]),
        table_note=Wording(**told["table_note"]),
        clauses=_clauses(told["clauses"]),
        undertakings=_clauses(told["undertakings"]),
        declaration=_words(told["declaration"]),
        effect=_words(told["effect"]),
        readings=_clauses(told["readings"]),
    )


def _clauses(told: Iterable[dict[str, Any]]) -> tuple[Clause, ...]:
    return tuple(Clause(one["id"], Wording(**one["title"]), _words(one["sentences"])) for one in told)


def _words(told: Iterable[dict[str, str]]) -> tuple[Wording, ...]:
    return tuple(Wording(**one) for one in told)


def _at(facts: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    part: dict[str, Any] | None = facts
    for name in path:
        part = None if part is None else part[name]
    return part


def _phone(shown: str) -> str:
    """A number as the agreement prints it, masked; one that cannot be read is left out."""
    try:
        return phone.masked(phone.parse(shown)) if shown else ""
    except Invalid:
        return ""


def _plate(shown: str) -> str:
    try:
        return plate.parse(shown).masked()
    except Invalid:
        return ""


def read_clauses(found: Iterable[Clause]) -> tuple[ReadClause, ...]:
    """Clauses as they are read on a screen."""
    return tuple(
        ReadClause(
            one.id,
            worded(one.title),
            Text("".join(words.zh for words in one.sentences), " ".join(words.en for words in one.sentences)),
        )
        for one in found
    )


def worded(words: Wording) -> Text:
    """A form's wording as the interface's pages take it."""
    return Text(words.zh, words.en)
