"""What a customer said to the use of their data, as staff writes it down on the profile."""

from flask import flash, g, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.consent import BASIS, Basis, Purpose, allowed
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import consents, customers
from dispatch.store import consents as store
from dispatch.store.consents import Consent
from dispatch.web.access import requires
from dispatch.web.care import blueprint
from dispatch.web.care.customers import profile_page
from dispatch.web.formstate import FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.privacy import ConsentIn
from dispatch.web.submitting import read, submit


@blueprint.post("/customers/<int:customer_id>/consents")
@requires(Permission.CUSTOMER_EDIT)
def say_consent(customer_id: int) -> Response | tuple[str, int]:
    """Given or withdrawn."""
    with runtime().db.reading() as session:
        customers.find(session, customer_id, g.actor)

    def work(session: Session) -> str:
        given = request.form
        body = read(ConsentIn, {name: given.get(name, "") for name in ("purpose", "given", "how", "note")})
        consents.say(session, customer_id, body.purpose, g.actor, g.now, given=body.given, how=body.how, note=body.note)
        return f"/care/customers/{customer_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return profile_page(customer_id, "consent", FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Written down. It holds at once."), "success")
    return done


@blueprint.app_context_processor
def _told_on_pages() -> dict[str, object]:
    return {"consents_of": consents_of}


def consents_of(customer_id: int) -> tuple[list[tuple[Purpose, Basis, bool, Consent | None]], list[Consent]]:
    """For templates: how every purpose stands with the last word on it, and everything that was said."""
    with runtime().db.reading() as session:
        history = store.history(session, customer_id)
    last = store.standing(history)
    standing = [
        (one, BASIS[one], allowed(one, last[one].given if one in last else None), last.get(one)) for one in Purpose
    ]
    return standing, history
