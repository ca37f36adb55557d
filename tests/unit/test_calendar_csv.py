"""A manager imports the State Council's days from a spreadsheet."""

from datetime import date

import pytest

from dispatch.domain.calendar_csv import CalendarFileInvalid, decode_calendar_file, parse_calendar_csv
from dispatch.domain.errors import Invalid


@pytest.mark.parametrize(
    "text",
    [
        "date,is_working,name\n2027-01-01,0,元旦\n2027-01-30,1,春节调休\n",
        "\ufeffdate,is_working,name\r\n2027/1/1,FALSE,元旦\r\n2027/1/30,TRUE,春节调休\r\n",
        "日期,是否上班,名称\n2027年1月1日,休,元旦\n2027.1.30,班,春节调休\n",
        "name;date;is_working\n元旦;2027-1-1;no\n\n春节调休;2027-01-30;yes\n;;\n",
        "日期\t上班\t说明\t备注\n2027/01/30\t是\t春节调休\t周六\n2027/01/01\t否\t元旦\t\n",
    ],
)
def test_the_same_days_are_read_however_the_spreadsheet_wrote_them(text: str) -> None:
    rows = parse_calendar_csv(text, "2027.csv")
    assert [(row.date, row.is_working, row.name) for row in rows] == [
        (date(2027, 1, 1), False, "元旦"),
        (date(2027, 1, 30), True, "春节调休"),
    ]
    assert {row.source for row in rows} == {"2027.csv"}


def test_every_fault_is_told_at_once_with_its_line() -> None:
    text = "date,is_working\n2027-02-30,0\n2027-05-01,maybe\n2027-05-02,0\n\n2027/5/2,1\n1/2/2027,0\n"
    with pytest.raises(CalendarFileInvalid) as refused:
        parse_calendar_csv(text)
    assert [(problem.code, problem.params["line"]) for problem in refused.value.problems] == [
        ("calendar_date", 2),
        ("calendar_is_working", 3),
        ("calendar_twice", 6),
        ("calendar_date", 7),
    ]
    assert refused.value.params["lines"] == "2, 3, 6, 7"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "calendar_file"),
        ("2027-01-01,0,元旦\n", "calendar_file"),
        ("date,name\n2027-01-01,元旦\n", "calendar_file"),
        ("date,is_working,name\n", "calendar_empty"),
        ("date,is_working\n1999-01-01,0\n", "calendar_file"),
        ('date,is_working\n"2027-01-01,0\n', "calendar_file"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_calendar_csv(text)
    assert refused.value.code == code
    assert refused.value.field == "file"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_file_saved_by_excel_or_by_an_editor_is_decoded(encoding: str) -> None:
    assert decode_calendar_file("日期,上班\n2027-01-01,休\n".encode(encoding)) == "日期,上班\n2027-01-01,休\n"


def test_a_workbook_is_not_taken_for_text() -> None:
    with pytest.raises(Invalid, match="UTF-8 or GBK"):
        decode_calendar_file(b"PK\x03\x04\xff\xff\xff")
