"""What changed between two versions of a form, sentence by sentence and word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum, auto

from contracts.forms.model import Form
from contracts.forms.parts import Part, parts
from contracts.wording import Wording

ALIKE = 0.5
"""Two sentences that share less are no two versions of one: the older went, the newer came."""
NOTHING = Part("", "", (), Wording("", ""))


class Change(StrEnum):
    """What became of a piece of text, or of a whole sentence."""

    SAME = auto()
    ADDED = auto()
    REMOVED = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what became of them."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence that is not what it was, with its words in both languages.

    `where` is its place in the newer form; in the older one, where it was removed.
    """

    where: str
    change: Change
    zh: tuple[Piece, ...]
    en: tuple[Piece, ...]


def compare(older: Form, newer: Form) -> tuple[Difference, ...]:
    """Every sentence that differs, in the order of the newer form; those that are gone stand where they stood.

    A sentence put in between others is one difference: those behind it are the same, with other numbers.
    """
    before, after = _groups(older), _groups(newer)
    names = list(dict.fromkeys([*after, *before]))
    found = [one for name in names for one in _of_group(before.get(name, []), after.get(name, []))]
    if older.copies != newer.copies:
        figures = pieces(str(older.copies), str(newer.copies))
        found.append(Difference("copies", Change.CHANGED, figures, figures))
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
    return re.findall(r"\{[a-z_]+\}|<[cu]>|[A-Za-z0-9'’-]+|\s+|.", text, flags=re.DOTALL)


def _groups(form: Form) -> dict[str, list[Part]]:
    groups: dict[str, list[Part]] = {}
    for part in parts(form):
        groups.setdefault(part.group, []).append(part)
    return groups


def _of_group(before: Sequence[Part], after: Sequence[Part]) -> Iterator[Difference]:
    same = SequenceMatcher(None, [one.words for one in before], [one.words for one in after], autojunk=False)
    for tag, i1, i2, j1, j2 in same.get_opcodes():
        if tag != "equal":
            for old, new in _aligned(before[i1:i2], after[j1:j2]):
                yield _difference(old, new)


def _aligned(before: Sequence[Part], after: Sequence[Part]) -> list[tuple[Part, Part]]:
    """The sentences side by side, in order, so that the most alike face each other; NOTHING where one has no other."""
    best: dict[tuple[int, int], tuple[float, list[tuple[Part, Part]]]] = {(0, 0): (0.0, [])}
    for i in range(len(before) + 1):
        for j in range(len(after) + 1):
            ways = []
            if i:
                score, pairs = best[i - 1, j]
                ways.append((score, [*pairs, (before[i - 1], NOTHING)]))
            if j:
                score, pairs = best[i, j - 1]
                ways.append((score, [*pairs, (NOTHING, after[j - 1])]))
            if i and j and (alike := _alike(before[i - 1].words, after[j - 1].words)) >= ALIKE:
                score, pairs = best[i - 1, j - 1]
                ways.append((score + alike, [*pairs, (before[i - 1], after[j - 1])]))
            if ways:
                best[i, j] = max(ways, key=lambda way: way[0])
    return best[len(before), len(after)][1]


def _alike(one: Wording, other: Wording) -> float:
    """How much of their characters two sentences share, in the language that changed less: 0 to 1."""
    return max(
        SequenceMatcher(None, one.zh, other.zh, autojunk=False).quick_ratio(),
        SequenceMatcher(None, one.en.split(), other.en.split(), autojunk=False).quick_ratio(),
    )


def _difference(old: Part, new: Part) -> Difference:
    change = Change.REMOVED if new is NOTHING else Change.ADDED if old is NOTHING else Change.CHANGED
    zh, en = pieces(old.words.zh, new.words.zh), pieces(old.words.en, new.words.en)
    return Difference(new.where or old.where, change, zh, en)
