"""A customer's own data by their link: what they are used for, given and withdrawn, and the file of the trip."""

from flask import Response as Reply
from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import roles
from dispatch.domain.consent import ASKED, Purpose
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import consents, person_export, retention
from dispatch.store import consents as store
from dispatch.web.access import requires
from dispatch.web.customer import blueprint
from dispatch.web.customer.visits import count, opened
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.person_files import for_link
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit


@blueprint.get("/t/<token>/data")
@requires(Permission.CUSTOMER_LINK)
def own_data(token: str) -> str:
    """What the data are used for, and how long they are kept."""
    return _page(token, BLANK)


@blueprint.post("/t/<token>/data")
@requires(Permission.CUSTOMER_LINK)
def say(token: str) -> Response | tuple[str, int]:
    """Give or withdraw."""

    def work(session: Session) -> str:
        trip = opened(session, token)
        actor = roles.customer(trip.branch_id, trip.contact_name, trip.id)
        purpose, given = _said()
        consents.say_by_link(session, trip, purpose, actor, g.now, given=given)
        return f"/t/{token}/data"

    try:
        done = submit(work)
    except NotFound:
        raise
    except DomainError as error:
        return _page(token, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Thank you. It holds from now on."), "success")
    return done


@blueprint.get("/t/<token>/data.zip")
@requires(Permission.CUSTOMER_LINK)
def own_file(token: str) -> Reply:
    """What the link may see of the trip, to take along."""
    count()
    with runtime().db.transaction() as session:
        trip = opened(session, token)
        actor = roles.customer(trip.branch_id, trip.contact_name, trip.id)
        person_export.record_link(session, trip, actor, g.now)
        told = person_export.of_link(session, trip, g.now)
    return for_link(told)


def _said() -> tuple[Purpose, bool]:
    try:
        purpose = Purpose(request.form.get("purpose", ""))
        return purpose, {"yes": True, "no": False}[request.form.get("given", "")]
    except (ValueError, KeyError):
        raise Invalid("choice", N_("Please choose one of the answers"), field="purpose") from None


def _page(token: str, form: FormState) -> str:
    count()
    with runtime().db.reading() as session:
        trip = opened(session, token)
        return render_template(
            "customer/data.html",
            token=token,
            trip=trip,
            form=form,
            uses=[(one, store.is_allowed(session, trip.customer_id, one)) for one in ASKED],
            terms=retention.terms(session, trip.branch_id),
        )
