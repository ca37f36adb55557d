"""One person's month of the assessment, as the manager and that person see it."""

from datetime import date

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid
from dispatch.services import assessments
from dispatch.services.assessments import Entry
from dispatch.store import assessments as store
from dispatch.store.branches import Branch

PAGE = 200
LARGEST_ID = 2**31 - 1


def asked_month(branch: Branch) -> date:
    """The month in the address; the current one when it names none. Raises Invalid."""
    text = request.args.get("month", "")
    return month_of(text) if text else assessments.current_month(branch, g.now)


def month_of(text: str) -> date:
    """`2026-03` as its first day. Raises Invalid (field month)."""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError as error:
        raise Invalid("month", N_("Please enter a month, such as 2026-03"), field="month") from error


def lines_of(session: Session, branch: Branch, month: date, staff_id: int) -> dict[str, object]:
    """What the page of one person shows: manager's and own."""
    after = min(request.args.get("after", 0, type=int), LARGEST_ID)
    found: list[Entry] = assessments.entries(session, branch.id, month, staff_id, after=after, limit=PAGE)
    scores = assessments.month(session, branch, month, g.now, staff_id).scores
    more = f"?month={month:%Y-%m}&after={found[-1].line.id}" if len(found) == PAGE else ""
    months = store.months(session, branch.id, staff_id)
    return {"month": month, "entries": found, "score": scores[0] if scores else None, "more": more, "months": months}
