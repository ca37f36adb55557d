"""Agreement forms: the versions there are, what changed between two, a specimen to look at, and publishing another."""

from datetime import date
from typing import Any

from flask import Response, flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from dispatch.domain.errors import N_, DomainError, Invalid, Refused
from dispatch.domain.roles import Permission
from dispatch.services import agreement_forms, specimens
from dispatch.services.agreement_forms import BadForm, Change, Difference, Problem
from dispatch.services.rendering import specimen_sheet
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.formstate import FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit


@blueprint.get("/forms")
@requires(Permission.FORM_READ)
def list_forms() -> str:
    """Every version, and a text field to write the next in, beginning from one of them."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        newest = agreement_forms.in_force(session, branch.id, branch.form, _today(branch)).version
        document = agreement_forms.document_of(session, branch.id, request.args.get("version", "") or newest)
    return _page(FormState(values={"document": document}))


@blueprint.get("/forms/<version>")
@requires(Permission.FORM_READ)
def show_form(version: str) -> str:
    """A version with the figures of the tariff in force; compared with another where one is named."""
    against = request.args.get("against", "")
    with runtime().db.reading() as session:
        found = agreement_forms.of_version(session, g.actor.branch_id, version)
        other = agreement_forms.of_version(session, g.actor.branch_id, against) if against else None
        return render_template(
            "manage/form.html",
            version=version,
            filled=_filled(session, found),
            against=against,
            others=[one for one in agreement_forms.versions(session, g.actor.branch_id)
                    if one.form == found.id and one.version != version],
            differences=agreement_forms.compare(other, found) if other is not None else None,
            change=Change,
        )  # fmt: skip


@blueprint.get("/forms/<version>/specimen.pdf")
@requires(Permission.FORM_READ)
def specimen(version: str) -> Response:
    """A version as it prints: an agreement of nobody, marked as such."""
    with runtime().db.reading() as session:
        facts = _facts(session, agreement_forms.of_version(session, g.actor.branch_id, version))
    return _specimen(facts, version)


@blueprint.post("/forms")
@requires(Permission.FORM_PUBLISH)
def publish_form() -> Answer | Response | str | tuple[str, int]:
    """Check, look at, or publish from a day on. What is typed is never lost."""
    form, do = FormState.typed(request.form), request.form.get("do")
    try:
        if do == "check":
            return _page(form, checked=True)
        if do == "preview":
            with runtime().db.reading() as session:
                facts = _facts(session, agreement_forms.read(_document()))
            return _specimen(facts, "specimen")
        done = submit(_publish)
    except BadForm:
        return _page(form, checked=True), 422
    except DomainError as error:
        return _page(FormState.typed(request.form, error), checked=True), status_of(error)
    flash(gettext("The form is published."), "success")
    return done


def _publish(session: Session) -> str:
    made = agreement_forms.publish(session, _document(), _valid_from(), g.actor, g.now)
    return f"/manage/forms/{made.version}"


def _document() -> str:
    return request.form.get("document", "").replace("\r\n", "\n")


def _valid_from() -> date:
    try:
        return date.fromisoformat(request.form.get("valid_from", "").strip())
    except ValueError as error:
        raise Invalid("valid_from", N_("Please enter a date"), field="valid_from") from error


def _today(branch: Branch) -> date:
    return g.now.astimezone(branch.zone).date()  # type: ignore[no-any-return]  # flask's g has no types


def _filled(session: Session, form: Any) -> Any:
    try:
        return agreement_forms.filled(session, g.actor.branch_id, form, g.now)
    except Refused:  # no tariff yet: the sentences stand with their placeholders
        return form


def _facts(session: Session, form: Any) -> Any:
    return specimens.specimen(session, session.get_one(Branch, g.actor.branch_id), form, g.now)


def _specimen(facts: Any, name: str) -> Response:
    """Printed with no transaction open: a page takes its time."""
    pdf = runtime().office_press.print(specimen_sheet(facts))
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _page(form: FormState, *, checked: bool = False) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        known, today = agreement_forms.versions(session, branch.id), _today(branch)
        current = {one: agreement_forms.in_force(session, branch.id, one, today).version for one in ("A", "B")}
        problems, differences, against = _checked(session, branch, today) if checked else ([], None, "")
        return render_template(
            "manage/forms.html",
            form=form,
            versions=known,
            current=current,
            own={
                letter: min((one.valid_from for one in known if one.own and one.form == letter), default=date.max)
                for letter in ("A", "B")
            },
            used=branch.form,
            today=today,
            checked=checked,
            problems=problems,
            differences=differences,
            against=against,
            change=Change,
        )


def _checked(session: Session, branch: Branch, today: date) -> tuple[list[Problem], tuple[Difference, ...] | None, str]:
    """What is wrong with the text as it stands, or what it changes."""
    try:
        typed = agreement_forms.read(_document())
    except BadForm as error:
        return list(error.problems), None, ""
    present = agreement_forms.in_force(session, branch.id, typed.id, today)
    return [], agreement_forms.compare(present, typed), present.version
