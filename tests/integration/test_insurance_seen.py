"""What the driver reads off the policies: kept for the next call, printed in both documents (A9, B7)."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from contracts.facts import AgreementFacts, ReceiptFacts
from dispatch.domain.commands import Inspect
from dispatch.domain.errors import Refused
from dispatch.domain.inspection import Insurance
from dispatch.domain.states import State
from dispatch.store.trips import Trip
from tests.world import World

LAST_DAY = date(2026, 3, 6)  # the night of the world, in Shanghai


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World.opened(database_url, drivers=1) as opened:
        yield opened


def inspected(world: World, until: date) -> int:
    trip_id = world.to(State.ON_SITE, world.book(car_colour="黑色"))
    world.do(trip_id, Inspect(world.inspection(insurance_until={Insurance.DAMAGE: until})))
    return trip_id


def test_the_last_day_of_a_policy_is_kept_with_the_car(world: World) -> None:
    trip_id = inspected(world, LAST_DAY)
    with world.db.reading() as session:
        seen = session.get_one(Trip, trip_id).vehicle.insurance_seen
    assert seen is not None
    assert seen["damage"] == {"seen": True, "insurer": "人保财险", "until": "2026-03-06"}
    assert seen["compulsory"]["until"] is None


def test_the_policies_and_the_colour_of_the_car_are_printed_in_both_documents(world: World) -> None:
    trip_id = inspected(world, LAST_DAY)
    drawn = world.draft(trip_id, world.agreement())
    agreement = drawn.facts
    world.store(drawn)
    receipt = world.draft(world.to(State.DELIVERED, trip_id), world.receipt()).facts
    assert isinstance(agreement, AgreementFacts)
    assert isinstance(receipt, ReceiptFacts)
    for facts in (agreement, receipt):
        assert [(row.cover, row.valid_until) for row in facts.insurance] == [
            ("damage", LAST_DAY), ("third_party", None), ("compulsory", None),
        ]  # fmt: skip
        assert (facts.car.colour, facts.car.model) == ("黑色", "大众 帕萨特")


def test_with_a_policy_that_ran_out_yesterday_the_car_is_not_driven(world: World) -> None:
    with pytest.raises(Refused) as refused:
        inspected(world, LAST_DAY - timedelta(days=1))
    assert (refused.value.code, refused.value.params["missing"]) == ("not_insured", ["damage"])
