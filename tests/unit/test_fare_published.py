"""Tariffs of the kinds that companies publish, worked out by hand."""

from typing import Any

import pytest

from dispatch.domain.errors import Invalid
from tests.unit.tariff_samples import all_day, fare, sample


def at(clock: str, **facts: Any) -> dict[str, Any]:
    return {"appointed_at": f"2026-03-02T{clock}", **facts}


DAY_SERVICE = {
    "service": "day",
    "appointed_at": "2026-03-02T09:00:00",
    "arrived_at": "2026-03-02T09:00:00",
    "departed_at": "2026-03-02T09:00:00",
}


@pytest.mark.parametrize(
    ("facts", "total_fen"),
    [
        (at("21:59:59", km=10), 3900),
        (at("22:00:00", km=10), 5900),
        (at("23:00:00", km=10.1), 7900 + 2000),
        (at("00:00:00", km=20), 9900 + 2000),
        (at("06:59:59", km=20.1), 9900 + 4000),
        (at("12:00:00", km=25, car="coach"), 3900 + 4000 + 2370),
        (at("12:00:00", km=25, costs={"toll": "12.50", "parking": 5}), 7900 + 1750),
    ],
)
def test_bands_and_steps_of_ten_kilometres(facts: dict[str, Any], total_fen: int) -> None:
    assert fare(sample("city-steps"), **facts).total_fen == total_fen


@pytest.mark.parametrize(
    ("delivered", "km", "total_fen"),
    [
        ("2026-03-02T12:59:00", 200, 23600),
        ("2026-03-02T13:30:00", 300, 23600),
        ("2026-03-02T13:30:01", 300, 49600),
        ("2026-03-03T09:30:00", 600.1, 49600 + 2000),
        ("2026-03-03T09:30:01", 600.1, 2 * 49600),
        ("2026-03-04T09:30:01", 1801, 3 * 49600 + 2000),
    ],
)
def test_packages_by_the_hours_they_hold(delivered: str, km: float, total_fen: int) -> None:
    assert fare(sample("city-steps"), **DAY_SERVICE, delivered_at=delivered, km=km).total_fen == total_fen


def test_the_driver_s_way_back_by_kilometres() -> None:
    settled = fare(sample("city-steps"), **DAY_SERVICE, delivered_at="2026-03-02T12:00:00", km=90, return_km=40.5)
    assert settled.total_fen == 23600 + 3 * 1300


def test_long_distance_with_days_meals_nights_and_the_way_back_at_cost() -> None:
    settled = fare(
        sample("city-steps"),
        service="long_distance",
        arrived_at="2026-03-02T06:00:00",
        departed_at="2026-03-02T06:30:00",
        delivered_at="2026-03-03T07:00:00",
        km=812.3,
        extras={"meal": 3, "night": 1},
        costs={"return_travel": "188.5", "fuel": 420},
    )
    amounts = {line.rule: line.amount_fen for line in settled.lines}
    assert amounts == {
        "base": 30000,
        "distance": 51300,
        "waiting": 1000,
        "service_time": 20000,
        "meal": 9000,
        "night": 10000,
        "return_travel": 18850,
        "fuel": 42000,
    }


@pytest.mark.parametrize(
    ("facts", "total_fen"),
    [
        (at("21:00:00", km=8), 3500),
        (at("21:00:00", km=8.1), 3500 + 350),
        # 10 km beyond 8, of the base 20 % more, 0.30 for each of 8 km beyond 10
        (at("21:00:00", km=18), 3500 + 3500 + 240 + 700),
        (at("22:30:00", km=8, member="gold"), 5000 - 500),
        (at("00:30:00", km=38, member="gold"), 8500 + 10500 + 600 + 640 + 1700 - 2194 - 6),
        (at("21:00:00", km=8, approach_km=3.4), 3500 + 600),
        (at("21:00:00", km=8, approach_km=12), 3500 + 1500),
        (at("21:00:00", km=8, ordered_at="2026-03-02T20:40:01"), 3500 + 1000),
        (at("21:00:00", km=8, ordered_at="2026-03-02T20:40:00"), 3500),
        (at("21:00:00", km=8, extras={"suburb": 1}), 3500 + 5000),
        (at("21:00:00", km=8, costs={"toll": 15}), 3500 + 2250),
        ({"appointed_at": "2027-02-13T01:00:00", "km": 8}, 8500 + 2900),
        ({"appointed_at": "2027-02-05T01:00:00", "km": 8}, 8500),
        ({"appointed_at": "2027-02-08T12:00:00", "km": 8}, 3500),
    ],
)
def test_app_style_fares(facts: dict[str, Any], total_fen: int) -> None:
    assert fare(sample("app-city"), **facts).total_fen == total_fen


def test_waiting_by_the_minute_begun_stops_at_its_cap() -> None:
    settled = fare(
        sample("app-city"),
        **at("12:00:00", arrived_at="2026-03-02T12:00:00", departed_at="2026-03-02T15:30:01", km=5),
    )
    assert [line.amount_fen for line in settled.lines] == [3500, 20100, -2100]


