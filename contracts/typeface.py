"""The typeface of the documents: Noto Sans SC, static TrueType, prepared once at set-up by `contracts.build_fonts`.

A small subset (GB 2312) sets nearly everything and is fast; the full font stands behind it for names with rare
characters, and Debian's `fonts-noto-cjk` behind that for the rarest (𠮷).
"""

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from contracts.errors import FontsMissing

FONTS = Path(__file__).with_name("fonts")
FAMILY = "Homeward Sans"
FULL_FAMILY = "Homeward Sans Full"
SYSTEM_FAMILY = "Noto Sans CJK SC"
SYSTEM_COLLECTION = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
BOXES = "☐☑"
WEIGHTS = {400: "regular", 700: "bold"}
BUILD_COMMAND = "npm ci && python -m contracts.build_fonts node_modules/@expo-google-fonts/noto-sans-sc"


def font_file(weight: int, *, full: bool = False) -> Path:
    """Where set-up puts the font of a weight (400 or 700)."""
    return FONTS / f"noto-sans-sc-{WEIGHTS[weight]}{'-full' if full else ''}.ttf"


def required_fonts() -> tuple[Path, ...]:
    """The font files of the documents. Raises FontsMissing, with the command that makes them."""
    files = tuple(font_file(weight, full=full) for full in (False, True) for weight in WEIGHTS)
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise FontsMissing(f"The fonts of the agreements are not built ({', '.join(missing)}). Run: {BUILD_COMMAND}")
    if not _have_boxes():  # with one glyph for all that is missing, ticked and not ticked would look alike
        raise FontsMissing(f"The fonts of the agreements are those of an earlier release. Run: {BUILD_COMMAND}")
    return files


def font_faces() -> str:
    """CSS @font-face rules for the subset and, behind it, the full font."""
    required_fonts()
    return "\n".join(
        f'@font-face {{ font-family: "{FULL_FAMILY if full else FAMILY}"; font-weight: {weight}; '
        f"src: url({font_file(weight, full=full).as_uri()}) }}"
        for full in (False, True)
        for weight in WEIGHTS
    )


def missing_glyphs(text: str) -> str:
    """The characters of a text that no font here can draw, in order, each once; '' when all can be drawn.

    Text extraction finds characters that are printed as empty boxes, so a document is checked against the fonts.
    """
    strange = set(text) - _drawable()
    return "".join(dict.fromkeys(c for c in text if c in strange and c.isprintable())) if strange else ""


def width(text: str, weight: int) -> float:
    """How wide a line of text is, in ems, in a weight of the documents' typeface (400 or 700)."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else _advances(weight).get(ord(c), 1.0) for c in text)


@cache
def _have_boxes() -> bool:
    return all(_characters(font_file(weight)).issuperset(BOXES) for weight in WEIGHTS)


@cache
def _advances(weight: int) -> dict[int, float]:
    with TTFont(font_file(weight), lazy=True) as font:
        em = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}


@cache
def _drawable() -> frozenset[str]:
    """Characters of subset and full font in both weights, and of Debian's collection where it is installed."""
    covered = frozenset[str]().union(
        *(
            frozenset.intersection(*(_characters(font_file(weight, full=full)) for weight in WEIGHTS))
            for full in (False, True)
        )
    )
    return covered | _characters(SYSTEM_COLLECTION) if SYSTEM_COLLECTION.is_file() else covered


def _characters(path: Path) -> frozenset[str]:
    if not path.is_file():
        required_fonts()
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(map(chr, font.getBestCmap()))
