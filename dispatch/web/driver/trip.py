"""A trip on the phone: what its state asks for next, one screen at a time."""

from typing import Any

import segno
from flask import flash, g, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.ceremony import Channel
from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.inspection import Intoxication, companion_required
from dispatch.domain.roles import Permission
from dispatch.domain.states import WITH_DRIVER, State
from dispatch.domain.tariff import Service
from dispatch.services import documents, lost_trips, tariffs, trip_standing
from dispatch.services import trips as trip_service
from dispatch.store import inspections
from dispatch.store.agreements import DocumentKind
from dispatch.store.drivers import open_shift
from dispatch.store.trips import Trip
from dispatch.web import ceremony
from dispatch.web.access import requires
from dispatch.web.commanding import SPOKEN
from dispatch.web.driver import blueprint, queued
from dispatch.web.driver.ahead import addresses, reached, template
from dispatch.web.driver.fields import typed
from dispatch.web.driver.forms import READERS, nothing
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.labels import state_label
from dispatch.web.problems import status_of, words
from dispatch.web.runtime import runtime
from dispatch.web.submitting import read, submit
from dispatch.web.trip_view import photos_of, standing_of, trip_out

STEPS = (State.ACCEPTED, State.EN_ROUTE, State.ON_SITE, State.INSPECTED, State.AGREED, State.DRIVING, State.DELIVERED)
_STEP = {**{state.value: number for number, state in enumerate(STEPS)}, "stopped": STEPS.index(State.DRIVING)}
SCREENS = {"refuse", "destination", "incident", "deliver"}
SIGN_HERE = "sign-here"
_SCREEN_OF = {
    "refuse": "refuse",
    "change-destination": "destination",
    "report-incident": "incident",
    "deliver": "deliver",
}
_DRIVERS_OWN = {one.name: one for one in SPOKEN if one.permission is Permission.TRIP_DRIVE}


@blueprint.get("/trip/<int:trip_id>")
@requires(Permission.TRIP_DRIVE)
def show(trip_id: int) -> str:
    """The next step."""
    return _page(trip_id, request.args.get("do", ""), BLANK, ahead=request.args.get("ahead", ""))


@blueprint.get("/no-signal")
@requires(Permission.TRIP_DRIVE)
def no_signal() -> str:
    """What the phone shows in place of a page that it has not kept."""
    return render_template("driver/no_signal.html")


@blueprint.get("/trip/<int:trip_id>/standing")
@requires(Permission.TRIP_DRIVE)
def how_it_stands(trip_id: int) -> str:
    """The clocks alone, of the driver's own trip."""
    with runtime().db.reading() as session:
        trip = trip_service.own(session, trip_id, g.actor)
        return render_template(
            "driver/standing.html",
            trip=trip,
            standing=standing_of(session, trip, g.now),
            fare=trip_standing.fare(session, trip, g.now),
        )


@blueprint.post("/trip/<int:trip_id>/<name>")
@requires(Permission.TRIP_DRIVE)
def command(trip_id: int, name: str) -> Response | tuple[str, int]:
    """Carry out a step; what the rules object to is said on the same screen, with everything still filled in."""
    try:
        return queued.done(submit(lambda session: _carry_out(session, trip_id, name)))
    except DomainError as error:
        if queued.from_queue():
            return queued.refused(error, trip_id)
        if isinstance(error, NotFound):
            raise
        if name in _SCREEN_OF or name == "inspect":
            return _page(trip_id, _SCREEN_OF.get(name, ""), typed(error), code=error.code), status_of(error)
        flash(words(error), "error")
        return redirect(f"/driver/trip/{trip_id}")


@blueprint.post("/trip/<int:trip_id>/sign/<what>")
@requires(Permission.TRIP_DRIVE)
def sign_step(trip_id: int, what: str) -> Response | tuple[str, int]:
    """A step of the signing on this phone."""
    with runtime().db.reading() as session:
        trip_service.own(session, trip_id, g.actor)
    try:
        return ceremony.carry_out(_signing_desk(trip_id), what)
    except NotFound:
        raise
    except DomainError as error:
        return _page(trip_id, SIGN_HERE, FormState.typed(request.form, error), code=error.code), status_of(error)


