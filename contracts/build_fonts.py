"""Set-up step: `python -m contracts.build_fonts SOURCE_DIR` makes the fonts of the documents.

SOURCE_DIR is the npm package @expo-google-fonts/noto-sans-sc (OFL). The subset holds GB 2312 and Latin: a document set
in it takes half the time of one set in the full font. Variable and CFF fonts are not accepted: the first give invalid
PDFs, the second come out blank in MuPDF.
"""

import shutil
import sys
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from contracts.typeface import FONTS, WEIGHTS, font_file

LATIN = frozenset(range(0x20, 0x7F)) | frozenset(range(0xA0, 0x100))
PUNCTUATION = frozenset(map(ord, "–—‘’“”…·•×→←↑↓√±≤≥¥￥€№°′″①②③④⑤⑥⑦⑧⑨⑩"))
SQUARE, TICK, EMPTY_BOX, TICKED_BOX = map(ord, "□✓☐☑")
TICK_IN_BOX = (0.82, 0, 0, 0.82, 218, 76)  # of 1000 to the em: scale and place of the tick's outline


def gb2312() -> frozenset[int]:
    """Code points of GB 2312: 6,763 Chinese characters, punctuation and full-width forms."""
    pairs = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return frozenset(ord(char) for pair in pairs if (char := pair.decode("gb2312", "ignore")))


def source_file(source: Path, weight: int) -> Path:
    """The static TrueType font of a weight in the npm package. Raises FileNotFoundError."""
    found = sorted(source.glob(f"**/NotoSansSC_{weight}*.ttf"))
    if not found:
        raise FileNotFoundError(f"No NotoSansSC_{weight}*.ttf in {source}")
    return found[0]


def build(source: Path) -> tuple[Path, ...]:
    """Write subset and full font of every weight. Raises ValueError for a font that is not static TrueType."""
    FONTS.mkdir(exist_ok=True)
    for weight in WEIGHTS:
        original = source_file(source, weight)
        with TTFont(original) as font:
            if "glyf" not in font or "fvar" in font:
                raise ValueError(f"{original} is not a static TrueType font")
            subset(font)
            add_boxes(font)
            save(font, font_file(weight))
        shutil.copyfile(original, font_file(weight, full=True))
    return tuple(font_file(weight, full=full) for full in (False, True) for weight in WEIGHTS)


def subset(font: TTFont) -> None:
    """Cut the font down to GB 2312 and Latin, in place."""
    options = Options()
    options.name_IDs = ["*"]
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=gb2312() | LATIN | PUNCTUATION | {TICK})
    subsetter.subset(font)


def add_boxes(font: TTFont) -> None:
    """Add the boxes to tick, which the font lacks, from its own square and tick: that one is ticked is text, then, and
    is copied, searched and read aloud as such.
    """
    square, tick = (font.getBestCmap()[code] for code in (SQUARE, TICK))
    for code, parts in ((EMPTY_BOX, ()), (TICKED_BOX, ((tick, TICK_IN_BOX),))):
        name = f"uni{code:04X}"
        pen = TTGlyphPen(font.getGlyphSet())
        for part, place in ((square, (1, 0, 0, 1, 0, 0)), *parts):
            pen.addComponent(part, place)
        font["glyf"][name] = pen.glyph()
        for metrics in ("hmtx", "vmtx"):
            if metrics in font:
                font[metrics][name] = font[metrics][square]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name


def save(font: TTFont, path: Path) -> None:
    """Write beside the target and rename, so that an interrupted set-up leaves no half font."""
    draft = path.with_suffix(".part")
    font.save(draft)
    draft.replace(path)


def main() -> int:
    """Command line: one argument, the folder of the npm package."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m contracts.build_fonts SOURCE_DIR\n")
        return 2
    for path in build(Path(sys.argv[1])):
        sys.stdout.write(f"{path.name}  {path.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
