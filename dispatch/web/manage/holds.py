"""Legal holds: a page for each thing that can be held, and what other pages say of a hold."""

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, NotFound
from dispatch.domain.roles import Permission
from dispatch.services import legal_holds
from dispatch.store import legal_holds as store
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.legal_holds import Held, LegalHold
from dispatch.store.trips import Trip
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit

PAGES = {Held.TRIP: "/desk/trips/{}", Held.COMPLAINT: "/care/complaints/{}", Held.CUSTOMER: "/care/customers/{}"}


@blueprint.get("/holds/<subject>/<int:subject_id>")
@requires(Permission.PERSON_RIGHTS)
def hold_page(subject: str, subject_id: int) -> str:
    """Whether it is held, and the form that puts a hold on it or lifts it."""
    return _page(_held(subject), subject_id, BLANK)


@blueprint.post("/holds/<subject>/<int:subject_id>")
@requires(Permission.PERSON_RIGHTS)
def place_hold(subject: str, subject_id: int) -> Response | tuple[str, int]:
    """Put a hold on it."""
    held = _held(subject)

    def work(session: Session) -> str:
        reason = request.form.get("reason", "")
        legal_holds.place(session, held, subject_id, g.actor, g.now, reason=reason)
        return f"/manage/holds/{subject}/{subject_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return _page(held, subject_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("On hold: nothing of it is erased."), "success")
    return done


@blueprint.post("/holds/<subject>/<int:subject_id>/lift")
@requires(Permission.PERSON_RIGHTS)
def lift_hold(subject: str, subject_id: int) -> Response | tuple[str, int]:
    """Lift the hold on it."""
    held = _held(subject)

    def work(session: Session) -> str:
        hold_id = request.form.get("hold_id", 0, type=int)
        legal_holds.lift(session, hold_id, g.actor, g.now, reason=request.form.get("reason", ""))
        return f"/manage/holds/{subject}/{subject_id}"

    try:
        done = submit(work)
    except DomainError as error:
        return _page(held, subject_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("The hold is lifted: terms run again."), "success")
    return done


@blueprint.app_context_processor
def _told_on_pages() -> dict[str, object]:
    return {"hold_on": hold_on}


def hold_on(subject: str, subject_id: int) -> LegalHold | None:
    """For templates: the hold on a thing, for staff."""
    if g.get("actor") is None:
        return None
    with runtime().db.reading() as session:
        found = store.standing_on(session, Held(subject), subject_id)
        return found if found is not None and found.branch_id == g.actor.branch_id else None


def _held(subject: str) -> Held:
    try:
        return Held(subject)
    except ValueError:
        raise NotFound("subject_unknown", N_("There is nothing of this number")) from None


def _page(held: Held, subject_id: int, form: FormState) -> str:
    with runtime().db.reading() as session:
        return render_template(
            "manage/hold.html",
            held=held,
            name=_name(session, held, subject_id),
            address=f"/manage/holds/{held}/{subject_id}",
            back=PAGES[held].format(subject_id),
            hold=store.standing_on(session, held, subject_id),
            past=store.lifted(session, held, subject_id),
            form=form,
        )


def _name(session: Session, held: Held, subject_id: int) -> str:
    """What people call it. Raises NotFound, also for a thing of another branch."""
    found: Trip | ComplaintRow | Customer | None
    if held is Held.TRIP:
        found = session.get(Trip, subject_id)
    elif held is Held.COMPLAINT:
        found = session.get(ComplaintRow, subject_id)
    else:
        found = session.get(Customer, subject_id)
    if found is None or found.branch_id != g.actor.branch_id:
        raise NotFound("subject_unknown", N_("There is nothing of this number"))
    return found.name if isinstance(found, Customer) else found.number
