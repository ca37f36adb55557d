"""A form as a document: TOML, read into a Form. docs/forms.md tells how to write one.

Reading asks for the shape only: what was published once is read for ever, however the checks of
`contracts.forms.checking` for new versions grow.
"""

import re
import tomllib
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.forms.model import Clause, Form, FormId
from contracts.forms.problems import N_, BadForm, Path, Problem
from contracts.wording import Wording

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

    def to_form(self) -> Form:
        return Form(
            id=self.form,
            version=self.version,
            published=self.published,
            title=self.title.wording(),
            company_is_party_a=self.form == "A",
            copies=self.copies,
            preamble=self.preamble.wording(),
            clauses=tuple(one.clause() for one in self.clauses),
            undertakings=tuple(one.clause() for one in self.undertakings),
            readings=tuple(one.clause() for one in self.readings),
            declaration=tuple(one.wording() for one in self.declaration),
            table_note=self.table_note.wording(),
            effect=tuple(one.wording() for one in self.effect),
        )


def parse(text: str) -> Form:
    """The form that a document describes. Raises BadForm where it is no TOML or not of a form's shape."""
    try:
        return _Document.model_validate(tomllib.loads(text)).to_form()
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        at = int(line[1]) if line else text.count("\n") + 1
        raise BadForm([Problem("TOML", N_("this is not TOML: %(why)s"), {"why": str(error)}, line=at)]) from error
    except ValidationError as error:
        raise BadForm([_of_shape(fault["type"], fault["loc"], fault) for fault in error.errors()]) from error


SHAPES = {
    "missing": N_("this is missing"),
    "extra_forbidden": N_("there is no such key; docs/forms.md lists them"),
    "string_too_short": N_("this is empty"),
    "string_too_long": N_("at most %(max_length)s characters"),
    "too_short": N_("there must be at least %(min_length)s"),
    "too_long": N_("there may be at most %(max_length)s"),
    "literal_error": N_("this must be %(expected)s"),
    "greater_than_equal": N_("this must be at least %(ge)s"),
    "less_than_equal": N_("this must be at most %(le)s"),
    "string_type": N_("this must be a text in quotes"),
    "model_type": N_("this must have zh and en, such as { zh = \"…\", en = \"…\" }"),
    "list_type": N_("this must be a list"),
    "string_pattern_mismatch": N_("an id is a letter A, B, P or N and a number"),
}  # fmt: skip
"""What pydantic finds, in words that say what to do."""


def _of_shape(kind: str, path: Path, fault: Any) -> Problem:
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path) or "document"
    if kind not in SHAPES:
        return Problem(where, N_("this cannot be read: %(why)s"), {"why": fault["msg"]}, path)
    given = {name: str(value) for name, value in fault.get("ctx", {}).items()}
    return Problem(where, SHAPES[kind], given, path)
