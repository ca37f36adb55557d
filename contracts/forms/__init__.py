"""Form A and form B as data, in dated versions, and the way to fill them with a tariff's figures."""

from datetime import date

from contracts.forms.common import parties
from contracts.forms.figures import figures
from contracts.forms.form_a import A_2026_1
from contracts.forms.form_b import B_2026_1
from contracts.forms.model import FilledForm, Form, FormId, Terms

__all__ = ["FilledForm", "Form", "FormId", "Terms", "fill", "form", "in_force", "versions"]

PUBLISHED: tuple[Form, ...] = (A_2026_1, B_2026_1)


def versions(form_id: FormId) -> tuple[Form, ...]:
    """Every published version of a form, oldest first."""
    return tuple(sorted((f for f in PUBLISHED if f.id == form_id), key=lambda f: f.published))


def form(version: str) -> Form:
    """The form of a version such as 'A-2026.1'. Raises KeyError for a version that was never published."""
    return {f.version: f for f in PUBLISHED}[version]


def in_force(form_id: FormId, on: date) -> Form:
    """The version to freeze into a booking made on that day. Raises KeyError before the first one."""
    published = [f for f in versions(form_id) if f.published <= on]
    if not published:
        raise KeyError(f"form {form_id} has no version on {on}")
    return published[-1]


def fill(chosen: Form, terms: Terms) -> FilledForm:
    """The form with the figures of the terms in its sentences (A1…A9, B1…B8, P, named readings).

    Sentences whose figures the terms do not have are left out.
    """
    known = figures(terms, chosen.copies)
    company, customer = ("甲方", "乙方") if chosen.company_is_party_a else ("乙方", "甲方")
    readings = [parties(c, company=company, customer=customer).filled(known) for c in chosen.readings]
    return FilledForm(
        title=chosen.title,
        company_is_party_a=chosen.company_is_party_a,
        copies=chosen.copies,
        preamble=chosen.preamble,
        table_note=chosen.table_note,
        clauses=tuple(c.filled(known) for c in chosen.clauses),
        undertakings=tuple(parties(c, company=company, customer=customer).filled(known) for c in chosen.undertakings),
        declaration=chosen.declaration,
        effect=tuple(s.filled(known) for s in chosen.effect),
        readings=tuple(reading for reading in readings if reading.sentences),
    )