@blueprint.get("/trip/<int:trip_id>/sign")
@requires(Permission.TRIP_DRIVE)
def sign_progress(trip_id: int) -> Response:
    """Whether the customer has signed on their own phone: the waiting page goes on by itself then."""
    with runtime().db.reading() as session:
        trip = trip_service.find(session, trip_id, g.actor)
        waits = trip.state in ceremony.KINDS and ceremony.view(session, trip, _signing_desk(trip_id))["elsewhere"]
    answer = Response(status=204)
    if not waits:
        answer.headers["HX-Redirect"] = f"/driver/trip/{trip_id}"
    return answer


def _signing_desk(trip_id: int) -> ceremony.Desk:
    return ceremony.Desk(Channel.DRIVER_PHONE, g.actor, trip_id, f"/driver/trip/{trip_id}")


def _carry_out(session: Session, trip_id: int, name: str) -> str:
    spoken = _DRIVERS_OWN.get(name)
    if spoken is None:
        raise NotFound("command_unknown", N_("There is no such step"))
    trip_service.own(session, trip_id, g.actor)
    body = read(spoken.schema, READERS.get(name, nothing)(session, trip_id))
    command = spoken.build(session, body, g.actor, g.now)
    trip_service.apply(session, trip_id, command, g.actor, g.now, phone_at=queued.note_time(session))
    return f"/driver/trip/{trip_id}"


def _page(trip_id: int, wanted: str, form: FormState, code: str = "", ahead: str = "") -> str:
    with runtime().db.reading() as session:
        trip = trip_service.find(session, trip_id, g.actor)
        on_shift = open_shift(session, g.actor.driver_id or 0) is not None
        if trip.driver_id != g.actor.driver_id:
            lost = lost_trips.told(session, trip_id, g.actor)
            return render_template(
                "driver/gone.html", trip=trip, screen="gone", why=words(lost) if lost else "", on_shift=on_shift
            )
        ahead = reached(trip.state, ahead)
        screen = wanted if wanted in SCREENS and trip.state in WITH_DRIVER else trip.state.value
        report = inspections.of_trip(session, trip.id)
        service, standing = _service(session, trip), standing_of(session, trip, g.now)
        return render_template(
            f"driver/{template(ahead) if ahead else _TEMPLATES.get(screen, screen)}.html",
            trip=trip,
            on_shift=on_shift,
            screen=ahead or screen,
            ahead=["/driver", f"/driver/trip/{trip.id}", *addresses(trip.id, trip.state)],
            view=trip_out(session, trip, g.actor, g.now, standing),
            form=form,
            code=code,
            today=g.now.astimezone(trip.branch.zone).date().isoformat(),
            step=_STEP.get(ahead or trip.state.value),
            steps=[state_label(one) for one in STEPS],
            report=report,
            companion=report is not None and companion_required(trip.form, report.noted),
            needs_companion={str(one) for one in Intoxication if companion_required(trip.form, one)},
            service=service,
            standing=standing,
            fare=trip_standing.fare(session, trip, g.now),
            stop=None if ahead else next((stop for stop in trip.stops if stop.ended_at is None), None),
            agreement=documents.of_trip(session, trip, DocumentKind.AGREEMENT),
            link=runtime().keys.url(trip.id),
            **_signing(session, trip, here=wanted == SIGN_HERE),
            photos=photos_of(session, trip, g.actor),
            qr=_qr(runtime().keys.url(trip.id)),
        )


_TEMPLATES = {
    **{state.value: "ended" for state in State if state not in WITH_DRIVER},
    **{state.value: "signing" for state in ceremony.KINDS},
}


def _signing(session: Session, trip: Trip, *, here: bool) -> dict[str, Any]:
    """What the signing's page shows; `here` begins anew on this phone."""
    if trip.state not in ceremony.KINDS:
        return {}
    shown = ceremony.view(session, trip, _signing_desk(trip.id))
    return {
        "signing": {**shown, "stage": None} if here else shown,
        "here": here,
        "sign_qr": _qr(f"{runtime().keys.url(trip.id)}/sign"),
    }


def _qr(address: str) -> str:
    return segno.make(address).svg_data_uri(scale=5, dark="#10231c", light="#ffffff")


def _service(session: Session, trip: Trip) -> Service:
    return tariffs.of_id(session, trip.branch_id, trip.tariff_id).tariff.service(trip.fare_options.get("service"))
