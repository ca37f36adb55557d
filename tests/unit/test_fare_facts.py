"""Facts of a job as JSON."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dispatch.domain.errors import Invalid
from dispatch.domain.fare_facts import Ending, FareFacts

AT = {"appointed_at": "2026-03-02T22:00:00"}


def test_a_time_without_offset_is_local_time_of_the_branch() -> None:
    local = FareFacts.from_json(AT)
    assert local.appointed_at.astimezone(UTC) == datetime(2026, 3, 2, 14, tzinfo=UTC)
    urumqi = FareFacts.from_json({**AT, "zone": "Asia/Urumqi"})
    assert urumqi.appointed_at.astimezone(UTC) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert FareFacts.from_json({"appointed_at": "2026-03-02T14:00:00Z"}).departure.hour == 22


def test_every_field_is_read() -> None:
    facts = FareFacts.from_json(
        {
            **AT,
            "booked_km": 12.5,
            "odometer_start_km": "1000.1",
            "odometer_end_km": 1013.6,
            "stops": [{"began_at": "2026-03-02T22:30:00", "ended_at": "2026-03-02T22:35:30"}],
            "extras": {"meal": 2},
            "costs": {"toll": "12.50"},
            "vouchers": [{"code": "V", "amount": 5}],
            "ending": "refused",
            "refusal_reason": "other",
            "refusal_fee": "15",
        }
    )
    assert (facts.driven_km, facts.booked_km, facts.stop_seconds) == (Decimal("13.5"), Decimal("12.5"), 330)
    assert (facts.extras, facts.costs, facts.vouchers[0].amount_fen) == ({"meal": 2}, {"toll": 1250}, 500)
    assert (facts.ending, facts.refusal_fee_fen) == (Ending.REFUSED, 1500)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "appointed_at"),
        ({"appointed_at": "tonight"}, "appointed_at"),
        ({"appointed_at": 5}, "appointed_at"),
        ({**AT, "colour": 1}, "colour"),
        ({**AT, "zone": "Asia/Atlantis"}, "zone"),
        ({**AT, "booked_km": True}, "booked_km"),
        ({**AT, "booked_km": "far"}, "booked_km"),
        ({**AT, "booked_km": -1}, "booked_km"),
        ({**AT, "booked_km": "1e400"}, "booked_km"),
        ({**AT, "odometer_start_km": 10, "odometer_end_km": 9}, "odometer_end_km"),
        ({**AT, "destination_changed": "yes"}, "destination_changed"),
        ({**AT, "ending": "lost"}, "ending"),
        ({**AT, "refusal_reason": "tired"}, "refusal_reason"),
        ({**AT, "costs": {"toll": -1}}, "costs.toll"),
        ({**AT, "costs": {"toll": "0.001"}}, "costs.toll"),
        ({**AT, "costs": [1]}, "costs"),
        ({**AT, "extras": {"meal": 1.5}}, "extras.meal"),
        ({**AT, "stops": [{"began_at": "2026-03-02T22:30:00"}]}, "stops.0.ended_at"),
        ({**AT, "stops": {"began_at": "x"}}, "stops"),
        ({**AT, "vouchers": [{"code": "V", "amount": 1, "sum": 2}]}, "vouchers.0.sum"),
        ({**AT, "departed_at": "2026-03-02T22:10:00", "delivered_at": "2026-03-02T22:00:00"}, "delivered_at"),
    ],
)
def test_a_wrong_fact_is_refused_by_name(document: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        FareFacts.from_json(document)
    assert refusal.value.field == field


def test_kilometres_recorded_otherwise_stand_in_for_an_odometer_that_was_not_read() -> None:
    assert FareFacts.from_json({**AT, "driven_km": 9.5}).driven_km == Decimal("9.5")
    both = {"odometer_start_km": 100, "odometer_end_km": 110, "driven_km": 9.5}
    assert FareFacts.from_json({**AT, **both}).driven_km == 10


def test_facts_that_are_no_object_are_refused() -> None:
    with pytest.raises(Invalid, match="JSON object"):
        FareFacts.from_json([])  # type: ignore[arg-type]  # what a file may hold


def test_waiting_starts_at_the_later_of_arrival_and_appointed_time() -> None:
    early = FareFacts.from_json({**AT, "arrived_at": "2026-03-02T21:50:00", "departed_at": "2026-03-02T22:05:00"})
    late = FareFacts.from_json({**AT, "arrived_at": "2026-03-02T22:02:00", "departed_at": "2026-03-02T22:05:00"})
    gone = FareFacts.from_json({**AT, "arrived_at": "2026-03-02T21:40:00", "departed_at": "2026-03-02T21:55:00"})
    assert [facts.waiting_seconds for facts in (early, late, gone)] == [300, 180, 0]
    assert [facts.late for facts in (early, late)] == [False, True]
