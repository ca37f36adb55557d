"""The driver's own day: what was driven and earned, and how customers rated it."""

from datetime import date, timedelta

from flask import g, render_template, request

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.period import Period
from dispatch.domain.roles import Permission
from dispatch.domain.workdays import service_day
from dispatch.services import own_day
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.driver import blueprint
from dispatch.web.runtime import runtime


@blueprint.get("/day")
@requires(Permission.TRIP_DRIVE)
def show_day() -> str:
    """The service day that is running, or the one asked for."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        today = service_day(g.now, branch.zone, branch.service_day_cutover)
        day = _asked(today)
        return render_template(
            "driver/day.html",
            day=own_day.of(session, branch, g.actor.driver_id or 0, day),
            before=day - timedelta(days=1),
            after=day + timedelta(days=1) if day < today else None,
            today=today,
            cutover=branch.service_day_cutover,
        )


def _asked(today: date) -> date:
    """Raises Invalid (field day)."""
    text = request.args.get("day", "")
    if not text:
        return today
    try:
        return Period(date.fromisoformat(text), date.fromisoformat(text)).first
    except ValueError as error:
        raise Invalid("date", N_("Please enter a date"), field="day") from error
