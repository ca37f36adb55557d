"""Asking for a masked fact on a page: a reason is given, the fact shown once, and the journal keeps who and why."""

from dataclasses import dataclass

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.domain.errors import DomainError
from dispatch.services import trips, visibility
from dispatch.store.trips import Trip
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.runtime import runtime
from dispatch.web.schemas.desk import RevealIn
from dispatch.web.submitting import read


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: the fact, or the form with what is wrong with it."""

    what: str
    value: str = ""
    form: FormState = BLANK
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Reveals:
    """What a page can be asked to show, where its forms go, and what it was asked for just now."""

    action: str
    open_to: frozenset[str]
    answer: Answer | None = None

    def value(self, what: str) -> str:
        """The fact, in the one reply that shows it."""
        return self.answer.value if self.answer is not None and self.answer.what == what else ""

    def form(self, what: str) -> FormState:
        """The fact's own form."""
        return self.answer.form if self.answer is not None and self.answer.what == what else BLANK


def reveals(session: Session, trip: Trip, action: str, answer: Answer | None) -> Reveals:
    """What the reader of a page may ask for."""
    return Reveals(action, visibility.revealable(session, trip, g.actor), answer)


def asked(trip_id: int) -> Answer:
    """Answer the posted form. Raises NotFound for somebody else's trip.

    Nothing is kept under the form's key: the fact would be kept with it, and asking twice is in the journal twice.
    """
    what = request.form.get("what", "")
    with runtime().db.reading() as session:
        trips.find(session, trip_id, g.actor)
    try:
        body = read(RevealIn, {"what": what, "reason": request.form.get("reason", "")})
        with runtime().db.transaction() as session:
            trip = trips.find(session, trip_id, g.actor)
            value = visibility.reveal(session, trip, g.actor, g.now, what=body.what, reason=body.reason)
    except DomainError as error:
        return Answer(what, form=FormState.typed(request.form, error), error=error)
    return Answer(what, value)
