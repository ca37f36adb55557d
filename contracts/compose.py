"""Facts become the HTML of a document. Every value is escaped; nothing in it can be fetched but its own photos."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from contracts import drawing, labels
from contracts.badge import BadgeFacts
from contracts.facts import AgreementFacts, ReceiptFacts, Step, shown_digest
from contracts.pack import PackFacts, PackPhoto
from contracts.pack import parts as pack_parts
from contracts.sheet import Annex, Sheet
from contracts.statement import WORDS, StatementFacts
from contracts.thumbnails import large, thumbnail
from contracts.typeface import missing_glyphs, width
from contracts.wording import Language, Wording, plain, yuan

TEMPLATES = Path(__file__).parents[1] / "templates" / "agreement"
_DEVICES = ("iPhone", "iPad", "HarmonyOS", "Android", "Windows", "Macintosh", "Linux")
UNSEEN = re.compile(  # controls, joiners and direction marks that reorder text, code points that are no characters
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def agreement_sheet(facts: AgreementFacts) -> Sheet:
    """The agreement to print, with its facts attached. Raises BadImage for a photo that is none."""
    annex = Annex(name="agreement.json", content=facts.to_json(), description="The facts of this agreement")
    return Sheet(html=agreement_html(facts), annexes=(annex,), dated=facts.signed_at)


def receipt_sheet(facts: ReceiptFacts) -> Sheet:
    """The service receipt to print, with its facts attached."""
    annex = Annex(name="receipt.json", content=facts.to_json(), description="The facts of this receipt")
    return Sheet(html=receipt_html(facts), annexes=(annex,), dated=facts.signed_at)


def specimen_sheet(facts: AgreementFacts) -> Sheet:
    """An agreement of nobody to look at: marked as a specimen on every page."""
    page = _environment(facts.language).get_template("agreement.html")
    return Sheet(html=page.render(_about(facts), specimen=True))


def badge_sheet(facts: BadgeFacts) -> Sheet:
    """A driver's badge card to print (P1). Raises BadImage for a photo that is none."""
    page = _environment(facts.language).get_template("badge.html")
    long = [name for name, text, most in (("long", facts.company.name, 18), ("long-name", facts.name, 8))
            if len(text) > most]  # fmt: skip
    title = Wording(f"工牌 {facts.badge}", f"Badge {facts.badge}")
    return Sheet(html=page.render(facts=facts, title=title, kind=" ".join(["badge", *long])))


def pack_html(facts: PackFacts, photos: tuple[PackPhoto, ...], cover: bool) -> str:
    """A sheet of a dispute file: its cover with all tables, or some of its photos in full."""
    page = _environment(facts.language).get_template("pack.html")
    return page.render(
        facts=facts, photos=photos, cover=cover, parts=pack_parts(facts), title=labels.LABELS["pack_title"], kind="pack"
    )


def statement_sheet(facts: StatementFacts, dated: datetime) -> Sheet:
    """The monthly statement of an account to print, with its facts attached."""
    page = _environment(facts.language).get_template("statement.html")
    html = page.render(facts=facts, words=WORDS, title=WORDS["title"], kind="account-statement")
    annex = Annex(name="statement.json", content=facts.to_json(), description="The facts of this statement")
    return Sheet(html=html, annexes=(annex,), dated=dated)


def agreement_html(facts: AgreementFacts) -> str:
    """The agreement as a page. Raises BadImage for a photo that is none."""
    return _environment(facts.language).get_template("agreement.html").render(_about(facts))


def receipt_html(facts: ReceiptFacts) -> str:
    """The service receipt (P6) as a page."""
    return _environment(facts.language).get_template("receipt.html").render(_about(facts))


def shown(facts: AgreementFacts | ReceiptFacts) -> Markup:
    """What a signer has on the screen: the very body of the page that is printed, from the very same facts."""
    name = "agreement.html" if isinstance(facts, AgreementFacts) else "receipt.html"
    page = _environment(facts.language).get_template(name)
    return Markup(page.render(_about(facts), screen=True))  # noqa: S704 - our own template, which escapes every value


def _about(facts: AgreementFacts | ReceiptFacts) -> dict[str, Any]:
    about = {"facts": facts, "shown": shown_digest(facts), "steps": signing_record(facts.steps)}
    if isinstance(facts, AgreementFacts):
        return {**about, "filled": facts.wording, "title": facts.wording.title, "kind": "agreement"}
    return {**about, "title": labels.LABELS["receipt_title"], "kind": "receipt"}


