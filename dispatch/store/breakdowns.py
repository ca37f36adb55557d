"""The rows behind every number of a report, and by what they are told apart: one table for counting and for listing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, and_, case, cast, func, literal, or_, select
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
from dispatch.domain.period import Period
from dispatch.domain.states import State
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.assessments import AssessmentLine
from dispatch.store.base import UtcDateTime
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.fares import FareLineRow
from dispatch.store.ratings import LinkRating
from dispatch.store.scopes import Clocks, Scope
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
    """The rows of a subject that belong to the branches and the period."""
    moment, branch_id, days = moment_of(subject), branch_of(subject), scope.period
    if subject is Subject.CALLBACK:
        ids = [branch.id for branch in scope.branches]
        return and_(branch_id.in_(ids), moment >= days.first, moment <= days.last)
    return or_(
        *[
            and_(branch_id.in_(clocks.branch_ids), moment >= span.start, moment < span.end)
            for clocks in scope.clocks
            for span in [clocks.span(days)]
        ]
    )


def branch_of(subject: Subject) -> Column:
    """Whose a row is."""
    columns: dict[Subject, Column] = {
        Subject.CALLBACK: CallbackTask.branch_id.expression,
        Subject.COMPLAINT: ComplaintRow.branch_id.expression,
    }
    return columns.get(subject, Trip.branch_id.expression)


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
    moment, steps = moment_of(subject), scope.period.steps()
    if subject is Subject.CALLBACK:
        return case(*[(moment <= step.last, number) for number, step in enumerate(steps)])
    return _by_clocks(
        branch_of(subject), scope,
        lambda clocks: case(*[(moment < clocks.span(step).end, number) for number, step in enumerate(steps)]),
    )  # fmt: skip


def _by_clocks(branch_id: Column, scope: Scope, value: Callable[[Clocks], Column]) -> Column:
    """A value that depends on where the branch is: one for all, or one for each of the branches' clocks."""
    first, *others = scope.clocks
    if not others:
        return value(first)
    return case(*[(branch_id.in_(clocks.branch_ids), value(clocks)) for clocks in others], else_=value(first))


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
        Breakdown.LEDGER_DRIVER: func.coalesce(cast(Trip.driver_id, String), ""),
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
        return Told(case((ON_TIME, Punctuality.ON_TIME.value), else_=Punctuality.LATE.value), ARRIVED)
    if breakdown is Breakdown.WAITING:
        return Told(_waited(), was_driven())
    if breakdown is Breakdown.SATISFACTION:
        given = _satisfaction()
        return Told(given, given.is_not(None))
    if breakdown in OF_DRIVERS:
        return Told(Trip.driver_id.expression, and_(OF_DRIVERS[breakdown], Trip.driver_id.is_not(None)))
    if breakdown is Breakdown.REFUSED_BECAUSE:
        return Told(Trip.end_reason.expression, Trip.state == State.REFUSED)
    column = Trip.end_note if breakdown is Breakdown.CANCELLED_BECAUSE else Trip.end_reason
    return Told(column.expression, Trip.state == State.CANCELLED)


def rating() -> Column:
    """The customer's rating of a trip (P6): on the receipt in force, or by their link."""
    on_receipt = select(Document.rating).where(
        Document.trip_id == Trip.id, Document.kind == DocumentKind.RECEIPT, Document.superseded_at.is_(None)
    )
    by_link = select(LinkRating.rating).where(LinkRating.trip_id == Trip.id)
    return func.coalesce(
        on_receipt.correlate(Trip).limit(1).scalar_subquery(), by_link.correlate(Trip).limit(1).scalar_subquery()
    )


CLOSED: Column = Trip.state == State.CLOSED
ARRIVED: Column = Trip.arrived_at.is_not(None)
ON_TIME: Column = and_(ARRIVED, Trip.arrived_at <= Trip.appointed_at)
LATE: Column = and_(ARRIVED, Trip.arrived_at > Trip.appointed_at)
OF_DRIVERS: dict[Breakdown, Column] = {
    Breakdown.CLOSED_BY_DRIVER: CLOSED,
    Breakdown.ON_TIME_BY_DRIVER: ON_TIME,
    Breakdown.LATE_BY_DRIVER: LATE,
    Breakdown.RATED_BY_DRIVER: rating().is_not(None),
}
"""Which trips of a driver are counted; the driver is the value."""


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
    begins = _by_clocks(
        Trip.branch_id.expression, scope, lambda clocks: literal(clocks.span(scope.period).start, UtcDateTime)
    )
    known = select(earlier.id).where(
        earlier.customer_id == Trip.customer_id, earlier.branch_id == Trip.branch_id, earlier.appointed_at < begins,
    )  # fmt: skip
    return case((known.correlate(Trip).exists(), CustomerKind.RETURNING.value), else_=CustomerKind.NEW.value)


def _volume(scope: Scope) -> Column:
    other, home = aliased(Trip), Trip.branch_id.expression
    begins = _by_clocks(home, scope, lambda clocks: literal(clocks.span(scope.period).start, UtcDateTime))
    ends = _by_clocks(home, scope, lambda clocks: literal(clocks.span(scope.period).end, UtcDateTime))
    booked = (
        select(func.count(other.id))
        .where(
            other.customer_id == Trip.customer_id, other.branch_id == Trip.branch_id,
            other.appointed_at >= begins, other.appointed_at < ends,
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
    ahead = _by_clocks(
        CallbackTask.branch_id.expression, scope,
        lambda clocks: case(*_offsets(clocks.zone, scope.period, due_on), else_=0),
    )  # fmt: skip
    day_ends = seconds(due_on) + DAY - ahead
    return case(
        (and_(at.is_(None), CallbackTask.state.in_(OPEN)), Coverage.NOT_YET.value),
        (at.is_(None), Coverage.NOT_CALLED.value),
        (seconds(at) < day_ends, Coverage.IN_TIME.value),
        else_=Coverage.LATE.value,
    )


def _offsets(zone: tzinfo, period: Period, day: Column) -> list[tuple[Column, int]]:
    """How far the branch's clocks are ahead of UTC when a day ends: one answer a year, or a few with summer time."""
    first, last = period.first, period.last + LONGEST_DUE
    found: list[tuple[date, int]] = []
    for number in range((last - first).days + 1):
        today = first + timedelta(days=number)
        midnight = datetime.combine(today + timedelta(days=1), time(), zone)
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
