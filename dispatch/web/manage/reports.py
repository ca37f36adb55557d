"""Reports: a period in figures and charts, as CSV, and the rows behind each number."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind, Breakdown, Subject
from dispatch.domain.csv_text import csv_of
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound
from dispatch.domain.money import yuan
from dispatch.domain.period import Grain, Period
from dispatch.domain.roles import Permission
from dispatch.domain.workdays import service_day
from dispatch.services import figures_behind, reports
from dispatch.services.reports import MOST_REASONS, Report
from dispatch.store.branches import Branch
from dispatch.store.breakdowns import Scope
from dispatch.web.access import requires
from dispatch.web.charts import HEIGHT, WIDTH, Bar, bars
from dispatch.web.figure_labels import value_label
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.trip_view import trips_out

PAGE = 50
LARGEST_ID = 2**31 - 1


@blueprint.get("/reports")
@requires(Permission.REPORT_READ)
def show_report() -> str | tuple[str, int]:
    """This month unless another period is asked for."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        form, status = BLANK, 200
        try:
            period = _asked(branch)
        except DomainError as error:
            form, status = FormState.typed(request.args, error), status_of(error)
            period = Period.of(Grain.MONTH, _today(branch))
        return _page(reports.report(session, branch, period), branch, form), status


@blueprint.get("/reports.csv")
@requires(Permission.REPORT_READ)
def download_report() -> Response:
    """The same figures for a spreadsheet. Nothing in it is about one person but the drivers' names."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        found = reports.report(session, branch, _asked(branch))
    answer = Response(csv_of(_rows(found)), content_type="text/csv; charset=utf-8")
    name = f"report-{found.period.first}-{found.period.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/reports/behind")
@requires(Permission.REPORT_READ)
def show_behind() -> str:
    """The trips, callbacks or complaints that a number counted, masked as everywhere."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        scope = Scope(branch, _asked(branch))
        try:
            behind = Behind(Breakdown(request.args.get("breakdown", Breakdown.TRIP_STATE)), request.args.get("value"))
        except ValueError as error:
            raise NotFound("figure_unknown", N_("There is no such figure")) from error
        before = request.args.get("before", type=int)
        before = None if before is None else min(before, LARGEST_ID)
        found = figures_behind.ids(session, scope, behind, before=before, limit=PAGE)
        asked = _query(scope.period, behind.breakdown, behind.value)
        return render_template(
            "manage/behind.html",
            period=scope.period,
            title=value_label(behind.breakdown),
            value=None if behind.value is None else value_label(behind.breakdown, behind.value),
            back=_query(scope.period),
            older=f"?{asked}&before={found[-1]}" if len(found) == PAGE else "",
            newest=f"?{asked}" if before is not None else "",
            **_listed(session, behind, found),
        )


def _listed(session: Session, behind: Behind, found: list[int]) -> dict[str, Any]:
    listed: dict[str, Any] = {"trips": [], "callbacks": [], "complaints": []}
    if figures_behind.lists_trips(behind):
        listed["trips"] = trips_out(session, figures_behind.trips_of(session, found), g.actor, g.now)
    elif behind.breakdown.subject is Subject.CALLBACK:
        listed["callbacks"] = figures_behind.callbacks_of(session, found)
    else:
        listed["complaints"] = figures_behind.complaints_of(session, found)
    return listed


def _page(found: Report, branch: Branch, form: FormState) -> str:
    today = _today(branch)
    return render_template(
        "manage/reports.html",
        form=form,
        report=found,
        B=Breakdown,
        named={grain: _query(Period.of(grain, today)) for grain in Grain},
        earlier=_query(found.period.before()),
        later=_query(found.period.after()) if found.period.last < today else "",
        query=lambda breakdown=None, value=None: _query(found.period, breakdown, value),
        value_label=value_label,
        most_reasons=MOST_REASONS,
        charts=_charts(found),
        chart_size=(WIDTH, HEIGHT),
    )


def _charts(found: Report) -> list[tuple[str, str, list[Bar]]]:
    """Title, unit, columns."""
    labels = [_step_label(step.period) for step in found.steps]
    return [
        (gettext("Trips"), "", bars(labels, [sum(step.trips.values()) for step in found.steps])),
        (gettext("Revenue"), "fen", bars(labels, [step.money.total for step in found.steps])),
        (gettext("Callbacks"), "", bars(labels, [sum(step.callbacks.values()) for step in found.steps])),
        (gettext("Complaints"), "", bars(labels, [sum(step.complaints.values()) for step in found.steps])),
    ]


def _step_label(period: Period) -> str:
    if period.first == period.last:
        return f"{period.first:%m-%d}"
    return f"{period.first:%m-%d}–{period.last:%m-%d}"


def _rows(found: Report) -> list[list[object]]:
    rows: list[list[object]] = [[gettext("Figure"), gettext("Value"), gettext("Count")]]
    for breakdown, counts in found.counts.items():
        title = value_label(breakdown)
        rows += [[title, value_label(breakdown, value), number] for value, number in counts.items()]
    rows += [
        [gettext("Revenue"), gettext("Settled fares"), yuan(found.money.settled)],
        [gettext("Revenue"), gettext("Corrections"), yuan(found.money.corrections)],
        [gettext("Revenue"), gettext("Together"), yuan(found.money.total)],
        [],
        [gettext("Days"), gettext("Trips"), gettext("Revenue"), gettext("Callbacks"), gettext("Complaints")],
    ]
    for step in found.steps:
        sums = [sum(counts.values()) for counts in (step.trips, step.callbacks, step.complaints)]
        rows.append([_step_label(step.period), sums[0], yuan(step.money.total), sums[1], sums[2]])
    heads = ("Driver", "Closed", "On time", "Late", "Rating", "Fares")
    rows += [[], [gettext(head) for head in heads]]
    for one in found.drivers:
        rating = "" if one.rating is None else round(one.rating, 2)
        rows.append([f"{one.name} {one.badge_id}", one.closed, one.on_time, one.late, rating, yuan(one.fares_fen)])
    for breakdown, groups in found.customers.items():
        rows += [[], [value_label(breakdown), gettext("Customers"), gettext("Trips")]]
        rows += [[value_label(breakdown, group.value), group.customers, group.trips] for group in groups]
    return rows


def _asked(branch: Branch) -> Period:
    first, last = request.args.get("from", ""), request.args.get("until", "")
    if not first and not last:
        return Period.of(Grain.MONTH, _today(branch))
    return Period(_day(first, "from"), _day(last, "until"))


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("date", N_("Please enter a date"), field=field) from error


def _today(branch: Branch) -> date:
    return service_day(g.now, branch.zone, branch.service_day_cutover)


def _query(period: Period, breakdown: Breakdown | None = None, value: str | None = None) -> str:
    asked = {"from": period.first.isoformat(), "until": period.last.isoformat()}
    if breakdown is not None:
        asked["breakdown"] = breakdown.value
    if value is not None:
        asked["value"] = value
    return urlencode(asked)
