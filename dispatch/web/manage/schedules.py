"""Reports by e-mail: what leaves, to whom, and how the last ones went."""

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.errors import DomainError
from dispatch.domain.report_plan import ReportPlan, recipients
from dispatch.domain.roles import Permission
from dispatch.domain.spreadsheet import FileKind
from dispatch.services import report_schedules
from dispatch.store.report_schedules import ReportSchedule
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.i18n import LANGUAGES
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.report_schedules import ScheduleIn
from dispatch.web.submitting import read, submit

ADDRESS = "/manage/reports/schedules"
MAY = Permission.REPORT_SCHEDULE


@blueprint.get("/reports/schedules")
@requires(MAY)
def show_schedules() -> str:
    """All of them, and a form for another."""
    return _page()


@blueprint.post("/reports/schedules")
@requires(MAY)
def add_schedule() -> Response | tuple[str, int]:
    """Another one."""

    def work(session: Session) -> str:
        report_schedules.add(session, _plan(), g.actor, g.now)
        return ADDRESS

    try:
        done = submit(work)
    except DomainError as error:
        return _page(added=FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


@blueprint.get("/reports/schedules/<int:schedule_id>")
@requires(MAY)
def show_schedule(schedule_id: int) -> str:
    """One, to be changed."""
    return _one(schedule_id)


@blueprint.post("/reports/schedules/<int:schedule_id>")
@requires(MAY)
def change_schedule(schedule_id: int) -> Response | tuple[str, int]:
    """Change it, stop it, or let it go on."""

    def work(session: Session) -> str:
        active = "active" in request.form
        report_schedules.change(session, schedule_id, _plan(), g.actor, g.now, active=active)
        return ADDRESS

    try:
        done = submit(work)
    except DomainError as error:
        return _one(schedule_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _plan() -> ReportPlan:
    """The form as a plan. Raises Invalid by field."""
    given = {name: request.form.get(name, "") for name in ("kind", "rhythm", "hour", "file", "language")}
    to = recipients(request.form.get("recipients", ""))
    return read(ScheduleIn, {**given, "recipients": list(to)}).plan()


def _page(added: FormState = BLANK) -> str:
    with runtime().db.reading() as session:
        return render_template(
            "manage/schedules.html",
            form=added,
            found=report_schedules.shown(session, g.actor.branch_id),
            mail_on=runtime().mail_on,
            **_choices(),
        )


def _one(schedule_id: int, form: FormState | None = None) -> str:
    with runtime().db.reading() as session:
        row = report_schedules.find(session, schedule_id, g.actor)
        return render_template("manage/schedule.html", form=form or _filled(row), schedule=row, **_choices())


def _choices() -> dict[str, object]:
    return {"files": [kind.value for kind in FileKind], "choices": list(LANGUAGES.items()), "hours": range(24)}


def _filled(row: ReportSchedule) -> FormState:
    return FormState(
        values={
            "kind": row.kind.value,
            "rhythm": row.rhythm.value,
            "hour": str(row.hour),
            "file": row.file.value,
            "language": row.language,
            "recipients": "\n".join(row.recipients),
            "active": "yes" if row.active else "",
        }
    )
