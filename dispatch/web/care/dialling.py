"""Dialling from a callback's page, and asking for a masked fact of its trip."""

from flask import flash, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import callbacks, dialling
from dispatch.web.access import requires
from dispatch.web.care import blueprint
from dispatch.web.care.callback_page import attempt_no, dial_box, page
from dispatch.web.formstate import FormState
from dispatch.web.problems import status_of, words
from dispatch.web.revealing import asked
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit


@blueprint.post("/<int:callback_id>/dial")
@requires(Permission.CALLBACK_WORK)
def dial(callback_id: int) -> str | tuple[str, int]:
    """Show the number; the journal keeps who asked."""
    try:
        with runtime().db.transaction() as session:
            number = callbacks.dial(session, callback_id, attempt_no(), g.actor, g.now)
    except DomainError as error:
        return _refused(callback_id, error)
    return dial_box(callback_id, number=number) if _in_place() else page(callback_id, number=number)


@blueprint.post("/<int:callback_id>/ring")
@requires(Permission.CALLBACK_WORK)
def ring(callback_id: int) -> str | tuple[str, int] | Response:
    """Have the exchange ring the agent and the customer, once however often the button is pressed."""

    def work(session: Session) -> str:
        dialling.order(session, callback_id, attempt_no(), g.actor, g.now)
        return f"/care/{callback_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return _refused(callback_id, error)
    if _in_place():
        return dial_box(callback_id, rung=True)
    flash(gettext("Your telephone rings, then the customer’s."), "success")
    return done


@blueprint.post("/<int:callback_id>/reveal")
@requires(Permission.PERSONAL_REVEAL)
def reveal(callback_id: int) -> tuple[str, int]:
    """Show one masked fact of the trip to somebody who says why."""
    with runtime().db.reading() as session:
        trip_id = callbacks.find(session, callback_id, g.actor).trip_id
    answer = asked(trip_id)
    status = status_of(answer.error) if answer.error is not None else 200
    return page(callback_id, answer=answer), status


def _refused(callback_id: int, error: DomainError) -> str | tuple[str, int]:
    """Said in the box itself where the page stays as it is: a browser swaps in only what is answered with 200."""
    if _in_place():
        return dial_box(callback_id, error=words(error))
    return page(callback_id, FormState.typed(request.form, error)), status_of(error)


def _in_place() -> bool:
    return request.headers.get("HX-Request") == "true"
