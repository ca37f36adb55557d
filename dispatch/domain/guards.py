"""The conditions in the table of transitions: each raises when its rule forbids the command, or is silent."""

from datetime import timedelta

from dispatch.domain import commands as c
from dispatch.domain.driver import check_eligible
from dispatch.domain.errors import N_, Conflict, Forbidden, Invalid, Refused
from dispatch.domain.inspection import check_blocking, check_complete, check_signature, check_signer
from dispatch.domain.roles import Actor, Role
from dispatch.domain.states import Context, TripFacts

STEP_BACK_WITHIN = timedelta(minutes=10)
"""How long a dispatcher may undo a mis-tap; a manager may at any time."""


def own_trip(trip: TripFacts, _command: object, actor: Actor, _context: Context) -> None:
    """A driver acts on the trip they hold, and on no other."""
    if trip.driver_id is None or actor.driver_id != trip.driver_id:
        raise Conflict("not_your_trip", N_("Trip %(trip)s is not yours any more"), trip=trip.number)


def own_trip_or_link(trip: TripFacts, command: object, actor: Actor, context: Context) -> None:
    """Signing is the customer's, on the phone of the driver who holds the trip or on their own."""
    if actor.trip_id != trip.id:
        own_trip(trip, command, actor, context)


def offer_open(trip: TripFacts, _command: object, actor: Actor, _context: Context) -> None:
    """The driver was offered the job and the offer has not run out."""
    if actor.driver_id not in trip.open_offers:
        raise Conflict("offer_gone", N_("The offer of trip %(trip)s is no longer open"), trip=trip.number)


def drivers_eligible(_trip: TripFacts, command: c.Offer, _actor: Actor, context: Context) -> None:
    """Every driver offered the job may take it."""
    if not command.driver_ids:
        raise Invalid("no_driver", N_("Choose at least one driver"), field="driver_ids")
    for driver_id in command.driver_ids:
        check_eligible(context.drivers[driver_id], _trip.needs, context.now, context.today, context.rest)


def driver_eligible(trip: TripFacts, command: c.Assign, _actor: Actor, context: Context) -> None:
    """The driver assigned may take the job."""
    check_eligible(context.drivers[command.driver_id], trip.needs, context.now, context.today, context.rest)


def still_eligible(trip: TripFacts, _command: object, actor: Actor, context: Context) -> None:
    """The accepting driver is still free and fit for the job: things change while an offer is open."""
    if actor.driver_id is None:
        raise Forbidden("not_a_driver", N_("Only a driver can do this"))
    check_eligible(context.drivers[actor.driver_id], trip.needs, context.now, context.today, context.rest)


def reason_given(_trip: TripFacts, command: c.Cancel | c.GiveUp | c.StepBack, _actor: Actor, _context: Context) -> None:
    """The history must say why."""
    if not command.reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")


def other_needs_note(_trip: TripFacts, command: c.ReplaceDriver | c.Refuse, _actor: Actor, _context: Context) -> None:
    """'Other' is not a reason until it is explained."""
    if command.reason.value == "other" and not command.note.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="note")


def report_complete(_trip: TripFacts, command: c.Inspect, _actor: Actor, _context: Context) -> None:
    """P3: every panel answered, damage described, insurance looked at, signed."""
    check_complete(command.report)


def nothing_blocks(trip: TripFacts, command: c.Inspect, _actor: Actor, context: Context) -> None:
    """P2, P4, A3, A9: sober driver, insured and sound car, a signer who is able to sign."""
    check_blocking(trip.form, command.report, context.today)


def right_signer(
    trip: TripFacts, command: c.SignAgreement | c.SignReceipt | c.ChangeDestination, _actor: Actor, _context: Context
) -> None:
    """P2, A6, B8: whoever signs is able to, and really signed."""
    check_signature(command.signature)
    if trip.intoxication is None:
        raise Refused("not_inspected", N_("Record the customer’s state first"))
    check_signer(trip.form, trip.intoxication, command.signature.signer, companion_sober=trip.companion_sober)


