"""What a document consists of, digest by digest: its pages as they are drawn, and the files attached to it."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

LEDGER = "/Homeward"
_DRAWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+Do\b")
_DEEPEST = 8
_MOST_PAGES = 2000


class Unreadable(Exception):
    """The file is not a PDF, or so damaged that its parts cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """SHA-256 of every page (what it draws, with its pictures) and of every annex by name."""

    pages: tuple[str, ...]
    annexes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Comings:
    """What comes with a seal and is covered by no signature, as it was listed under the seal: SHA-256 of each
    certificate, and of the time stamp's frame ('' where none was to come). None: not listed.
    """

    certificates: tuple[str, ...] | None
    time_stamp: str | None


def inventory(reader: PdfFileReader) -> Inventory:
    """Look through a document as it stands in its newest revision. Raises Unreadable."""
    try:
        pages = _pages(reader)
        return Inventory(tuple(_page(page) for page in pages), _annexes(reader.root))
    except Exception as error:  # a hostile file makes the reader fail in many ways
        raise Unreadable(str(error)) from error


def ledger(root: generic.DictionaryObject) -> Inventory | None:
    """The list that was sealed with the document; None where there is none."""
    kept = _entry(root, LEDGER)
    if kept is None:
        return None
    annexes = [str(text) for text in kept["/Annexes"]]
    return Inventory(
        tuple(str(digest) for digest in kept["/Pages"]), dict(zip(annexes[::2], annexes[1::2], strict=True))
    )


def comings(root: generic.DictionaryObject) -> Comings:
    """What was listed to come with the seal."""
    kept = _entry(root, LEDGER) or {}
    listed, stamp = _entry(kept, "/Certificates"), _entry(kept, "/TimeStamp")
    return Comings(
        None if listed is None else tuple(str(digest) for digest in listed), None if stamp is None else str(stamp)
    )


def annex(reader: PdfFileReader, name: str) -> bytes | None:
    """The content of an annex; None where there is none of this name."""
    found = _files(reader.root).get(name)
    return None if found is None else found["/EF"]["/F"].data


def _pages(reader: PdfFileReader) -> list[generic.DictionaryObject]:
    count = int(reader.root["/Pages"]["/Count"])
    if count > _MOST_PAGES:
        raise Unreadable("too many pages")
    return [reader.find_page_for_modification(index)[0].get_object() for index in range(count)]


def _page(page: Any) -> str:
    digest = hashlib.sha256()
    content = page["/Contents"]
    parts = content if isinstance(content, generic.ArrayObject) else [content]
    streams = [part.get_object() for part in parts]
    try:
        drawn = b"\n".join(stream.data for stream in streams)
    except Exception:  # damaged: what is there is told by its bytes, and is another page than it was
        drawn = b"\n".join(stream.encoded_data for stream in streams)
    digest.update(drawn)
    _pictures(digest, drawn, _resources(page), 0)
    return digest.hexdigest()


def _resources(page: Any) -> Any:
    while page is not None:
        if "/Resources" in page:
            return page["/Resources"]
        page = _entry(page, "/Parent")
    return generic.DictionaryObject()


def _pictures(digest: Any, drawn: bytes, resources: Any, depth: int) -> None:
    """What a page draws by name: pictures, and groups that draw others in turn."""
    if depth > _DEEPEST:
        raise Unreadable("drawings within drawings without end")
    known = _entry(resources, "/XObject") or {}
    for name in dict.fromkeys(found[1] for found in _DRAWN.finditer(drawn)):
        part = _entry(known, f"/{name.decode('latin-1')}")
        if part is None:
            continue
        digest.update(name + b"\0" + part.encoded_data)
        mask = _entry(part, "/SMask")
        if isinstance(mask, generic.StreamObject):
            digest.update(mask.encoded_data)
        if _entry(part, "/Subtype") == "/Form":
            _pictures(digest, part.data, _entry(part, "/Resources") or resources, depth + 1)


def _annexes(root: Any) -> dict[str, str]:
    return {name: _content_digest(spec["/EF"]["/F"]) for name, spec in _files(root).items()}


def _content_digest(stream: Any) -> str:
    try:
        content = stream.data
    except Exception:  # damaged, as above
        content = stream.encoded_data
    return hashlib.sha256(content).hexdigest()


def _files(root: Any) -> dict[str, Any]:
    names = _entry(root, "/Names")
    tree = None if names is None else _entry(names, "/EmbeddedFiles")
    listed = [] if tree is None else list(_entry(tree, "/Names") or [])
    specs = [listed[place].get_object() for place in range(1, len(listed), 2)]
    return {str(_entry(spec, "/UF") or _entry(spec, "/F")): spec for spec in specs}


def _entry(dictionary: Any, name: str) -> Any:
    """An entry with its reference followed; None where there is none."""
    return dictionary[name] if name in dictionary else None  # noqa: SIM401 - get() does not follow references
