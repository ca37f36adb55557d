"""The rows behind every number of a report, and by what they are told apart: one table for counting and for listing."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, and_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from dispatch.domain.assessment import Rule
from dispatch.domain.breakdown import (
    Breakdown,
    Coverage,
    CustomerKind,
    Deadline,
    Punctuality,
    Subject,
    Volume,
    Waiting,
)
from dispatch.domain.callback import OPEN
from dispatch.domain.period import Period, Span
from dispatch.domain.states import State
from dispatch.store.assessments import AssessmentLine
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.fares import FareLineRow
from dispatch.store.sql_parts import district, seconds
from dispatch.store.trips import Trip

Index("ix_trip_appointed", Trip.branch_id, Trip.appointed_at)
Index("ix_fare_line_created", FareLineRow.created_at)
Index("ix_callback_service_day", CallbackTask.branch_id, CallbackTask.service_day)
Index("ix_complaint_registered", ComplaintRow.branch_id, ComplaintRow.registered_at)

Column = ColumnElement[Any]
DAY = 24 * 60 * 60
LONGEST_DUE = timedelta(days=90)
"""No callback is due later than this after its service day: thirty working days, and the holidays between them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows, and of which days."""

    branch: Branch
    period: Period

    @property
    def span(self) -> Span:
        """The moments of the period."""
        return self.period.span(self.branch.zone, self.branch.service_day_cutover)


@dataclass(frozen=True, slots=True)
class Told:
    """A breakdown in SQL: the value of each row, which rows have one, and what is counted."""

    value: Column
    has_value: Column | None = None


def key_of(subject: Subject) -> InstrumentedAttribute[int]:
    """What is counted and listed. An entry of the ledger stands for its trip."""
    return {
        Subject.TRIP: Trip.id,
        Subject.LEDGER: FareLineRow.trip_id,
        Subject.CALLBACK: CallbackTask.id,
        Subject.COMPLAINT: ComplaintRow.id,
    }[subject]


def within(subject: Subject, scope: Scope) -> Column:
    """The rows of a subject that belong to a branch and period."""
    span, days = scope.span, scope.period
    if subject is Subject.CALLBACK:
        day = CallbackTask.service_day
        return and_(CallbackTask.branch_id == scope.branch.id, day >= days.first, day <= days.last)
    moment = moment_of(subject)
    branch_id = ComplaintRow.branch_id if subject is Subject.COMPLAINT else Trip.branch_id
    return and_(branch_id == scope.branch.id, moment >= span.start, moment < span.end)


def moment_of(subject: Subject) -> Column:
    """By which moment, or for callbacks by which day, a row belongs to a period."""
    columns: dict[Subject, Column] = {
        Subject.TRIP: Trip.appointed_at.expression,
        Subject.LEDGER: FareLineRow.created_at.expression,
        Subject.CALLBACK: CallbackTask.service_day.expression,
        Subject.COMPLAINT: ComplaintRow.registered_at.expression,
    }
    return columns[subject]


def step_of(subject: Subject, scope: Scope) -> Column:
    """Which step of the period a row belongs to, from 0."""
    moment, branch = moment_of(subject), scope.branch
    steps = scope.period.steps()
    if subject is Subject.CALLBACK:
        return case(*[(moment <= step.last, number) for number, step in enumerate(steps)])
    ends = [step.span(branch.zone, branch.service_day_cutover).end for step in steps]
    return case(*[(moment < end, number) for number, end in enumerate(ends)])


def narrowed(query: Select[*tuple[Any, ...]], subject: Subject, scope: Scope) -> Select[*tuple[Any, ...]]:
    """A query over the rows of a subject within a scope."""
    if subject is Subject.LEDGER:
        query = query.join_from(FareLineRow, Trip, Trip.id == FareLineRow.trip_id)
    return query.where(within(subject, scope))


def told(breakdown: Breakdown, scope: Scope) -> Told:
    """The breakdown's value of a row, as text."""
    found = _told(breakdown, scope)
    return Told(cast(found.value, String), found.has_value)


def _told(breakdown: Breakdown, scope: Scope) -> Told:  # noqa: PLR0911 - one return for each subject's own
    columns: dict[Breakdown, Column] = {
        Breakdown.TRIP_STATE: Trip.state.expression,
        Breakdown.LEDGER_KIND: FareLineRow.kind.expression,
        Breakdown.CALLBACK_STATE: CallbackTask.state.expression,
        Breakdown.COMPLAINT_KIND: ComplaintRow.kind.expression,
        Breakdown.COMPLAINT_STAGE: ComplaintRow.stage.expression,
        Breakdown.COMPLAINT_CHANNEL: ComplaintRow.channel.expression,
        Breakdown.DISTRICT: district(Trip.pickup_address.expression),
        Breakdown.CUSTOMER_KIND: _customer_kind(scope),
        Breakdown.CUSTOMER_VOLUME: _volume(scope),
        Breakdown.COMPLAINT_DEADLINE: _deadline(),
        Breakdown.CALLBACK_COVERAGE: _coverage(scope),
    }
    if breakdown in columns:
        return Told(columns[breakdown])
    if breakdown is Breakdown.PUNCTUALITY:
        on_time = Trip.arrived_at <= Trip.appointed_at
        return Told(
            case((on_time, Punctuality.ON_TIME.value), else_=Punctuality.LATE.value), Trip.arrived_at.is_not(None)
        )
    if breakdown is Breakdown.WAITING:
        return Told(_waited(), was_driven())
    if breakdown is Breakdown.SATISFACTION:
        given = _satisfaction()
        return Told(given, given.is_not(None))
    if breakdown is Breakdown.CLOSED_BY_DRIVER:
        return Told(Trip.driver_id.expression, and_(Trip.state == State.CLOSED, Trip.driver_id.is_not(None)))
    if breakdown is Breakdown.REFUSED_BECAUSE:
        return Told(Trip.end_reason.expression, Trip.state == State.REFUSED)
    column = Trip.end_note if breakdown is Breakdown.CANCELLED_BECAUSE else Trip.end_reason
    return Told(column.expression, Trip.state == State.CANCELLED)


