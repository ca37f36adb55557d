"""What happened under way becomes a case with one press: everything that is known of it is filled in."""

from flask import flash, g
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import accidents
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.desk.trip import trip_page
from dispatch.web.formstate import BLANK
from dispatch.web.incident_case import incident_said
from dispatch.web.problems import words
from dispatch.web.submitting import submit


@blueprint.post("/trips/<int:trip_id>/incidents/<int:incident_id>/case")
@requires(Permission.VIOLATION_REPORT)
def open_incident_case(trip_id: int, incident_id: int) -> Response | tuple[str, int]:
    """Open the case: customer service goes on with it, the desk stays with the trip."""
    told: list[str] = []

    def work(session: Session) -> str:
        _, incident = accidents.find(session, trip_id, incident_id, g.actor)
        row = accidents.open_case(session, trip_id, incident_id, g.actor, g.now, said=incident_said(incident))
        told.append(row.number)
        return f"/care/complaints/{row.id}" if g.actor.may(Permission.COMPLAINT_READ) else f"/desk/trips/{trip_id}"

    try:
        done = submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return trip_page(trip_id, "", BLANK, error)
    for number in told:
        flash(gettext("Case %(number)s is opened, with what the driver reported.", number=number), "success")
    return done
