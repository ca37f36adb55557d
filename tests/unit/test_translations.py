"""Every word of the interface is in the catalogue, in Chinese; and no page has words of its own."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
CATALOGUE = ROOT / "translations/zh/LC_MESSAGES/messages.po"
SOURCES = {"dispatch": ("**.py", "python"), "templates": ("**.html", "jinja2")}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?\d*[sdif]")
CHINESE = re.compile(r"[\u3400-\u9fff]")
LETTERS = re.compile(r"[A-Za-z\u3400-\u9fff]{2,}")

# An agreement is a document in the languages of its parties: its Chinese is the document's own, not the interface's.
OWN_WORDS = ("agreement/",)
SHOWN_ATTRIBUTES = frozenset({"alt", "aria-label", "placeholder", "title"})
# Units and names that are written the same in both languages.
SAME_EVERYWHERE = frozenset({"km", "Enter", "Esc", "PDF", "CSV", "XLSX", "TOML", "QR", "API"})


def extracted() -> dict[str, Message]:
    """Every message of code and templates with the file it was first found in."""
    found: dict[str, Message] = {}
    for folder, (pattern, method) in SOURCES.items():
        for file, line, message, _comments, context in extract_from_dir(
            ROOT / folder, [(pattern, method)], {pattern: {"trimmed": "true"}} if method == "jinja2" else None
        ):
            message_id = message if isinstance(message, str) else message[0]
            found.setdefault(message_id, Message(message, locations=[(f"{folder}/{file}", line)], context=context))
    return found


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A message's wordings: one, or one for each plural."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


@pytest.fixture(scope="module")
def messages() -> dict[str, Message]:
    return extracted()


def test_every_message_has_a_chinese_wording_with_the_same_placeholders(messages: dict[str, Message]) -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="zh")
    faults = []
    for message_id, message in messages.items():
        known = catalogue.get(message_id, message.context)
        where = "{}:{}".format(*message.locations[0])
        if known is None or not all(forms(known.string)):
            faults.append(f"{where}: no Chinese for {message_id!r}")
            continue
        wanted = {name for form in forms(message.id) for name in PLACEHOLDER.findall(form)}
        faults += [
            f"{where}: {message_id!r} has other placeholders in Chinese: {form!r}"
            for form in forms(known.string)
            if set(PLACEHOLDER.findall(form)) != wanted
        ]
    assert not faults, "\n".join(faults)


class Page(HTMLParser):
    """Collects what a reader sees or hears of a template whose Jinja parts are taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.words: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style", "code"}
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value:
                self.words.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append((self.getpos()[0], data))


def blank(match: re.Match[str]) -> str:
    """Nothing, over as many lines, so that line numbers stay right."""
    return "\n" * match.group().count("\n")


def plain_words(source: str) -> Iterator[tuple[int, str]]:
    """Visible text that stands in the template itself."""
    bare = re.sub(r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}", blank, source, flags=re.S)
    bare = re.sub(r"\{% block \w+_class %\}.*?\{% endblock %\}", blank, bare)  # names of style classes
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", blank, bare, flags=re.S)
    page = Page()
    page.feed(bare)
    for line, text in page.words:
        if any(word not in SAME_EVERYWHERE for word in LETTERS.findall(text)):
            yield line, text.strip()


def quoted_words(source: str) -> Iterator[tuple[int, str]]:
    """Strings in Jinja expressions that look like words for people and are not handed to the catalogue."""
    before: list[str] = []
    for line, kind, value in Environment(autoescape=True).lex(source):
        if kind == "whitespace":
            continue
        if kind == "string":
            text = value[1:-1]
            translated = before[-2:] in (["_", "("], ["gettext", "("], ["ngettext", "("]) or "ngettext" in before[-4:]
            looks_spoken = bool(CHINESE.search(text) or re.match(r"[A-Z][a-z]+( |$)", text))
            if looks_spoken and not translated and text not in SAME_EVERYWHERE:
                yield line, text
        before = [*before[-4:], value]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_takes_every_visible_word_from_the_catalogue(path: Path) -> None:
    if str(path.relative_to(TEMPLATES)).startswith(OWN_WORDS):
        return
    source = path.read_text(encoding="utf-8")
    faults = [f"{path}:{line}: {text!r}" for line, text in (*plain_words(source), *quoted_words(source))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_no_inline_style_or_script(path: Path) -> None:
    if str(path.relative_to(TEMPLATES)).startswith(OWN_WORDS):
        return
    source = path.read_text(encoding="utf-8")
    found = re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:", source)
    assert not found, f"{path}: the content security policy forbids {found}"


def test_scripts_hold_no_chinese_because_their_words_come_from_the_page() -> None:
    for path in (ROOT / "static/js").glob("*.js"):
        assert not CHINESE.search(path.read_text(encoding="utf-8")), path


def test_the_scanner_sees_words_in_text_attributes_and_arguments() -> None:
    page = "<p>Hello there</p>\n<img alt='你好'>\n{{ _('Fine') }}{{ field(form, 'phone', 'Phone number') }}"
    assert [text for _line, text in plain_words(page)] == ["Hello there", "你好"]
    assert list(quoted_words(page)) == [(3, "Phone number")]
