"""Figures as files over the API."""

from datetime import date

from flask import Response, g, request
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.period import Period
from dispatch.domain.roles import Permission
from dispatch.domain.spreadsheet import Sheet
from dispatch.services import assessments, exporting, reports
from dispatch.store.branches import Branch
from dispatch.store.scopes import Scope
from dispatch.web.access import requires
from dispatch.web.api.endpoint import api, document
from dispatch.web.assessment_sheets import assessment_sheets
from dispatch.web.behind_sheets import behind_sheet
from dispatch.web.downloads import download
from dispatch.web.personal import Personal
from dispatch.web.report_sheets import report_sheets
from dispatch.web.runtime import runtime
from dispatch.web.schemas.figures import ExportIn, What


def export_figures() -> Response:
    """A table as CSV or XLSX, masked; in full after the password and a reason, which the access log keeps."""
    asked: ExportIn = request.context.json  # type: ignore[attr-defined]  # spectree puts it there
    if asked.full:
        days = asked.month or f"{asked.first}–{asked.last}"
        with runtime().db.transaction() as session:
            exporting.in_full(
                session, g.actor, g.now,
                what=asked.what, period=days, password=asked.password, reason=asked.reason,
            )  # fmt: skip
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        sheets = list(_sheets(session, branch, asked, Personal(whole=asked.full)))
        return download(sheets, asked.kind, asked.what, g.now)


def _sheets(session: Session, branch: Branch, asked: ExportIn, personal: Personal) -> list[Sheet]:
    if asked.what is What.ASSESSMENT:
        month = date.fromisoformat(f"{asked.month}-01") if asked.month else assessments.current_month(branch, g.now)
        return list(assessment_sheets(session, branch, assessments.month(session, branch, month, g.now), personal))
    if asked.first is None or asked.last is None:
        raise Invalid("missing", N_("Please fill this in"), field="first" if asked.first is None else "last")
    scope = Scope.of(branch, Period(asked.first, asked.last))
    if asked.what is What.REPORT:
        return list(report_sheets(reports.report(session, scope), personal))
    if asked.breakdown is None:
        raise Invalid("missing", N_("Please fill this in"), field="breakdown")
    return [behind_sheet(session, scope, Behind(asked.breakdown, asked.value, asked.listed), personal)]


_documented = document(export_figures, method="POST", tag="reports", reply=None, body=ExportIn, key=False)
api.add_url_rule("/exports", "export_figures", requires(Permission.FIGURES_EXPORT)(_documented), methods=["POST"])
