"""Managers' reports: numbers that lead to their rows, a file for spreadsheets, nothing lost of what was typed."""

import csv
import re
from html import unescape
from io import StringIO

import pytest

from dispatch.domain import commands as c
from dispatch.domain.csv_text import csv_of, harmless
from dispatch.domain.states import State
from tests.web.conftest import Web

NIGHT = "from=2026-03-06&until=2026-03-06"


def test_every_number_on_the_page_leads_to_as_many_rows(web: Web) -> None:
    for state in (State.CLOSED, State.CANCELLED, State.REFUSED):
        web.world.to(state)
    manager = web.client(web.world.manager)
    page = manager.get(f"/manage/reports?{NIGHT}").get_data(as_text=True)
    links = re.findall(r'href="(/manage/reports/behind\?[^"]+)">(\d+)<', page)
    assert len(links) > 20
    for address, number in links:
        rows = manager.get(unescape(address)).get_data(as_text=True).count('<th scope="row"')
        assert rows == int(number), address


def test_every_sum_on_the_page_leads_to_entries_that_add_up_to_it(web: Web) -> None:
    for state in (State.CLOSED, State.CANCELLED):
        web.world.to(state)
    manager = web.client(web.world.manager)
    page = manager.get(f"/manage/reports?{NIGHT}").text
    links = set(re.findall(r'href="(/manage/reports/behind\?[^"]+list=entries)">(−?¥[\d.]+)<', page))
    assert len(links) >= 4  # settled, corrections, together, a driver's
    for address, amount in links:
        shown = manager.get(unescape(address)).text
        entries = re.findall(r'<td class="num"[^>]*>(−?)¥([\d.]+)</td>', shown)
        summed = sum(round(float(yuan) * 100) * (-1 if minus else 1) for minus, yuan in entries)
        assert summed == round(float(amount.replace("¥", "").replace("−", "-")) * 100), address
        assert f"合计 {amount}" in shown


def test_every_column_of_a_chart_leads_to_what_it_counts(web: Web) -> None:
    web.world.to(State.CLOSED)
    manager = web.client(web.world.manager)
    page = manager.get(f"/manage/reports?{NIGHT}").text
    columns = re.findall(r'<a href="([^"]+)" aria-label="03-06: ([^"]+)">', page)
    assert [value for _, value in columns] == ["1", columns[1][1], "1", "0"]
    for address, _ in columns:
        assert manager.get(unescape(address)).status_code == 200
    assert columns[1][1] in manager.get(unescape(columns[1][0])).text


def test_a_page_without_trips_says_so_and_draws_nothing_wrong(web: Web) -> None:
    shown = web.client(web.world.manager).get("/manage/reports?from=2026-01-01&until=2026-01-31")
    assert shown.status_code == 200
    assert "本期没有。" in shown.text


def test_a_period_that_is_none_is_told_beside_what_was_typed(web: Web) -> None:
    shown = web.client(web.world.manager).get("/manage/reports?from=2026-03-07&until=2026-03-06")
    assert shown.status_code == 422
    assert 'href="#f-until"' in shown.text
    assert 'value="2026-03-07"' in shown.text


def test_a_figure_nobody_knows_is_not_found(web: Web) -> None:
    manager = web.client(web.world.manager)
    assert manager.get(f"/manage/reports/behind?{NIGHT}&breakdown=nothing").status_code == 404


def test_the_file_has_the_figures_and_no_formula_and_no_number_of_a_customer(web: Web) -> None:
    cancelled = web.world.to(State.EN_ROUTE)
    web.world.do(cancelled, c.Cancel(c.Party.CUSTOMER, "=HYPERLINK(13800138000)"), web.world.dispatcher)
    file = web.client(web.world.manager).get(f"/manage/reports.csv?{NIGHT}")
    assert file.mimetype == "text/csv"
    rows = list(csv.reader(StringIO(file.text.removeprefix("\ufeff"))))
    assert ["订单状态", "已取消", "1"] in rows
    reason = next(row[1] for row in rows if row and row[0] == "取消原因")
    assert reason.startswith("'=HYPERLINK")
    assert "13800138000" not in file.text


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-5", "@x", "\t=1", " =1"])
def test_a_text_that_begins_like_a_formula_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_numbers_stay_numbers() -> None:
    assert csv_of([[-5, "信州区"]]) == "\ufeff-5,信州区\r\n"


def test_reports_are_for_managers(web: Web) -> None:
    for actor in (web.world.dispatcher, web.world.agent, web.world.driver):
        assert web.client(actor).get("/manage/reports").status_code == 403
