"""A notice of a traffic offence: plate and time lead to who drove, and a case is opened from it.

Asked by POST, although nothing is changed: plates of people stay out of web addresses and the logs they end up in.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import violations
from dispatch.services.violations import Found, Notice
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.filters import plate_display
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit
from dispatch.web.trip_view import trips_out


@blueprint.get("/violations")
@requires(Permission.VIOLATION_REPORT)
def violations_page() -> str:
    """The question: which car, when."""
    return render_template("desk/violations.html", form=BLANK, found=None, near=[], case=BLANK)


@blueprint.post("/violations")
@requires(Permission.VIOLATION_REPORT)
def look_up_violation() -> str | tuple[str, int]:
    """The answer: who had the car in that minute, and what proves it."""
    return _answer(BLANK)


@blueprint.post("/violations/<int:trip_id>/case")
@requires(Permission.VIOLATION_REPORT)
def report_violation(trip_id: int) -> Response | str | tuple[str, int]:
    """Open the case. What was typed stays when something is missing."""
    given = request.form
    told: list[str] = []

    def work(session: Session) -> str:
        notice = Notice(_moment(given.get("at", "")), given.get("problem", ""), given.get("wish", ""))
        told.append(violations.report(session, trip_id, notice, g.actor, g.now).number)
        return f"/desk/trips/{trip_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return _answer(FormState.typed(given, error), status_of(error))
    for number in told:
        flash(gettext("Case %(number)s is registered as a traffic violation.", number=number), "success")
    return done


def _answer(case: FormState, status: int = 200) -> str | tuple[str, int]:
    form = FormState.typed(request.form)
    with runtime().db.reading() as session:
        try:
            at = _moment(request.form.get("at", ""))
            found = violations.look_up(session, request.form.get("plate", ""), at, g.actor, g.now)
        except Invalid as error:
            form = FormState.typed(request.form, error)
            page = render_template("desk/violations.html", form=form, found=None, near=[], case=BLANK)
            return page, status_of(error)
        page = render_template(
            "desk/violations.html",
            form=form,
            found=found,
            near=trips_out(session, found.near, g.actor, g.now),
            case=case if case.values else _prefilled(found),
        )
        return page, status


def _prefilled(found: Found) -> FormState:
    """A case says what the notice says; only its wording is left to write."""
    at = f"{found.at.astimezone(ZoneInfo(g.zone)):%Y-%m-%d %H:%M}"
    problem = gettext("Notice of a traffic offence: %(plate)s, %(at)s. ", plate=plate_display(found.plate), at=at)
    return FormState(values={"problem": problem, "wish": gettext("The fine and the points are the company’s (A8).")})


def _moment(typed: str) -> datetime:
    """Local time of the branch, to the minute. Raises Invalid."""
    try:
        return datetime.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=ZoneInfo(g.zone))
    except ValueError as error:
        raise Invalid("violation_time", N_("Please enter a date and time"), field="at") from error