def signing_record(steps: Sequence[Step]) -> list[tuple[Wording, Step, int]]:
    """The steps of the signing as they are printed: one like the one before it is counted, not repeated."""
    lines: list[tuple[Wording, Step, int]] = []
    for step in steps:
        if lines and lines[-1][1].kind == step.kind:
            lines[-1] = (lines[-1][0], step, lines[-1][2] + 1)
        else:
            lines.append((labels.STEPS.get(step.kind, plain(step.kind)), step, 1))
    return lines


def device(browser: str) -> str:
    """What kind of device a browser says it runs on; the whole of it is in the facts."""
    return next((kind for kind in _DEVICES if kind.lower() in browser.lower()), "–")


def network(address: str) -> str:
    """A network address as it is printed: whose line it was, not which machine; the whole of it is in the facts.

    192.0.2.17 → 192.0.2.*, 2001:db8:85a3::8a2e → 2001:db8:85a3:*
    """
    try:
        known = ip_address(address)
    except ValueError:
        return "–"
    if known.version == 4:
        return f"{address.rpartition('.')[0]}.*"
    return ":".join(f"{int(group, 16):x}" for group in known.exploded.split(":")[:3]) + ":*"


def printable(value: object) -> object:
    """A value as it can be printed: no control or direction marks, and a code point for what no font can draw."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = UNSEEN.sub("", value)
    for char in missing_glyphs(text):
        text = text.replace(char, f"[U+{ord(char):04X}]")
    return text


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def say(words: Wording) -> Markup:
        return _say(words, language)

    def run(sentences: Sequence[Wording]) -> Markup:
        together = Wording("".join(s.zh for s in sentences), " ".join(s.en for s in sentences))
        return _say(together, language, after=True)

    environment.filters.update(
        say=say,
        run=run,
        moment=moment,
        hour_and_minute=hour_and_minute,
        yuan=yuan,
        km=km,
        thumbnail=thumbnail,
        large=large,
        network=network,
    )
    environment.globals.update(
        label=lambda name: labels.LABELS[name],
        caption=lambda name: labels.LABELS[name].en if language == "en" else labels.LABELS[name].zh,
        panel=lambda code: labels.PANELS.get(code, plain(code)),
        damage_kind=lambda code: labels.DAMAGES.get(code, plain(code)),
        cover=lambda code: labels.COVERS.get(code, plain(code)),
        rating=lambda stars: labels.RATINGS[stars],
        qr=qr,
        seal_arc=drawing.arc,
        damage_marks=drawing.marks,
        device=device,
        plain_words=plain,
        centred=centred,
        signature_ink=drawing.ink,
    )
    return environment


def _say(words: Wording, language: Language, *, after: bool = False) -> Markup:
    """The words in the document's language; bilingual ones with the English smaller behind or below the Chinese."""
    zh, en = escape(printable(words.zh)), escape(printable(words.en))
    if language == "en":
        return en
    if language == "zh" or zh == en:
        return zh
    return Markup('{} <span class="en{}" lang="en">{}</span>').format(zh, " after" if after else "", en)


def centred(text: str, middle: float, size: float, weight: int = 400, spacing: float = 0.0) -> float:
    """Where a line in a drawing begins for its middle to be at `middle`; `text-anchor` costs a drawing of its own."""
    return round(middle - (width(text, weight) * size + len(text) * spacing) / 2, 2)


def moment(when: datetime) -> str:
    """A local time as tables show it: 2026-11-23 23:05."""
    return when.strftime("%Y-%m-%d %H:%M")


def hour_and_minute(when: datetime) -> Wording:
    """The time of signing, to the minute, as both forms demand."""
    zone = when.strftime("%z")
    return Wording(
        f"{when.year} 年 {when.month} 月 {when.day} 日 {when.hour} 时 {when.minute:02d} 分",
        f"{when:%Y-%m-%d %H:%M} (UTC{zone[:3]}:{zone[3:]})",
    )


def km(metres: int) -> str:
    """Metres as kilometres with one decimal."""
    return f"{metres / 1000:,.1f} km"


@lru_cache(maxsize=64)  # shown on the phone, then printed
def qr(url: str) -> Markup:
    """The verification link as a QR code."""
    code = segno.make(url, error="m", micro=False)
    drawn = BytesIO()
    code.save(drawn, "svg", xmldecl=False, nl=False, omitsize=True, border=1, title=str(escape(url)), dark="#10243e")
    return Markup(drawn.getvalue().decode())  # noqa: S704 - segno's own
