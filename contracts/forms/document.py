"""A form as a document: TOML, checked when it is read, so that a version once published says everything it must.

Figures are never typed in it: they are placeholders, filled from the tariff in force. docs/forms.md tells how to write
one.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.forms.figures import NAMES
from contracts.forms.model import Clause, Form, FormId, placeholders
from contracts.typeface import missing_glyphs
from contracts.wording import Wording

CLAUSES: dict[FormId, tuple[str, ...]] = {
    "A": tuple(f"A{number}" for number in range(1, 10)),
    "B": tuple(f"B{number}" for number in range(1, 9)),
}
MUST_STATE: dict[FormId, frozenset[str]] = {
    "A": frozenset({"cancel_fee", "cancel_due", "waiting_free", "waiting_charge", "refusal_range", "copies"}),
    "B": frozenset(
        {"cancel_fee", "cancel_due", "waiting_free", "waiting_charge", "waiting_counted", "detour_step", "detour_fee",
         "detour_counted", "fault_share", "allowance_range", "copies"}
    ),
}  # fmt: skip
"""Figures without which a form would not say what spec and tariff promise (A2, A6, B2, B6)."""
DECLARED = 3
_TYPED = re.compile(
    r"[¥￥]\s*\d[\d.,]*\d|[¥￥]\s*\d|"
    r"\d[\d.,]*\s*(元|块|%|％|分钟|小时|公里|km|yuan|minutes?|hours?|kilomet|per ?cent)"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a document, where, in words for whoever writes it. `line` is 0 where there is none."""

    where: str
    message: str
    line: int = 0


class BadForm(ValueError):
    """The document cannot be published. `problems` has everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.message}" for one in problems))
        self.problems = problems


Words = Annotated[str, Field(min_length=1, max_length=1200)]


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    zh: Words
    en: Words

    def wording(self) -> Wording:
        return Wording(self.zh.strip(), self.en.strip())


class _Clause(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(pattern=r"^[ABPN]\d{1,2}$")]
    title: _Text
    sentences: Annotated[list[_Text], Field(min_length=1, max_length=30)]

    def clause(self) -> Clause:
        return Clause(self.id, self.title.wording(), tuple(sentence.wording() for sentence in self.sentences))


Clauses = Annotated[list[_Clause], Field(min_length=1, max_length=40)]
Sentences = Annotated[list[_Text], Field(min_length=1, max_length=12)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    form: FormId
    version: Annotated[str, Field(max_length=16)] = ""
    published: date = date.max
    copies: Annotated[int, Field(ge=1, le=9)]
    title: _Text
    preamble: _Text
    table_note: _Text
    clauses: Clauses
    undertakings: Clauses
    readings: Clauses
    declaration: Sentences
    effect: Sentences


def read(text: str) -> Form:
    """The form that a document describes. Raises BadForm with everything that is wrong."""
    try:
        given = _Document.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadForm([Problem("TOML", str(error), int(line[1]) if line else 0)]) from error
    except ValidationError as error:
        problems = [Problem(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors()]
        raise BadForm(problems) from error
    form = Form(
        id=given.form,
        version=given.version,
        published=given.published,
        title=given.title.wording(),
        company_is_party_a=given.form == "A",
        copies=given.copies,
        preamble=given.preamble.wording(),
        clauses=tuple(one.clause() for one in given.clauses),
        undertakings=tuple(one.clause() for one in given.undertakings),
        readings=tuple(one.clause() for one in given.readings),
        declaration=tuple(one.wording() for one in given.declaration),
        table_note=given.table_note.wording(),
        effect=tuple(one.wording() for one in given.effect),
    )
    problems = [Problem(one.where, one.message, _line(text, one)) for one in _problems(form)]
    if problems:
        raise BadForm(problems)
    return form


def _problems(form: Form) -> Iterator["_Found"]:
    expected, found = CLAUSES[form.id], tuple(clause.id for clause in form.clauses)
    if found != expected:
        yield _Found("clauses", f"a form {form.id} has the clauses {', '.join(expected)}, in this order; "
                     f"these are {', '.join(found)}")  # fmt: skip
    ids = [clause.id for clause in (*form.clauses, *form.undertakings, *form.readings)]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        yield _Found(twice, "there are two of this id")
    stated = set()
    for where, words in sentences(form):
        stated |= placeholders(words) if _well_formed(words) else set()
        yield from _of_sentence(where, words)
    for name in sorted(MUST_STATE[form.id] - stated):
        yield _Found("figures", f"nothing states {{{name}}}: the form must say it")
    if len(form.declaration) < DECLARED:
        yield _Found("declaration", "it says at least: all three insurances, bookings by phone only, untrue statements")


def sentences(form: Form) -> Iterator[tuple[str, Wording]]:
    """Everything a form says, with where it stands."""
    yield "title", form.title
    yield "preamble", form.preamble
    yield "table_note", form.table_note
    for clause in (*form.clauses, *form.undertakings, *form.readings):
        yield clause.id, clause.title
        for number, sentence in enumerate(clause.sentences, start=1):
            yield f"{clause.id}.{number}", sentence
    for name, parts in (("declaration", form.declaration), ("effect", form.effect)):
        for number, sentence in enumerate(parts, start=1):
            yield f"{name}.{number}", sentence


@dataclass(frozen=True, slots=True)
class _Found:
    where: str
    message: str
    words: str = ""


def _of_sentence(where: str, words: Wording) -> Iterator[_Found]:
    if not _well_formed(words):
        yield _Found(where, "a { or } stands alone", words.zh)
        return
    zh, en = (placeholders(Wording(text, "")) for text in (words.zh, words.en))
    for unknown in sorted((zh | en) - NAMES):
        yield _Found(where, f"there is no figure {{{unknown}}}; there are {', '.join(sorted(NAMES))}", words.zh)
    if zh != en:
        yield _Found(where, "Chinese and English state different figures", words.zh)
    for text in (words.zh, words.en):
        typed = _TYPED.search(text)
        if typed is not None:
            yield _Found(where, f"“{typed[0]}” is typed: figures come from the tariff, as placeholders", text)
    missing = missing_glyphs(words.zh + words.en)
    if missing:
        yield _Found(where, f"the fonts cannot print {missing}", words.zh)


def _well_formed(words: Wording) -> bool:
    try:
        names = placeholders(words)
    except ValueError:
        return False
    return all(re.fullmatch(r"[a-z_]+", name) for name in names)


def _line(text: str, found: _Found) -> int:
    """The line of the document on which a sentence stands; 0 where it speaks of the whole."""
    if not found.words:
        return 0
    place = text.find(found.words[:40])
    return 0 if place < 0 else text.count("\n", 0, place) + 1
