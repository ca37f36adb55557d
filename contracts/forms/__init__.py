"""Form A and form B as documents, in dated versions, and the way to fill them with a tariff's figures."""

from functools import cache
from pathlib import Path

from contracts.forms.document import BadForm, Problem, read
from contracts.forms.figures import figures
from contracts.forms.filling import parties
from contracts.forms.model import FilledForm, Form, FormId, Terms

__all__ = ["BadForm", "FilledForm", "Form", "FormId", "Problem", "Terms", "document", "fill", "form", "read", "shipped"]

FOLDER = Path(__file__).parent


@cache
def shipped() -> tuple[Form, ...]:
    """Every version that comes with the service, oldest first. A published one never changes; another is added."""
    forms = [read(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")]
    return tuple(sorted(forms, key=lambda one: (one.published, one.version)))


def form(version: str) -> Form:
    """The shipped form of a version such as 'A-2026.1'. Raises KeyError for any other."""
    return {one.version: one for one in shipped()}[version]


def document(version: str) -> str:
    """The document of a shipped version, to begin another from. Raises KeyError for any other."""
    return (FOLDER / f"{form(version).version}.toml").read_text(encoding="utf-8")


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
        clauses=tuple(parties(c, company=company, customer=customer).filled(known) for c in chosen.clauses),
        undertakings=tuple(parties(c, company=company, customer=customer).filled(known) for c in chosen.undertakings),
        declaration=chosen.declaration,
        effect=tuple(s.filled(known) for s in chosen.effect),
        readings=tuple(reading for reading in readings if reading.sentences),
    )
