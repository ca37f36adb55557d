"""Tables as files: numbers are numbers, texts are never formulas, whatever somebody typed."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.csv_text import csv_of_sheets, harmless
from dispatch.domain.spreadsheet import Cell, Sheet, Yuan
from dispatch.services.workbooks import workbook
from tests.workbooks import pages

MADE = datetime(2026, 3, 6, 14, tzinfo=UTC)
FORMULAS = ("=HYPERLINK(1)", "+86 138", "-5", "@SUM(A1)", "\t=1", " =1", "＝1", "http://x", "00123", "{=A1}")


def sheet(*rows: tuple[Cell, ...], name: str = "订单") -> Sheet:
    return Sheet(name, ("名称", "值"), rows)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_stays_a_text_in_a_workbook_even_when_it_is_edited(text: str) -> None:
    (page,) = pages(workbook([sheet((text, text))], MADE)).values()
    assert [(cell.value, cell.quoted) for cell in page.rows[1] if cell] == [(text, True)] * 2


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "－1"])
def test_a_text_that_begins_like_a_formula_has_an_apostrophe_before_it_in_csv(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_money_days_and_moments_are_what_they_are() -> None:
    row: tuple[Cell, ...] = (7, 4.5, Yuan(-6650), date(2026, 3, 6), datetime(2026, 3, 6, 22, 30, tzinfo=None), None)  # noqa: DTZ001
    (page,) = pages(workbook([Sheet("x", tuple("abcdef"), [row])], MADE)).values()
    whole, broken, money, day, moment = (cell for cell in page.rows[1] if cell)
    assert (whole.value, broken.value) == (7, 4.5)
    assert (money.value, money.number_format) == (-66.5, "¥#,##0.00;[Red]-¥#,##0.00")
    assert (day.value, day.number_format) == (46087, "yyyy-mm-dd")
    assert (moment.value, moment.number_format) == (46087.9375, "yyyy-mm-dd hh:mm")
    assert csv_of_sheets([Sheet("x", ("a",), [row])]).splitlines()[1] == "7,4.5,-66.50,2026-03-06,2026-03-06 22:30,"


def test_heads_stay_in_sight_and_columns_are_as_wide_as_what_stands_in_them() -> None:
    (page,) = pages(workbook([sheet(("江西省上饶市信州区五三大道", Yuan(1)))], MADE)).values()
    assert page.frozen
    assert page.widths[0] > 26 > page.widths[1]


def test_names_of_sheets_are_such_as_excel_takes_and_each_its_own() -> None:
    long = "客户在这段时间里的订单数量/投诉[回访]?:*" * 3
    names = list(pages(workbook([sheet(name=long), sheet(name=long), sheet(name="'")], MADE)))
    assert len(set(names)) == 3
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_tables_stand_one_below_the_other_in_csv() -> None:
    text = csv_of_sheets([sheet(("a", 1)), sheet(("b", 2))])
    assert text == "\ufeff名称,值\r\na,1\r\n\r\n名称,值\r\nb,2\r\n"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=5))
def test_whatever_is_typed_no_cell_of_a_csv_begins_like_a_formula(texts: list[str]) -> None:
    text = csv_of_sheets([Sheet("x", ("a",) * len(texts), [tuple(texts)])])
    row = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))[1]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in texts]
