"""A new booking: one screen from the caller's number on."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.domain.tariff import Service
from dispatch.domain.tariff_questions import questions
from dispatch.services import account_credit, bookings, tariffs
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.desk.booking_form import USUAL, order, placed
from dispatch.web.formstate import FormState
from dispatch.web.payers import asked
from dispatch.web.problems import status_of, words
from dispatch.web.runtime import runtime
from dispatch.web.submitting import filled, submit


@blueprint.get("/new")
@requires(Permission.TRIP_BOOK)
def new_booking() -> tuple[str, int]:
    """The form; `?caller=` is what a phone system opens: it fills in who is on the line."""
    number = request.args.get("caller", "")[:40]
    # A plus sign in an address stands for a space: +86 138… arrives with the space.
    number = f"+{number.strip()}" if number.startswith(" 86") else number.strip()
    at = (g.now + timedelta(hours=1)).astimezone(ZoneInfo(g.zone))
    usual = {
        "caller_phone": number,
        "when": USUAL,
        "appointed_at": f"{at:%Y-%m-%dT%H:%M}",
        "insurance": "check_on_site",
    }
    return _page(FormState(values=usual))


@blueprint.post("/new")
@requires(Permission.TRIP_BOOK)
def book() -> Response | tuple[str, int]:
    """Book. Everything typed stays when something is wrong."""
    try:
        done = submit(_take)
    except DomainError as error:
        shown = placed(error) if isinstance(error, Invalid) else error
        return _page(FormState.typed(request.form, shown), error)
    flash(gettext("Booked. Now find a driver."), "success")
    return done


def _take(session: Session) -> str:
    filled("caller_phone", "name", "plate", "pickup", "destination", "booked_km")
    trip, _ = bookings.take(session, order(request.form).to_domain(), g.actor, g.now, runtime().keys)
    return f"/desk/trips/{trip.id}"


def _page(form: FormState, error: DomainError | None = None) -> tuple[str, int]:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        try:
            current = tariffs.in_force(session, branch.id, g.now).tariff
        except DomainError as missing:
            return render_template("error.html", status=status_of(missing), message=words(missing)), status_of(missing)
        service = _chosen(current.services, form.value("service"))
        page = render_template(
            "desk/new.html",
            form=form,
            branch=branch,
            services=current.services,
            service=service,
            asked=questions(service),
            payers=asked(form, account_credit.offered_to(session, branch, form.value("caller_phone"), g.now)),
            duplicate=error is not None and error.code == "duplicate_trip",
        )
        return page, status_of(error) if error is not None else 200


def _chosen(services: tuple[Service, ...], service_id: str) -> Service:
    return next((one for one in services if one.id == service_id), services[0])
