"""The assessment: everybody's month for the manager, one's own for everybody who is assessed."""

from datetime import date

from dispatch.domain.assessment import Weights
from dispatch.domain.roles import Permission
from dispatch.services import assessments
from dispatch.services.assessments import Entry, Score
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import figures as s
from dispatch.web.schemas.commands import Nothing

EDIT, OWN = Permission.ASSESSMENT_EDIT, Permission.ASSESSMENT_OWN


@endpoint("GET", "/assessments", EDIT, query=s.MonthQuery, reply=s.AssessmentOut, tag="assessment")
def list_assessments(call: Call) -> s.AssessmentOut:
    """A month of everybody in the branch."""
    found = assessments.month(call.session, call.branch, _month(call, call.query.month), call.now)
    return s.AssessmentOut(
        month=f"{found.month:%Y-%m}",
        closed_at=found.closed.closed_at if found.closed else None,
        can_close=found.can_close,
        start=found.weights.start,
        weights=dict(found.weights.points),
        scores=[_score(score) for score in found.scores],
    )


@endpoint("GET", "/assessments/staff/<int:staff_id>", EDIT, query=s.LinesQuery, reply=s.LinesOut, tag="assessment")
def list_assessment_lines(call: Call, staff_id: int) -> s.LinesOut:
    """One person's month, line by line."""
    return _lines(call, assessments.person(call.session, staff_id, call.actor).id)


@endpoint("GET", "/assessments/own", OWN, query=s.LinesQuery, reply=s.LinesOut, tag="assessment")
def list_own_assessment(call: Call) -> s.LinesOut:
    """One's own month, line by line."""
    return _lines(call, call.actor.id)


@endpoint(
    "POST", "/assessments/lines/<int:line_id>/take-back", EDIT, body=s.TakeBackIn, reply=s.LineOut, status=201,
    tag="assessment",
)  # fmt: skip
def take_back_line(call: Call, line_id: int) -> s.LineOut:
    """Counter a line, saying why; it counts in its month, or in the open one when that is closed."""
    return _line(Entry(assessments.take_back(call.session, line_id, call.body.reason, call.actor, call.now), None))


@endpoint("POST", "/assessments/weights", EDIT, body=s.WeightsIn, reply=Nothing, status=201, tag="assessment")
def weigh_assessment(call: Call) -> Nothing:
    """Set what counts from a month on that nobody has points in yet."""
    weights = Weights(call.body.start, call.body.points)
    assessments.weigh(call.session, _first(call.body.from_month), weights, call.actor, call.now)
    return Nothing()


@endpoint("POST", "/assessments/close", EDIT, body=s.CloseIn, reply=Nothing, tag="assessment")
def close_assessment(call: Call) -> Nothing:
    """Freeze a month that is over."""
    assessments.close(call.session, call.branch, _first(call.body.month), call.actor, call.now)
    return Nothing()


def _lines(call: Call, staff_id: int) -> s.LinesOut:
    wanted, asked = _month(call, call.query.month), call.query
    found = assessments.entries(
        call.session, call.branch.id, wanted, staff_id, after=asked.after or 0, limit=asked.limit
    )
    scores = assessments.month(call.session, call.branch, wanted, call.now, staff_id).scores
    return s.LinesOut(
        month=f"{wanted:%Y-%m}",
        score=_score(scores[0]) if scores else None,
        lines=[_line(entry) for entry in found],
        next_after=found[-1].line.id if len(found) == asked.limit else None,
    )


def _line(entry: Entry) -> s.LineOut:
    line = entry.line
    return s.LineOut(
        id=line.id,
        source=line.source,
        rule=line.rule,
        points=line.points,
        subject=line.subject,
        subject_id=line.subject_id,
        facts=line.facts,
        happened_at=line.happened_at,
        posted_at=line.posted_at,
        reverses_id=line.reverses_id,
        reason=line.reason,
        taken_back_by=entry.taken_back_by.id if entry.taken_back_by else None,
    )


def _score(score: Score) -> s.ScoreOut:
    return s.ScoreOut(
        staff_id=score.staff_id,
        name=score.name,
        start=score.start,
        points=score.points,
        sources={source: one.points for source, one in score.sums.items()},
    )


def _month(call: Call, wanted: str | None) -> date:
    return _first(wanted) if wanted else assessments.current_month(call.branch, call.now)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
