"""Everything that a form says, text by text, with where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.forms.model import Form
from contracts.forms.problems import Path
from contracts.wording import Wording


@dataclass(frozen=True, slots=True)
class Part:
    """One text: its place in the words of the form (A2, A2.3, declaration.1), its key in the document, its words.

    `group` has the sentences that belong together, `fills` whether figures may stand in it: a sentence is left out
    where the tariff lacks its figure, a heading or a declaration that is confirmed by its number cannot be.
    """

    group: str
    where: str
    path: Path
    words: Wording
    fills: bool = False


def parts(form: Form) -> Iterator[Part]:
    """Every text of a form, in the order of the document."""
    for name, words in (("title", form.title), ("preamble", form.preamble), ("table_note", form.table_note)):
        yield Part(name, name, (name,), words)
    for kind, clauses in (("clauses", form.clauses), ("undertakings", form.undertakings), ("readings", form.readings)):
        for place, clause in enumerate(clauses):
            yield Part(f"{clause.id} title", clause.id, (kind, place, "title"), clause.title)
            for number, words in enumerate(clause.sentences):
                path = (kind, place, "sentences", number)
                yield Part(clause.id, f"{clause.id}.{number + 1}", path, words, fills=True)
    for name, sentences in (("declaration", form.declaration), ("effect", form.effect)):
        for number, words in enumerate(sentences):
            yield Part(name, f"{name}.{number + 1}", (name, number), words, fills=name == "effect")
