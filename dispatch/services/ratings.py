"""The customer's rating of a trip: under the receipt, or by the link where no receipt was signed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Conflict, Invalid, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.domain.states import State
from dispatch.services import documents, trips
from dispatch.services.announce import announce
from dispatch.store.agreements import DocumentKind
from dispatch.store.db import savepoint
from dispatch.store.ratings import LinkRating
from dispatch.store.trips import Trip

RATED = frozenset({State.CLOSED, State.ABORTED, State.REFUSED})
"""Ends in which a driver was with the customer, so that there is something to rate."""
MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Rating:
    """From 1 to 5, and what was added."""

    rating: int
    comment: str


def of_trip(session: Session, trip: Trip) -> Rating | None:
    """The one rating of a trip; that under the receipt is frozen and goes before."""
    receipt = documents.of_trip(session, trip, DocumentKind.RECEIPT)
    if receipt is not None and receipt.rating is not None:
        return Rating(receipt.rating, receipt.comment or "")
    row = session.get(LinkRating, trip.id)
    return Rating(row.rating, row.comment) if row is not None else None


def may_be_given(session: Session, trip: Trip) -> bool:
    """Whether the link asks for a rating."""
    return trip.state in RATED and of_trip(session, trip) is None


def give(session: Session, trip_id: int, given: Rating, actor: Actor, now: datetime) -> None:
    """Rate a trip by its link. Raises Invalid outside 1 to 5, Refused before its end, Conflict for a second rating."""
    trip = trips.locked(session, trip_id, actor)
    comment = given.comment.strip()
    if not 1 <= given.rating <= 5:
        raise Invalid("rating", N_("The rating is a number from 1 to 5"), field="rating")
    if len(comment) > MOST_CHARACTERS:
        raise Invalid("comment_long", N_("At most %(most)s characters"), field="comment", most=MOST_CHARACTERS)
    if trip.state not in RATED:
        raise Refused("not_over", N_("A trip is rated when it is over"))
    if of_trip(session, trip) is not None:
        raise _rated()
    try:
        with savepoint(session):
            session.add(LinkRating(trip_id=trip.id, rating=given.rating, comment=comment, at=now))
            session.flush()
    except IntegrityError as error:
        raise _rated() from error
    event = Event("trip.rate", {"trip": trip.number, "rating": given.rating, "comment": comment})
    announce(session, event, actor, now, subject="trip", subject_id=trip.id)


def _rated() -> Conflict:
    return Conflict("rated", N_("Thank you, this trip was rated already"))
