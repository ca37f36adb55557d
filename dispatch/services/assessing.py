"""Posting to the assessment: every source once, to its own month or, when that is closed, to the open one."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain.assessment import lands_in, month_of
from dispatch.store import assessment_sources, assessments
from dispatch.store.assessment_sources import Found
from dispatch.store.assessments import AssessmentLine
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint

BATCH = 200
SOURCES = (
    assessment_sources.ratings,
    assessment_sources.arrivals,
    assessment_sources.calls,
    assessment_sources.complaints,
)


def branches(session: Session, _now: datetime) -> list[int]:
    """Whose people are assessed: every branch's."""
    return list(session.scalars(select(Branch.id).order_by(Branch.id)))


def post(session: Session, branch_id: int, now: datetime) -> int:
    """Post what is not told yet, a bounded number of each source; answers how many. Any number may do it at once."""
    branch = session.get_one(Branch, branch_id)
    found = [one for of_kind in SOURCES for one in of_kind(session, branch, now, BATCH)]
    if not found:
        return 0
    assessments.hold(session, branch_id)  # no month is closed while lines are on their way to it
    closed = frozenset(assessments.closed_months(session, branch_id))
    return sum(_post(session, branch, one, closed, now) for one in found)


def post_all(session: Session, branch_id: int, now: datetime) -> int:
    """Post until nothing is left."""
    posted = 0
    while found := post(session, branch_id, now):
        posted += found
    return posted


def _post(session: Session, branch: Branch, found: Found, closed: frozenset[date], now: datetime) -> int:
    own = month_of(found.happened_at, branch.zone, branch.service_day_cutover)
    month = lands_in(own, closed)
    weights = assessments.weights_for(session, branch.id, month)
    line = AssessmentLine(
        branch_id=branch.id,
        staff_id=found.staff_id,
        month=month,
        source=found.rule.source,
        rule=found.rule,
        points=weights.of(found.rule),
        subject=found.subject,
        subject_id=found.subject_id,
        part=found.part,
        facts=found.facts,
        happened_at=found.happened_at,
        posted_at=now,
    )
    try:
        with savepoint(session):
            session.add(line)
            session.flush()
    except IntegrityError:
        return 0  # somebody else posted it at the same moment
    return 1
