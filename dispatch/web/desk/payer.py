"""Who pays for a trip: changed at the desk as long as the fare is not settled."""

from flask import flash, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import account_credit, trips
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.desk.trip import trip_page
from dispatch.web.formstate import FormState
from dispatch.web.payers import FIELD, meant
from dispatch.web.schemas.accounts import TripAccountIn
from dispatch.web.submitting import read, submit


@blueprint.post("/trips/<int:trip_id>/payer")
@requires(Permission.TRIP_DISPATCH)
def set_payer(trip_id: int) -> Response | tuple[str, int]:
    """Put the trip on an account of its caller, or let the customer pay."""

    def work(session: Session) -> str:
        body = read(TripAccountIn, {FIELD: meant(request.form.get(FIELD))})
        trip = trips.locked(session, trip_id, g.actor)
        account_credit.move(session, trip, body.account_id, g.actor, g.now)
        return f"/desk/trips/{trip_id}"

    try:
        done = submit(work)
    except DomainError as error:
        if error.code == "trip_unknown":
            raise
        return trip_page(trip_id, "", FormState.typed(request.form, error), error)
    flash(gettext("Saved."), "success")
    return done
