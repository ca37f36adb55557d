"""Tables as an Excel workbook. Texts are never formulas, numbers and times are what they are."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import chain, islice
from typing import Any
from unicodedata import east_asian_width

from dispatch.domain.spreadsheet import Cell, Sheet, Yuan

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
NARROWEST, WIDEST = 8, 48
MEASURED_ROWS = 200
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_OPTIONS = {
    "constant_memory": True,  # a row is on its way to the file before the next is asked for
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(sheets: Iterable[Sheet], made_at: datetime) -> bytes:
    """The file: a sheet each, heads that stay in sight, yuan with two decimals."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - takes a while to load, and most processes never write one

    written = BytesIO()
    with Workbook(written, _OPTIONS) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        formats = _Formats(book)
        names: set[str] = set()
        for sheet in sheets:
            name = _name(sheet.name, names)
            names.add(name.casefold())
            _write(book.add_worksheet(name), sheet, formats)
    return written.getvalue()


class _Formats:
    """How each kind of cell looks. A text has Excel's own apostrophe: edited, it still is no formula."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "quote_prefix": True})
        self.text = book.add_format({"quote_prefix": True})
        self.yuan = book.add_format({"num_format": "¥#,##0.00;[Red]-¥#,##0.00"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})


def _write(page: Any, sheet: Sheet, formats: _Formats) -> None:
    rows = iter(sheet.rows)
    first = list(islice(rows, MEASURED_ROWS))
    for column, width in enumerate(_widths([sheet.heads, *first])):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, formats.head)
    for number, row in enumerate(chain(first, rows), start=1):
        for column, cell in enumerate(row):
            _cell(page, number, column, cell, formats)


def _cell(page: Any, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case None | "":
            return
        case str():
            page.write_string(row, column, cell[:LONGEST_TEXT], formats.text)
        case Yuan():
            page.write_number(row, column, cell.fen / 100, formats.yuan)
        case datetime():
            page.write_datetime(row, column, cell, formats.moment)
        case date():
            page.write_datetime(row, column, cell, formats.day)
        case _:
            page.write_number(row, column, cell)


def _name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet: short, without its own signs, no other's."""
    plain = _NOT_IN_NAMES.sub(" ", wanted).strip("' ")[:LONGEST_NAME] or "-"
    number, name = 1, plain
    while name.casefold() in taken:
        number += 1
        name = f"{plain[: LONGEST_NAME - 4]} {number}"
    return name


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    columns = max(map(len, rows))
    return [
        min(WIDEST, max(NARROWEST, *(_width(row[column]) + 2 for row in rows if column < len(row))))
        for column in range(columns)
    ]


def _width(cell: Cell) -> int:
    match cell:
        case str():
            return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in cell[:WIDEST])
        case Yuan():
            return len(f"¥{abs(cell.fen) // 100:,}.00") + 1
        case datetime():
            return 16
        case date():
            return 10
        case _:
            return len(str(cell))
