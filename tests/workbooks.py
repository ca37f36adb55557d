"""Reading a workbook the way a spreadsheet does: the parts of the package, and what stands in each cell."""

import re
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Read:
    """A cell: a text or a number, the way it is shown, and whether it is kept from ever being a formula."""

    value: str | float
    number_format: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: its cells row by row, whether the head stays in sight, the widths of its columns."""

    rows: list[list[Read | None]]
    frozen: bool
    widths: list[float]

    @property
    def values(self) -> list[list[str | float | None]]:
        """The cells alone."""
        return [[cell.value if cell else None for cell in row] for row in self.rows]


def pages(content: bytes) -> dict[str, Page]:
    """Every sheet by its name. No part of the file may hold a formula."""
    with ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        book = _xml(package, "xl/workbook.xml")
        formats = _formats(_xml(package, "xl/styles.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        found = {}
        for number, name in enumerate(names, start=1):
            sheet = _xml(package, f"xl/worksheets/sheet{number}.xml")
            assert sheet.find(f".//{_MAIN}f") is None, "a formula"
            found[name] = _page(sheet, formats)
        return found


def _xml(package: ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(package.read(part))  # noqa: S314 - a file of our own


def _formats(styles: ElementTree.Element) -> list[tuple[str, bool]]:
    named = {one.attrib["numFmtId"]: one.attrib["formatCode"] for one in styles.iter(f"{_MAIN}numFmt")}
    used = styles.find(f"{_MAIN}cellXfs")
    assert used is not None
    return [(named.get(one.attrib["numFmtId"], ""), one.attrib.get("quotePrefix") == "1") for one in used]


def _page(sheet: ElementTree.Element, formats: list[tuple[str, bool]]) -> Page:
    rows: list[list[Read | None]] = []
    for row in sheet.iter(f"{_MAIN}row"):
        cells: list[Read | None] = []
        for cell in row:
            column = _column(cell.attrib["r"])
            cells += [None] * (column - len(cells))
            shown, quoted = formats[int(cell.attrib.get("s", "0"))]
            text = cell.find(f"{_MAIN}is/{_MAIN}t")
            value = cell.find(f"{_MAIN}v")
            read = (text.text or "") if text is not None else float((value.text if value is not None else "") or "nan")
            cells.append(Read(read, shown, quoted))
        rows.append(cells)
    pane = sheet.find(f".//{_MAIN}pane")
    widths = [float(column.attrib["width"]) for column in sheet.iter(f"{_MAIN}col")]
    return Page(rows, pane is not None and pane.attrib.get("state") == "frozen", widths)


def _column(reference: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", reference):
        number = number * 26 + ord(letter) - 64
    return number - 1
