"""The assessment as people use it: a month read, weighed, corrected by counter-lines, and closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain.assessment import Rule, Source, Weights, lands_in, month_of
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.period import day_begins, next_month
from dispatch.domain.roles import Actor
from dispatch.services import assessing
from dispatch.services.announce import announce
from dispatch.store import assessments as store
from dispatch.store.assessments import AssessmentLine, AssessmentMonth, AssessmentWeights, Sum
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint
from dispatch.store.staff import Staff

MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Score:
    """One person's month: what it began with, and the points of each source."""

    staff_id: int
    name: str
    login: str
    start: int
    sums: Mapping[Source, Sum]

    @property
    def points(self) -> int:
        """What it comes to."""
        return self.start + sum(one.points for one in self.sums.values())

    @property
    def lines(self) -> int:
        """How many lines explain it."""
        return sum(one.lines for one in self.sums.values())

    def of(self, source: Source) -> int:
        """The points of one source."""
        return self.sums[source].points if source in self.sums else 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the branch, the highest score first. `closed` when nothing is added to it any more."""

    month: date
    weights: Weights
    scores: tuple[Score, ...]
    closed: AssessmentMonth | None
    can_close: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, and the one that took it back."""

    line: AssessmentLine
    taken_back_by: AssessmentLine | None


def current_month(branch: Branch, now: datetime) -> date:
    """The month whose work is being done now."""
    return month_of(now, branch.zone, branch.service_day_cutover)


def month(session: Session, branch: Branch, wanted: date, now: datetime, staff_id: int | None = None) -> Month:
    """A month, added up by the database; of one person when named."""
    weights = store.weights_for(session, branch.id, wanted)
    by_person: dict[int, dict[Source, Sum]] = {}
    for one in store.sums(session, branch.id, wanted, staff_id):
        by_person.setdefault(one.staff_id, {})[one.source] = one
    names = _names(session, by_person)
    scores = [Score(person, *names[person], weights.start, sums) for person, sums in by_person.items()]
    closed = store.closed_months(session, branch.id)
    return Month(
        wanted,
        weights,
        tuple(sorted(scores, key=lambda score: (-score.points, score.staff_id))),
        closed.get(wanted),
        wanted not in closed and _is_over(branch, wanted, now),
    )


def entries(
    session: Session, branch_id: int, wanted: date, staff_id: int, *, after: int = 0, limit: int
) -> list[Entry]:
    """A person's lines of a month as they were posted, with what took them back."""
    found = store.lines(session, branch_id, wanted, staff_id, after=after, limit=limit)
    back = store.taken_back(session, found)
    return [Entry(line, back.get(line.id)) for line in found]


def person(session: Session, staff_id: int, actor: Actor) -> Staff:
    """Somebody of the actor's branch. Raises NotFound."""
    found = session.get(Staff, staff_id)
    if found is None or found.branch_id != actor.branch_id:
        raise NotFound("staff_unknown", N_("There is no such person"))
    return found


def take_back(session: Session, line_id: int, reason: str, actor: Actor, now: datetime) -> AssessmentLine:
    """Counter a line: the same points with the other sign, in its month, or in the open one when that is closed.

    Raises Invalid without a reason, NotFound, Refused for a counter-line, Conflict when it was taken back before.
    """
    reason = _said(reason)
    line = session.get(AssessmentLine, line_id)
    if line is None or line.branch_id != actor.branch_id:
        raise NotFound("line_unknown", N_("There is no such line"))
    if line.reverses_id is not None:
        raise Refused("is_counter_line", N_("What takes a line back is not taken back itself"))
    store.hold(session, actor.branch_id)
    counter = AssessmentLine(
        branch_id=line.branch_id,
        staff_id=line.staff_id,
        month=lands_in(line.month, frozenset(store.closed_months(session, line.branch_id))),
        source=line.source,
        rule=line.rule,
        points=-line.points,
        subject=line.subject,
        subject_id=line.subject_id,
        part=line.part,
        facts=line.facts,
        happened_at=line.happened_at,
        posted_at=now,
        posted_by=actor.id,
        reverses_id=line.id,
        reason=reason,
    )
    try:
        with savepoint(session):
            session.add(counter)
            session.flush()
    except IntegrityError as error:
        raise Conflict("taken_back", N_("This line was taken back already")) from error
    told = {"name": line.person.name, "reason": reason, "line": line.id, "points": counter.points}
    announce(session, Event("assessment.take_back", told), actor, now, subject="staff", subject_id=line.staff_id)
    return counter


def weigh(session: Session, from_month: date, weights: Weights, actor: Actor, now: datetime) -> None:
    """Set what counts from a month on. Raises Refused for one that is over or has lines: nobody is weighed anew."""
    first, branch = from_month.replace(day=1), session.get_one(Branch, actor.branch_id)
    store.hold(session, branch.id)
    if first < current_month(branch, now) or store.any_line_from(session, branch.id, first):
        raise Refused("month_begun", N_("Points have been given in this month already: choose a later one"))
    points = {rule.value: weights.of(rule) for rule in Rule}
    session.add(
        AssessmentWeights(
            branch_id=branch.id,
            from_month=first,
            start=weights.start,
            points=points,
            published_by=actor.id,
            published_at=now,
        )
    )
    event = Event("assessment.weigh", {"month": f"{first:%Y-%m}", "start": weights.start, "points": points})
    announce(session, event, actor, now, subject="branch", subject_id=branch.id)


def close(session: Session, branch: Branch, wanted: date, actor: Actor, now: datetime) -> AssessmentMonth:
    """Freeze a month, after posting what is not told yet. What is found later lands in the open month.

    Raises Refused before its last night is over, Conflict when it was closed before.
    """
    first = wanted.replace(day=1)
    if not _is_over(branch, first, now):
        raise Refused("month_runs", N_("A month is closed when its last night is over"))
    assessing.post_all(session, branch.id, now)
    store.hold(session, branch.id)
    if first in store.closed_months(session, branch.id):
        raise Conflict("month_closed", N_("This month is closed already"))
    row = AssessmentMonth(branch_id=branch.id, month=first, closed_by=actor.id, closed_at=now)
    session.add(row)
    session.flush()
    event = Event("assessment.close", {"month": f"{first:%Y-%m}"})
    announce(session, event, actor, now, subject="branch", subject_id=branch.id)
    return row


def _is_over(branch: Branch, first: date, now: datetime) -> bool:
    return now >= day_begins(next_month(first), branch.zone, branch.service_day_cutover)


def _said(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason_missing", N_("Please say why, in at most 200 characters"), field="reason")
    return reason


def _names(session: Session, ids: Mapping[int, object]) -> dict[int, tuple[str, str]]:
    """Name and sign-in name by id."""
    rows = session.execute(select(Staff.id, Staff.name, Staff.login).where(Staff.id.in_(list(ids))))
    return {row.id: (row.name, row.login) for row in rows}
