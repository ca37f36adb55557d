"""What an agreement form is made of: parties, clauses with rule ids, figures to fill in, a dated version.

A form holds no figure of its own except the number of copies: the money, the minutes and the kilometres in its
sentences are placeholders, filled from the terms of the tariff in force, so that wording and tariff cannot disagree.
"""

from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Literal

from contracts.wording import Wording

FormId = Literal["A", "B"]
Rounding = Literal["started", "completed", "prorated", "nearest"]
CancelDue = Literal["booked", "accepted", "departed", "arrived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The figures of a tariff that an agreement promises. Money in fen, lengths in metres.

    None means that the tariff has no such term, or one too rich for a sentence (several tiers): the sentence is left
    out and the printed fee standard, which clause 2 of both forms refers to, says it alone.
    """

    cancel_fee_fen: int | None = None  # A2 B2
    cancel_due: CancelDue = "departed"
    waiting_free_minutes: int = 0  # A2 B2
    waiting_fee_fen: int | None = None
    waiting_per_minutes: int | None = None  # None: charged once, however long (A2)
    waiting_rounding: Rounding = "started"
    waiting_cap_fen: int | None = None
    detour_step_m: int | None = None  # B2
    detour_fee_fen: int | None = None
    detour_rounding: Rounding = "completed"
    refusal_low_fen: int | None = None  # A6: severely drunk and alone
    refusal_high_fen: int | None = None
    allowance_low_fen: int | None = None  # B6: while the car is being repaired
    allowance_high_fen: int | None = None
    allowance_fault_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its rule id, its heading and its sentences. A sentence names the figures it states: {cancel_fee}."""

    id: str
    title: Wording
    sentences: tuple[Wording, ...]

    def filled(self, figures: dict[str, Wording]) -> "Clause":
        """The clause as it is printed, without the sentences whose figures the tariff does not have."""
        return Clause(self.id, self.title, filled_sentences(self.sentences, figures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An agreement form in one dated version. A published version never changes; a new one is added."""

    id: FormId
    version: str
    published: date
    title: Wording
    company_is_party_a: bool
    copies: int
    preamble: Wording
    clauses: tuple[Clause, ...]
    undertakings: tuple[Clause, ...]  # company policy that the customer may rely on (P1, P2, P4, P5, P6, P7)
    readings: tuple[Clause, ...]  # how the figures are counted where the words alone leave room
    declaration: tuple[Wording, ...]  # what the company serves, what an untrue statement means
    table_note: Wording  # the form to fill, signed again on arrival
    effect: tuple[Wording, ...]  # seal and signature, copies, matters left open


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form with the figures of one tariff in its sentences, ready to print. It is part of the agreement's facts."""

    title: Wording
    company_is_party_a: bool
    copies: int
    preamble: Wording
    table_note: Wording
    clauses: tuple[Clause, ...]
    undertakings: tuple[Clause, ...]
    declaration: tuple[Wording, ...]
    effect: tuple[Wording, ...]
    readings: tuple[Clause, ...]


def placeholders(sentence: Wording) -> set[str]:
    """Names of the figures that a sentence states, in either language."""
    return {name for text in (sentence.zh, sentence.en) for _, name, _, _ in Formatter().parse(text) if name}


def filled_sentences(sentences: tuple[Wording, ...], figures: dict[str, Wording]) -> tuple[Wording, ...]:
    """The sentences with their figures, without those whose figures are not known."""
    return tuple(one.filled(figures) for one in sentences if placeholders(one) <= figures.keys())
