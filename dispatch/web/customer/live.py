"""What moves on the customer's page: who comes and how far, the waiting clock, the fare, the papers."""

from datetime import timedelta
from typing import Any

from flask import g, render_template
from sqlalchemy.orm import Session

from dispatch.domain.position import Fix
from dispatch.domain.roles import Permission
from dispatch.domain.states import ENDS, State
from dispatch.services import documents, photos, trip_standing
from dispatch.services.throttle import Limit
from dispatch.services.trip_standing import COMING, WAITING, Arrival
from dispatch.store.agreements import DocumentKind
from dispatch.store.trips import Trip
from dispatch.web import ceremony
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.customer.sketch import Sketch, sketch
from dispatch.web.customer.visits import count_by_link, opened
from dispatch.web.runtime import runtime
from dispatch.web.trip_view import standing_of

PER_LINK = Limit(240, timedelta(minutes=10))
"""Looks at one link: several people may watch it, each every ten seconds."""
_EVERY: dict[State, int] = {
    **dict.fromkeys(ENDS, 0),
    **dict.fromkeys(COMING, 10),
    **dict.fromkeys(WAITING, 15),
}
_ELSE_EVERY = 20


@blueprint.get("/t/<token>/live")
@requires(Permission.CUSTOMER_LINK)
def live(token: str) -> str:
    """The moving part alone."""
    count_by_link(token, "live", PER_LINK)
    with runtime().db.reading() as session:
        return render_template("customer/live.html", **moving(session, opened(session, token), token))


def moving(session: Session, trip: Trip, token: str) -> dict[str, Any]:
    """What the template of the moving part needs."""
    standing = standing_of(session, trip, g.now)
    return {
        "token": token,
        "trip": trip,
        "every": _EVERY.get(trip.state, _ELSE_EVERY),
        "standing": standing,
        "sketch": _sketch(standing.arrival),
        "fare": trip_standing.fare(session, trip, g.now),
        "photo": photos.of_driver(session, trip.driver_id) is not None if trip.driver_id else False,
        "to_sign": ceremony.KINDS.get(trip.state),
        "agreement": documents.of_trip(session, trip, DocumentKind.AGREEMENT),
        "receipt": documents.of_trip(session, trip, DocumentKind.RECEIPT),
    }


def _sketch(arrival: Arrival | None) -> Sketch | None:
    match arrival:
        case Arrival(seen=Fix(point=driver), pickup=pickup) if pickup is not None:
            return sketch(driver, pickup)
        case _:
            return None
