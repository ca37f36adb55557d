"""Steps that come from the phone's queue: the same forms by the same addresses, answered for a program.

The queue (static/js/carrier.js) says when a step was taken, `X-Phone-Time`, and what its clock shows as it sends it,
`X-Phone-Clock`.  It gets 200 with the page to go on with, or a problem in words with the form's fields.
"""

from datetime import datetime

from flask import g, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import phone_clock
from dispatch.domain.errors import DomainError, NotFound
from dispatch.services import lost_trips
from dispatch.store import journal
from dispatch.web.driver.fields import typed
from dispatch.web.problems import PROBLEM, BadRequest, status_of, words
from dispatch.web.runtime import runtime

TAPPED, SENT = "X-Phone-Time", "X-Phone-Clock"


def from_queue() -> bool:
    """Whether the step was kept on the phone before it was sent."""
    return TAPPED in request.headers


def note_time(session: Session) -> datetime | None:
    """When the phone did what is sent now, noted for the journal. Raises BadRequest for what is no time."""
    if not from_queue():
        return None
    moment = phone_clock.tapped_at(_moment(TAPPED), _moment(SENT), g.now)
    journal.done_at(session, moment)
    return moment


def done(reply: Response) -> Response:
    """A step that was taken: the page to go on with, as a redirect or for the queue."""
    return jsonify(next=reply.location) if from_queue() else reply


def refused(error: DomainError, trip_id: int | None = None) -> Response:
    """A step that was not: what the rules say, by the fields of the form; of a trip that is gone, what became of it."""
    if isinstance(error, NotFound) and trip_id is not None:
        with runtime().db.reading() as session:
            error = lost_trips.told(session, trip_id, g.actor) or error
    state = typed(error)
    told = [{"field": name, "message": state.error(name)} for name in state.errors]
    answer = jsonify(code=error.code, title=words(error), errors=told)
    answer.status_code, answer.content_type = status_of(error), PROBLEM
    return answer


def _moment(header: str) -> datetime:
    try:
        found = datetime.fromisoformat(request.headers.get(header, "").replace("Z", "+00:00"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadRequest("phone_time", f"{header} is no time")
    return found
