"""The driver's first page: shift, offers, the job in hand, the day so far."""

from collections.abc import Callable

from flask import flash, g, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.roles import Permission
from dispatch.domain.workdays import service_day
from dispatch.services import drivers, own_day, pausing
from dispatch.services import trips as trip_service
from dispatch.store import journal, offers, trips
from dispatch.store.branches import Branch
from dispatch.store.drivers import open_shift
from dispatch.web.access import requires
from dispatch.web.commanding import SPOKEN
from dispatch.web.driver import blueprint, queued
from dispatch.web.driver.ahead import addresses
from dispatch.web.problems import words
from dispatch.web.runtime import runtime
from dispatch.web.schemas.commands import DeclineIn, Nothing
from dispatch.web.submitting import submit

_ANSWERS = {"accept": Nothing, "decline": DeclineIn}


@blueprint.get("")
@requires(Permission.TRIP_DRIVE)
def home() -> str:
    """Everything the driver needs before a job."""
    with runtime().db.reading() as session:
        driver_id, branch = g.actor.driver_id or 0, session.get_one(Branch, g.actor.branch_id)
        heard = journal.position(session)
        shift = open_shift(session, driver_id)
        on_offer = offers.open_for_driver(session, driver_id, g.now)
        live = trips.live_of_driver(session, driver_id)
        jobs = trips.of_ids(session, [offer.trip_id for offer in on_offer])
        return render_template(
            "driver/home.html",
            heard=heard,
            shift=shift,
            driver=drivers.own(session, g.actor, lock=False),
            now=g.now,
            live=live,
            ahead=[f"/driver/trip/{live.id}", *addresses(live.id, live.state)] if live else [],
            offers=[(offer, jobs[offer.trip_id]) for offer in on_offer],
            push_key=runtime().push_key,
            day=own_day.of(session, branch, driver_id, service_day(g.now, branch.zone, branch.service_day_cutover)),
        )


@blueprint.post("/shift/<what>")
@requires(Permission.SHIFT_OWN)
def change_shift(what: str) -> Response:
    """Go on or off duty."""

    def work(session: Session) -> str:
        queued.note_time(session)
        if what == "start":
            drivers.start_shift(session, g.actor, g.now)
        else:
            drivers.end_shift(session, g.actor, g.now)
        return "/driver"

    try:
        return queued.done(submit(work))
    except DomainError as error:
        if queued.from_queue():
            return queued.refused(error)
        flash(words(error), "error")
        return redirect("/driver")


@blueprint.post("/wish/<what>")
@requires(Permission.SHIFT_OWN)
def change_wish(what: str) -> Response:
    """A break and its end; wanting home, or any job again."""
    wish = _WISHES.get(what)
    if wish is None:
        raise NotFound("wish_unknown", N_("There is no such step"))

    def work(session: Session) -> str:
        wish(session)
        return "/driver"

    try:
        return submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return redirect("/driver")


_WISHES: dict[str, Callable[[Session], object]] = {
    "break": lambda session: pausing.take_break(session, g.actor, g.now),
    "back": lambda session: pausing.end_break(session, g.actor, g.now),
    "home": lambda session: pausing.head_home(session, True, g.actor, g.now),
    "anywhere": lambda session: pausing.head_home(session, False, g.actor, g.now),
}


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
        return queued.done(submit(work))
    except DomainError as error:
        if queued.from_queue():
            return queued.refused(error, trip_id)
        flash(words(error), "error")
        return redirect(request.form.get("back", "") or "/driver")
