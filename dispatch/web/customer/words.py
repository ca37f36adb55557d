"""What a customer can say by their link: a complaint, a rating, another number to be called at."""

from collections.abc import Callable

from flask import flash, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import roles
from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import DomainError, NotFound
from dispatch.domain.roles import Actor, Permission
from dispatch.services import complaints, phone_corrections, ratings
from dispatch.services.ratings import Rating
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.customer.link import trip_page
from dispatch.web.customer.visits import opened
from dispatch.web.formstate import FormState
from dispatch.web.problems import status_of
from dispatch.web.submitting import submit

Answer = Response | tuple[str, int]


@blueprint.post("/t/<token>/complaint")
@requires(Permission.CUSTOMER_LINK)
def complain(token: str) -> Answer:
    """Something was wrong."""

    def work(session: Session, trip: Trip, actor: Actor) -> None:
        registration = Registration(
            channel=Channel.LINK,
            registered_at=g.now,
            contact_name=trip.contact_name,
            contact_phone=trip.caller_phone,
            contact_address="",
            happened_at=trip.started_at or trip.booked_at,
            about=trip.driver.name if trip.driver else trip.number,
            problem=request.form.get("problem", ""),
            wish=request.form.get("wish", ""),
            trip_id=trip.id,
        )
        complaints.register(session, registration, actor)

    return _say(token, "complaint", work, gettext("Thank you for telling us. We will call you."))


@blueprint.post("/t/<token>/rating")
@requires(Permission.CUSTOMER_LINK)
def rate(token: str) -> Answer:
    """How the service was, where no receipt says it."""

    def work(session: Session, trip: Trip, actor: Actor) -> None:
        given = request.form.get("rating", "")
        rating = Rating(int(given) if given.isascii() and given.isdigit() else 0, request.form.get("comment", ""))
        ratings.give(session, trip.id, rating, actor, g.now)

    return _say(token, "rating", work, gettext("Thank you for your rating."))


@blueprint.post("/t/<token>/number")
@requires(Permission.CUSTOMER_LINK)
def correct_number(token: str) -> Answer:
    """Another number to be called at: the desk looks at it first."""

    def work(session: Session, trip: Trip, actor: Actor) -> None:
        phone_corrections.ask(session, trip.id, request.form.get("phone", ""), actor, g.now)

    return _say(token, "number", work, gettext("Thank you. We will look at the number and use it then."))


def _say(token: str, form: str, work: Callable[[Session, Trip, Actor], None], thanks: str) -> Answer:
    def carried_out(session: Session) -> str:
        trip = opened(session, token)
        work(session, trip, roles.customer(trip.branch_id, trip.contact_name, trip.id))
        return f"/t/{token}"

    try:
        done = submit(carried_out)
    except NotFound:
        raise
    except DomainError as error:
        return trip_page(token, {form: FormState.typed(request.form, error)}), status_of(error)
    flash(thanks, "success")
    return done
