"""Surcharges, minimum fare, costs, discounts, vouchers and rounding."""

import pytest

from dispatch.domain.errors import Invalid
from dispatch.domain.fare import FareFlag, booking_flags
from dispatch.domain.fare_facts import FareFacts
from tests.unit.tariff_samples import all_day, fare, sample

MEMBERS = """
[[at_cost]]
id = "toll"
text = { zh = "过路费", en = "Tolls" }
[[discount]]
id = "first"
text = { zh = "首单立减", en = "First trip" }
amount = 8
on_request = true
[[discount]]
id = "member"
text = { zh = "会员折扣", en = "Members" }
percent = 50
when = { members = ["gold", "silver"] }
"""


def test_discounts_follow_each_other_and_leave_costs_alone() -> None:
    settled = fare(all_day(MEMBERS), member="gold", extras={"first": 1}, costs={"toll": 20})
    assert [(line.rule, line.amount_fen) for line in settled.lines] == [
        ("base", 1000),
        ("first", -800),
        ("member", -100),
        ("toll", 2000),
    ]


def test_discounts_and_vouchers_never_take_the_total_below_zero_nor_pay_costs() -> None:
    vouchers = [{"code": "V1", "amount": 30}, {"code": "V2", "amount": 30}]
    settled = fare(all_day(MEMBERS), extras={"first": 2}, costs={"toll": 20}, vouchers=vouchers)
    assert [line.amount_fen for line in settled.lines] == [1000, -1000, 2000]
    assert fare(all_day(""), vouchers=vouchers).total_fen == 0


def test_a_tariff_may_let_vouchers_pay_costs() -> None:
    tariff = all_day(MEMBERS, settings="vouchers_pay_costs = true")
    assert fare(tariff, costs={"toll": 20}, vouchers=[{"code": "V", "amount": 100}]).total_fen == 0


def test_a_voucher_below_the_fare_it_asks_for_is_not_taken() -> None:
    assert fare(all_day(""), vouchers=[{"code": "V", "amount": 5, "from_fare": 20}]).total_fen == 1000
    assert fare(all_day(""), vouchers=[{"code": "V", "amount": 5, "from_fare": 10}]).total_fen == 500


def test_the_fare_is_filled_up_to_the_minimum_before_discounts() -> None:
    settled = fare(all_day(MEMBERS, settings="minimum_fare = 25"), member="gold", costs={"toll": 3})
    assert [(line.part, line.amount_fen) for line in settled.lines] == [
        ("base", 1000),
        ("minimum_fare", 1500),
        ("discount", -1250),
        ("at_cost", 300),
    ]


@pytest.mark.parametrize(
    ("mode", "to", "total_fen"),
    [("down", "1", 1100), ("nearest", "1", 1200), ("up", "1", 1200), ("nearest", "0.1", 1150), ("up", "0.5", 1150)],
)
def test_the_total_is_rounded_by_a_line_of_its_own(mode: str, to: str, total_fen: int) -> None:
    prorated = 'distance = { every_km = 1, price = 1.5, count = "prorated" }'
    settled = fare(all_day(f'{prorated}\n[rounding]\nto = {to}\nmode = "{mode}"'), km=1)
    assert settled.total_fen == total_fen
    assert (settled.lines[-1].part == "rounding") == (total_fen != 1150)


def test_percentages_name_the_parts_they_are_of_and_stop_at_their_cap() -> None:
    tariff = all_day(
        """
        distance = { every_km = 1, price = 2, count = "started" }
        [[surcharge]]
        id = "night"
        text = { zh = "夜间加收", en = "Night" }
        percent = 20
        of = ["distance"]
        cap = 5
        when = { hours = ["22:00-24:00", "00:00-06:00"], days = ["mon"] }
        [[surcharge]]
        id = "storm"
        text = { zh = "恶劣天气加收", en = "Storm" }
        percent = 50
        on_request = true
        """
    )
    night = {"appointed_at": "2026-03-02T23:00:00"}
    assert [line.amount_fen for line in fare(tariff, **night, km=10).lines] == [1000, 2000, 400]
    assert [line.amount_fen for line in fare(tariff, **night, km=20).lines] == [1000, 4000, 800, -300]
    assert fare(tariff, **night, km=10, extras={"storm": 1}).total_fen == 3400 + 1700
    assert fare(tariff, appointed_at="2026-03-03T23:00:00", km=10).total_fen == 3000


def test_a_discount_from_a_certain_fare_on() -> None:
    tariff = all_day(
        """
        distance = { every_km = 1, price = 10, count = "started" }
        [[discount]]
        id = "hundred"
        text = { zh = "满100减20", en = "20 off 100" }
        amount = 20
        cheaper_further = true
        when = { from_fare = 100 }
        """
    )
    assert [fare(tariff, km=km).total_fen for km in (8, 9)] == [9000, 8000]


def test_discounts_of_the_same_part_together_take_no_more_than_that_part() -> None:
    tariff = all_day(
        """
        distance = { every_km = 1, price = 10, count = "started" }
        [[discount]]
        id = "member"
        text = { zh = "会员里程六折", en = "Member" }
        percent = 40
        of = ["distance"]
        [[discount]]
        id = "coupon"
        text = { zh = "里程三折券", en = "Coupon" }
        percent = 70
        of = ["distance", "waiting"]
        on_request = true
        """
    )
    assert [line.amount_fen for line in fare(tariff, km=5, extras={"coupon": 1}).lines] == [1000, 5000, -2000, -3000]
    assert fare(tariff, km=9, extras={"coupon": 2}).total_fen == fare(tariff, km=5, extras={"coupon": 1}).total_fen


@pytest.mark.parametrize("facts", [{"extras": {"limousine": 1}}, {"costs": {"ferry": 10}}])
def test_what_the_tariff_does_not_have_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="only: "):
        fare(all_day(MEMBERS), **facts)


@pytest.mark.parametrize(
    ("appointed", "ordered", "flags"),
    [
        ("2026-03-02T18:00:00", "2026-03-02T17:00:00", []),
        ("2026-03-03T03:59:59", "2026-03-02T17:00:00", []),
        ("2026-03-03T04:00:00", "2026-03-02T17:00:00", [FareFlag.OUTSIDE_HOURS]),
        ("2026-03-02T18:00:00", "2026-03-02T17:45:00", []),
        ("2026-03-02T18:00:00", "2026-03-02T17:45:01", [FareFlag.SHORT_NOTICE]),
    ],
)
def test_service_hours_and_notice_are_flagged(appointed: str, ordered: str, flags: list[FareFlag]) -> None:
    facts = FareFacts.from_json({"appointed_at": appointed, "ordered_at": ordered, "booked_km": 3})
    assert booking_flags(sample("business").service("evening"), facts) == flags
