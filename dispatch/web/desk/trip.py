"""One trip at the desk: what is known, and what can be done with it now."""

from typing import Any

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.commands import Party
from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.events import name_of
from dispatch.domain.roles import Permission
from dispatch.domain.states import WITH_DRIVER, State
from dispatch.domain.trip import open_commands
from dispatch.services import documents, driver_files, fares, trips
from dispatch.store import fares as fare_store
from dispatch.store import journal, offers
from dispatch.store.agreements import DocumentKind
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.commanding import SPOKEN
from dispatch.web.desk import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import read, submit
from dispatch.web.trip_view import trip_out

_DESK = {one.name: one for one in SPOKEN if one.permission is not Permission.TRIP_DRIVE}
_FIELDS = ("badge_id", "reason", "note", "by", "incident_id")


@blueprint.get("/trips/<int:trip_id>")
@requires(Permission.TRIP_READ)
def show_trip(trip_id: int) -> str:
    """The trip and its actions."""
    return _page(trip_id, BLANK)


@blueprint.post("/trips/<int:trip_id>/step-back")
@requires(Permission.TRIP_STEP_BACK)
def step_back(trip_id: int) -> Response | tuple[str, int]:
    """Undo a mis-tap."""
    return _give(trip_id, "step-back")


@blueprint.post("/trips/<int:trip_id>/<name>")
@requires(Permission.TRIP_DISPATCH)
def command(trip_id: int, name: str) -> Response | tuple[str, int]:
    """Assign, offer, replace, cancel, abort, give up."""
    return _give(trip_id, name)


def _give(trip_id: int, name: str) -> Response | tuple[str, int]:
    spoken = _DESK.get(name)
    if spoken is None:
        raise NotFound("command_unknown", N_("There is no such step"))

    def work(session: Session) -> str:
        body = read(spoken.schema, _body(name))
        trips.apply(session, trip_id, spoken.build(session, body, g.actor, g.now), g.actor, g.now)
        return f"/desk/trips/{trip_id}"

    try:
        done = submit(work)
    except NotFound as error:
        if error.code == "trip_unknown":
            raise
        return _page(trip_id, FormState.typed(request.form, error)), status_of(error)
    except DomainError as error:
        return _page(trip_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Done."), "success")
    return redirect(done.location, code=303)


def _body(name: str) -> dict[str, Any]:
    if name == "offer":
        return {"badge_ids": request.form.getlist("badge_ids")}
    return {field: request.form[field] for field in _FIELDS if request.form.get(field)}


def _page(trip_id: int, form: FormState) -> str:
    with runtime().db.reading() as session:
        trip = trips.find(session, trip_id, g.actor)
        seeking = trip.state in {State.BOOKED, State.OFFERED}
        may_dispatch = g.actor.may(Permission.TRIP_DISPATCH)
        actions = {name_of(one).replace("_", "-") for one in open_commands(trip.state)}
        return render_template(
            "desk/trip.html",
            form=form,
            trip=trip,
            view=trip_out(session, trip, g.actor, g.now),
            fare=_fare(session, trip),
            actions=actions if may_dispatch else actions & {"step-back"},
            candidates=driver_files.candidates(session, trip, g.now) if seeking and may_dispatch else [],
            offers=_offers(session, trip),
            cancel_fee=_cancel_fee(session, trip) if "cancel" in actions else None,
            agreement=documents.of_trip(session, trip, DocumentKind.AGREEMENT),
            receipt=documents.of_trip(session, trip, DocumentKind.RECEIPT),
            history=journal.page(session, trip.branch_id, subject="trip", subject_id=trip.id, limit=100)[::-1],
            link=runtime().keys.url(trip.id),
            holds_driver=trip.state in WITH_DRIVER,
        )


def _offers(session: Session, trip: Trip) -> list[tuple[Any, Any]]:
    drivers = {one.driver.id: one.driver for one in driver_files.overview(session, trip.branch, g.now)}
    return [(offer, drivers[offer.driver_id]) for offer in offers.of_trip(session, trip.id)]


def _fare(session: Session, trip: Trip) -> dict[str, Any]:
    if trip.total_fen is not None:
        lines = [row.line for row in fare_store.of_trip(session, trip.id)]
        return {"lines": lines, "total_fen": trip.total_fen, "flags": trip.fare_flags}
    return fares.so_far(session, trip, g.now).to_json()


def _cancel_fee(session: Session, trip: Trip) -> int:
    """What cancelling now costs the customer, told before it is done."""
    return fares.cancelled(session, trip, Party.CUSTOMER, g.now).total_fen
