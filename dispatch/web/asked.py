"""What a page of figures was asked for, in its address: branch and days, and the number behind which one looks."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind, Breakdown, Listed
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.period import Grain, Period
from dispatch.domain.workdays import service_day
from dispatch.store.branches import Branch
from dispatch.store.scopes import Scope


def asked_scope(session: Session) -> Scope:
    """The branch, and this month unless another period is asked for. Raises Invalid (fields `from`, `until`)."""
    branch = session.get_one(Branch, g.actor.branch_id)
    return Scope.of(branch, asked_period(branch, request.args))


def asked_period(branch: Branch, given: Mapping[str, str]) -> Period:
    """The days from `from` until `until`; this month when neither is given."""
    first, last = given.get("from", ""), given.get("until", "")
    if not first and not last:
        return Period.of(Grain.MONTH, today(branch))
    return Period(_day(first, "from"), _day(last, "until"))


def asked_behind() -> Behind:
    """The number. Raises NotFound for one that no report has."""
    args = request.args
    try:
        breakdown = Breakdown(args.get("breakdown", Breakdown.TRIP_STATE))
        return Behind(breakdown, args.get("value"), Listed(args.get("list", Listed.ROWS)))
    except ValueError as error:
        raise NotFound("figure_unknown", N_("There is no such figure")) from error


def address_of(period: Period, behind: Behind | None = None) -> str:
    """The part of an address that asks for a period, or for what is behind one of its numbers."""
    asked = {"from": period.first.isoformat(), "until": period.last.isoformat()}
    if behind is not None:
        asked["breakdown"] = behind.breakdown.value
        if behind.value is not None:
            asked["value"] = behind.value
        if behind.listed is not Listed.ROWS:
            asked["list"] = behind.listed.value
    return urlencode(asked)


def today(branch: Branch) -> date:
    """The service day that is running."""
    return service_day(g.now, branch.zone, branch.service_day_cutover)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("date", N_("Please enter a date"), field=field) from error
