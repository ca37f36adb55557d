"""Specimens: an agreement of nobody, to see how a form prints with the branch's name, language and figures."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy.orm import Session

from contracts import forms, sample
from contracts.facts import AgreementFacts
from contracts.forms import Form
from contracts.wording import Language
from dispatch.domain.fare import compute
from dispatch.services import document_facts, fares, tariffs
from dispatch.services.agreement_facts import standard
from dispatch.services.tariff_terms import terms
from dispatch.store.branches import Branch

SPECIMEN = "样张 SPECIMEN"


def specimen(session: Session, branch: Branch, form: Form, now: datetime) -> AgreementFacts:
    """A sample trip's agreement in this form, with the fee standard and a quote by the branch's tariff in force.

    Raises Refused where the branch has no tariff yet.
    """
    current, base = tariffs.in_force(session, branch.id, now), sample.agreement(form.id)
    service = current.tariff.service(None)
    booked_km = Decimal(base.trip.booked_m or 0) / 1000
    facts = fares.quote_facts(base.trip.appointed_at, branch.timezone, booked_km, {}, base.trip.booked_at)
    quoted, figures = compute(current.tariff, facts), terms(service)
    return replace(
        base,
        version=form.version or SPECIMEN,
        terms=figures,
        wording=forms.fill(form, figures),
        company=document_facts.company_of(branch),
        fee_standard=standard(current, service, form.id),
        quote=document_facts.fare_lines(quoted.to_json()["lines"], form.id),
        quote_total_fen=quoted.total_fen,
        language=cast(Language, branch.document_language),
        signature=None,
        signed_at=None,
        place=SPECIMEN,
    )
