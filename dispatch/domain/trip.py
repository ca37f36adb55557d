"""A trip's life: the one table of transitions, and decide(), the only way from one state to the next.

The diagram in docs/states.md and the exhaustive test are generated from TRANSITIONS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dispatch.domain import commands as c
from dispatch.domain import guards as g
from dispatch.domain.commands import Command
from dispatch.domain.errors import N_, Conflict, Forbidden
from dispatch.domain.events import Event, trip_event
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import WITH_DRIVER, Context, State, TripFacts

Guard = Callable[[TripFacts, Any, Actor, Context], None]
When = Callable[[TripFacts, Actor], bool]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: this command takes a trip from source to target, by these roles, unless a guard objects.

    Where two rows share command and source, `when` tells them apart.
    """

    command: type[Command]
    source: State
    target: State
    by: frozenset[Role]
    guards: tuple[Guard, ...] = ()
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command leads to: the next state, and what is told to the journal and the outside."""

    state: State
    events: tuple[Event, ...]


_DESK = frozenset({Role.DISPATCHER})
_DRIVER = frozenset({Role.DRIVER})
_SIGNERS = frozenset({Role.DRIVER, Role.CUSTOMER})
_CLOCK = frozenset({Role.SYSTEM})
_S = State


def _rows(
    command: type[Command],
    sources: Iterable[State],
    target: State | None,
    by: frozenset[Role],
    *guards: Guard,
    when: When | None = None,
) -> list[Transition]:
    """A row for each source; target None stays where it is."""
    return [Transition(command, source, target or source, by, guards, when) for source in sources]


_BEFORE_DRIVING = (_S.BOOKED, _S.OFFERED, _S.ACCEPTED, _S.EN_ROUTE, _S.ON_SITE, _S.INSPECTED, _S.AGREED)
_STEPS_BACK = {
    _S.OFFERED: _S.BOOKED,
    _S.ACCEPTED: _S.BOOKED,
    _S.EN_ROUTE: _S.ACCEPTED,
    _S.ON_SITE: _S.EN_ROUTE,
    _S.INSPECTED: _S.ON_SITE,
    _S.AGREED: _S.INSPECTED,
    _S.DRIVING: _S.AGREED,
    _S.DELIVERED: _S.DRIVING,
}

TRANSITIONS: tuple[Transition, ...] = (
    *_rows(c.Offer, [_S.BOOKED, _S.OFFERED], _S.OFFERED, _DESK | _CLOCK, g.drivers_eligible),
    *_rows(c.Assign, [_S.BOOKED, _S.OFFERED], _S.ACCEPTED, _DESK | _CLOCK, g.driver_eligible),
    *_rows(c.Accept, [_S.OFFERED], _S.ACCEPTED, _DRIVER, g.offer_open, g.still_eligible),
    *_rows(c.Decline, [_S.OFFERED], _S.BOOKED, _DRIVER, g.offer_open, when=g.last_offer),
    *_rows(c.Decline, [_S.OFFERED], _S.OFFERED, _DRIVER, g.offer_open, when=lambda t, a: not g.last_offer(t, a)),
    *_rows(c.Expire, [_S.OFFERED], _S.BOOKED, _CLOCK, when=g.last_offer),
    *_rows(c.Expire, [_S.OFFERED], _S.OFFERED, _CLOCK, when=lambda t, a: not g.last_offer(t, a)),
    *_rows(c.Depart, [_S.ACCEPTED], _S.EN_ROUTE, _DRIVER, g.own_trip),
    *_rows(c.Arrive, [_S.EN_ROUTE], _S.ON_SITE, _DRIVER, g.own_trip),
    *_rows(c.ReplaceDriver, _BEFORE_DRIVING[1:], _S.BOOKED, _DESK, g.other_needs_note),
    *_rows(c.Inspect, [_S.ON_SITE], _S.INSPECTED, _DRIVER, g.own_trip, g.report_complete, g.nothing_blocks),
    *_rows(c.Refuse, [_S.ON_SITE, _S.INSPECTED], _S.REFUSED, _DRIVER, g.own_trip, g.other_needs_note),
    *_rows(c.SignAgreement, [_S.INSPECTED], _S.AGREED, _SIGNERS, g.own_trip_or_link, g.place_given, g.right_signer),
    *_rows(c.Start, [_S.AGREED], _S.DRIVING, _DRIVER, g.own_trip, g.agreement_stored),
    *_rows(c.Stop, [_S.DRIVING], None, _DRIVER, g.own_trip, g.not_stopped),
    *_rows(c.Resume, [_S.DRIVING], None, _DRIVER, g.own_trip, g.is_stopped),
    *_rows(c.ChangeDestination, [_S.DRIVING], None, _DRIVER, g.own_trip, g.address_given, g.right_signer),
    *_rows(c.ReportIncident, [_S.DRIVING], None, _DRIVER, g.own_trip, g.incident_told),
    *_rows(
        c.Deliver,
        [_S.DRIVING],
        _S.DELIVERED,
        _DRIVER,
        g.own_trip,
        g.not_stopped,
        g.odometer_not_back,
        g.closing_checked,
    ),
    *_rows(c.SignReceipt, [_S.DELIVERED], _S.CLOSED, _SIGNERS, g.own_trip_or_link, g.rating_in_range, g.right_signer),
    *_rows(c.Cancel, _BEFORE_DRIVING, _S.CANCELLED, _DESK, g.reason_given),
    *_rows(c.Abort, [_S.DRIVING], _S.ABORTED, _DESK, g.incident_on_record),
    *_rows(c.GiveUp, [_S.BOOKED, _S.OFFERED], _S.UNFULFILLED, _DESK | _CLOCK, g.reason_given),
    *[
        row
        for source, target in _STEPS_BACK.items()
        for row in _rows(
            c.StepBack,
            [source],
            target,
            frozenset({Role.DISPATCHER, Role.MANAGER}),
            g.reason_given,
            g.in_time_or_by_manager,
        )
    ],
)


def transition(trip: TripFacts, command: Command, actor: Actor) -> Transition | None:
    """The row that this command takes now, or None where the table has none."""
    for row in TRANSITIONS:
        if row.source is trip.state and isinstance(command, row.command) and (not row.when or row.when(trip, actor)):
            return row
    return None


def decide(trip: TripFacts, command: Command, actor: Actor, context: Context) -> Decision:
    """The next state and its events.

    Raises Conflict when the trip is not in a state for it (naming who won, if somebody did), Forbidden when the
    command is not the actor's to give, and whatever a guard raises.
    """
    row = transition(trip, command, actor)
    if row is None:
        raise _out_of_turn(trip, command)
    if not actor.has(*row.by):
        raise Forbidden("not_your_command", N_("This is not yours to do"))
    for guard in row.guards:
        guard(trip, command, actor, context)
    return Decision(row.target, (trip_event(trip.number, trip.state, row.target, command),))


def open_commands(state: State) -> frozenset[type[Command]]:
    """The commands that the table knows in this state."""
    return frozenset(row.command for row in TRANSITIONS if row.source is state)


def _out_of_turn(trip: TripFacts, command: Command) -> Conflict:
    if isinstance(command, c.Accept | c.Decline | c.Offer | c.Assign) and trip.state in WITH_DRIVER:
        return Conflict(
            "already_taken",
            N_("Trip %(trip)s was already taken by %(name)s (badge %(badge)s)"),
            trip=trip.number,
            badge=trip.driver_badge,
            name=trip.driver_name,
        )
    return Conflict(
        "wrong_state",
        N_("Trip %(trip)s is already further, or not yet there: it is “%(state)s”"),
        trip=trip.number,
        state=str(trip.state),
    )
