"""Reading and signing on the customer's own phone."""

from datetime import timedelta

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from dispatch.domain import roles
from dispatch.domain.ceremony import Channel
from dispatch.domain.errors import DomainError, NotFound
from dispatch.domain.roles import Permission
from dispatch.services.throttle import Limit
from dispatch.store.trips import Trip
from dispatch.web import ceremony
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.customer.visits import count, count_by_link, opened
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime

STEPS = Limit(120, timedelta(minutes=10))
"""Steps by one link: a signing takes about a dozen, and may be begun anew."""


@blueprint.get("/t/<token>/sign")
@requires(Permission.CUSTOMER_LINK)
def sign_page(token: str) -> str | Response:
    """What comes next."""
    return _sign_page(token, BLANK, here=bool(request.args.get("here")))


@blueprint.post("/t/<token>/sign/<what>")
@requires(Permission.CUSTOMER_LINK)
def sign_step(token: str, what: str) -> Response | tuple[str | Response, int]:
    """A step of it."""
    count_by_link(token, "sign", STEPS)
    with runtime().db.reading() as session:
        desk = _signing_desk(opened(session, token), token)
    try:
        return ceremony.carry_out(desk, what)
    except NotFound:
        raise
    except DomainError as error:
        return _sign_page(token, FormState.typed(request.form, error), here=True), status_of(error)


def _signing_desk(trip: Trip, token: str) -> ceremony.Desk:
    actor = roles.customer(trip.branch_id, trip.contact_name, trip.id)
    return ceremony.Desk(Channel.CUSTOMER_LINK, actor, trip.id, f"/t/{token}/sign")


def _sign_page(token: str, form: FormState, *, here: bool) -> str | Response:
    count()
    with runtime().db.reading() as session:
        trip = opened(session, token)
        if trip.state not in ceremony.KINDS:
            return redirect(f"/t/{token}")
        shown = ceremony.view(session, trip, _signing_desk(trip, token))
        return render_template(
            "customer/sign.html",
            token=token,
            form=form,
            trip=trip,
            signing={**shown, "stage": None} if here else shown,
            here=here,
            report=shown["report"],
        )
