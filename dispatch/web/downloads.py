"""Tables as files to be kept: CSV or an Excel workbook."""

from collections.abc import Iterable
from datetime import datetime

from flask import Response

from dispatch.domain.csv_text import csv_of_sheets
from dispatch.domain.errors import N_, NotFound
from dispatch.domain.spreadsheet import FileKind, Sheet
from dispatch.services import workbooks

MEDIA_TYPES = {FileKind.CSV: "text/csv; charset=utf-8", FileKind.XLSX: workbooks.MEDIA_TYPE}


def kind_of(text: str) -> FileKind:
    """Raises NotFound for a kind of file that is not made."""
    try:
        return FileKind(text)
    except ValueError as error:
        raise NotFound("file_kind_unknown", N_("There is no such kind of file")) from error


def content(sheets: Iterable[Sheet], kind: FileKind, made_at: datetime) -> bytes:
    """The bytes of the file."""
    return workbooks.workbook(sheets, made_at) if kind is FileKind.XLSX else csv_of_sheets(sheets).encode()


def download(sheets: Iterable[Sheet], kind: FileKind, name: str, made_at: datetime) -> Response:
    """The file, under a name of Latin letters, digits and dashes, and kept by nobody on the way."""
    answer = Response(content(sheets, kind, made_at), content_type=MEDIA_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
