"""How long personal data are kept: terms, what the next sweep erases, what the last ones did, and what is held."""

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.retention import Kind, check
from dispatch.domain.roles import Permission
from dispatch.services import retention
from dispatch.store import legal_holds
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState, Unfit
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit


@blueprint.get("/retention")
@requires(Permission.PERSON_RIGHTS)
def show_retention() -> str:
    """All of it."""
    return _page(BLANK)


@blueprint.post("/retention")
@requires(Permission.PERSON_RIGHTS)
def set_retention() -> Response | tuple[str, int]:
    """Set the days of every kind."""

    def work(session: Session) -> str:
        retention.set_terms(session, _days(), g.actor, g.now)
        return "/manage/retention"

    try:
        done = submit(work)
    except DomainError as error:
        return _page(FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _days() -> dict[Kind, int]:
    """The days as typed. Raises Unfit naming every field that is no number of days, or lies outside its bounds."""
    found: dict[Kind, int] = {}
    faults: list[Invalid] = []
    for kind in Kind:
        typed = request.form.get(kind.value, "").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
            faults.append(Invalid("days", N_("Please enter a whole number of days"), field=kind.value))
            continue
        found[kind] = int(typed)
        try:
            check(kind, found[kind])
        except Invalid as fault:
            faults.append(fault)
    if faults:
        raise Unfit(faults)
    return found


def _page(form: FormState) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        return render_template(
            "manage/retention.html",
            form=form,
            lines=retention.forecast(session, branch.id, g.now),
            swept=retention.done(session, branch),
            holds=legal_holds.standing(session, branch.id),
        )
