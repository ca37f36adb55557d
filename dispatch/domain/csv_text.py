"""Tables as CSV for spreadsheets, which take a cell that begins like a formula for one unless it is told otherwise."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO

from dispatch.domain.spreadsheet import Cell, Sheet, Yuan

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Chinese as Latin letters


def harmless(cell: object) -> object:
    """A cell as it may stand in a spreadsheet: a text that begins like a formula has an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else cell


def csv_of(rows: Iterable[Sequence[object]]) -> str:
    """The rows as a file that Excel opens as it is meant. Numbers stay numbers."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()


def csv_of_sheets(sheets: Iterable[Sheet]) -> str:
    """Tables one below the other, an empty line between them; amounts in yuan."""
    return csv_of(_lines(sheets))


def _lines(sheets: Iterable[Sheet]) -> Iterator[Sequence[object]]:
    for number, sheet in enumerate(sheets):
        if number:
            yield []
        yield sheet.heads
        for row in sheet.rows:
            yield [_plain(cell) for cell in row]


def _plain(cell: Cell) -> object:
    if isinstance(cell, Yuan):
        return Decimal(cell.fen).scaleb(-2)
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell
