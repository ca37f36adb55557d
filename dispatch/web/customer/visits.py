"""Opening a link: counted, so that nobody can try tokens; everything about it is in the zone of the trip's branch."""

from datetime import timedelta

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.domain.errors import NotFound
from dispatch.services import links, throttle
from dispatch.services.throttle import Limit
from dispatch.store.trips import Trip
from dispatch.web.runtime import runtime

PER_ADDRESS = Limit(300, timedelta(minutes=10))


def count() -> None:
    """One more look at a link from this address. Raises TooMany."""
    with runtime().db.transaction() as session:
        throttle.count(session, f"link-from:{request.remote_addr}", PER_ADDRESS, g.now)


def count_by_link(token: str, what: str, limit: Limit) -> None:
    """One more `what` by this link, counted by link, so that people behind one address do not use up each other's; by
    address only where the link is not valid. Raises TooMany, NotFound.
    """
    try:
        with runtime().db.reading() as session:
            opened(session, token)
    except NotFound:
        count()
        raise
    with runtime().db.transaction() as session:
        throttle.count(session, f"link-{what}:{links.fingerprint(token)}", limit, g.now)


def opened(session: Session, token: str) -> Trip:
    """The trip behind a link; its times are shown in its branch's zone."""
    trip = links.opened(session, token, g.now)
    g.zone = trip.branch.timezone
    return trip