@pytest.mark.parametrize(
    ("departed", "base_fen"),
    [
        ("2026-03-05T20:00:00", 8000),
        ("2026-03-06T05:59:59", 8000),
        ("2026-03-06T20:00:00", 9000),
        ("2026-03-07T05:59:59", 9000),
        ("2026-03-08T05:59:59", 9000),
        ("2026-03-09T05:59:59", 8000),
    ],
)
def test_a_weekend_night_lasts_until_the_morning_after(departed: str, base_fen: int) -> None:
    assert fare(sample("business"), appointed_at=departed, km=3).total_fen == base_fen


@pytest.mark.parametrize(
    ("km", "total_fen"),
    [(10, 5000), (10.1, 7000), (15.1, 9000), (30, 13000), (30.1, 18000), (40, 18000), (40.1, 23000)],
)
def test_tiers_counted_from_the_first_kilometre(km: float, total_fen: int) -> None:
    assert fare(sample("business"), **at("12:00:00"), km=km).total_fen == total_fen


@pytest.mark.parametrize(("km", "total_fen"), [(100, 12000), (250, 30000), (500, 60000), (501, 50100), (800, 80000)])
def test_the_distance_reached_prices_the_whole_way(km: float, total_fen: int) -> None:
    assert fare(sample("business"), service="intercity", km=km).total_fen == total_fen


@pytest.mark.parametrize(
    ("arrived", "departed", "waiting_fen"),
    [
        ("11:50:00", "12:14:59", 0),
        ("11:50:00", "12:15:00", 2000),
        ("12:00:00", "12:45:00", 6000),
        ("12:00:01", "12:45:00", 2000),
        ("12:10:00", "12:40:00", 2000),
    ],
)
def test_waiting_costs_less_where_the_driver_came_late(arrived: str, departed: str, waiting_fen: int) -> None:
    settled = fare(
        sample("business"),
        **at("12:00:00", arrived_at=f"2026-03-02T{arrived}", departed_at=f"2026-03-02T{departed}", km=5),
    )
    assert settled.total_fen == 5000 + waiting_fen


@pytest.mark.parametrize(
    ("delivered", "km", "total_fen"),
    [("17:00:00", 100, 30000), ("17:00:01", 100, 35000), ("19:30:00", 120.5, 30000 + 15000 + 6300)],
)
def test_a_business_day_with_overtime_and_further_kilometres(delivered: str, km: float, total_fen: int) -> None:
    day = {"service": "business_day", "arrived_at": "2026-03-02T09:00:00", "departed_at": "2026-03-02T09:05:00"}
    settled = fare(sample("business"), **at("09:00:00"), **day, delivered_at=f"2026-03-02T{delivered}", km=km)
    assert settled.total_fen == total_fen


def test_hours_planned_choose_the_package_of_a_quote() -> None:
    assert fare(sample("city-steps"), service="day", planned_hours=9, booked_km=700).total_fen == 49600 + 10000


def test_an_unknown_service_is_refused_with_those_there_are() -> None:
    with pytest.raises(Invalid, match="only: city, long_distance, day"):
        fare(sample("city-steps"), service="moon")


def test_a_price_list_by_total_distance() -> None:
    listed = all_day(
        """
        [distance]
        tier_prices = "whole"
        tiers = [{ once = 39 }, { over_km = 10, once = 59 }, { over_km = 20, once = 99 }]
        """
    )
    assert [fare(listed, km=km).total_fen for km in (10, 10.1, 20, 25)] == [4900, 6900, 6900, 10900]


def test_free_waiting_that_is_lost_once_exceeded() -> None:
    tariff = all_day(
        '[waiting]\nfree_minutes = 10\nbeyond_free = "all"\nevery_minutes = 1\nprice = 1\ncount = "started"'
    )
    waits = {"arrived_at": "2026-03-02T06:00:00", "km": 1}
    assert fare(tariff, **waits, departed_at="2026-03-02T06:10:00").total_fen == 1000
    assert fare(tariff, **waits, departed_at="2026-03-02T06:10:01").total_fen == 1000 + 1100


def test_stops_and_driving_time_priced_apart() -> None:
    tariff = all_day(
        """
        waiting = { free_minutes = 10, every_minutes = 1, price = 1, count = "started" }
        stop_waiting = { every_minutes = 1, price = 2, count = "started" }
        driving_time = { every_minutes = 1, price = 0.5, count = "prorated" }
        """
    )
    settled = fare(
        tariff,
        arrived_at="2026-03-02T06:00:00",
        departed_at="2026-03-02T06:12:00",
        delivered_at="2026-03-02T07:00:20",
        stops=[{"began_at": "2026-03-02T06:30:00", "ended_at": "2026-03-02T06:33:20"}],
    )
    assert [(line.part, line.amount_fen) for line in settled.lines[1:]] == [
        ("waiting", 200),
        ("stop_waiting", 800),
        ("driving_time", 2250),
    ]
