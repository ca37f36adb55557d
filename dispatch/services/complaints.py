"""Complaints: registering one, whatever way it came."""

from sqlalchemy.orm import Session

from dispatch.domain.complaint import Registration, Stage
from dispatch.domain.complaint_clock import ClockKind
from dispatch.domain.errors import N_, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import callbacks, complaint_clocks
from dispatch.services.announce import announce
from dispatch.store.complaint_events import ComplaintEvent
from dispatch.store.complaints import ComplaintRow
from dispatch.store.trips import Trip


def register(
    session: Session, registration: Registration, actor: Actor, *, callback_id: int | None = None
) -> ComplaintRow:
    """Keep a complaint. Raises NotFound for a trip or callback of another branch."""
    if callback_id is not None:
        callbacks.find(session, callback_id, actor)
    if registration.trip_id is not None:
        trip = session.get(Trip, registration.trip_id)
        if trip is None or trip.branch_id != actor.branch_id:
            raise NotFound("trip_unknown", N_("There is no such trip"))
    row = ComplaintRow(
        branch_id=actor.branch_id,
        trip_id=registration.trip_id,
        callback_id=callback_id,
        kind=registration.kind,
        channel=registration.channel,
        stage=Stage.REGISTERED,
        contact_name=registration.contact_name.strip(),
        contact_phone=registration.contact_phone or "",
        contact_address=registration.contact_address.strip(),
        happened_at=registration.happened_at,
        about=registration.about.strip(),
        problem=registration.problem.strip(),
        wish=registration.wish.strip(),
        registered_by=actor.id or None,
        registered_at=registration.registered_at,
    )
    session.add(row)
    session.flush()
    _begin(session, row, actor)
    data = {"complaint": row.number, "case": row.kind.value, "channel": row.channel.value, "trip_id": row.trip_id}
    event = Event("complaint.register", data)
    announce(session, event, actor, registration.registered_at, subject="complaint", subject_id=row.id)
    return row


def _begin(session: Session, row: ComplaintRow, actor: Actor) -> None:
    """The first line of the story, and the clock of the acknowledgement."""
    session.add(
        ComplaintEvent(
            complaint_id=row.id,
            round=1,
            step="register",
            source=None,
            target=Stage.REGISTERED,
            at=row.registered_at,
            actor_id=actor.id,
            actor_name=actor.name,
            words=row.problem,
            facts={"wish": row.wish},
        )
    )
    complaint_clocks.start(session, row, ClockKind.ACKNOWLEDGE, row.registered_at)
