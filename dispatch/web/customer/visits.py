"""Opening a link: counted, so that nobody can try tokens; everything about it is in the zone of the trip's branch."""

from datetime import timedelta

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.services import links, throttle
from dispatch.services.throttle import Limit
from dispatch.store.trips import Trip
from dispatch.web.runtime import runtime

PER_ADDRESS = Limit(300, timedelta(minutes=10))


def count() -> None:
    """One more look at a link from this address. Raises TooMany."""
    with runtime().db.transaction() as session:
        throttle.count(session, f"link-from:{request.remote_addr}", PER_ADDRESS, g.now)


def opened(session: Session, token: str) -> Trip:
    """The trip behind a link; its times are shown in its branch's zone."""
    trip = links.opened(session, token, g.now)
    g.zone = trip.branch.timezone
    return trip
