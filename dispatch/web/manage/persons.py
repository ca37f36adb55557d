"""One person's rights: their own file, and being forgotten; both after the password again, and with a reason."""

from flask import Response, flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import customers, person_erasure
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.person_files import for_person
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit


@blueprint.get("/persons/<int:customer_id>")
@requires(Permission.PERSON_RIGHTS)
def show_person(customer_id: int) -> str:
    """What would go, what would stay and why, and what stands in the way."""
    return _page(customer_id)


@blueprint.post("/persons/<int:customer_id>/file")
@requires(Permission.PERSON_RIGHTS)
def person_file(customer_id: int) -> Response | tuple[str, int]:
    """Everything about them, in one ZIP."""
    try:
        return for_person(customer_id, request.form.get("reason", ""), request.form.get("password", ""))
    except DomainError as error:
        return _page(customer_id, "file", FormState.typed(request.form, error)), status_of(error)


@blueprint.post("/persons/<int:customer_id>/forget")
@requires(Permission.PERSON_RIGHTS)
def forget_person(customer_id: int) -> Redirect | tuple[str, int]:
    """Forget them, for good."""

    def work(session: Session) -> str:
        given = request.form
        person_erasure.erase(
            session, customer_id, g.actor, g.now, reason=given.get("reason", ""), password=given.get("password", "")
        )
        return f"/care/customers/{customer_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return _page(customer_id, "forget", FormState.typed(request.form, error)), status_of(error)
    flash(gettext("The person is forgotten. What is left names nobody."), "success")
    return done


def _page(customer_id: int, part: str = "", form: FormState = BLANK) -> str:
    """The page; `form` is the state of the form named by `part`. A password is never shown again."""
    with runtime().db.reading() as session:
        customer = customers.find(session, customer_id, g.actor)
        return render_template(
            "manage/person_rights.html",
            customer=customer,
            plan=None if customer.erased_at else person_erasure.plan(session, customer),
            file_form=form if part == "file" else BLANK,
            forget_form=form if part == "forget" else BLANK,
        )
