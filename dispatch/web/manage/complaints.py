"""What managers set for complaints: departments, reply templates, office hours and terms."""

from datetime import time
from typing import Any

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.complaint_clock import Level
from dispatch.domain.errors import DomainError
from dispatch.domain.reply_template import PLACEHOLDERS
from dispatch.domain.roles import Permission
from dispatch.services import complaint_offices
from dispatch.services.complaint_clocks import hours_of, terms_of
from dispatch.services.complaint_offices import Wanted
from dispatch.services.complaint_texts import telling_of
from dispatch.store import departments
from dispatch.store.staff import of_branch
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.labels import options
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas import complaints as s
from dispatch.web.submitting import read, submit

HERE = "/manage/complaints"


@blueprint.get("/complaints")
@requires(Permission.BRANCH_EDIT)
def complaint_handling() -> str:
    """The three on one page; `department` or `template` names the one to be changed."""
    return _page(BLANK)


@blueprint.post("/complaints")
@requires(Permission.BRANCH_EDIT)
def set_complaint_handling() -> Response | tuple[str, int]:
    """Keep what one of the forms says: `do` names it."""
    work = {"department": _department, "template": _template, "drop": _drop}.get(request.form.get("do", ""), _terms)

    def kept(session: Session) -> str:
        work(session)
        return HERE

    try:
        done = submit(kept)
    except DomainError as error:
        return _page(FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _department(session: Session) -> None:
    form = request.form
    body = read(
        s.DepartmentIn,
        {
            **{name: form.get(name, "") for name in ("name", "head_id", "phone")},
            "active": form.get("active") == "yes",
        },
    )
    wanted = Wanted(**body.model_dump())
    complaint_offices.keep_department(session, wanted, g.actor, g.now, department_id=_id())


def _template(session: Session) -> None:
    given = {name: request.form.get(name, "") for name in ("name", "body")}
    body = read(s.TemplateIn, {**given, "occasion": request.form.get("occasion") or None})
    complaint_offices.keep_template(
        session, body.name, body.body, g.actor, g.now, template_id=_id(), occasion=body.occasion
    )


def _drop(session: Session) -> None:
    complaint_offices.drop_template(session, _id() or 0, g.actor, g.now)


def _terms(session: Session) -> None:
    form = request.form
    given: dict[str, Any] = {name: form.get(name, "").strip() or None for name in s.TermsIn.model_fields}
    given["telling"] = {
        **{name: form.get(name, "") for name in ("heads_from", "managers_from", "managers_phone")},
        "texts_from": form.get("texts_from") or None,
        "customers": form.get("customers") == "yes",
    }
    body = read(s.TermsIn, given)
    telling = body.telling.telling() if body.telling else None
    complaint_offices.set_terms(session, body.hours(), body.terms(), g.actor, g.now, telling=telling)


def _id() -> int | None:
    return request.form.get("id", type=int)


def _page(form: FormState) -> str:
    with runtime().db.reading() as session:
        mine = g.actor.branch_id
        hours, terms = hours_of(session, mine), terms_of(session, mine)
        found, templates = departments.of_branch(session, mine), departments.templates(session, mine)
        editing = request.form.get("id", type=int) or request.args.get("id", type=int)
        doing = request.form.get("do") or request.args.get("do", "")
        times = {"office_opens": hours.opens, "office_closes": hours.closes}
        times |= {name: at for name, at in (("lunch_from", hours.lunch_from), ("lunch_until", hours.lunch_until)) if at}
        return render_template(
            "manage/complaints.html",
            form=form,
            doing=doing,
            departments=found,
            templates=templates,
            department=next((row for row in found if doing == "department" and row.id == editing), None),
            template=next((row for row in templates if doing == "template" and row.id == editing), None),
            head_choices=[
                (one.id, one.name) for one in of_branch(session, mine) if set(one.roles) - {"driver", "exchange"}
            ],
            hours={name: _shown(at) for name, at in times.items()},
            terms=terms,
            telling=telling_of(session, mine),
            rungs=options(Level),
            placeholders=PLACEHOLDERS,
        )


def _shown(at: time) -> str:
    return f"{at:%H:%M}"
