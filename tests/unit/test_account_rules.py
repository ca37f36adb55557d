"""Accounts of venues and companies: credit, what is overdue, what settles a claim, days of postings and statements."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import accounts as rules
from dispatch.domain.accounts import Claim, Credit, EntryKind, Posting, Stop
from dispatch.domain.errors import Invalid

TODAY = date(2026, 12, 20)
NOVEMBER = date(2026, 11, 1)
FROM_DECEMBER = date(2026, 12, 1)
PAYMENT, CORRECTION, FARE = EntryKind.PAYMENT, EntryKind.CORRECTION, EntryKind.FARE

amounts = st.integers(-1_000_000, 1_000_000)
days = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("credit", "quote", "stop"),
    [
        (Credit(10_000, 0, 0), 10_000, None),
        (Credit(10_000, 0, 0), 10_001, Stop.LIMIT),
        (Credit(10_000, 4_000, 3_000), 3_000, None),
        (Credit(10_000, 4_000, 3_000), 3_001, Stop.LIMIT),
        (Credit(10_000, -5_000, 0), 15_000, None),  # paid ahead
        (Credit(0, 0, 0), 1, Stop.LIMIT),
        (Credit(10_000, 0, 0, overdue_fen=1, overdue_since=TODAY), 100, Stop.OVERDUE),
        (Credit(10_000, 0, 0, stopped=True), 100, Stop.BY_HAND),
        (Credit(10_000, 0, 0, overdue_fen=1, overdue_since=TODAY, stopped=True), 100, Stop.BY_HAND),
    ],
)
def test_a_trip_goes_on_an_account_as_far_as_its_credit_reaches(credit: Credit, quote: int, stop: Stop | None) -> None:
    assert credit.stop(quote) is stop
    if stop is None:
        credit.allow(quote, name="龙潭湖宾馆")
        return
    with pytest.raises(Invalid) as refused:
        credit.allow(quote, name="龙潭湖宾馆", reason="换老板")
    assert refused.value.field == "account_id"
    assert "龙潭湖宾馆" in str(refused.value)


def test_the_desk_is_told_no_amount_of_what_an_account_owes() -> None:
    for credit in (Credit(70_000, 65_432, 0), Credit(70_000, 65_432, 0, overdue_fen=65_432, overdue_since=TODAY)):
        with pytest.raises(Invalid) as refused:
            credit.allow(10_000, name="x")
        assert not any(figure in str(refused.value) for figure in ("654.32", "65432", "45.68", "700"))


@pytest.mark.parametrize(
    ("due", "settled", "late"),
    [
        (TODAY, 0, 0),  # the due date itself is in time
        (TODAY - timedelta(days=1), 0, 5_000),
        (TODAY - timedelta(days=1), 4_999, 1),
        (TODAY - timedelta(days=1), 5_000, 0),
        (TODAY - timedelta(days=1), 9_000, 0),
        (TODAY - timedelta(days=1), -2_000, 7_000),  # a payment that the statement held was taken back
    ],
)
def test_a_statement_is_overdue_from_the_day_after_its_due_date_until_it_is_paid(
    due: date, settled: int, late: int
) -> None:
    assert Claim(5_000, due, settled).overdue_fen(TODAY) == late


def test_statements_hold_what_was_left_open_before_so_the_largest_counts_and_the_earliest_date() -> None:
    claims = [
        Claim(9_000, date(2027, 1, 15)),
        Claim(7_000, date(2026, 12, 15)),
        Claim(3_000, date(2026, 11, 15)),
    ]
    assert rules.overdue(claims, TODAY) == (7_000, date(2026, 11, 15))
    assert rules.overdue(claims, date(2026, 11, 15)) == (0, None)
    assert rules.overdue([], TODAY) == (0, None)


@pytest.mark.parametrize(
    ("postings", "settled"),
    [
        ([Posting(PAYMENT, -3_000)], 3_000),
        ([Posting(PAYMENT, -3_000), Posting(PAYMENT, 3_000)], 0),
        ([Posting(FARE, 5_000)], 0),
        ([Posting(CORRECTION, -800, NOVEMBER)], 800),
        ([Posting(CORRECTION, 800, NOVEMBER)], 0),  # owed by the next statement
        ([Posting(CORRECTION, -800, FROM_DECEMBER)], 0),  # lowers a fare of the next statement
    ],
)
def test_what_settles_a_claim_is_what_was_paid_or_taken_off_it(postings: list[Posting], settled: int) -> None:
    assert rules.settled(postings, FROM_DECEMBER) == settled


@pytest.mark.parametrize(("amount", "reference"), [(0, "x"), (-1, "x"), (10_000_000_01, "x"), (100, "  ")])
def test_a_payment_is_money_with_a_reference(amount: int, reference: str) -> None:
    with pytest.raises(Invalid):
        rules.checked_payment(amount, reference)
    assert rules.checked_payment(100, "  工行  0032 ") == "工行 0032"


@pytest.mark.parametrize(("limit", "days_"), [(-1, 30), (10_000_000_01, 30), (100, 0), (100, 181)])
def test_terms_that_nobody_could_mean_are_refused(limit: int, days_: int) -> None:
    with pytest.raises(Invalid):
        rules.check_terms(limit, days_)


@pytest.mark.parametrize("text", ["bills", "bills@hotel", "a@b@c.cn", "a b@hotel.cn", "x@hotel.cn\nBcc: y@z.cn"])
def test_an_address_for_bills_is_one_address(text: str) -> None:
    with pytest.raises(Invalid):
        rules.checked_email(text)
    assert rules.checked_email(" bills@hotel.example.cn ") == "bills@hotel.example.cn"
    assert rules.checked_email("") == ""


@given(days)
def test_the_next_month_begins_where_this_one_ends(day: date) -> None:
    month, following = rules.month_of(day), rules.next_month(rules.month_of(day))
    assert month <= day < following
    assert rules.month_of(following - timedelta(days=1)) == month


@given(days, st.none() | days)
def test_nothing_is_posted_into_a_month_that_has_its_statement(today: date, stated: date | None) -> None:
    day = rules.posted_on(today, None if stated is None else rules.month_of(stated))
    assert day >= today
    assert stated is None or day >= rules.next_month(rules.month_of(stated))


@given(amounts, amounts, amounts, st.integers(1, 1_000_000))
def test_what_is_booked_never_takes_an_account_over_its_limit(limit: int, owed: int, booked: int, quote: int) -> None:
    credit = Credit(limit, owed, booked)
    allowed = credit.stop(quote) is None
    assert allowed == (owed + booked + quote <= limit)
