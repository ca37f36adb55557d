"""Complaints: the list, and registering one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.domain.satisfaction import complaint_draft
from dispatch.services import callbacks, complaints
from dispatch.store import complaints as store
from dispatch.store.branches import Branch
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
def list_complaints() -> str:
    """Newest first."""
    before = request.args.get("before", type=int)
    with runtime().db.reading() as session:
        found = store.page(session, g.actor.branch_id, before=before, limit=PAGE)
        return render_template(
            "care/complaints.html", found=found, next=f"?before={found[-1].id}" if len(found) == PAGE else ""
        )


@blueprint.get("/complaints/new")
@requires(Permission.COMPLAINT_REGISTER)
def new_complaint() -> str:
    """The form, filled with what a callback already told."""
    values = {"channel": "call", "happened_at": f"{g.now.astimezone(ZoneInfo(g.zone)):%Y-%m-%dT%H:%M}"}
    callback_id = request.args.get("callback", type=int)
    if callback_id is not None:
        with runtime().db.reading() as session:
            values |= _from_callback(session, callback_id)
    return render_template("care/complaint.html", form=FormState(values=values))


@blueprint.post("/complaints/new")
@requires(Permission.COMPLAINT_REGISTER)
def register() -> Response | tuple[str, int]:
    """Keep it."""
    try:
        done = submit(_keep)
    except DomainError as error:
        return render_template("care/complaint.html", form=FormState.typed(request.form, error)), status_of(error)
    flash(gettext("The complaint is registered."), "success")
    return done


def _keep(session: Session) -> str:
    given = request.form
    body = read(
        ComplaintIn,
        {
            **{name: given.get(name, "") for name in ("channel", "contact_name", "contact_phone", "contact_address")},
            **{name: given.get(name, "") for name in ("about", "problem", "wish")},
            "happened_at": _local(given.get("happened_at", "")),
            "trip_id": given.get("trip_id") or None,
            "callback_id": given.get("callback_id") or None,
        },
    )
    branch = session.get_one(Branch, g.actor.branch_id)
    registration = registration_from(body, g.now, area_code=branch.area_code)
    complaints.register(session, registration, g.actor, callback_id=body.callback_id)
    return "/care/complaints"


def _from_callback(session: Session, callback_id: int) -> dict[str, str]:
    task = callbacks.find(session, callback_id, g.actor)
    trip = task.trip
    answers = callbacks.answers_of(task.attempts[-1]) if task.attempts else None
    at = trip.started_at or trip.booked_at
    return {
        "channel": "callback",
        "contact_name": trip.contact_name,
        "contact_phone": trip.caller_phone,
        "about": f"{trip.driver.name} {trip.driver.badge_id}" if trip.driver else trip.number,
        "problem": complaint_draft(answers, str(get_locale())) if answers else "",
        "happened_at": f"{at.astimezone(ZoneInfo(g.zone)):%Y-%m-%dT%H:%M}",
        "trip_id": str(trip.id),
        "callback_id": str(task.id),
    }


def _local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(g.zone))
    except ValueError as error:
        raise Invalid("happened_at", N_("Please enter a date and time"), field="happened_at") from error
