"""The agreement of a trip before it is signed, for the customer to read: as it will be, as far as it is known."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from contracts import forms
from dispatch.domain.ceremony import Kind
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.states import State
from dispatch.domain.text import Text
from dispatch.services import agreement_forms, ceremonies, tariffs
from dispatch.services.agreement_reading import ReadClause, read_clauses, worded
from dispatch.services.links import LinkKey
from dispatch.services.rendering import shown_html
from dispatch.services.tariff_terms import terms
from dispatch.store.trips import Trip


@dataclass(frozen=True, slots=True)
class Preview:
    """`paper` is the very page that is signed, once everything on it is known. Until then the form's whole text, with
    the figures of the trip's own tariff.
    """

    paper: Markup | None
    title: Text
    company_is_party_a: bool
    preamble: Text
    standard: tuple[Text, ...]
    clauses: tuple[ReadClause, ...]
    undertakings: tuple[ReadClause, ...]
    readings: tuple[ReadClause, ...]
    declaration: tuple[Text, ...]
    effect: tuple[Text, ...]


def of_trip(session: Session, trip: Trip, now: datetime, keys: LinkKey) -> Preview:
    """What the customer of this trip will be asked to sign."""
    tariff = tariffs.of_id(session, trip.branch_id, trip.tariff_id).tariff
    service = tariff.service(trip.fare_options.get("service"))
    filled = forms.fill(agreement_forms.of_version(session, trip.branch_id, trip.clause_version), terms(service))
    return Preview(
        paper=_paper(session, trip, now, keys),
        title=worded(filled.title),
        company_is_party_a=filled.company_is_party_a,
        preamble=worded(filled.preamble),
        standard=fee_standard(tariff, service.id),
        clauses=read_clauses(filled.clauses),
        undertakings=read_clauses(filled.undertakings),
        readings=read_clauses(filled.readings),
        declaration=tuple(worded(one) for one in filled.declaration),
        effect=tuple(worded(one) for one in filled.effect),
    )


def _paper(session: Session, trip: Trip, now: datetime, keys: LinkKey) -> Markup | None:
    """The page of the signing under way; without one, the page that would be shown if it began now."""
    if trip.state is not State.INSPECTED:
        return None
    begun = ceremonies.current(session, trip, now, keys)
    place = begun.place if begun is not None and begun.kind is Kind.AGREEMENT else trip.pickup_address
    return shown_html(ceremonies.shown_facts(session, trip, Kind.AGREEMENT, place, now=now, keys=keys))
