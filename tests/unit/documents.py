"""A second PDF engine (PDFium) reads what WeasyPrint wrote: text, pixels, metadata."""

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # ships no types
from PIL import Image

SCALE = 2.0
DARKEST_PAPER = 225  # of 255: table heads are tinted


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as another program sees it."""

    pages: tuple[str, ...]
    blank: str  # characters that stand in the text and left no ink
    sizes: tuple[tuple[float, float], ...]
    about: dict[str, str]

    @property
    def text(self) -> str:
        """All text without breaks and spaces, which differ between engines."""
        return "".join("".join(self.pages).split())


def read(pdf: bytes) -> Reading:
    """Read every page, and look at the picture of every character."""
    with pdfium.PdfDocument(pdf) as document:
        pages = [document[index] for index in range(len(document))]
        return Reading(
            pages=tuple(page.get_textpage().get_text_range() for page in pages),
            blank="".join(char for page in pages for char in _blank(page)),
            sizes=tuple(page.get_size() for page in pages),
            about=document.get_metadata_dict(),
        )


def _blank(page: pdfium.PdfPage) -> Iterator[str]:
    picture: Image.Image = page.render(scale=SCALE).to_pil().convert("L")
    text = page.get_textpage()
    height = page.get_height()
    for index in range(text.count_chars()):
        char = text.get_text_range(index, 1)
        left, bottom, right, top = text.get_charbox(index)
        if not char.strip() or right <= left or top <= bottom:
            continue
        box = (
            int(left * SCALE),
            int((height - top) * SCALE),
            int(right * SCALE) + 1,
            int((height - bottom) * SCALE) + 1,
        )
        if min(picture.crop(box).tobytes()) > DARKEST_PAPER:
            yield char
