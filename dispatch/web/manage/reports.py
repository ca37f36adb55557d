"""Reports: a period in figures and charts, and as a file."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, g, render_template, request
from flask_babel import gettext

from dispatch.domain.breakdown import Behind, Breakdown, Listed
from dispatch.domain.errors import DomainError
from dispatch.domain.period import Grain, Period
from dispatch.domain.roles import Permission
from dispatch.services import reports
from dispatch.services.reports import MOST_REASONS, Report, Step
from dispatch.store.branches import Branch
from dispatch.store.scopes import Scope
from dispatch.web.access import requires
from dispatch.web.asked import address_of, asked_scope, today
from dispatch.web.charts import HEIGHT, WIDTH, Bar, bars
from dispatch.web.downloads import download, kind_of
from dispatch.web.figure_labels import value_label
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.in_full import let_out
from dispatch.web.manage import blueprint
from dispatch.web.personal import MASKED, Personal
from dispatch.web.problems import status_of
from dispatch.web.report_sheets import report_sheets, step_label
from dispatch.web.runtime import runtime

BEHIND = "/manage/reports/behind?"


@dataclass(frozen=True, slots=True)
class Chart:
    """A title, `fen` where the columns are money, and columns that lead to what they count."""

    title: str
    unit: str
    bars: list[Bar]


@blueprint.get("/reports")
@requires(Permission.REPORT_READ)
def show_report() -> str | tuple[str, int]:
    """This month unless another period is asked for."""
    return _page(BLANK)


@blueprint.get("/reports.<kind>")
@requires(Permission.REPORT_READ)
def download_report(kind: str) -> Response:
    """The same figures for a spreadsheet, drivers' names masked."""
    return _file(kind, MASKED)


@blueprint.post("/reports/full")
@requires(Permission.FIGURES_EXPORT)
def download_report_in_full() -> Response | tuple[str, int]:
    """The same with names, for who gives the password again and a reason."""
    try:
        return _file(request.form.get("kind", ""), let_out("report"))
    except DomainError as error:
        shown = _page(FormState.typed(request.form, error))
        return shown if isinstance(shown, tuple) else (shown, status_of(error))


def _file(kind: str, personal: Personal) -> Response:
    with runtime().db.reading() as session:
        found = reports.report(session, asked_scope(session))
        name = f"report-{found.period.first}-{found.period.last}"
        return download(report_sheets(found, personal), kind_of(kind), name, g.now)


def _page(form: FormState) -> str | tuple[str, int]:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        try:
            scope, status = asked_scope(session), 200
        except DomainError as error:
            form, status = FormState.typed(request.args, error), status_of(error)
            scope = Scope.of(branch, Period.of(Grain.MONTH, today(branch)))
        shown = _shown(reports.report(session, scope), branch, form)
        return shown if status == 200 else (shown, status)


def _shown(found: Report, branch: Branch, form: FormState) -> str:
    def behind(breakdown: Breakdown, value: object = None, listed: str = Listed.ROWS) -> str:
        asked = Behind(breakdown, None if value is None else str(value), Listed(listed))
        return BEHIND + address_of(found.period, asked)

    return render_template(
        "manage/reports.html",
        form=form,
        report=found,
        B=Breakdown,
        named={grain: address_of(Period.of(grain, today(branch))) for grain in Grain},
        earlier=address_of(found.period.before()),
        later=address_of(found.period.after()) if found.period.last < today(branch) else "",
        query=address_of(found.period),
        behind=behind,
        value_label=value_label,
        most_reasons=MOST_REASONS,
        charts=_charts(found),
        chart_size=(WIDTH, HEIGHT),
    )


def _charts(found: Report) -> list[Chart]:
    return [
        _chart(found, gettext("Trips"), lambda step: sum(step.trips.values()), Behind(Breakdown.TRIP_STATE)),
        _chart(
            found, gettext("Revenue"), lambda step: step.money.total,
            Behind(Breakdown.LEDGER_KIND, listed=Listed.ENTRIES), "fen",
        ),
        _chart(
            found, gettext("Callbacks"), lambda step: sum(step.callbacks.values()), Behind(Breakdown.CALLBACK_STATE)
        ),
        _chart(
            found, gettext("Complaints"), lambda step: sum(step.complaints.values()), Behind(Breakdown.COMPLAINT_KIND)
        ),
    ]  # fmt: skip


def _chart(found: Report, title: str, value: Callable[[Step], int], behind: Behind, unit: str = "") -> Chart:
    labels = [step_label(step.period) for step in found.steps]
    addresses = [BEHIND + address_of(step.period, behind) for step in found.steps]
    return Chart(title, unit, bars(labels, [value(step) for step in found.steps], addresses))
