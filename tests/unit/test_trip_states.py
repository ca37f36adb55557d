"""The state machine, exhaustively: every state × command × role, and each guard."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from dispatch.domain import commands as c
from dispatch.domain.commands import Command
from dispatch.domain.driver import Competence, DriverFile
from dispatch.domain.errors import Conflict, DomainError, Forbidden, Invalid, Refused
from dispatch.domain.inspection import (
    Damage,
    DamageKind,
    Inspection,
    Insurance,
    Intoxication,
    Panel,
    SafetyItem,
    Signature,
    Signer,
)
from dispatch.domain.roles import Actor, Role
from dispatch.domain.state_diagram import page
from dispatch.domain.states import ENDS, LIVE, WITH_DRIVER, Context, State, TripFacts
from dispatch.domain.trip import TRANSITIONS, decide, open_commands, transition

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
OWN, OTHER = 7, 8
SIGNED = Signature(Signer.CUSTOMER, "李雷", (((0.0, 0.0, 0), (9.0, 9.0, 40)),), 300, 120)
BY_COMPANION = replace(SIGNED, signer=Signer.COMPANION, name="韩梅梅", relation="妻子")
UNSIGNED = replace(SIGNED, strokes=())

REPORT = Inspection(
    panels=dict.fromkeys(Panel),
    safety=dict.fromkeys(SafetyItem, True),
    insurance_seen=dict.fromkeys(Insurance, True),
    odometer_km=Decimal("1000.0"),
    fuel_percent=50,
    intoxication=Intoxication.MILD,
    companion_name="",
    companion_sober=False,
    driver_sober=True,
    breath_mg=None,
    signature=SIGNED,
)

COMMANDS: dict[type[Command], Command] = {
    c.Offer: c.Offer((OWN,), NOW + timedelta(seconds=30)),
    c.Assign: c.Assign(OWN),
    c.Accept: c.Accept(),
    c.Decline: c.Decline(),
    c.Expire: c.Expire(),
    c.Depart: c.Depart(),
    c.Arrive: c.Arrive(),
    c.ReplaceDriver: c.ReplaceDriver(c.ReplaceReason.DRIVER_LATE),
    c.Inspect: c.Inspect(REPORT),
    c.Refuse: c.Refuse(c.RefusalReason.NOT_INSURED),
    c.SignAgreement: c.SignAgreement(SIGNED, "信州区五三大道"),
    c.Start: c.Start(),
    c.Stop: c.Stop(c.Party.CUSTOMER),
    c.Resume: c.Resume(),
    c.ChangeDestination: c.ChangeDestination("三清山大道 88 号", SIGNED),
    c.ReportIncident: c.ReportIncident(c.IncidentKind.ACCIDENT, "追尾"),
    c.Deliver: c.Deliver(Decimal("1012.0"), dict.fromkeys(c.ClosingItem, True)),
    c.SignReceipt: c.SignReceipt(SIGNED, 5),
    c.Cancel: c.Cancel(c.Party.CUSTOMER, "不走了"),
    c.Abort: c.Abort(3),
    c.GiveUp: c.GiveUp("附近没有司机"),
    c.StepBack: c.StepBack("点错了"),
}

ACTORS = {
    Role.DISPATCHER: Actor(1, "周调度", 1, frozenset({Role.DISPATCHER})),
    Role.DRIVER: Actor(2, "王师傅", 1, frozenset({Role.DRIVER}), driver_id=OWN),
    Role.CARE: Actor(3, "吴客服", 1, frozenset({Role.CARE})),
    Role.MANAGER: Actor(4, "孙经理", 1, frozenset({Role.MANAGER})),
    Role.CUSTOMER: Actor(0, "李雷", 1, frozenset({Role.CUSTOMER}), trip_id=1),
    Role.SYSTEM: Actor(0, "clock", 1, frozenset({Role.SYSTEM})),
    Role.EXCHANGE: Actor(0, "exchange", 1, frozenset({Role.EXCHANGE})),
}

FILE = DriverFile(
    badge_id="SR007",
    name="王师傅",
    badge_active=True,
    held_reason=None,
    licence_until=date(2030, 1, 1),
    permit_until=date(2030, 1, 1),
    competences=frozenset(Competence),
    on_shift_since=NOW - timedelta(hours=2),
    last_shift_ended=None,
    busy_trip=None,
)
CONTEXT = Context(NOW, date(2026, 11, 23), drivers={OWN: FILE, OTHER: replace(FILE, badge_id="SR008")})

# What the service table says, written down a second time by hand: command -> {from: to} and who.
EXPECTED: dict[type[Command], tuple[dict[State, State], set[Role]]] = {
    c.Offer: ({State.BOOKED: State.OFFERED, State.OFFERED: State.OFFERED}, {Role.DISPATCHER, Role.SYSTEM}),
    c.Assign: ({State.BOOKED: State.ACCEPTED, State.OFFERED: State.ACCEPTED}, {Role.DISPATCHER, Role.SYSTEM}),
    c.Accept: ({State.OFFERED: State.ACCEPTED}, {Role.DRIVER}),
    c.Decline: ({State.OFFERED: State.BOOKED}, {Role.DRIVER}),
    c.Expire: ({State.OFFERED: State.OFFERED}, {Role.SYSTEM}),
    c.Depart: ({State.ACCEPTED: State.EN_ROUTE}, {Role.DRIVER}),
    c.Arrive: ({State.EN_ROUTE: State.ON_SITE}, {Role.DRIVER}),
    c.ReplaceDriver: (
        dict.fromkeys(
            (State.OFFERED, State.ACCEPTED, State.EN_ROUTE, State.ON_SITE, State.INSPECTED, State.AGREED), State.BOOKED
        ),
        {Role.DISPATCHER},
    ),
    c.Inspect: ({State.ON_SITE: State.INSPECTED}, {Role.DRIVER}),
    c.Refuse: ({State.ON_SITE: State.REFUSED, State.INSPECTED: State.REFUSED}, {Role.DRIVER}),
    c.SignAgreement: ({State.INSPECTED: State.AGREED}, {Role.DRIVER, Role.CUSTOMER}),
    c.Start: ({State.AGREED: State.DRIVING}, {Role.DRIVER}),
    c.Stop: ({State.DRIVING: State.DRIVING}, {Role.DRIVER}),
    c.Resume: ({State.DRIVING: State.DRIVING}, {Role.DRIVER}),
    c.ChangeDestination: ({State.DRIVING: State.DRIVING}, {Role.DRIVER}),
    c.ReportIncident: ({State.DRIVING: State.DRIVING}, {Role.DRIVER}),
    c.Deliver: ({State.DRIVING: State.DELIVERED}, {Role.DRIVER}),
    c.SignReceipt: ({State.DELIVERED: State.CLOSED}, {Role.DRIVER, Role.CUSTOMER}),
    c.Cancel: (
        dict.fromkeys(
            (
                State.BOOKED,
                State.OFFERED,
                State.ACCEPTED,
                State.EN_ROUTE,
                State.ON_SITE,
                State.INSPECTED,
                State.AGREED,
            ),
            State.CANCELLED,
        ),
        {Role.DISPATCHER},
    ),
    c.Abort: ({State.DRIVING: State.ABORTED}, {Role.DISPATCHER}),
    c.GiveUp: ({State.BOOKED: State.UNFULFILLED, State.OFFERED: State.UNFULFILLED}, {Role.DISPATCHER, Role.SYSTEM}),
    c.StepBack: (
        {
            State.OFFERED: State.BOOKED,
            State.ACCEPTED: State.BOOKED,
            State.EN_ROUTE: State.ACCEPTED,
            State.ON_SITE: State.EN_ROUTE,
            State.INSPECTED: State.ON_SITE,
            State.AGREED: State.INSPECTED,
            State.DRIVING: State.AGREED,
            State.DELIVERED: State.DRIVING,
        },
        {Role.DISPATCHER, Role.MANAGER},
    ),
}


def trip_in(state: State, **over: Any) -> TripFacts:
    usual: dict[str, Any] = {
        "id": 1,
        "number": "T000001",
        "state": state,
        "form": "A",
        "state_since": NOW - timedelta(minutes=1),
        "driver_id": OWN if state in WITH_DRIVER else None,
        "driver_badge": "SR007" if state in WITH_DRIVER else "",
        "driver_name": "王师傅" if state in WITH_DRIVER else "",
        "open_offers": frozenset({OWN}) if state is State.OFFERED else frozenset(),
        "intoxication": Intoxication.MILD,
        "start_odometer_km": Decimal("1000.0"),
        "agreement_stored": True,
        "incident_ids": frozenset({3}),
    }
    return TripFacts(**{**usual, **over})


def ready(state: State, command: type[Command]) -> TripFacts:
    return trip_in(state, stopped=command is c.Resume)


def outcome(trip: TripFacts, command: Command, actor: Actor) -> State | type[DomainError]:
    try:
        return decide(trip, command, actor, CONTEXT).state
    except DomainError as error:
        return type(error)


def test_every_command_there_is_stands_in_the_table_and_in_this_test() -> None:
    every = set(get_args(Command))
    assert {row.command for row in TRANSITIONS} == every == set(COMMANDS) == set(EXPECTED)


@pytest.mark.parametrize(("state", "kind", "role"), list(product(State, COMMANDS, Role)))
def test_each_command_leads_where_the_service_says_and_nowhere_else(
    state: State, kind: type[Command], role: Role
) -> None:
    ways, by = EXPECTED[kind]
    expected: State | type[DomainError] = ways.get(state, Conflict)
    if state in ways and role not in by:
        expected = Forbidden
    assert outcome(ready(state, kind), COMMANDS[kind], ACTORS[role]) == expected


@pytest.mark.parametrize(("state", "kind"), [(State.INSPECTED, c.SignAgreement), (State.DELIVERED, c.SignReceipt)])
def test_a_customer_signs_for_their_own_trip_only(state: State, kind: type[Command]) -> None:
    other = replace(ACTORS[Role.CUSTOMER], trip_id=2)
    assert outcome(trip_in(state), COMMANDS[kind], other) is Conflict


def test_nothing_leads_out_of_an_end() -> None:
    assert all(not open_commands(state) for state in ENDS)
    assert all(open_commands(state) for state in LIVE)


def test_every_state_can_be_reached_and_every_live_one_can_end() -> None:
    reached = {State.BOOKED}
    while more := {row.target for row in TRANSITIONS if row.source in reached} - reached:
        reached |= more
    assert reached == set(State)
    for state in LIVE:
        ahead = {state}
        while more := {row.target for row in TRANSITIONS if row.source in ahead} - ahead:
            ahead |= more
        assert ahead & ENDS


def test_the_first_row_that_fits_is_the_only_one_that_fits() -> None:
    for state, kind in product(State, COMMANDS):
        for offers in (frozenset({OWN}), frozenset({OWN, OTHER}), frozenset({OTHER})):
            trip = replace(ready(state, kind), open_offers=offers)
            for actor in ACTORS.values():
                fitting = [
                    row
                    for row in TRANSITIONS
                    if row.source is state and row.command is kind and (not row.when or row.when(trip, actor))
                ]
                assert len(fitting) <= 1
                assert transition(trip, COMMANDS[kind], actor) == (fitting[0] if fitting else None)


def test_the_documented_diagram_is_the_table() -> None:
    assert (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8") == page()


def test_declining_while_others_may_still_accept_keeps_the_offer_open() -> None:
    trip = trip_in(State.OFFERED, open_offers=frozenset({OWN, OTHER}))
    assert outcome(trip, c.Decline(), ACTORS[Role.DRIVER]) is State.OFFERED


def test_the_last_offer_to_run_out_puts_the_trip_back_into_the_queue() -> None:
    assert outcome(trip_in(State.OFFERED, open_offers=frozenset()), c.Expire(), ACTORS[Role.SYSTEM]) is State.BOOKED


def test_a_driver_who_comes_too_late_is_told_who_was_first() -> None:
    trip = trip_in(State.ACCEPTED, driver_id=OTHER, driver_badge="SR008", driver_name="赵师傅")
    with pytest.raises(Conflict) as refusal:
        decide(trip, c.Accept(), ACTORS[Role.DRIVER], CONTEXT)
    assert refusal.value.code == "already_taken"
    assert refusal.value.params == {"trip": "T000001", "badge": "SR008", "name": "赵师傅"}


DRIVER, DESK = ACTORS[Role.DRIVER], ACTORS[Role.DISPATCHER]
LATE = timedelta(minutes=10, seconds=1)

REFUSALS: list[tuple[str, TripFacts, Command, Actor, type[DomainError], str]] = [
    ("a driver without an offer cannot accept", trip_in(State.OFFERED, open_offers=frozenset({OTHER})), c.Accept(),
     DRIVER, Conflict, "offer_gone"),
    ("another driver's trip cannot be driven", trip_in(State.ACCEPTED, driver_id=OTHER), c.Depart(), DRIVER, Conflict,
     "not_your_trip"),
    ("an offer names at least one driver", trip_in(State.BOOKED), c.Offer((), NOW), DESK, Invalid, "no_driver"),
    ("'other' asks for a note when a driver is replaced", trip_in(State.ACCEPTED),
     c.ReplaceDriver(c.ReplaceReason.OTHER, " "), DESK, Invalid, "reason_missing"),
    ("'other' asks for a note when a job is refused", trip_in(State.ON_SITE), c.Refuse(c.RefusalReason.OTHER), DRIVER,
     Invalid, "reason_missing"),
    ("a panel without an answer stops the check", trip_in(State.ON_SITE), c.Inspect(replace(REPORT, panels={})),
     DRIVER, Invalid, "panel_unanswered"),
    ("damage needs a photo or a note", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, panels={**REPORT.panels, Panel.ROOF: Damage(DamageKind.DENT)})), DRIVER, Invalid,
     "damage_undescribed"),
    ("safety items need answers", trip_in(State.ON_SITE), c.Inspect(replace(REPORT, safety={})), DRIVER, Invalid,
     "safety_unanswered"),
    ("insurances need answers", trip_in(State.ON_SITE), c.Inspect(replace(REPORT, insurance_seen={})), DRIVER,
     Invalid, "insurance_unanswered"),
    ("an odometer never shows less than nothing", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, odometer_km=Decimal(-1))), DRIVER, Invalid, "odometer"),
    ("a tank holds at most all of it", trip_in(State.ON_SITE), c.Inspect(replace(REPORT, fuel_percent=101)), DRIVER,
     Invalid, "fuel"),
    ("an empty signature is none", trip_in(State.ON_SITE), c.Inspect(replace(REPORT, signature=UNSIGNED)), DRIVER,
     Invalid, "signature_empty"),
    ("a signature without a name is none", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, signature=replace(SIGNED, name=" "))), DRIVER, Invalid, "signer_name"),
    ("P2: a companion says how they are related", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, signature=replace(BY_COMPANION, relation=" "))), DRIVER, Invalid, "relation_missing"),
    ("P4: no driver drives after drinking", trip_in(State.ON_SITE), c.Inspect(replace(REPORT, driver_sober=False)),
     DRIVER, Refused, "driver_not_sober"),
    ("P4: a breath reading above zero speaks louder than words", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, breath_mg=Decimal("0.01"))), DRIVER, Refused, "driver_not_sober"),
    ("A9: without all three insurances nobody drives", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, insurance_seen={**REPORT.insurance_seen, Insurance.DAMAGE: False})), DRIVER, Refused,
     "not_insured"),
    ("A9: a policy that has run out is none", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, insurance_until={Insurance.DAMAGE: CONTEXT.today - timedelta(days=1)})), DRIVER, Refused,
     "not_insured"),
    ("A3: an unsafe car stays", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, safety={**REPORT.safety, SafetyItem.BRAKES: False})), DRIVER, Refused, "car_unfit"),
    ("P2: the severely drunk do not sign for themselves", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, intoxication=Intoxication.SEVERE)), DRIVER, Refused, "companion_must_sign"),
    ("B8: a companion who signs is sober", trip_in(State.ON_SITE),
     c.Inspect(replace(REPORT, intoxication=Intoxication.SEVERE, companion_name="韩梅梅", signature=BY_COMPANION)),
     DRIVER, Refused, "companion_must_sign"),
    ("B8: form B asks for a companion from 'drunk' on", trip_in(State.ON_SITE, form="B"),
     c.Inspect(replace(REPORT, intoxication=Intoxication.MODERATE)), DRIVER, Refused, "companion_must_sign"),
    ("the agreement names its place", trip_in(State.INSPECTED), c.SignAgreement(SIGNED, " "), DRIVER, Invalid,
     "place_missing"),
    ("P2 holds for the agreement too", trip_in(State.INSPECTED, intoxication=Intoxication.SEVERE),
     c.SignAgreement(SIGNED, "五三大道"), DRIVER, Refused, "companion_must_sign"),
    ("R9: no drive without a stored agreement", trip_in(State.AGREED, agreement_stored=False), c.Start(), DRIVER,
     Refused, "agreement_missing"),
    ("a stop has to end before the next", trip_in(State.DRIVING, stopped=True), c.Stop(c.Party.CUSTOMER), DRIVER,
     Refused, "stopped"),
    ("only a stop can end", trip_in(State.DRIVING), c.Resume(), DRIVER, Refused, "not_stopped"),
    ("nobody is delivered from a stop", trip_in(State.DRIVING, stopped=True), COMMANDS[c.Deliver], DRIVER, Refused,
     "stopped"),
    ("a new destination is somewhere", trip_in(State.DRIVING), c.ChangeDestination(" ", SIGNED), DRIVER, Invalid,
     "address_missing"),
    ("an incident is told", trip_in(State.DRIVING), c.ReportIncident(c.IncidentKind.OTHER, " "), DRIVER, Invalid,
     "note_missing"),
    ("fault is a percentage", trip_in(State.DRIVING), c.ReportIncident(c.IncidentKind.ACCIDENT, "追尾", 101), DRIVER,
     Invalid, "fault_share"),
    ("odometers do not run back", trip_in(State.DRIVING),
     c.Deliver(Decimal("999.9"), dict.fromkeys(c.ClosingItem, True)), DRIVER, Invalid, "odometer_back"),
    ("P6: the closing check has an answer to everything", trip_in(State.DRIVING), c.Deliver(Decimal(1001)), DRIVER,
     Invalid, "closing_unanswered"),
    ("P6: what is not in order is written down", trip_in(State.DRIVING),
     c.Deliver(Decimal(1001), {**dict.fromkeys(c.ClosingItem, True), c.ClosingItem.CAR_UNHARMED: False}), DRIVER,
     Invalid, "note_missing"),
    ("ratings end at five", trip_in(State.DELIVERED), c.SignReceipt(SIGNED, 6), DRIVER, Invalid, "rating"),
    ("ratings begin at one", trip_in(State.DELIVERED), c.SignReceipt(SIGNED, 0), DRIVER, Invalid, "rating"),
    ("cancelling says why", trip_in(State.BOOKED), c.Cancel(c.Party.CUSTOMER, ""), DESK, Invalid, "reason_missing"),
    ("a drive is aborted for a reported incident", trip_in(State.DRIVING), c.Abort(4), DESK, Invalid,
     "incident_unknown"),
    ("a step back says why", trip_in(State.EN_ROUTE), c.StepBack(""), DESK, Invalid, "reason_missing"),
    ("a dispatcher steps back within ten minutes", trip_in(State.EN_ROUTE, state_since=NOW - LATE), c.StepBack("错"),
     DESK, Refused, "step_back_late"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("trip", "command", "actor", "error", "code"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_a_guard_refuses(trip: TripFacts, command: Command, actor: Actor, error: type[DomainError], code: str) -> None:
    with pytest.raises(error) as refusal:
        decide(trip, command, actor, CONTEXT)
    assert refusal.value.code == code


@pytest.mark.parametrize("form", ["A", "B"])
@pytest.mark.parametrize("state", [Intoxication.SEVERE, Intoxication.UNCONSCIOUS])
def test_a_sober_companion_may_sign_for_the_severely_drunk(form: str, state: Intoxication) -> None:
    report = replace(REPORT, intoxication=state, companion_name="韩梅梅", companion_sober=True, signature=BY_COMPANION)
    assert outcome(trip_in(State.ON_SITE, form=form), c.Inspect(report), DRIVER) is State.INSPECTED


def test_a_manager_may_step_back_at_any_time() -> None:
    trip = trip_in(State.EN_ROUTE, state_since=NOW - timedelta(days=1))
    assert outcome(trip, c.StepBack("点错了"), ACTORS[Role.MANAGER]) is State.ACCEPTED


def test_ten_minutes_exactly_is_still_in_time_for_a_dispatcher() -> None:
    trip = trip_in(State.EN_ROUTE, state_since=NOW - timedelta(minutes=10))
    assert outcome(trip, c.StepBack("点错了"), DESK) is State.ACCEPTED


def test_an_event_names_from_and_to_and_repeats_no_signature() -> None:
    decision = decide(trip_in(State.INSPECTED), COMMANDS[c.SignAgreement], DRIVER, CONTEXT)
    (event,) = decision.events
    assert event.type == "trip.sign_agreement"
    assert event.data == {"trip": "T000001", "from": "inspected", "to": "agreed", "place": "信州区五三大道"}
