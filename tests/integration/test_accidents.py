"""What happened under way becomes a case: filled with what the driver reported, once, on both databases."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from dispatch.domain import commands as c
from dispatch.domain.bearing import Accident, from_json
from dispatch.domain.complaint import CaseKind, Stage
from dispatch.domain.errors import Conflict, DomainError, NotFound
from dispatch.domain.states import State
from dispatch.services import accidents
from dispatch.services.accidents import Said
from dispatch.store.complaints import ComplaintRow
from tests.world import World

SAID = Said("右后侧被追尾", "按协议处理")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, form="B") as opened:
        yield opened


def opened(world: World, trip_id: int, incident_id: int) -> ComplaintRow:
    with world.db.transaction() as session:
        return accidents.open_case(session, trip_id, incident_id, world.dispatcher, world.now, said=SAID)


def test_an_accident_brings_who_is_at_fault_and_the_allowance_chosen(world: World) -> None:
    trip_id = world.to(State.DRIVING)
    case = opened(world, trip_id, world.incident(trip_id, driver_fault_percent=60, allowance_fen=150_00))
    trip = world.trip(trip_id)
    assert (case.kind, case.stage, case.trip_id) == (CaseKind.ACCIDENT, Stage.REGISTERED, trip_id)
    assert (case.contact_phone, trip.number in case.about) == (trip.caller_phone, True)
    assert from_json(case.facts) == Accident(60, 0, transport_fen=150_00)


@pytest.mark.parametrize("fault", [None, 0])
def test_without_fault_of_ours_nothing_is_promised(world: World, fault: int | None) -> None:
    trip_id = world.to(State.DRIVING)
    case = opened(world, trip_id, world.incident(trip_id, driver_fault_percent=fault))
    assert from_json(case.facts) == Accident(0, 0)


def test_what_is_no_accident_is_a_complaint_without_figures(world: World) -> None:
    trip_id = world.to(State.DRIVING)
    lost = world.incident(trip_id, kind=c.IncidentKind.LOST_PROPERTY, driver_fault_percent=None)
    case = opened(world, trip_id, lost)
    assert (case.kind, case.facts) == (CaseKind.COMPLAINT, None)


def test_an_incident_has_one_case_and_the_second_learns_its_number(world: World) -> None:
    trip_id = world.to(State.DRIVING)
    incident_id = world.incident(trip_id)
    first = opened(world, trip_id, incident_id)
    with pytest.raises(Conflict) as refused:
        opened(world, trip_id, incident_id)
    assert refused.value.params == {"case": first.number}
    with pytest.raises(NotFound):
        opened(world, trip_id, incident_id + 1)


def _open_together(world: World, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    trip_id = world.to(State.DRIVING)
    incident_id = world.incident(trip_id)
    gate, known = threading.Barrier(3), accidents.cases_of

    def seen_together(*args: Any) -> Any:
        found = known(*args)
        gate.wait(timeout=20)
        return found

    monkeypatch.setattr(accidents, "cases_of", seen_together)

    def attempt(_number: int) -> str:
        try:
            opened(world, trip_id, incident_id)
        except DomainError as error:
            return error.code
        return "opened"

    with ThreadPoolExecutor(3) as pool:
        return Counter(pool.map(attempt, range(3)))


def test_of_three_at_once_one_opens_the_case(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url) as world:
        assert _open_together(world, monkeypatch)["opened"] == 1


def test_without_the_index_there_would_be_several(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url) as world:
        with world.db.transaction() as session:
            session.execute(text("ALTER TABLE complaint DROP CONSTRAINT uq_complaint_incident_id"))
        assert _open_together(world, monkeypatch)["opened"] > 1
