"""What the driver reads off the policies: kept for the next call, printed in both documents (A9, B7)."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from contracts.facts import AgreementFacts, ReceiptFacts, shown_digest
from dispatch.domain.booking import InsuranceStated
from dispatch.domain.commands import Inspect
from dispatch.domain.errors import Refused
from dispatch.domain.inspection import Insurance
from dispatch.domain.states import State
from dispatch.services import document_facts
from dispatch.store import inspections
from dispatch.store.ceremonies import Ceremony
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


@pytest.mark.parametrize(
    ("stated", "seen", "insured"),
    [
        (InsuranceStated.ALL_THREE, True, True),
        (InsuranceStated.ALL_THREE, False, True),
        (InsuranceStated.CHECK_ON_SITE, True, True),
        (InsuranceStated.CHECK_ON_SITE, False, False),
    ],
)
def test_a_cover_is_insured_as_the_caller_stated_or_else_as_it_was_seen(
    world: World, stated: InsuranceStated, seen: bool, insured: bool
) -> None:
    """No check with a cover unseen gets as far as this: the two columns are told apart all the same."""
    trip_id = world.to(State.INSPECTED, world.book(insurance=stated))
    with world.db.reading() as session, session.no_autoflush:
        report = inspections.of_trip(session, trip_id)
        assert report is not None
        report.insurance = {**report.insurance, "damage": {**report.insurance["damage"], "seen": seen}}
        rows = {row.cover: row for row in document_facts.insurance(session.get_one(Trip, trip_id), report)}
        session.expunge_all()
    assert (rows["damage"].insured, rows["damage"].seen) == (insured, seen)
    assert (rows["compulsory"].insured, rows["compulsory"].seen) == (True, True)


@pytest.mark.parametrize("stated", [InsuranceStated.ALL_THREE, InsuranceStated.CHECK_ON_SITE])
def test_what_was_shown_of_the_insurance_is_what_is_signed(world: World, stated: InsuranceStated) -> None:
    drawn = world.draft(world.to(State.INSPECTED, world.book(insurance=stated)), world.agreement())
    assert [(row.insured, row.seen) for row in drawn.facts.insurance] == [(True, True)] * 3
    with world.db.reading() as session:
        assert session.get_one(Ceremony, drawn.ceremony_id).shown_sha256 == shown_digest(drawn.facts)


def test_with_a_policy_that_ran_out_yesterday_the_car_is_not_driven(world: World) -> None:
    with pytest.raises(Refused) as refused:
        inspected(world, LAST_DAY - timedelta(days=1))
    assert (refused.value.code, refused.value.params["missing"]) == ("not_insured", ["damage"])
