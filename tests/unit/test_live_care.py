"""Who hears of which case as it happens."""

import pytest

from dispatch.domain.roles import Actor, Role
from dispatch.services.live import for_care
from dispatch.store.journal import Told

CARE = Actor(1, "care", 1, frozenset({Role.CARE}))
MANAGER = Actor(2, "manager", 1, frozenset({Role.MANAGER}))
HEAD = Actor(3, "head", 1, frozenset({Role.DISPATCHER}))
ROUTED = Told(7, 1, "complaint.route", "complaint", 5, frozenset({HEAD.id}))


@pytest.mark.parametrize(
    ("told", "hears"),
    [
        (ROUTED, {CARE, MANAGER, HEAD}),
        (Told(7, 1, "complaint.acknowledge", "complaint", 5), {CARE, MANAGER}),  # not with the head's department
        (Told(7, 2, "complaint.route", "complaint", 5, frozenset({HEAD.id})), set()),  # another branch's
        (Told(7, 1, "complaint.reveal", "complaint", 5, frozenset({HEAD.id})), set()),  # somebody only looked
        (Told(7, 1, "trip.book", "trip", 5), set()),
    ],
)
def test_care_and_managers_hear_of_every_case_and_a_head_of_the_own(told: Told, hears: set[Actor]) -> None:
    assert {actor for actor in (CARE, MANAGER, HEAD) if for_care(actor)(told)} == hears
