"""The assessment: everybody's month, one person's lines, weights, and closing a month."""

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.assessment import Rule, Source, Weights
from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import assessments
from dispatch.store import assessments as store
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.assessment_sheets import assessment_sheets
from dispatch.web.assessment_view import asked_month, lines_of, month_of
from dispatch.web.downloads import download, kind_of
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.in_full import let_out
from dispatch.web.manage import blueprint
from dispatch.web.personal import MASKED, Personal
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit

PAGE = 200
EDIT = Permission.ASSESSMENT_EDIT


@blueprint.get("/assessment")
@requires(EDIT)
def show_assessment() -> str:
    """A month of everybody."""
    return _month_page(BLANK)


@blueprint.post("/assessment")
@requires(EDIT)
def change_assessment() -> Response | tuple[str, int]:
    """Close a month, or set what counts from one on."""

    def work(session: Session) -> str:
        month = month_of(request.form.get("month", ""))
        if request.form.get("do") == "close":
            assessments.close(session, session.get_one(Branch, g.actor.branch_id), month, g.actor, g.now)
        else:
            points = {rule: _points(rule.value) for rule in Rule}
            assessments.weigh(session, month, Weights(_points("start"), points), g.actor, g.now)
        return f"/manage/assessment?month={month:%Y-%m}"

    try:
        done = submit(work)
    except DomainError as error:
        return _month_page(FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


@blueprint.get("/assessment/<int:staff_id>")
@requires(EDIT)
def show_assessed(staff_id: int) -> str:
    """One person's month, line by line."""
    return _person_page(staff_id, BLANK)


@blueprint.post("/assessment/<int:staff_id>")
@requires(EDIT)
def take_back(staff_id: int) -> Response | tuple[str, int]:
    """Take a line back by a counter-line."""
    line_id = request.form.get("line", 0, type=int)

    def work(session: Session) -> str:
        line = assessments.take_back(session, line_id, request.form.get("reason", ""), g.actor, g.now)
        return f"/manage/assessment/{line.staff_id}?month={line.month:%Y-%m}"

    try:
        done = submit(work)
    except DomainError as error:
        return _person_page(staff_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


@blueprint.get("/assessment.<kind>")
@requires(EDIT)
def download_assessment(kind: str) -> Response:
    """A month for a spreadsheet, names masked."""
    return _file(kind, MASKED)


@blueprint.post("/assessment/full")
@requires(Permission.FIGURES_EXPORT)
def download_assessment_in_full() -> Response | tuple[str, int]:
    """The same with names, for who gives the password again and a reason."""
    try:
        return _file(request.form.get("kind", ""), let_out("assessment"))
    except DomainError as error:
        return _month_page(FormState.typed(request.form, error)), status_of(error)


def _file(kind: str, personal: Personal) -> Response:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        found = assessments.month(session, branch, asked_month(branch), g.now)
        sheets = assessment_sheets(session, branch, found, personal)
        return download(sheets, kind_of(kind), f"assessment-{found.month:%Y-%m}", g.now)


def _points(field: str) -> int:
    text = request.form.get(field, "").strip().replace("−", "-")
    try:
        return int(text)
    except ValueError as error:
        raise Invalid("points", N_("Please enter a whole number"), field=field) from error


def _month_page(form: FormState) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        found = assessments.month(session, branch, asked_month(branch), g.now)
        months = store.months(session, branch.id)
        return render_template(
            "manage/assessment.html", form=form, found=found, months=months, rules=list(Rule), sources=list(Source)
        )


def _person_page(staff_id: int, form: FormState) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        person = assessments.person(session, staff_id, g.actor)
        shown = lines_of(session, branch, asked_month(branch), staff_id)
        return render_template("manage/assessed.html", form=form, person=person, **shown)
