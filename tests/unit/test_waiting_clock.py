"""The waiting clock: whatever the tariff, it says what the fare says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.fare import compute
from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.tariff_document import read
from dispatch.domain.waiting import WaitingPhase, waiting
from tests.world import TARIFFS

APPOINTED = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
NAMES = sorted(path.stem for path in TARIFFS.glob("*.toml"))


def facts(arrived: int, now: int) -> FareFacts:
    """Arrived and looked at so many seconds after the appointed time."""
    arrived_at = APPOINTED + timedelta(seconds=arrived)
    left = max(APPOINTED + timedelta(seconds=now), arrived_at)
    return FareFacts(appointed_at=APPOINTED, arrived_at=arrived_at, departed_at=left)


@pytest.mark.parametrize(
    ("arrived", "now", "phase", "fen"),
    [
        (-600, -300, WaitingPhase.AHEAD, 0),
        (-600, 0, WaitingPhase.FREE, 0),
        (-600, 1800, WaitingPhase.FREE, 0),
        (-600, 1801, WaitingPhase.COUNTED, 1000),
        (300, 300 + 1800, WaitingPhase.FREE, 0),
        (300, 300 + 1801, WaitingPhase.COUNTED, 1000),
    ],
)
def test_thirty_minutes_are_free_from_the_later_of_arrival_and_appointed_time(
    arrived: int, now: int, phase: WaitingPhase, fen: int
) -> None:
    service = read((TARIFFS / "form-a.toml").read_text(encoding="utf-8")).service(None)  # A2
    found = waiting(service, facts(arrived, now), APPOINTED + timedelta(seconds=now))
    assert found is not None
    assert (found.phase, found.cost_fen) == (phase, fen)
    assert found.since == APPOINTED + timedelta(seconds=max(0, arrived))
    assert found.free_until == found.since + timedelta(minutes=30)


def test_before_arrival_there_is_no_clock() -> None:
    service = read((TARIFFS / "form-a.toml").read_text(encoding="utf-8")).service(None)
    assert waiting(service, FareFacts(appointed_at=APPOINTED), APPOINTED) is None


@pytest.mark.parametrize("name", NAMES)
@given(arrived=st.integers(-7200, 7200), waited=st.integers(0, 6 * 3600))
def test_what_the_clock_says_is_what_the_fares_lines_say(name: str, arrived: int, waited: int) -> None:
    tariff = read((TARIFFS / f"{name}.toml").read_text(encoding="utf-8"))
    service = tariff.services[0]
    now = arrived + waited
    known = facts(arrived, now)
    lines = compute(tariff, known).lines
    found = waiting(service, known, APPOINTED + timedelta(seconds=now))
    assert found is not None
    assert found.cost_fen == sum(line.amount_fen for line in lines if line.part in {"waiting", "late_waiting"})
    if found.phase in {WaitingPhase.AHEAD, WaitingPhase.FREE, WaitingPhase.NO_CHARGE}:
        assert found.cost_fen == 0
