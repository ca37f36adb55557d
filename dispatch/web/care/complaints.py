"""Complaints: the board, the list, and registering one."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.complaint import Stage
from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.domain.satisfaction import complaint_draft
from dispatch.services import callbacks, complaint_reading, complaints, trips
from dispatch.store import complaints as store
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.api.care import registration_from
from dispatch.web.care import blueprint
from dispatch.web.formstate import FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.care import ComplaintIn
from dispatch.web.submitting import read, submit

PAGE = 50


@blueprint.get("/complaints")
@requires(Permission.COMPLAINT_READ)
def complaint_board() -> str:
    """Everything that is open, by what is to be done, with its clocks."""
    return _board("care/complaints.html")


@blueprint.get("/complaints/rows")
@requires(Permission.COMPLAINT_READ)
def complaint_rows() -> str:
    """The part of the board that is looked up again when something has changed."""
    return _board("care/complaint_rows.html")


@blueprint.get("/complaints/all")
@requires(Permission.COMPLAINT_READ)
def list_complaints() -> str:
    """Every case, newest first; those that speak of something, in one stage, when asked for."""
    before, search = request.args.get("before", type=int), request.args.get("q", "").strip()[:100]
    stage = request.args.get("stage", "")
    wanted = Stage(stage) if stage in set(Stage) else None
    with runtime().db.reading() as session:
        found = store.page(session, g.actor.branch_id, search=search, stage=wanted, before=before, limit=PAGE)
        more = {"q": search, "stage": stage, "before": found[-1].id if found else 0}
        return render_template(
            "care/complaint_list.html",
            found=complaint_reading.timed(session, found, g.now),
            form=FormState(values={"q": search, "stage": stage}),
            next=f"?{urlencode(more)}" if len(found) == PAGE else "",
        )


@blueprint.get("/department")
@requires(Permission.COMPLAINT_FOLLOW)
def my_departments() -> str:
    """The open cases of the departments that one heads."""
    return _department("care/department.html")


@blueprint.get("/department/rows")
@requires(Permission.COMPLAINT_FOLLOW)
def department_rows() -> str:
    """The part of the page that is looked up again when something has changed."""
    return _department("care/department_rows.html")


@blueprint.get("/complaints/new")
@requires(Permission.COMPLAINT_REGISTER)
def new_complaint() -> str:
    """The form, filled with what a callback or a trip already tells."""
    values = {"channel": "call", "happened_at": f"{g.now.astimezone(ZoneInfo(g.zone)):%Y-%m-%dT%H:%M}"}
    callback_id, trip_id = request.args.get("callback", type=int), request.args.get("trip", type=int)
    with runtime().db.reading() as session:
        if callback_id is not None:
            values |= _from_callback(session, callback_id)
        elif trip_id is not None:
            values |= _from_trip(trips.find(session, trip_id, g.actor))
        return _page(session, FormState(values=values))


@blueprint.post("/complaints/new")
@requires(Permission.COMPLAINT_REGISTER)
def register() -> Response | tuple[str, int]:
    """Keep it."""
    try:
        done = submit(_keep)
    except DomainError as error:
        with runtime().db.reading() as session:
            return _page(session, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("The complaint is registered."), "success")
    return done


def _board(template: str) -> str:
    with runtime().db.reading() as session:
        heard = journal.position(session)  # before the rows are read: what comes between is told again, never lost
        return render_template(
            template,
            columns=complaint_reading.board(session, g.actor, g.now),
            notices=complaint_reading.notices(session, g.actor),
            position=heard,
        )


def _department(template: str) -> str:
    with runtime().db.reading() as session:
        heard = journal.position(session)
        return render_template(
            template,
            found=complaint_reading.of_my_departments(session, g.actor, g.now),
            notices=complaint_reading.notices(session, g.actor),
            position=heard,
        )


def _keep(session: Session) -> str:
    given = request.form
    body = read(
        ComplaintIn,
        {
            "kind": given.get("kind") or "complaint",
            **{name: given.get(name, "") for name in ("channel", "contact_name", "contact_phone", "contact_address")},
            **{name: given.get(name, "") for name in ("about", "problem", "wish")},
            "happened_at": _local(given.get("happened_at", "")),
            "trip_id": given.get("trip_id") or None,
            "callback_id": given.get("callback_id") or None,
        },
    )
    if body.trip_id is not None and not (body.contact_phone.strip() or body.contact_address.strip()):
        body = body.model_copy(update={"contact_phone": trips.find(session, body.trip_id, g.actor).caller_phone})
    branch = session.get_one(Branch, g.actor.branch_id)
    registration = registration_from(body, g.now, area_code=branch.area_code)
    row = complaints.register(session, registration, g.actor, callback_id=body.callback_id)
    return f"/care/complaints/{row.id}"


def _page(session: Session, form: FormState) -> str:
    """The number of the trip is known but not shown: an empty field means it."""
    trip_id = str(form.value("trip_id"))
    known = trips.find(session, int(trip_id), g.actor) if trip_id.isdecimal() else None
    return render_template("care/complaint.html", form=form, trip=known)


def _from_callback(session: Session, callback_id: int) -> dict[str, str]:
    task = callbacks.find(session, callback_id, g.actor)
    answers = callbacks.answers_of(task.attempts[-1]) if task.attempts else None
    return _from_trip(task.trip) | {
        "channel": "callback",
        "problem": complaint_draft(answers, str(get_locale())) if answers else "",
        "wish": answers.suggestions if answers else "",
        "callback_id": str(task.id),
    }


def _from_trip(trip: Trip) -> dict[str, str]:
    at = trip.started_at or trip.booked_at
    return {
        "contact_name": trip.contact_name,
        "about": f"{trip.driver.name} {trip.driver.badge_id}" if trip.driver else trip.number,
        "happened_at": f"{at.astimezone(ZoneInfo(g.zone)):%Y-%m-%dT%H:%M}",
        "trip_id": str(trip.id),
    }


def _local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(g.zone))
    except ValueError as error:
        raise Invalid("happened_at", N_("Please enter a date and time"), field="happened_at") from error
