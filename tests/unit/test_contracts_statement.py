"""The monthly statement on paper: every line, heads repeated over pages, hostile words as text."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from contracts.compose import statement_sheet
from contracts.facts import Company
from contracts.render import render
from contracts.statement import StatementFacts, StatementPayment, StatementTrip
from contracts.wording import Language, Wording

MADE = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def facts(count: int, language: Language = "zh", **over: object) -> StatementFacts:
    trips = tuple(
        StatementTrip(
            number=f"T{number:06d}",
            at="11-06 22:30",
            origin="信州区 带湖路 88 号 龙潭湖宾馆",
            destination="广信区 旭日街道 凤凰西大道 12 号",
            caller="前台 138****0001",
            amount_fen=6_600,
        )
        for number in range(1, count + 1)
    )
    charged = sum(trip.amount_fen for trip in trips)
    usual = {
        "number": "S202611-00012",
        "company": Company(name="归途汽车代驾服务有限公司", branch="上饶分公司", phone="0793 800 0000"),
        "account": "龙潭湖宾馆",
        "contact": "陈经理",
        "address": "带湖路 88 号",
        "first_day": date(2026, 11, 1),
        "last_day": date(2026, 11, 30),
        "made_on": date(2026, 12, 1),
        "due_on": date(2026, 12, 16),
        "opening_fen": 120_000,
        "charged_fen": charged,
        "paid_fen": 120_000,
        "closing_fen": charged,
        "trips": trips,
        "payments": (StatementPayment(day=date(2026, 11, 10), reference="工行 0032", amount_fen=120_000),),
        "language": language,
    }
    return StatementFacts(**{**usual, **over})  # type: ignore[arg-type]


def pages(given: StatementFacts) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(render(statement_sheet(given, MADE)))).pages]


def test_a_statement_of_sixty_lines_goes_over_pages_that_each_say_what_they_are() -> None:
    found = pages(facts(60))
    assert len(found) > 1
    together = "".join(found)
    assert all(f"T{number:06d}" in together for number in range(1, 61))
    with_rows = [page for page in found if "T0000" in page]
    assert all("服务单号" in page and "S202611-00012" in page for page in with_rows)
    assert "3960.00" in together


def test_what_is_owed_and_by_when_stands_on_the_first_page() -> None:
    first = pages(facts(3))[0]
    assert all(part in first for part in ("龙潭湖宾馆", "2026-12-16", "¥198.00", "工行 0032", "1200.00"))


def test_an_account_that_paid_ahead_is_asked_for_nothing() -> None:
    first = pages(facts(0, "en", closing_fen=-5_000, trips=(), charged_fen=0))[0]
    assert "Paid ahead" in first
    assert "¥50.00" in first
    assert "2026-12-16" not in first


@pytest.mark.parametrize("words", ["<img src='file:///etc/passwd'>", "{{ 7*7 }}", "龘𬭎\u202e", "x" * 4_000])
def test_hostile_words_are_printed_as_text(words: str) -> None:
    row = StatementTrip(number="T000001", at="11-06 22:30", origin=words, destination=words, caller=words,
                        amount_fen=100, note=Wording(words, words))  # fmt: skip
    found = "".join(pages(facts(1, account=words, trips=(row,))))
    assert "49" not in found.replace("2026-11-06", "")
    assert "T000001" in found


def test_the_facts_are_attached_for_whoever_books_by_machine() -> None:
    given = facts(2)
    reader = PdfReader(BytesIO(render(statement_sheet(given, MADE))))
    assert reader.attachments["statement.json"][0] == given.to_json()
    assert render(statement_sheet(given, MADE)) == render(statement_sheet(given, MADE))
