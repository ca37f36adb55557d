"""Fares that must come out to the fen: the terms of both forms, and the tariff “night step”."""

from decimal import Decimal
from typing import Any

import pytest

from dispatch.domain.fare import FareFlag
from tests.unit.tariff_samples import fare, sample

CANCELLED = {"ending": "cancelled", "stage": "departed", "cancelled_at": "2026-03-02T05:50:00"}


def waited(minutes: int, seconds: int = 0) -> dict[str, Any]:
    hour, minute = divmod(minutes, 60)
    return {"arrived_at": "2026-03-02T05:55:00", "departed_at": f"2026-03-02T{6 + hour:02d}:{minute:02d}:{seconds:02d}"}


@pytest.mark.parametrize(
    ("tariff", "facts", "total_fen"),
    [
        ("extras-form-a", CANCELLED, 1000),
        ("extras-form-a", waited(30), 0),
        ("extras-form-a", waited(30, 1), 1000),
        ("extras-form-a", waited(180), 1000),
        ("extras-form-b", CANCELLED, 2000),
        ("extras-form-b", waited(20), 0),
        ("extras-form-b", waited(20, 1), 2000),
        ("extras-form-b", waited(80), 2000),
        ("extras-form-b", waited(80, 1), 4000),
        ("extras-form-b", {"booked_km": 12, "km": 16.9, "destination_changed": True}, 0),
        ("extras-form-b", {"booked_km": 12, "km": 17.0, "destination_changed": True}, 2000),
        ("extras-form-b", {"booked_km": 12, "km": 22.1, "destination_changed": True}, 4000),
        ("extras-form-b", {"booked_km": 12, "km": 22.1}, 0),
    ],
)
def test_terms_of_the_agreement_forms(tariff: str, facts: dict[str, Any], total_fen: int) -> None:
    assert fare(sample(tariff), **facts).total_fen == total_fen


@pytest.mark.parametrize(
    ("departed", "arrived", "km", "amounts"),
    [
        ("06:59:59", "06:59:59", 3.0, [1900]),
        ("06:59:59", "06:45:59", 13.5, [1900, 4200, 150, 400]),
        ("07:00:00", "06:46:00", 13.5, [1900, 2550, 150, 400]),
        ("23:59:59", "23:49:59", 5.0, [1900, 0]),
    ],
)
def test_night_step(departed: str, arrived: str, km: float, amounts: list[int]) -> None:
    settled = fare(
        sample("night-step"),
        appointed_at=f"2026-03-02T{arrived}",
        arrived_at=f"2026-03-02T{arrived}",
        departed_at=f"2026-03-02T{departed}",
        km=km,
    )
    assert [line.amount_fen for line in settled.lines] == amounts


def test_a_driver_s_own_detour_costs_nothing_and_is_flagged() -> None:
    settled = fare(sample("extras-form-b"), booked_km=12, km=22.1)
    assert settled.total_fen == 0
    assert settled.flags == (FareFlag.DRIVER_DETOUR,)


def test_stops_the_customer_asks_for_count_as_a_change_of_the_way_and_as_waiting() -> None:
    stop = {"began_at": "2026-03-02T06:30:00", "ended_at": "2026-03-02T06:40:01"}
    settled = fare(sample("extras-form-b"), booked_km=12, km=17, stops=[stop], **waited(10))
    assert [(line.part, line.amount_fen) for line in settled.lines[1:]] == [("detour", 2000), ("waiting", 2000)]


def test_every_fixture_line_carries_the_readings_it_came_from() -> None:
    line = fare(sample("extras-form-b"), booked_km=12, km=22.1, destination_changed=True).lines[-1]
    assert (line.rule, line.quantity, line.unit_price_fen, line.unit.zh) == ("B2", Decimal(2), 2000, "5公里")
    assert list(line.facts.items()) == [
        ("booked_km", "12"),
        ("odometer_start_km", "1000"),
        ("odometer_end_km", "1022.1"),
        ("driven_km", "22.1"),
        ("charged_km", "12"),
        ("range", "0-10.1"),
    ]
