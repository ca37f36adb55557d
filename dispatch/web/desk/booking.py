"""A new booking: who is calling, what it will cost, and the booking itself."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, Conflict, DomainError, Invalid
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.roles import Permission
from dispatch.services import bookings, caller, tariffs
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.formstate import FormState
from dispatch.web.problems import status_of, words
from dispatch.web.runtime import runtime
from dispatch.web.schemas.bookings import BookingIn
from dispatch.web.submitting import read, submit

ZERO = Decimal(0)


@blueprint.get("/new")
@requires(Permission.TRIP_BOOK)
def new_booking() -> str:
    """The form; `?caller=` fills in who is on the line (a phone system's screen pop)."""
    number = request.args.get("caller", "")
    soon = (g.now + timedelta(minutes=20)).astimezone(ZoneInfo(g.zone))
    usual = {"caller_phone": number, "appointed_at": f"{soon:%Y-%m-%dT%H:%M}", "insurance": "all_three"}
    return _page(FormState(values=usual))


@blueprint.get("/caller")
@requires(Permission.CUSTOMER_LOOKUP)
def known_caller() -> str:
    """What is known of the number typed."""
    found, fault = None, ""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        typed = request.args.get("caller_phone", "")
        try:
            found = caller.look_up(session, branch, typed) if typed.strip() else None
        except Invalid as error:
            fault = words(error)
        return render_template("desk/caller.html", caller=found, fault=fault, typed=typed)


@blueprint.get("/places")
@requires(Permission.CUSTOMER_LOOKUP)
def places() -> str:
    """Places used before, for the field being typed in."""
    typed = request.args.get("pickup") or request.args.get("destination") or ""
    with runtime().db.reading() as session:
        return render_template("desk/places.html", places=caller.places(session, g.actor.branch_id, typed))


@blueprint.get("/quote")
@requires(Permission.QUOTE)
def live_quote() -> str:
    """The fare as the form stands; nothing while it cannot be told yet."""
    quote, fault = None, ""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        try:
            km = Decimal(request.args.get("booked_km", "").strip() or 0)
            if km > ZERO:
                quote = bookings.quote(
                    session,
                    branch,
                    g.now,
                    appointed_at=_appointed(request.args.get("appointed_at", "")),
                    booked_km=km,
                    options=_options(request.args.to_dict()),
                )
        except InvalidOperation:
            fault = gettext("Kilometres are a number such as 12 or 12.5")
        except DomainError as error:
            fault = words(error)
        return render_template("desk/quote.html", quote=quote, fault=fault, told=words)


@blueprint.post("/new")
@requires(Permission.TRIP_BOOK)
def book() -> Response | tuple[str, int]:
    """Book. Everything typed stays when something is wrong."""
    try:
        return submit(_take)
    except DomainError as error:
        duplicate = isinstance(error, Conflict) and error.code == "duplicate_trip"
        return _page(FormState.typed(request.form, error), duplicate=duplicate), status_of(error)


def _take(session: Session) -> str:
    given = request.form
    body = read(
        BookingIn,
        {
            "caller_phone": given.get("caller_phone", ""),
            "name": given.get("name", ""),
            "plate": given.get("plate", ""),
            "car_model": given.get("car_model", ""),
            "needs": given.getlist("needs"),
            "pickup": {"address": given.get("pickup", "")},
            "destination": {"address": given.get("destination", "")},
            "booked_km": given.get("booked_km", "").strip(),
            "appointed_at": _appointed(given.get("appointed_at", "")),
            "insurance": given.get("insurance", ""),
            "note": given.get("note", ""),
            "duplicate_reason": given.get("duplicate_reason", ""),
            "fare_options": _options(given.to_dict()),
        },
    )
    trip, _ = bookings.take(session, body.to_domain(), g.actor, g.now, runtime().keys)
    flash(gettext("Booked: %(number)s. Now find a driver.", number=trip.number), "success")
    return f"/desk/trips/{trip.id}"


def _page(form: FormState, *, duplicate: bool = False) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        try:
            current = tariffs.in_force(session, branch.id, g.now)
        except DomainError as error:
            return render_template("error.html", status=409, message=words(error))
        return render_template(
            "desk/new.html",
            form=form,
            duplicate=duplicate,
            branch=branch,
            services=[(one.id, one.text) for one in current.tariff.services],
            standard=fee_standard(current.tariff),
        )


def _appointed(text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("appointed_at", N_("Please enter a date and time"), field="appointed_at") from error
    return local if local.tzinfo else local.replace(tzinfo=ZoneInfo(g.zone))


def _options(given: dict[str, str]) -> dict[str, Any]:
    service = given.get("service", "")
    return {"service": service} if service else {}