def was_driven() -> Column:
    """A drive began, and it is known when the driver was there."""
    return and_(Trip.started_at.is_not(None), Trip.arrived_at.is_not(None))


def waited_seconds() -> Column:
    """How long the driver stood ready before the drive: from the later of arrival and appointed time, at least 0."""
    ready = case((Trip.arrived_at > Trip.appointed_at, Trip.arrived_at), else_=Trip.appointed_at)
    length = seconds(Trip.started_at.expression) - seconds(ready)
    return case((length > 0, length), else_=0)


def _waited() -> Column:
    length = waited_seconds()
    upper = ((10, Waiting.UNDER_10), (20, Waiting.UNDER_20), (30, Waiting.UNDER_30))
    return case(*[(length < 60 * minutes, name.value) for minutes, name in upper], else_=Waiting.LONGER.value)


def _customer_kind(scope: Scope) -> Column:
    earlier = aliased(Trip)
    known = select(earlier.id).where(
        earlier.customer_id == Trip.customer_id, earlier.branch_id == scope.branch.id,
        earlier.appointed_at < scope.span.start,
    )  # fmt: skip
    return case((known.correlate(Trip).exists(), CustomerKind.RETURNING.value), else_=CustomerKind.NEW.value)


def _volume(scope: Scope) -> Column:
    other, span = aliased(Trip), scope.span
    booked = (
        select(func.count(other.id))
        .where(
            other.customer_id == Trip.customer_id, other.branch_id == scope.branch.id,
            other.appointed_at >= span.start, other.appointed_at < span.end,
        )
        .correlate(Trip)
        .scalar_subquery()
    )  # fmt: skip
    return case(
        (booked < 2, Volume.ONE.value),
        (booked < 4, Volume.TWO_OR_THREE.value),
        (booked < 10, Volume.FOUR_TO_NINE.value),
        else_=Volume.TEN_OR_MORE.value,
    )


def _satisfaction() -> Column:
    answered = select(func.max(CallbackAttempt.satisfaction)).where(CallbackAttempt.callback_id == CallbackTask.id)
    return answered.correlate(CallbackTask).scalar_subquery()


def _coverage(scope: Scope) -> Column:
    """By the first call, which is in time until the due day ends where the branch is."""
    first = select(CallbackAttempt.at).where(
        CallbackAttempt.callback_id == CallbackTask.id, CallbackAttempt.number == 1
    )
    at = first.correlate(CallbackTask).scalar_subquery()
    due_on = CallbackTask.due_on.expression
    day_ends = seconds(due_on) + DAY - case(*_offsets(scope, due_on), else_=0)
    return case(
        (and_(at.is_(None), CallbackTask.state.in_(OPEN)), Coverage.NOT_YET.value),
        (at.is_(None), Coverage.NOT_CALLED.value),
        (seconds(at) < day_ends, Coverage.IN_TIME.value),
        else_=Coverage.LATE.value,
    )


def _offsets(scope: Scope, day: Column) -> list[tuple[Column, int]]:
    """How far the branch's clocks are ahead of UTC when a day ends: one answer a year, or a few with summer time."""
    first, last = scope.period.first, scope.period.last + LONGEST_DUE
    found: list[tuple[date, int]] = []
    for number in range((last - first).days + 1):
        today = first + timedelta(days=number)
        midnight = datetime.combine(today + timedelta(days=1), time(), scope.branch.zone)
        offset = int((midnight.utcoffset() or timedelta()).total_seconds())
        if found and found[-1][1] == offset:
            found.pop()
        found.append((today, offset))
    return [(day <= until, offset) for until, offset in found[:-1]] + [(day > first - LONGEST_DUE, found[-1][1])]


def _deadline() -> Column:
    def has(rule: Rule) -> Column:
        line = aliased(AssessmentLine)
        of_it = select(line.id).where(
            line.subject == "complaint", line.subject_id == ComplaintRow.id, line.rule == rule,
            line.reverses_id.is_(None),
        )  # fmt: skip
        return of_it.correlate(ComplaintRow).exists()

    missed, kept = has(Rule.DEADLINE_MISSED), has(Rule.DEADLINE_KEPT)
    return case((missed, Deadline.MISSED.value), (kept, Deadline.KEPT.value), else_=Deadline.OPEN.value)