def place_given(_trip: TripFacts, command: c.SignAgreement, _actor: Actor, _context: Context) -> None:
    """Both forms name the place of signing."""
    if not command.place.strip():
        raise Invalid("place_missing", N_("Please enter where the agreement is signed"), field="place")


def agreement_stored(trip: TripFacts, _command: object, _actor: Actor, _context: Context) -> None:
    """R9: "signed" means stored."""
    if not trip.agreement_stored:
        raise Refused("agreement_missing", N_("The agreement is not signed yet"))


def not_stopped(trip: TripFacts, _command: object, _actor: Actor, _context: Context) -> None:
    """A stop must end before the next thing happens."""
    if trip.stopped:
        raise Refused("stopped", N_("The trip is stopped: resume first"))


def is_stopped(trip: TripFacts, _command: object, _actor: Actor, _context: Context) -> None:
    """Only a stop can end."""
    if not trip.stopped:
        raise Refused("not_stopped", N_("The trip is not stopped"))


def address_given(_trip: TripFacts, command: c.ChangeDestination, _actor: Actor, _context: Context) -> None:
    """The new destination is known."""
    if not command.address.strip():
        raise Invalid("address_missing", N_("Please enter the new destination"), field="address")


def incident_told(_trip: TripFacts, command: c.ReportIncident, _actor: Actor, _context: Context) -> None:
    """An incident says what happened; shares of fault are percentages."""
    if not command.note.strip():
        raise Invalid("note_missing", N_("Please say what happened"), field="note")
    if command.driver_fault_percent is not None and not 0 <= command.driver_fault_percent <= 100:
        raise Invalid("fault_share", N_("A share of fault is between 0 and 100 percent"), field="driver_fault_percent")


def odometer_not_back(trip: TripFacts, command: c.Deliver, _actor: Actor, _context: Context) -> None:
    """The odometer never runs back."""
    start = trip.start_odometer_km
    if start is not None and command.odometer_km < start:
        raise Invalid(
            "odometer_back",
            N_("The odometer read %(start)s km at the start: it cannot show less now"),
            field="odometer_km",
            start=start,
        )


def closing_checked(_trip: TripFacts, command: c.Deliver, _actor: Actor, _context: Context) -> None:
    """P6: car and belongings were looked over together; what is not in order is written down."""
    for item in c.ClosingItem:
        if item not in command.checklist:
            raise Invalid(
                "closing_unanswered", N_("Every item of the closing check needs an answer"), field=f"checklist.{item}"
            )
    if not all(command.checklist.values()) and not command.note.strip():
        raise Invalid("note_missing", N_("Please write down what is not in order"), field="note")


def rating_in_range(_trip: TripFacts, command: c.SignReceipt, _actor: Actor, _context: Context) -> None:
    """P6: the service is rated 1 to 5."""
    if not 1 <= command.rating <= 5:
        raise Invalid("rating", N_("The rating is a number from 1 to 5"), field="rating")


def incident_on_record(trip: TripFacts, command: c.Abort, _actor: Actor, _context: Context) -> None:
    """A drive is aborted only with reference to a reported incident."""
    if command.incident_id not in trip.incident_ids:
        raise Invalid("incident_unknown", N_("Choose the incident for which the drive is aborted"), field="incident_id")


def in_time_or_by_manager(trip: TripFacts, _command: object, actor: Actor, context: Context) -> None:
    """A dispatcher undoes a mis-tap within ten minutes; later it takes a manager."""
    if not actor.has(Role.MANAGER) and context.now - trip.state_since > STEP_BACK_WITHIN:
        raise Refused(
            "step_back_late",
            N_("More than %(minutes)s minutes have passed: ask a manager"),
            minutes=int(STEP_BACK_WITHIN.total_seconds() // 60),
        )


def last_offer(trip: TripFacts, actor: Actor) -> bool:
    """No driver but the one declining has the job on offer any more."""
    return not trip.open_offers - {actor.driver_id}
