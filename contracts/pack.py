"""The dispute file: everything about a trip in one PDF, with every signed document and photo attached as it was."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from contracts.facts import Company, Photo
from contracts.sheet import Annex, Sheet
from contracts.wording import Language

PHOTOS_A_SHEET = 8
MOST_PHOTOS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the file's text: its heading, what is known by name, and a table. `shape` is a column's kind: when,
    who, sign, step, tiny, narrow, address, digest, sum, or '' for the one that takes what is left.
    """

    title: str
    head: tuple[str, ...] = ()
    shape: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDocument:
    """A signed document, byte for byte. `chain_position` is its place in the branch's chain."""

    title: str
    kind: str
    number: str
    signed: str
    chain_position: int
    pdf: bytes

    @property
    def name(self) -> str:
        """What it is called inside the file."""
        return f"{self.number}.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRecord:
    """What is on record, as canonical JSON: the table that is printed under the same title, as it is stored."""

    name: str
    title: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPhoto:
    """A photo in full, with what is known of it."""

    number: int
    title: str
    taken: str
    photo: Photo

    @property
    def name(self) -> str:
        """What it is called inside the file."""
        return f"photo-{self.number:02d}.{'png' if self.photo.media_type == 'image/png' else 'jpg'}"

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return _sha256(self.photo.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFacts:
    """Everything a dispute file says, in words of one language. `left_out` photos are more than fit into one file."""

    number: str
    trip: str
    company: Company
    particulars: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    documents: tuple[PackDocument, ...]
    records: tuple[PackRecord, ...]
    photos: tuple[PackPhoto, ...]
    left_out: int
    made_at: datetime
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Part:
    """One part as the manifest names it."""

    name: str
    title: str
    kind: str
    media_type: str
    bytes: int
    sha256: str
    number: str = ""
    chain_position: int | None = None


def parts(facts: PackFacts) -> tuple[Part, ...]:
    """Every part that is attached, in the order of the file."""
    return (
        *(
            Part(
                one.name,
                one.title,
                one.kind,
                "application/pdf",
                len(one.pdf),
                _sha256(one.pdf),
                one.number,
                one.chain_position,
            )
            for one in facts.documents
        ),
        *(
            Part(one.name, one.title, "record", "application/json", len(one.content), _sha256(one.content))
            for one in facts.records
        ),
        *(
            Part(one.name, one.title, "photo", one.photo.media_type, len(one.photo.content), one.sha256)
            for one in facts.photos
        ),
    )


def manifest(facts: PackFacts) -> bytes:
    """Canonical JSON of what the file holds: who has the file alone can check each part by it."""
    told = {
        "number": facts.number,
        "trip": facts.trip,
        "made_at": facts.made_at.isoformat(),
        "parts": [
            {
                "name": part.name,
                "kind": part.kind,
                "media_type": part.media_type,
                "bytes": part.bytes,
                "sha256": part.sha256,
                "number": part.number,
                "chain_position": part.chain_position,
            }
            for part in parts(facts)
        ],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def assemble(facts: PackFacts, compose: Callable[[PackFacts, tuple[PackPhoto, ...], bool], str],
             render: Callable[[Sheet], bytes]) -> bytes:  # fmt: skip
    """The file, not sealed yet: cover and tables, photos in full, then the pages of every signed document, unchanged.

    `compose` makes the HTML of a sheet, `render` prints it. Photos are printed a few at a time: each sheet has a time
    limit of its own.
    """
    first = Sheet(html=compose(facts, (), True), annexes=tuple(_annexes(facts)), dated=facts.made_at)
    writer = PdfWriter(clone_from=BytesIO(render(first)))
    for some in _by(facts.photos, PHOTOS_A_SHEET):
        _append(writer, render(Sheet(html=compose(facts, some, False), dated=facts.made_at)))
    for document in facts.documents:
        _append(writer, document.pdf)
    merged = BytesIO()
    writer.write(merged)
    return merged.getvalue()


def _annexes(facts: PackFacts) -> Iterator[Annex]:
    yield Annex(name="manifest.json", content=manifest(facts), description="What this file holds, part by part")
    for document in facts.documents:
        yield Annex(
            name=document.name,
            content=document.pdf,
            description=f"{document.title} {document.number}",
            relationship="Source",
            media_type="application/pdf",
        )
    for record in facts.records:
        yield Annex(name=record.name, content=record.content, description=record.title)
    for photo in facts.photos:
        yield Annex(
            name=photo.name,
            content=photo.photo.content,
            description=photo.title,
            relationship="Source",
            media_type=photo.photo.media_type,
        )


def _append(writer: PdfWriter, pdf: bytes) -> None:
    """Pages to be read; what makes them a sealed document is in the attached original."""
    for page in PdfReader(BytesIO(pdf)).pages:
        added = writer.add_page(page)
        for name in ("/Annots", "/StructParents"):
            if name in added:
                del added[NameObject(name)]


def _by(photos: tuple[PackPhoto, ...], count: int) -> Iterable[tuple[PackPhoto, ...]]:
    return (photos[begin : begin + count] for begin in range(0, len(photos), count))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
