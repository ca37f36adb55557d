"""The agreement of a trip as customer service reads it: whole, with what is personal masked."""

from flask import g, render_template

from dispatch.domain.roles import Permission
from dispatch.services import agreement_reading
from dispatch.web.access import requires
from dispatch.web.care import blueprint
from dispatch.web.runtime import runtime


@blueprint.get("/trips/<int:trip_id>/agreement")
@requires(Permission.AGREEMENT_READ)
def agreement(trip_id: int) -> str:
    """Its particulars as they were signed. A manager's reading is in the journal, hence the transaction."""
    with runtime().db.transaction() as session:
        found = agreement_reading.masked(session, trip_id, g.actor, g.now)
    return render_template("care/agreement.html", agreement=found, facts=found.facts, trip_id=trip_id)
