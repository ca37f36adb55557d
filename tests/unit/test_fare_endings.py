"""What a job costs that was not driven to its end."""

from typing import Any

import pytest

from dispatch.domain.errors import Invalid
from dispatch.domain.fare import FareFlag
from tests.unit.tariff_samples import NAMES, all_day, fare, sample


def cancelled(stage: str, at: str = "20:30:00", **facts: Any) -> dict[str, Any]:
    return {
        "ending": "cancelled",
        "stage": stage,
        "appointed_at": "2026-03-02T21:00:00",
        "cancelled_at": f"2026-03-02T{at}",
        **facts,
    }


@pytest.mark.parametrize(("stage", "fee_fen"), [("booked", 0), ("accepted", 0), ("departed", 1000), ("arrived", 1000)])
def test_form_a_charges_a_cancellation_once_the_driver_has_set_off(stage: str, fee_fen: int) -> None:
    settled = fare(sample("form-a"), **cancelled(stage))
    assert settled.total_fen == fee_fen
    assert settled.lines[0].rule == ("A2" if fee_fen else "cancellation")


@pytest.mark.parametrize("name", NAMES)
def test_the_company_s_own_cancellation_never_costs_anything(name: str) -> None:
    settled = fare(sample(name), **cancelled("arrived", cancelled_by="company"))
    assert settled.total_fen == 0
    assert FareFlag.COMPANY_SIDE in settled.flags


@pytest.mark.parametrize("name", NAMES)
def test_giving_up_after_a_driver_was_replaced_costs_nothing(name: str) -> None:
    settled = fare(sample(name), **cancelled("arrived", driver_replaced=True))
    assert settled.total_fen == 0
    assert settled.flags == (FareFlag.DRIVER_REPLACED,)


@pytest.mark.parametrize(
    ("stage", "at", "appointed", "fee_fen"),
    [
        ("booked", "20:30:00", "21:00:00", 0),
        ("booked", "20:30:01", "21:00:00", 2000),
        ("accepted", "21:10:00", "21:00:00", 2000),
        ("booked", "22:30:01", "23:00:00", 4000),
        ("arrived", "20:00:00", "21:00:00", 5000),
    ],
)
def test_cancellation_by_minutes_before_the_appointed_time_and_by_band(
    stage: str, at: str, appointed: str, fee_fen: int
) -> None:
    facts = cancelled(stage, at) | {"appointed_at": f"2026-03-02T{appointed}"}
    assert fare(sample("business"), **facts).total_fen == fee_fen


def test_cancellation_after_arrival_with_waiting_and_the_driver_s_way() -> None:
    facts = cancelled("arrived", "21:25:00", arrived_at="2026-03-02T20:55:00", approach_km=4)
    settled = fare(sample("app-city"), **facts)
    assert [(line.part, line.amount_fen) for line in settled.lines] == [
        ("cancellation", 2000),
        ("waiting", 1500),
        ("approach", 750),
    ]


def test_cancellation_soon_after_acceptance_is_free() -> None:
    accepted = {"accepted_at": "2026-03-02T20:25:00"}
    assert fare(sample("app-city"), **cancelled("departed", "20:30:00", **accepted)).total_fen == 0
    assert fare(sample("app-city"), **cancelled("departed", "20:30:01", **accepted)).total_fen == 1000


def test_cancellation_as_a_share_of_the_quoted_fare() -> None:
    tariff = all_day(
        """
        distance = { every_km = 1, price = 3, count = "started" }
        [[cancellation]]
        stage = "booked"
        less_than_minutes_before = 120
        percent_of_quote = 50
        """
    )
    settled = fare(tariff, **cancelled("booked", booked_km=5))
    assert settled.total_fen == 1250
    assert settled.lines[0].facts["quote"] == "25.00"


@pytest.mark.parametrize(("chosen", "fee_fen"), [(None, 1000), ("10", 1000), ("15.50", 1550), (20, 2000)])
def test_refusal_fee_inside_its_range(chosen: object, fee_fen: int) -> None:
    refused = {"ending": "refused", "refusal_reason": "alone_and_severely_drunk", "refusal_fee": chosen}
    settled = fare(sample("form-a"), **refused)
    assert (settled.total_fen, settled.lines[0].rule) == (fee_fen, "A6")


@pytest.mark.parametrize("chosen", ["9.99", "20.01", 0])
def test_refusal_fee_outside_its_range_is_refused(chosen: object) -> None:
    refused = {"ending": "refused", "refusal_reason": "alone_and_severely_drunk", "refusal_fee": chosen}
    with pytest.raises(Invalid, match=r"between ¥10\.00 and ¥20\.00"):
        fare(sample("form-a"), **refused)


def test_refusal_for_another_reason_or_under_form_b_costs_nothing() -> None:
    assert fare(sample("form-a"), ending="refused", refusal_reason="not_insured").total_fen == 0
    assert fare(sample("form-b"), ending="refused", refusal_reason="alone_and_severely_drunk").total_fen == 0


def test_allowance_is_chosen_inside_its_range() -> None:
    term = sample("form-b").service(None).allowance
    assert term is not None
    assert (term.fault_percent_from, term.amount.chosen(None, field="allowance")) == (50, 10000)
    assert term.amount.chosen(20000, field="allowance") == 20000
    with pytest.raises(Invalid):
        term.amount.chosen(20001, field="allowance")


def test_a_trip_broken_off_costs_nothing_unless_the_tariff_says_otherwise() -> None:
    broken_off = {"ending": "aborted", "booked_km": 20, "km": 10}
    assert fare(sample("form-a"), **broken_off).total_fen == 0
    assert fare(sample("app-city"), **broken_off).total_fen == 3500 + 2 * 350


def test_a_trip_broken_off_before_the_odometer_was_read_charges_no_kilometres() -> None:
    settled = fare(sample("app-city"), ending="aborted", booked_km=20)
    assert settled.total_fen == 3500
    assert FareFlag.DISTANCE_UNKNOWN in settled.flags


def test_a_job_nobody_could_serve_costs_nothing() -> None:
    settled = fare(sample("form-a"), ending="unfulfilled", booked_km=20)
    assert (settled.total_fen, settled.flags) == (0, (FareFlag.COMPANY_SIDE,))
