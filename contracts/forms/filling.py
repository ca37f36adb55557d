"""Party words in the sentences that both forms share: <c> is the company, <u> the customer."""

from contracts.forms.model import Clause
from contracts.wording import Wording


def parties(clause: Clause, *, company: str, customer: str) -> Clause:
    """The clause with 甲方 and 乙方 in place, its figures still open."""
    return Clause(
        clause.id,
        clause.title,
        tuple(Wording(s.zh.replace("<c>", company).replace("<u>", customer), s.en) for s in clause.sentences),
    )
