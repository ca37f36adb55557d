"""Party words in the Chinese of a form: <c> is the company, <u> the customer."""

from dataclasses import replace

from contracts.forms.model import Clause, Form
from contracts.wording import Wording


def with_parties(form: Form) -> Form:
    """The form with 甲方 and 乙方 in place, its figures still open."""
    company, customer = ("甲方", "乙方") if form.company_is_party_a else ("乙方", "甲方")

    def said(words: Wording) -> Wording:
        return Wording(words.zh.replace("<c>", company).replace("<u>", customer), words.en)

    def clauses(found: tuple[Clause, ...]) -> tuple[Clause, ...]:
        return tuple(Clause(one.id, said(one.title), tuple(map(said, one.sentences))) for one in found)

    return replace(
        form,
        title=said(form.title),
        preamble=said(form.preamble),
        clauses=clauses(form.clauses),
        undertakings=clauses(form.undertakings),
        readings=clauses(form.readings),
        declaration=tuple(map(said, form.declaration)),
        table_note=said(form.table_note),
        effect=tuple(map(said, form.effect)),
    )
