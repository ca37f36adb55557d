"""What of a trip one reader sees (access table of the service): whole, masked, or not at all; and asking for more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain import masking, phone
from dispatch.domain.errors import N_, Forbidden, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission, Role
from dispatch.domain.states import LIVE
from dispatch.services.announce import announce
from dispatch.store import complaints, inspections
from dispatch.store.trips import Trip

DRIVER_KEEPS = timedelta(hours=24)
REVEALABLE = ("phone", "address", "intoxication")


@dataclass(frozen=True, slots=True)
class Seen:
    """The personal facts of a trip as the reader gets them; `masked` says that something was kept back."""

    name: str
    phone: str
    pickup: str
    destination: str
    masked: bool


def of_trip(trip: Trip, actor: Actor, now: datetime) -> Seen:
    """The dispatcher sees all while the trip lives, the driver their own; everybody else, and later, masked."""
    if _sees_all(trip, actor):
        return Seen(trip.contact_name, trip.caller_phone, trip.pickup_address, trip.destination_address, masked=False)
    if _was_own(trip, actor) and trip.ended_at is not None and now - trip.ended_at > DRIVER_KEEPS:
        return Seen(masking.name(trip.contact_name), "", "", "", masked=True)
    return Seen(
        trip.contact_name if actor.may(Permission.TRIP_READ) else masking.name(trip.contact_name),
        phone.masked(trip.caller_phone),
        masking.address(trip.pickup_address),
        masking.address(trip.destination_address),
        masked=True,
    )


def other_phone(trip: Trip, number: str, actor: Actor) -> str:
    """Another number of the trip's customer, as whole as the one on the trip."""
    return number if _sees_all(trip, actor) else phone.masked(number)


def intoxication(session: Session, trip: Trip, actor: Actor) -> str | None:
    """The note on the customer's state: for the desk while the trip lives, and its driver. Others ask for it."""
    if not (_sees_all(trip, actor) or _was_own(trip, actor)):
        return None
    report = inspections.of_trip(session, trip.id)
    return report.noted.value if report and report.noted else None


def reveal(session: Session, trip: Trip, actor: Actor, now: datetime, *, what: str, reason: str) -> str:
    """Show one masked fact to customer service or a manager, who say why; the journal keeps who asked and why.

    The note on the customer's state is shown to customer service only where somebody complained about the trip.
    """
    if not actor.may(Permission.PERSONAL_REVEAL):
        raise Forbidden("not_permitted", N_("This is not yours to do"))
    if what not in REVEALABLE:
        raise Invalid("reveal_unknown", N_("Please choose one of the answers"), field="what")
    if not reason.strip():
        raise Invalid("reason_missing", N_("Please say why"), field="reason")
    if what == "intoxication" and not _may_ask_state(session, trip, actor):
        raise Forbidden("not_permitted", N_("This is shown only where there is a complaint about the trip"))
    event = Event("trip.reveal", {"trip": trip.number, "what": what, "reason": reason.strip()[:200]})
    announce(session, event, actor, now, subject="trip", subject_id=trip.id)
    if what == "phone":
        return trip.caller_phone
    if what == "address":
        return f"{trip.pickup_address} → {trip.destination_address}"
    report = inspections.of_trip(session, trip.id)
    return report.intoxication.value if report else ""


def revealable(session: Session, trip: Trip, actor: Actor) -> frozenset[str]:
    """What of the trip is kept back from the actor and can be asked for with a reason."""
    if not actor.may(Permission.PERSONAL_REVEAL) or _sees_all(trip, actor):
        return frozenset()
    report = inspections.of_trip(session, trip.id)
    found = report is not None and report.noted is not None and _may_ask_state(session, trip, actor)
    return frozenset(REVEALABLE) if found else frozenset(REVEALABLE) - {"intoxication"}


def _may_ask_state(session: Session, trip: Trip, actor: Actor) -> bool:
    return actor.has(Role.MANAGER) or complaints.on_trip(session, trip.id)


def _sees_all(trip: Trip, actor: Actor) -> bool:
    live = trip.state in LIVE
    return live and (actor.has(Role.DISPATCHER) or _was_own(trip, actor))


def _was_own(trip: Trip, actor: Actor) -> bool:
    return actor.driver_id is not None and trip.driver_id == actor.driver_id
