"""The driver's first page: shift, offers, the job in hand, the day so far."""

from datetime import datetime, timedelta

from flask import flash, g, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.domain.states import State
from dispatch.services import drivers
from dispatch.services import trips as trip_service
from dispatch.store import offers, trips
from dispatch.store.branches import Branch
from dispatch.store.drivers import open_shift
from dispatch.web.access import requires
from dispatch.web.commanding import SPOKEN
from dispatch.web.driver import blueprint
from dispatch.web.problems import words
from dispatch.web.runtime import runtime
from dispatch.web.schemas.commands import DeclineIn, Nothing
from dispatch.web.submitting import submit

BACK_TO = timedelta(hours=24)
_ANSWERS = {"accept": Nothing, "decline": DeclineIn}


@blueprint.get("")
@requires(Permission.TRIP_DRIVE)
def home() -> str:
    """Everything the driver needs before a job."""
    with runtime().db.reading() as session:
        driver_id = g.actor.driver_id or 0
        shift = open_shift(session, driver_id)
        on_offer = offers.open_for_driver(session, driver_id, g.now)
        jobs = trips.of_ids(session, [offer.trip_id for offer in on_offer])
        return render_template(
            "driver/home.html",
            shift=shift,
            live=trips.live_of_driver(session, driver_id),
            offers=[(offer, jobs[offer.trip_id]) for offer in on_offer],
            day=_day(session, driver_id, g.now),
        )


@blueprint.post("/shift/<what>")
@requires(Permission.SHIFT_OWN)
def change_shift(what: str) -> Response:
    """Go on or off duty."""

    def work(session: Session) -> str:
        if what == "start":
            drivers.start_shift(session, g.actor, g.now)
        else:
            drivers.end_shift(session, g.actor, g.now)
        return "/driver"

    try:
        return submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return redirect("/driver")


@blueprint.post("/offers/<int:trip_id>/<answer>")
@requires(Permission.TRIP_DRIVE)
def answer_offer(trip_id: int, answer: str) -> Response:
    """Take a job, or leave it to others. Who was faster is told by name."""
    spoken = next(one for one in SPOKEN if one.name == ("accept" if answer == "accept" else "decline"))

    def work(session: Session) -> str:
        body = _ANSWERS[spoken.name]()
        command = spoken.build(session, body, g.actor, g.now)
        trip_service.apply(session, trip_id, command, g.actor, g.now)
        return f"/driver/trip/{trip_id}" if spoken.name == "accept" else "/driver"

    try:
        return submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return redirect(request.form.get("back", "") or "/driver")


def _day(session: Session, driver_id: int, now: datetime) -> dict[str, object]:
    """The driver's trips of the last day and what they come to."""
    branch = session.get_one(Branch, g.actor.branch_id)
    recent = trips.page(session, branch.id, driver_id=driver_id, limit=30)
    mine = [trip for trip in recent if trip.ended_at is not None and now - trip.ended_at < BACK_TO]
    closed = [trip for trip in mine if trip.state is State.CLOSED]
    km = sum((trip.end_odometer_km or 0) - (trip.start_odometer_km or 0) for trip in closed)
    return {"trips": mine, "closed": len(closed), "km": km, "fen": sum(trip.total_fen or 0 for trip in closed)}
