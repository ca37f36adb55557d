"""Tables for spreadsheets: what a cell holds, before it is written as CSV or as a workbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto


class FileKind(StrEnum):
    """How a table is handed over."""

    CSV = auto()
    XLSX = auto()


@dataclass(frozen=True, slots=True)
class Yuan:
    """An amount of money, in fen; a spreadsheet shows it in yuan and adds it up."""

    fen: int


Cell = str | int | float | date | datetime | Yuan | None
"""A moment is that of the branch's clocks, without a zone; a text is a text, whatever it begins with."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table under its heads. The rows are read once."""

    name: str
    heads: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
