"""Form A and form B as documents, in dated versions, and the way to fill them with a tariff's figures."""

from functools import cache
from pathlib import Path

from contracts.forms.checking import read
from contracts.forms.document import parse
from contracts.forms.figures import figures
from contracts.forms.filling import with_parties
from contracts.forms.model import FilledForm, Form, FormId, Terms, filled_sentences, placeholders
from contracts.forms.problems import BadForm, Problem

__all__ = ["BadForm", "FilledForm", "Form", "FormId", "Problem", "Terms", "document", "fill", "form", "parse", "read",
           "shipped"]  # fmt: skip

FOLDER = Path(__file__).parent


@cache
def shipped() -> tuple[Form, ...]:
    """Every version that comes with the service, oldest first. A published one never changes; another is added."""
    forms = [parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")]
    return tuple(sorted(forms, key=lambda one: (one.published, one.version)))


def form(version: str) -> Form:
    """The shipped form of a version such as 'A-2026.1'. Raises KeyError for any other."""
    return {one.version: one for one in shipped()}[version]


def document(version: str) -> str:
    """The document of a shipped version, to begin another from. Raises KeyError for any other."""
    return (FOLDER / f"{form(version).version}.toml").read_text(encoding="utf-8")


def fill(chosen: Form, terms: Terms) -> FilledForm:
    """The form with party words and the figures of the terms in its sentences (A1…A9, B1…B8, P, named readings).

    Sentences whose figures the terms do not have are left out.
    """
    known, said = figures(terms, chosen.copies), with_parties(chosen)
    stated = {name for clause in said.clauses for sentence in clause.sentences for name in placeholders(sentence)}
    if "waiting_at_once" in known.keys() & stated:
        del known["waiting_free"]  # nothing is free, and the form has a sentence of its own for that
    readings = [c.filled(known) for c in said.readings]
    return FilledForm(
        title=said.title,
        company_is_party_a=said.company_is_party_a,
        copies=said.copies,
        preamble=said.preamble,
        table_note=said.table_note,
        clauses=tuple(c.filled(known) for c in said.clauses),
        undertakings=tuple(c.filled(known) for c in said.undertakings),
        declaration=said.declaration,
        effect=filled_sentences(said.effect, known),
        readings=tuple(reading for reading in readings if reading.sentences),
    )
