"""Tables as CSV for spreadsheets, which take a cell that begins like a formula for one unless it is told otherwise."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Chinese as Latin letters


def harmless(cell: object) -> object:
    """A cell as it may stand in a spreadsheet: a text that begins like a formula has an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else cell


def csv_of(rows: Iterable[Sequence[object]]) -> str:
    """The rows as a file that Excel opens as it is meant. Numbers stay numbers."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()
