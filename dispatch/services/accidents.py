"""Cases of what happened under way: opened from a trip's incident with what is known of it, once (A7, B6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain import plate
from dispatch.domain.bearing import Accident, to_json
from dispatch.domain.commands import IncidentKind
from dispatch.domain.complaint import CaseKind, Channel, Registration
from dispatch.domain.errors import N_, Conflict, NotFound
from dispatch.domain.roles import Actor
from dispatch.services import complaints, trips
from dispatch.store.complaints import ComplaintRow
from dispatch.store.trips import Incident, Trip


@dataclass(frozen=True, slots=True)
class Said:
    """What the case says of it, and what is to be done, in the words of whoever opens it."""

    problem: str
    wish: str


def find(session: Session, trip_id: int, incident_id: int, actor: Actor) -> tuple[Trip, Incident]:
    """An incident of a trip. Raises NotFound."""
    trip = trips.find(session, trip_id, actor)
    incident = next((one for one in trip.incidents if one.id == incident_id), None)
    if incident is None:
        raise NotFound("incident_unknown", N_("There is no such incident"))
    return trip, incident


def open_case(
    session: Session, trip_id: int, incident_id: int, actor: Actor, now: datetime, *, said: Said
) -> ComplaintRow:
    """Open the case of an incident; of an accident with who is at fault and the allowance chosen on the spot.

    Raises NotFound, Invalid by field, Conflict naming the case where there is one.
    """
    trip, incident = find(session, trip_id, incident_id, actor)
    known = cases_of(session, trip).get(incident_id)
    if known is not None:
        raise Conflict("incident_has_case", N_("Case %(case)s was opened for this already"), case=known.number)
    is_accident = incident.kind is IncidentKind.ACCIDENT
    driver = f"{trip.driver.name} {trip.driver.badge_id} · " if trip.driver else ""
    registration = Registration(
        kind=CaseKind.ACCIDENT if is_accident else CaseKind.COMPLAINT,
        channel=Channel.CALL,
        registered_at=now,
        contact_name=trip.contact_name,
        contact_phone=trip.caller_phone,
        contact_address="",
        happened_at=incident.at,
        about=f"{driver}{plate.parse(trip.plate).display()} · {trip.number}",
        problem=said.problem,
        wish=said.wish,
        trip_id=trip.id,
    )
    row = complaints.register(session, registration, actor)
    row.incident_id = incident.id
    if is_accident:
        row.facts = to_json(_facts(incident))
    session.flush()
    return row


def cases_of(session: Session, trip: Trip) -> dict[int, ComplaintRow]:
    """The cases of a trip's incidents, by incident."""
    own = [incident.id for incident in trip.incidents]
    found = session.scalars(select(ComplaintRow).where(ComplaintRow.incident_id.in_(own))).unique() if own else ()
    return {row.incident_id: row for row in found if row.incident_id is not None}


def _facts(incident: Incident) -> Accident:
    """What the driver reported; the damage is not known yet."""
    fault = incident.driver_fault_percent or 0
    return Accident(fault, damage_fen=0, transport_fen=(incident.allowance_fen or 0) if fault else 0)
