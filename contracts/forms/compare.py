"""What changed between two versions of a form, sentence by sentence and word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum, auto

from contracts.forms.document import sentences
from contracts.forms.model import Form
from contracts.wording import Wording


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = auto()
    ADDED = auto()
    REMOVED = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what became of them."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence that is not what it was: where it stands, and its words in both languages."""

    where: str
    zh: tuple[Piece, ...]
    en: tuple[Piece, ...]


def compare(older: Form, newer: Form) -> tuple[Difference, ...]:
    """Every sentence that differs, in the order of the newer form; those that are gone stand where they stood."""
    before, after = dict(sentences(older)), dict(sentences(newer))
    found = [
        Difference(where, pieces(_zh(before, where), _zh(after, where)), pieces(_en(before, where), _en(after, where)))
        for where in _merged(list(before), list(after))
        if before.get(where) != after.get(where)
    ]
    if older.copies != newer.copies:
        found.append(Difference("copies", *[pieces(str(older.copies), str(newer.copies))] * 2))
    return tuple(found)


def pieces(older: str, newer: str) -> tuple[Piece, ...]:
    """The words of both texts in one line; leaving out what was added gives the older, what was removed the newer."""
    one, other = _words(older), _words(newer)
    result: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            result.append(Piece(Change.SAME, "".join(one[i1:i2])))
            continue
        if i2 > i1:
            result.append(Piece(Change.REMOVED, "".join(one[i1:i2])))
        if j2 > j1:
            result.append(Piece(Change.ADDED, "".join(other[j1:j2])))
    return tuple(result)


def _words(text: str) -> list[str]:
    """Latin words, placeholders and numbers as wholes; every other character alone, as Chinese is written."""
    return re.findall(r"\{[a-z_]+\}|[A-Za-z0-9'’-]+|\s+|.", text, flags=re.DOTALL)


def _merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    merged: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        merged += before[i1:i2] if tag == "equal" else [*before[i1:i2], *after[j1:j2]]
    return list(dict.fromkeys(merged))


def _zh(found: dict[str, Wording], where: str) -> str:
    return found[where].zh if where in found else ""


def _en(found: dict[str, Wording], where: str) -> str:
    return found[where].en if where in found else ""
