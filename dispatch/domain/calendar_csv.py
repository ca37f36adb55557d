"""A manager's file of working days: `date, is_working, name`, as Excel and WPS save it."""

import csv
import re
from collections.abc import Iterator
from datetime import date

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.workdays import WorkingDay

_HEADINGS = {
    "date": "date",
    "日期": "date",
    "is_working": "is_working",
    "working": "is_working",
    "上班": "is_working",
    "是否上班": "is_working",
    "name": "name",
    "名称": "name",
    "说明": "name",
}
_WORKING = {"1", "true", "yes", "y", "是", "上班", "班", "工作日"}
_OFF = {"0", "false", "no", "n", "否", "休息", "休", "放假"}
_DATE = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?")
_FIRST_YEAR, _LAST_YEAR = 2004, 2100


class CalendarFileInvalid(Invalid):
    """The file was refused as a whole; `problems` holds one Invalid for each faulty line, in order."""

    def __init__(self, problems: list[Invalid]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "calendar_file",
            N_("Nothing was imported. Please correct these lines: %(lines)s"),
            field="file",
            lines=", ".join(str(problem.params["line"]) for problem in problems),
        )


def decode_calendar_file(content: bytes) -> str:
    """The text of an uploaded file: UTF-8, or the GB 18030 that Chinese Excel writes. Raises Invalid."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _fault("calendar_encoding", N_("The file is not a text file in UTF-8 or GBK"))


def parse_calendar_csv(text: str, source: str = "csv") -> list[WorkingDay]:
    """The rows of the file in the order of their dates; `source` names the file.

    Raises CalendarFileInvalid with every fault at once, each naming its line; Invalid for an empty file.
    """
    lines = _lines(text.removeprefix("\ufeff"))
    columns = _columns(next(lines, (1, [])))
    rows: dict[date, WorkingDay] = {}
    first_line: dict[date, int] = {}
    problems: list[Invalid] = []
    for number, cells in lines:
        try:
            row = _row(number, dict(zip(columns, cells, strict=False)), source)
            if row.date in rows:
                raise _fault(
                    "calendar_twice",
                    N_("Line %(line)s: %(date)s is already on line %(other)s"),
                    line=number,
                    date=row.date.isoformat(),
                    other=first_line[row.date],
                )
        except Invalid as problem:
            problems.append(problem)
        else:
            rows[row.date], first_line[row.date] = row, number
    if problems:
        raise CalendarFileInvalid(problems)
    if not rows:
        raise _fault("calendar_empty", N_("The file holds no days"))
    return [rows[day] for day in sorted(rows)]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each line that is not blank, with its number as an editor shows it."""
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as fault:
        raise CalendarFileInvalid(
            [
                _fault("calendar_line", N_("Line %(line)s cannot be read as CSV"), line=reader.line_num),
            ]
        ) from fault


def _columns(heading: tuple[int, list[str]]) -> list[str]:
    columns = [_HEADINGS.get(cell.lower(), "") for cell in heading[1]]
    missing = [name for name in ("date", "is_working") if name not in columns]
    if missing:
        raise CalendarFileInvalid(
            [
                _fault(
                    "calendar_heading",
                    N_("Line %(line)s must head the columns date, is_working, name; missing: %(missing)s"),
                    line=heading[0],
                    missing=", ".join(missing),
                ),
            ]
        )
    return columns


def _row(line: int, cells: dict[str, str], source: str) -> WorkingDay:
    return WorkingDay(
        date=_date(line, cells.get("date", "")),
        is_working=_is_working(line, cells.get("is_working", "")),
        name=cells.get("name", "")[:60],
        source=source,
    )


def _date(line: int, text: str) -> date:
    match = _DATE.fullmatch(text)
    if match:
        year, month, day = (int(match[group]) for group in (1, 3, 4))
        try:
            found = date(year, month, day)
        except ValueError:
            found = date.min
        if _FIRST_YEAR <= found.year <= _LAST_YEAR:
            return found
    raise _fault(
        "calendar_date",
        N_("Line %(line)s: “%(text)s” is not a date such as 2027-01-31 or 2027/1/31"),
        line=line,
        text=text,
    )


def _is_working(line: int, text: str) -> bool:
    word = text.lower()
    if word in _WORKING or word in _OFF:
        return word in _WORKING
    raise _fault(
        "calendar_is_working", N_("Line %(line)s: “%(text)s” must say working (1) or day off (0)"), line=line, text=text
    )


def _fault(code: str, message: str, **params: object) -> Invalid:
    return Invalid(code, message, field="file", **params)
