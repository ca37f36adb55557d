"""The agreement to read before signing: the whole text, at leisure, before anybody stands there with a phone."""

from flask import g, render_template
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from dispatch.domain.roles import Permission
from dispatch.domain.states import ENDS
from dispatch.services import agreement_preview
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.customer.visits import count, opened
from dispatch.web.runtime import runtime


@blueprint.get("/t/<token>/agreement")
@requires(Permission.CUSTOMER_LINK)
def read_agreement(token: str) -> str | Response:
    """Word for word what will be signed once the car has been looked over; before that, all that is known already."""
    count()
    with runtime().db.reading() as session:
        trip = opened(session, token)
        if trip.agreed_at is not None or trip.state in ENDS:
            return redirect(f"/t/{token}")
        found = agreement_preview.of_trip(session, trip, g.now, runtime().keys)
        return render_template("customer/agreement.html", token=token, trip=trip, preview=found)
