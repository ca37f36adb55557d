"""What a form must say before it is published, so that no agreement lacks it afterwards (A1…A9, B1…B8, P, readings)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.forms.document import parse
from contracts.forms.figures import ALWAYS_KNOWN, NAMES
from contracts.forms.model import Form, FormId
from contracts.forms.parts import Part, parts
from contracts.forms.problems import N_, BadForm, Problem
from contracts.typeface import missing_glyphs
from contracts.wording import Wording

IDS: dict[FormId, dict[str, tuple[str, ...]]] = {
    "A": {
        "clauses": tuple(f"A{number}" for number in range(1, 10)),
        "undertakings": ("P1", "P2", "P4", "P6", "P7"),
        "readings": ("N1", "N2", "N3", "N4"),
    },
    "B": {
        "clauses": tuple(f"B{number}" for number in range(1, 9)),
        "undertakings": ("P1", "P2", "P4", "P5", "P6", "P7"),
        "readings": ("N1", "N2", "N3", "N4"),
    },
}
MUST_STATE: dict[FormId, frozenset[str]] = {
    "A": frozenset({"cancel_fee", "cancel_due", "waiting_free", "waiting_charge", "refusal_range", "copies"}),
    "B": frozenset(
        {"cancel_fee", "cancel_due", "waiting_free", "waiting_charge", "waiting_counted", "detour_step", "detour_fee",
         "detour_counted", "fault_share", "allowance_range", "copies"}
    ),
}  # fmt: skip
"""Figures without which a form would not say what spec and tariff promise (A2, A6, B2, B6)."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """Something that every declaration says, and the words that show it."""

    message: str
    zh: tuple[str, ...]
    en: tuple[str, ...]


DECLARED = (
    _Statement(
        N_("it must name all three insurances in both languages: 车损险 damage, 三者险 third-party, 交强险 compulsory"),
        ("车损险", "三者险", "交强险"),
        ("damage", "third.party", "compulsory"),
    ),
    _Statement(
        N_("it must say in both languages that only bookings by phone are served: 电话, phone"),
        ("电话",),
        ("phone",),
    ),
    _Statement(
        N_("it must say in both languages what an untrue statement means: 不实 or 隐瞒, untrue or conceal"),
        ("不实|隐瞒|虚假",),
        ("untru|conceal|false",),
    ),
)
_TYPED = re.compile(
    r"([¥￥]|\bRMB|\bCNY)\s*\d[\d.,]*|"
    r"\d[\d.,]*\s*(元|块|角|分钟?|%|％|小时|公里|千米|km\b|yuan|RMB|CNY|min(ute)?s?\b|h(ou)?rs?\b|kilomet|per ?cent)|"
    r"[零一二两三四五六七八九十百千半]+\s*(元|块钱|分钟|个?小时|公里|千米)|百分之[零一二三四五六七八九十百]+",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\{([a-z_]+)\}")
_PARTY = re.compile(r"<[cu]>")


def read(text: str) -> Form:
    """The form that a document describes, fit to be published. Raises BadForm with everything that is wrong."""
    form = parse(text)
    found = [*_of_form(form), *(problem for part in parts(form) for problem in _of_part(part))]
    if found:
        raise BadForm(found)
    return form


def _of_form(form: Form) -> Iterator[Problem]:
    for kind, expected in IDS[form.id].items():
        clauses = getattr(form, kind)
        ids = tuple(clause.id for clause in clauses)
        if ids != expected:
            message = N_("a form %(form)s has %(expected)s, in this order; these are %(found)s")
            named = {"form": form.id, "expected": ", ".join(expected), "found": ", ".join(ids)}
            yield Problem(kind, message, named, (kind,))
        for number, clause in enumerate(clauses):
            if kind != "readings" and all(_figures(words) - ALWAYS_KNOWN for words in clause.sentences):
                yield Problem(
                    clause.id,
                    N_("a tariff may lack these figures, and nothing would be left: add a sentence without one"),
                    path=(kind, number),
                )
    stated = {name for part in parts(form) if part.fills for name in _figures(part.words)}
    for name in sorted(MUST_STATE[form.id] - stated):
        yield Problem("figures", N_("no sentence states %(figure)s: the form must say it"), {"figure": f"{{{name}}}"})
    for statement in DECLARED:
        if not _says(form.declaration, statement):
            yield Problem("declaration", statement.message, path=("declaration",))
    if len(form.declaration) < len(DECLARED):
        message = N_("signers confirm it sentence by sentence: there must be at least %(least)s")
        yield Problem("declaration", message, {"least": str(len(DECLARED))}, ("declaration",))


def _says(declaration: tuple[Wording, ...], statement: _Statement) -> bool:
    zh, en = (" ".join(getattr(words, language) for words in declaration) for language in ("zh", "en"))
    return all(re.search(word, zh) for word in statement.zh) and all(re.search(word, en, re.I) for word in statement.en)


def _of_part(part: Part) -> Iterator[Problem]:
    for language in ("zh", "en"):
        yield from _of_text(part, language, getattr(part.words, language))
    zh, en = (set(_FIGURE.findall(text)) for text in (part.words.zh, part.words.en))
    if zh != en:
        message = N_("Chinese and English must state the same figures; only one states %(figures)s")
        yield Problem(part.where, message, {"figures": _named(zh ^ en)}, part.path)
    if not part.fills and zh | en:
        message = N_("figures stand in clauses, undertakings, readings and the effect only, not here: %(figures)s")
        yield Problem(part.where, message, {"figures": _named(zh | en)}, part.path)


def _of_text(part: Part, language: str, text: str) -> Iterator[Problem]:
    def problem(message: str, **params: str) -> Problem:
        return Problem(part.where, message, params, (*part.path, language))

    if not text:
        yield problem(N_("this is empty"))
    for unknown in sorted(set(_FIGURE.findall(text)) - NAMES):
        yield problem(
            N_("there is no figure %(figure)s; there are %(known)s"), figure=f"{{{unknown}}}", known=_named(NAMES)
        )
    bare = _FIGURE.sub("#", text)
    if "{" in bare or "}" in bare:
        yield problem(
            N_("braces are for figures, such as {cancel_fee}; here one stands alone or with something else in it")
        )
    without_parties = _PARTY.sub("", bare) if language == "zh" else bare
    if "<" in without_parties or ">" in without_parties:
        yield problem(
            N_("angle brackets are for the party words %(company)s and %(customer)s only, in Chinese only"),
            company="<c>",
            customer="<u>",
        )
    if typed := _TYPED.search(bare):
        yield problem(N_("“%(typed)s” is typed: figures come from the tariff, as placeholders"), typed=typed[0].strip())
    if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn") for char in text):
        yield problem(N_("a text is one line, without characters that cannot be seen"))
    if missing := missing_glyphs(text):
        yield problem(N_("the fonts cannot print %(characters)s"), characters=missing)


def _figures(words: Wording) -> set[str]:
    """The figures that a sentence states, in either language."""
    return set(_FIGURE.findall(words.zh + words.en))


def _named(names: set[str] | frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
