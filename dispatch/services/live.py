"""Who hears of what as it happens. Streams tell what changed, never what it is now: that is read from the pages."""

from collections.abc import Callable

from dispatch.domain.roles import Actor, Permission
from dispatch.store.journal import Told

_LOOKS = frozenset({"trip.reveal", "photo.read", "document.read", "dispute.file", "complaint.reveal"})
"""Somebody looked: nothing changed, and who looks at what is for managers to know."""


def for_desk(actor: Actor) -> Callable[[Told], bool]:
    """A dispatcher hears of their branch's trips and drivers, and of calls that are theirs or nobody's."""

    def wants(told: Told) -> bool:
        if told.branch_id != actor.branch_id or told.type in _LOOKS:
            return False
        if told.subject == "call":
            return not told.concerns or actor.id in told.concerns
        return told.subject in {"trip", "driver"}

    return wants


def for_driver(actor: Actor) -> Callable[[Told], bool]:
    """A driver hears of jobs that are or just were theirs, on offer or taken, and of their own standing."""

    def wants(told: Told) -> bool:
        if told.branch_id != actor.branch_id or actor.driver_id is None or told.type in _LOOKS:
            return False
        if told.subject == "driver":
            return told.subject_id == actor.driver_id
        return told.subject == "trip" and actor.driver_id in told.concerns

    return wants


def for_care(actor: Actor) -> Callable[[Told], bool]:
    """Customer service and managers hear of their branch's cases; a head of those with the own department."""
    everything = actor.may(Permission.COMPLAINT_READ)

    def wants(told: Told) -> bool:
        if told.branch_id != actor.branch_id or told.subject != "complaint" or told.type in _LOOKS:
            return False
        return everything or actor.id in told.concerns

    return wants
