"""What a customer asked for by their link, and the desk's answer."""

from flask import flash, g, redirect
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import phone_corrections
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.problems import words
from dispatch.web.submitting import submit

_ANSWERS = {"accept": True, "refuse": False}
_TOLD = {
    "accept": N_("The new number is used from now on; the old one was told."),
    "refuse": N_("The number stays as it is."),
}


@blueprint.post("/trips/<int:trip_id>/numbers/<int:correction_id>/<answer>")
@requires(Permission.TRIP_DISPATCH)
def answer_number(trip_id: int, correction_id: int, answer: str) -> Response:
    """Take the number over, or keep the old one."""
    if answer not in _ANSWERS:
        raise NotFound("command_unknown", N_("There is no such step"))

    def work(session: Session) -> str:
        accept = _ANSWERS[answer]
        phone_corrections.decide(session, trip_id, correction_id, g.actor, g.now, accept=accept)
        return f"/desk/trips/{trip_id}"

    try:
        done = submit(work)
    except NotFound:
        raise
    except DomainError as error:
        flash(words(error), "error")
        return redirect(f"/desk/trips/{trip_id}", code=303)
    flash(gettext(_TOLD[answer]), "success")
    return done
