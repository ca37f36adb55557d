"""One case: its story, and a form for each step that the reader can take."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import money
from dispatch.domain.bearing import Accident, CaseFacts
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound
from dispatch.domain.events import name_of
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.roles import Permission
from dispatch.services import complaint_cases, complaint_offices, complaint_reading
from dispatch.store import departments
from dispatch.store.departments import ReplyTemplate
from dispatch.store.staff import of_branch
from dispatch.web.access import requires
from dispatch.web.care import blueprint
from dispatch.web.complaint_spoken import STEPS, SpokenStep
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import read, submit

REMEDIES = range(3)
_AMOUNTS = ("damage", "insurer", "other", "deductible", "transport", "fine")
_BY_NAME = {one.name: one for one in STEPS}


@blueprint.get("/complaints/<int:complaint_id>")
@requires(Permission.COMPLAINT_FOLLOW)
def show_case(complaint_id: int) -> str:
    """The story. What was to be known of the case is known from now on."""
    with runtime().db.transaction() as session:
        complaint_cases.find(session, complaint_id, g.actor)
        complaint_reading.looked_at(session, complaint_id, g.actor, g.now)
    return _page(complaint_id, BLANK, request.args.get("step", ""))


@blueprint.post("/complaints/<int:complaint_id>/contact")
@requires(Permission.PERSONAL_REVEAL)
def show_contact(complaint_id: int) -> str | tuple[str, int]:
    """How to reach the customer, to somebody who says why."""
    try:
        with runtime().db.transaction() as session:
            reason = request.form.get("reason", "")
            contact = complaint_cases.contact(session, complaint_id, reason, g.actor, g.now)
    except Invalid as error:
        return _page(complaint_id, FormState.typed(request.form, error), ""), status_of(error)
    return _page(complaint_id, BLANK, "", contact)


@blueprint.post("/complaints/<int:complaint_id>/<name>")
@requires(Permission.COMPLAINT_FOLLOW)
def take_step(complaint_id: int, name: str) -> Response | tuple[str, int]:
    """Take a step. Whose it is to take is the rules' to say."""
    spoken = _BY_NAME.get(name)
    if spoken is None:
        raise NotFound("step_unknown", N_("There is no such step"))

    def work(session: Session) -> str:
        body = read(spoken.schema, _given(spoken))
        step = spoken.build(body)
        complaint_cases.take(session, complaint_id, step, g.actor, g.now, version=body.version)
        return f"/care/complaints/{complaint_id}"

    try:
        done = submit(work)
    except NotFound:
        raise
    except DomainError as error:
        return _page(complaint_id, FormState.typed(request.form, error), name), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _given(spoken: SpokenStep) -> dict[str, Any]:
    """The body of a step as its form gives it."""
    form = request.form
    given: dict[str, Any] = {"version": form.get("version", ""), "words": form.get("words", "")}
    match spoken.name:
        case "assess":
            given["severity"] = form.get("severity", "")
        case "route":
            by = form.get("by", "").strip()
            given |= {"department_id": form.get("department_id", ""), "deadline": _local(by) if by else None}
        case "investigate":
            given["responsible_id"] = form.get("responsible_id") or None
        case "propose":
            given["remedies"] = [one for index in REMEDIES if (one := _remedy(index)) is not None]
        case "conclude":
            given["satisfied"] = form.get("satisfied") or None
        case "promise":
            given["by"] = _local(form.get("by", ""))
        case "mark-duplicate":
            given["other_id"] = form.get("other_id", "").strip().upper().removeprefix("C").lstrip("0")
        case "pause":
            given["reason"] = form.get("reason", "")
        case "set-facts":
            given |= _facts()
    return given


