"""One action on several trips. Each trip is a piece of work of its own: what one cannot do holds up no other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain import commands as c
from dispatch.domain.commands import Command, Party
from dispatch.domain.errors import N_, Refused
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.gateways.routing import Router
from dispatch.services import matching, trips
from dispatch.store.branches import Branch
from dispatch.store.trips import Trip

WAITING = frozenset({State.BOOKED, State.OFFERED})
MOST_TRIPS = 50
MOST_ASKED = 5
"""Drivers who are asked for one trip: more would be disturbed than can be served."""


@dataclass(frozen=True, slots=True)
class Action:
    """What shall be done: `offer`, `give-up` or `cancel`. `reason` and `by` where the command has them."""

    name: str
    reason: str = ""
    by: Party = Party.COMPANY


def carry_out(session: Session, trip_id: int, action: Action, actor: Actor, now: datetime, *, router: Router) -> Trip:
    """Do it with one trip that waits for a driver. Raises what the rules raise, Refused when it does not wait any more:

    cancelling it now may cost the customer something, which nobody was shown.
    """
    trip = trips.locked(session, trip_id, actor)
    if trip.state not in WAITING:
        raise Refused(
            "not_waiting",
            N_("%(trip)s does not wait for a driver any more: it is “%(state)s”"),
            trip=trip.number,
            state=str(trip.state),
        )
    return trips.apply(session, trip.id, _command(session, trip, action, router, now), actor, now)


def _command(session: Session, trip: Trip, action: Action, router: Router, now: datetime) -> Command:
    match action.name:
        case "cancel":
            return c.Cancel(action.by, action.reason)
        case "give-up":
            return c.GiveUp(action.reason)
        case _:
            return _offer(session, trip, router, now)


def _offer(session: Session, trip: Trip, router: Router, now: datetime) -> Command:
    fit = [one.driver.id for one in matching.shortlist(session, trip, router, now) if one.rated.fit][:MOST_ASKED]
    if not fit:
        raise Refused("nobody_fits", N_("No driver on duty may take it now"))
    seconds = session.get_one(Branch, trip.branch_id).offer_seconds
    return c.Offer(tuple(fit), now + timedelta(seconds=seconds))
