"""What lies behind a number of a report: trips, entries of the ledger, callbacks, complaints, customers."""

from typing import Any

from flask import Response, g, render_template, request
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind, Listed, Subject
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import figures_behind
from dispatch.store.drivers import Driver
from dispatch.store.scopes import Scope
from dispatch.web.access import requires
from dispatch.web.asked import address_of, asked_behind, asked_scope
from dispatch.web.behind_sheets import behind_sheet, item_of
from dispatch.web.downloads import download, kind_of
from dispatch.web.figure_labels import list_label, value_label
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.in_full import let_out
from dispatch.web.manage import blueprint
from dispatch.web.personal import MASKED, Personal
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.trip_view import trips_out

PAGE = 50
LARGEST_ID = 2**31 - 1


@blueprint.get("/reports/behind")
@requires(Permission.REPORT_READ)
def show_behind() -> str:
    """A page of the list, masked as everywhere."""
    return _page(BLANK)


@blueprint.get("/reports/behind.<kind>")
@requires(Permission.REPORT_READ)
def download_behind(kind: str) -> Response:
    """The whole list for a spreadsheet, masked."""
    return _file(kind, MASKED)


@blueprint.post("/reports/behind/full")
@requires(Permission.FIGURES_EXPORT)
def download_behind_in_full() -> Response | tuple[str, int]:
    """The whole list unmasked, for who gives the password again and a reason."""
    try:
        return _file(request.form.get("kind", ""), let_out("behind"))
    except DomainError as error:
        return _page(FormState.typed(request.form, error)), status_of(error)


def _file(kind: str, personal: Personal) -> Response:
    with runtime().db.reading() as session:
        scope, behind = asked_scope(session), asked_behind()
        name = f"{behind.breakdown.value.replace('_', '-')}-{scope.period.first}-{scope.period.last}"
        return download([behind_sheet(session, scope, behind, personal)], kind_of(kind), name, g.now)


def _page(form: FormState) -> str:
    with runtime().db.reading() as session:
        scope, behind = asked_scope(session), asked_behind()
        before = request.args.get("before", type=int)
        before = None if before is None else min(before, LARGEST_ID)
        found = figures_behind.ids(session, scope, behind, before=before, limit=PAGE)
        asked = address_of(scope.period, behind)
        return render_template(
            "manage/behind.html",
            form=form,
            period=scope.period,
            title=list_label(behind),
            value=_value(session, behind),
            number=figures_behind.number(session, scope, behind),
            amount=figures_behind.amount(session, scope, behind) if behind.listed is Listed.ENTRIES else None,
            back=address_of(scope.period),
            query=asked,
            older=f"?{asked}&before={found[-1]}" if len(found) == PAGE else "",
            newest=f"?{asked}" if before is not None else "",
            item_of=item_of,
            **_listed(session, scope, behind, found),
        )


def _value(session: Session, behind: Behind) -> str | None:
    """What the value is called; a driver's by name and badge."""
    if behind.value is None:
        return None
    if behind.breakdown.of_driver and behind.value.isdecimal():
        driver = session.get(Driver, min(int(behind.value), LARGEST_ID))
        if driver is not None and driver.branch_id == g.actor.branch_id:
            return f"{driver.name} {driver.badge_id}"
    return value_label(behind.breakdown, behind.value)


def _listed(session: Session, scope: Scope, behind: Behind, found: list[int]) -> dict[str, Any]:
    listed: dict[str, Any] = {"trips": [], "callbacks": [], "complaints": [], "entries": [], "customers": []}
    if behind.listed is Listed.ENTRIES:
        listed["entries"] = figures_behind.entries_of(session, found)
    elif behind.listed is Listed.CUSTOMERS:
        listed["customers"] = figures_behind.customers_of(session, scope, behind, found)
    elif figures_behind.lists_trips(behind):
        listed["trips"] = trips_out(session, figures_behind.trips_of(session, found), g.actor, g.now)
    elif behind.breakdown.subject is Subject.CALLBACK:
        listed["callbacks"] = figures_behind.callbacks_of(session, found)
    else:
        listed["complaints"] = figures_behind.complaints_of(session, found)
    return listed
