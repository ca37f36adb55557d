"""What appears beside the booking as one types: who is calling, places, what the tariff asks, the quote.

All of it is asked by POST, although nothing is changed: numbers and addresses of people stay out of web addresses and
the logs they end up in.
"""

from decimal import Decimal

from flask import g, render_template, request
from flask_babel import gettext

from dispatch.domain.errors import DomainError, Invalid
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.roles import Permission
from dispatch.domain.tariff import Service
from dispatch.domain.tariff_questions import questions
from dispatch.services import account_credit, bookings, caller, tariffs, ways
from dispatch.services.bookings import Quote
from dispatch.store.branches import Branch
from dispatch.web import payers
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.desk.booking_form import appointed, fare_options, kilometres
from dispatch.web.filters import text, yuan
from dispatch.web.formstate import FormState
from dispatch.web.problems import words
from dispatch.web.runtime import runtime
from dispatch.web.schemas.bookings import QuoteIn
from dispatch.web.submitting import read

SHORTEST_NUMBER = 7


@blueprint.post("/caller")
@requires(Permission.CUSTOMER_LOOKUP)
def known_caller() -> str:
    """What is known of the number typed; while it is still being typed, nothing is wrong with it."""
    typed = request.form.get("caller_phone", "").strip()
    found, fault = None, ""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        try:
            found = caller.look_up(session, branch, typed, g.now) if len(typed) >= SHORTEST_NUMBER else None
        except Invalid as error:
            fault = words(error)
        gone = ways.of_customer(session, found.customer.id) if found else ()
        return render_template(
            "desk/caller.html",
            caller=found,
            ways=gone,
            fault=fault,
            typed=typed,
            payers=payers.asked(
                FormState.typed(request.form), account_credit.offered_to(session, branch, typed, g.now)
            ),
        )


@blueprint.post("/places")
@requires(Permission.CUSTOMER_LOOKUP)
def places() -> str:
    """Places used before, for what is being typed."""
    name = "destination" if "destination" in request.form else "pickup"
    typed = request.form.get(name, "")[:60]
    with runtime().db.reading() as session:
        found = caller.places(session, g.actor.branch_id, typed)
        return render_template("desk/places.html", places=found, name=name)


@blueprint.post("/asked")
@requires(Permission.QUOTE)
def asked() -> str:
    """What the tariff asks of the service chosen; answers already given stay."""
    with runtime().db.reading() as session:
        chosen = _service(tariffs.in_force(session, g.actor.branch_id, g.now).tariff.services)
        return render_template("desk/asked.html", asked=questions(chosen), form=FormState.typed(request.form))


@blueprint.post("/quote")
@requires(Permission.QUOTE)
def live_quote() -> str:
    """The fare as the form stands, and what the caller must be told; only the latter while no distance is known."""
    found, fault = None, ""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        current = tariffs.in_force(session, branch.id, g.now).tariff
        chosen = _service(current.services)
        try:
            if request.form.get("booked_km", "").strip():
                asked_for = read(
                    QuoteIn,
                    {
                        "booked_km": kilometres(request.form),
                        "appointed_at": appointed(request.form),
                        "fare_options": fare_options(request.form),
                    },
                )
                found = bookings.quote(
                    session,
                    branch,
                    g.now,
                    appointed_at=asked_for.appointed_at,
                    booked_km=Decimal(asked_for.booked_km),
                    options=asked_for.fare_options,
                )
        except DomainError as error:
            fault = words(error)
        return render_template(
            "desk/quote.html",
            quote=found,
            spoken=_spoken(found),
            refusal=_refusal(found),
            fault=fault,
            branch=branch,
            standard=fee_standard(current, chosen.id),
        )


def _service(services: tuple[Service, ...]) -> Service:
    wanted = request.form.get("service", "")
    return next((one for one in services if one.id == wanted), services[0])


def _spoken(quote: Quote | None) -> str:
    """The lines of a quote as they are read out on the phone."""
    lines = quote.fare.lines if quote is not None else ()
    return gettext(", ").join(f"{text(line.text)} {yuan(line.amount_fen)}" for line in lines)


def _refusal(quote: Quote | None) -> str:
    return words(quote.refusal) if quote is not None and quote.refusal is not None else ""