def _remedy(index: int) -> dict[str, Any] | None:
    """A line of the proposal; None where nothing was filled in. Raises Invalid at the line's own field."""
    form = request.form
    kind, words, amount = (form.get(f"{name}_{index}", "").strip() for name in ("kind", "remedy", "amount"))
    if not kind and not words and not amount:
        return None
    if kind not in set(RemedyKind):
        raise Invalid("remedy_kind", N_("Please choose"), field=f"kind_{index}")
    fen = money.fen(amount, field=f"amount_{index}") if amount else None
    try:
        Remedy(RemedyKind(kind), words, fen)
    except Invalid as error:
        field = "remedy" if error.field == "words" else error.field
        raise Invalid(error.code, error.message, field=f"{field}_{index}", **error.params) from error
    return {"kind": kind, "words": words, "amount_fen": fen}


def _facts() -> dict[str, Any]:
    form = request.form
    amounts = {f"{name}_fen": money.fen(form.get(name) or "0", field=name) for name in _AMOUNTS}
    yes = form.get("yes") == "yes"
    if form.get("sort") == "violation":
        points, notice = form.get("points") or 0, form.get("notice", "")
        fine = {"fine_fen": amounts["fine_fen"], "points": points, "notice": notice, "inside_service": yes}
        return {"violation": fine}
    del amounts["fine_fen"]
    return {"accident": {**amounts, "fault_percent": form.get("fault_percent", ""), "disturbed": yes}}


def _recorded(facts: CaseFacts | None) -> FormState:
    """The form with what is recorded already; an amount that is not known yet is left to be filled in."""
    if facts is None:
        return BLANK
    amounts = {name: getattr(facts, f"{name}_fen", 0) for name in _AMOUNTS}
    values = {name: money.yuan(fen) for name, fen in amounts.items() if fen}
    if isinstance(facts, Accident):
        values |= {"fault_percent": str(facts.fault_percent), "yes": "yes" if facts.disturbed else ""}
    else:
        values |= {"points": str(facts.points), "notice": facts.notice, "yes": "yes" if facts.inside_service else ""}
    return FormState(values=values)


def _local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(g.zone))
    except ValueError as error:
        raise Invalid("moment", N_("Please enter a date and time"), field="by") from error


def _page(complaint_id: int, form: FormState, name: str, contact: str = "") -> str:
    with runtime().db.reading() as session:
        story = complaint_reading.story(session, complaint_id, g.actor, g.now)
        names = [one.name for one in STEPS if one.step in story.steps]
        doing = name if name in names or (name and form.errors) else (names[0] if names else "")
        if doing == "set-facts" and form is BLANK:
            form = _recorded(story.facts)
        template = request.args.get("template", type=int)
        return render_template(
            "care/case.html",
            form=form,
            story=story,
            case=story.case,
            steps=[(one.name, name_of(one.step)) for one in STEPS if one.step in story.steps],
            doing=doing,
            doing_key=doing.replace("-", "_"),
            department_choices=_departments(session) if doing == "route" else [],
            people_choices=_people(session) if doing == "investigate" else [],
            templates=_templates(session) if doing == "reply" else [],
            drafted=_drafted(session, template, story) if doing == "reply" and template else "",
            is_accident=isinstance(story.facts, Accident) or (story.facts is None and story.case.kind != "violation"),
            remedies=REMEDIES,
            contact=contact,
            today=g.now.astimezone(ZoneInfo(g.zone)).date(),
        )


def _departments(session: Session) -> list[tuple[int, str]]:
    found = departments.of_branch(session, g.actor.branch_id)
    return [(row.id, f"{row.name} · {row.head.name}") for row in found if row.active]


def _people(session: Session) -> list[tuple[int, str]]:
    return [(person.id, person.name) for person in of_branch(session, g.actor.branch_id)]


def _templates(session: Session) -> list[ReplyTemplate]:
    """Those for replies; what goes out by itself is not written anew."""
    return [row for row in departments.templates(session, g.actor.branch_id) if row.occasion is None]


def _drafted(session: Session, template_id: int, story: complaint_reading.Story) -> str:
    template = session.get(ReplyTemplate, template_id)
    if template is None or template.branch_id != g.actor.branch_id:
        return ""
    return complaint_offices.reply_of(session, template, story.case, g.actor)
