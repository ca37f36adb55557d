"""HTML becomes PDF bytes, by WeasyPrint. Fonts, style sheet and parsed CSS are shared by all documents of a process."""

import gc
import logging
import zlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pydyf
from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from contracts.compose import TEMPLATES
from contracts.sheet import Annex, Sheet
from contracts.typeface import font_faces, required_fonts

logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.ERROR)

SCREEN_COLOURS = "homeward-srgb"


class OwnFonts(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Reads the documents' own font files and nothing else; used for our style sheet only, never for a page."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._own = {path.as_uri() for path in required_fonts()}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The font at the address. Raises ValueError for any other address."""
        if url not in self._own:
            raise ValueError(f"not one of the documents' fonts: {url}")
        return super().fetch(url, headers)


class Page(HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """A page of ours. Our templates are well-formed, so the parser in C reads them, and they use few elements: what
    these look like by themselves stands in base.css, which is a tenth of what browsers know.
    """

    def __init__(self, text: str) -> None:
        root = ET.fromstring(text)  # noqa: S314 - the text is our template's: no declarations in it, every value escaped
        self.base_url = None
        self.url_fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002
        return [_by_themselves()]


def render(sheet: Sheet) -> bytes:
    """The sheet as PDF/A-3b with its annexes, tagged. Only `data:` addresses are read, whatever the page asks for.

    The same sheet gives the same bytes. Raises FontsMissing.
    """
    fonts, style = shared()
    page = Page(sheet.html)
    number = page.etree_element.find('.//meta[@name="homeward-number"]')
    result: bytes = page.write_pdf(
        finisher=_finish,
        font_config=fonts,
        stylesheets=[style],
        color_profiles={SCREEN_COLOURS: _screen_colours()},
        output_intent=SCREEN_COLOURS,
        pdf_variant="pdf/a-3b",
        pdf_tags=True,
        pdf_identifier=None if number is None else number.get("content").encode(),
        attachments=[_attached(annex, sheet.dated) for annex in sheet.annexes],
    )
    return result


def _attached(annex: Annex, dated: datetime | None) -> Attachment:
    return Attachment(
        string=annex.content,
        name=annex.name,
        description=annex.description,
        relationship=annex.relationship,
        created=dated,
        modified=dated,
    )


@cache
def shared() -> tuple[FontConfiguration, CSS]:
    """Parsed once: neither the fonts nor the style sheet differ between documents, and parsing them anew leaks."""
    fonts = FontConfiguration()
    text = font_faces() + (TEMPLATES / "agreement.css").read_text(encoding="utf-8")
    style = CSS(string=text, font_config=fonts, url_fetcher=OwnFonts())
    _by_themselves()
    gc.freeze()
    return fonts, style


@cache
def _by_themselves() -> CSS:
    return CSS(filename=TEMPLATES / "base.css")


def _compress(stream: Any) -> None:
    """At the usual level: WeasyPrint's own is the highest, which takes longer and saves next to nothing."""
    if not isinstance(stream, pydyf.Stream) or not stream.compress:
        return
    content = b"\n".join(_in_bytes(part) for part in stream.stream)
    stream.stream, stream.compress = [zlib.compress(content, 6)], False
    stream.extra["Filter"] = "/FlateDecode"


def _in_bytes(part: Any) -> bytes:
    if isinstance(part, bytes):
        return part
    content: bytes = part.data if isinstance(part, pydyf.Object) else str(part).encode("ascii")
    return content


def _screen_colours() -> ColorProfile:
    """What our colours mean, as PDF/A demands. WeasyPrint's own way to it leaves a file open for every document."""
    return ColorProfile(BytesIO(_profile()), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@cache
def _profile() -> bytes:
    return (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()


class _Written(pydyf.Object):  # type: ignore[misc]  # pydyf has no types
    """An object as it stands in the file. That is asked for twice: to be written, and for the identifier.

    Of hundreds of objects nearly all are tags, and only these are packed together: whoever reads one packed object,
    as sealing does, goes through the list of all.
    """

    def __init__(self, part: Any) -> None:
        super().__init__()
        self.number, self.data = part.number, part.data
        self.compressible = isinstance(part, dict) and part.get("Type") == "/StructElem"

    data: Any = None  # was a property
    compressible: Any = None  # so was this


class _Unpacked(pydyf.Dictionary):  # type: ignore[misc]  # pydyf has no types
    """A dictionary that is not packed with the tags."""

    compressible = False


def _finish(_document: Any, pdf: Any) -> None:
    """What PDF/A asks for beyond what WeasyPrint writes: no empty resources, every annex named once."""
    for part in pdf.objects:
        if isinstance(part, dict):
            for name in ("Pattern", "Shading", "ExtGState", "XObject"):
                if name in part and not part[name]:
                    del part[name]
    for part in pdf.objects:
        _compress(part)
    if "AF" in pdf.catalog:
        once = list(dict.fromkeys(pdf.catalog["AF"]))
        pdf.catalog["AF"].clear()
        pdf.catalog["AF"].extend(once)
    pdf.objects[:] = [part if part is pdf.objects[0] else _Written(part) for part in pdf.objects]
    pdf.info = _Unpacked(pdf.info)
    add = pdf.add_object

    def add_last(part: Any) -> None:  # the packed tags and the table of objects, made while the file is written
        _compress(part)
        add(part)

    pdf.add_object = add_last
