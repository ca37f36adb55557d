"""What the desk does with a trip: offer, assign, replace the driver, cancel, give up, abort, step back."""

from typing import Any

from flask import flash, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.commands import ReplaceReason
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import trips
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.desk.trip import GIVEN_AT_DESK, trip_page
from dispatch.web.filters import yuan
from dispatch.web.formstate import FormState
from dispatch.web.submitting import read, submit

_FIELDS = ("badge_id", "reason", "note", "by", "incident_id")
_DONE = {
    "offer": N_("%(number)s is on offer: the first to accept gets it."),
    "assign": N_("%(number)s is given to %(driver)s."),
    "replace-driver": N_("%(number)s is at the head of the queue: choose another driver."),
    "cancel": N_("%(number)s is cancelled. The customer pays %(fee)s."),
    "give-up": N_("%(number)s is closed without a driver. Please tell the customer."),
    "abort": N_("%(number)s is broken off. The customer pays %(fee)s."),
    "step-back": N_("%(number)s is one step back."),
}
_TO_BOARD = frozenset({"offer", "assign", "cancel", "give-up"})
"""After these nothing is left to do with the trip for now: the next one waits on the board."""


@blueprint.post("/trips/<int:trip_id>/step-back")
@requires(Permission.TRIP_STEP_BACK)
def step_back(trip_id: int) -> Response | tuple[str, int]:
    """Undo a mis-tap."""
    return _give(trip_id, "step-back")


@blueprint.post("/trips/<int:trip_id>/<name>")
@requires(Permission.TRIP_DISPATCH)
def command(trip_id: int, name: str) -> Response | tuple[str, int]:
    """Everything else."""
    return _give(trip_id, name)


def _give(trip_id: int, name: str) -> Response | tuple[str, int]:
    spoken = GIVEN_AT_DESK.get(name)
    if spoken is None:
        raise NotFound("command_unknown", N_("There is no such step"))

    told: list[tuple[str, str]] = []

    def work(session: Session) -> str:
        body = read(spoken.schema, _body(name))
        trip = trips.apply(session, trip_id, spoken.build(session, body, g.actor, g.now), g.actor, g.now)
        told[:] = _told(trip, name)
        return "/desk" if name in _TO_BOARD else f"/desk/trips/{trip_id}"

    try:
        done = submit(work)
    except DomainError as error:
        if error.code == "trip_unknown":
            raise
        placed = _placed(error)
        return trip_page(trip_id, name, FormState.typed(request.form, placed), placed)
    for text, kind in told:
        flash(text, kind)
    return done


def _body(name: str) -> dict[str, Any]:
    if name == "offer":
        return {"badge_ids": request.form.getlist("badge_ids")}
    return {field: request.form[field] for field in _FIELDS if request.form.get(field)}


def _told(trip: Trip, name: str) -> list[tuple[str, str]]:
    """What is said of it, once it is stored."""
    driver = f"{trip.driver.name} {trip.driver.badge_id}" if trip.driver else ""
    told = [(gettext(_DONE[name], number=trip.number, driver=driver, fee=yuan(trip.total_fen or 0)), "success")]
    if trip.account is not None and trip.total_fen:
        told.append((gettext("It goes on the account of %(name)s.", name=trip.account.name), "warning"))
    if request.form.get("reason") == ReplaceReason.DRIVER_NOT_SOBER:
        told.append((gettext("The driver is off duty until a manager clears them (P4)."), "warning"))
    return told


def _placed(error: DomainError) -> DomainError:
    """A choice of drivers that is missing is said above the list; a wrong badge beside its field."""
    if error.code == "badge_unknown":
        return Invalid(error.code, error.message, field="badge_id", **error.params)
    if isinstance(error, Invalid) and (error.field or "").startswith(("badge_ids", "driver_ids")):
        return Invalid("no_driver", N_("Choose at least one driver"), field="badge_ids")
    return error
