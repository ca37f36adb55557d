"""What there is to assess: ratings, arrivals, calls, complaints that no line of the assessment tells yet."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from dispatch.domain.assessment import Rule, Source, arrived, called, rated
from dispatch.domain.callback import OPEN
from dispatch.domain.states import ENDS, State
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.assessments import AssessmentLine
from dispatch.store.branches import Branch
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.drivers import Driver
from dispatch.store.journal import JournalEntry
from dispatch.store.ratings import LinkRating
from dispatch.store.staff import Staff
from dispatch.store.trips import Trip, number_of

LOOKED_BACK = timedelta(days=92)
"""Trips and callbacks older than this are not assessed any more: the look stays as short as it is often."""
COMPLAINTS_LOOKED_BACK = timedelta(days=366)
UPHELD = "complaint.upheld"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that somebody's assessment has not told yet."""

    staff_id: int
    rule: Rule
    subject: str
    subject_id: int
    happened_at: datetime
    facts: dict[str, Any]
    part: str = field(default="")


def ratings(session: Session, branch: Branch, now: datetime, limit: int) -> list[Found]:
    """Ratings of trips, the driver's; the one under the receipt goes before one given by link."""
    receipt = aliased(Document)
    of_trip = and_(
        receipt.trip_id == Trip.id, receipt.kind == DocumentKind.RECEIPT, receipt.superseded_at.is_(None),
        receipt.rating.is_not(None),
    )  # fmt: skip
    rating = func.coalesce(receipt.rating, LinkRating.rating)
    query = (
        select(Trip.id, Driver.staff_id, rating, receipt.signed_at, LinkRating.at)
        .join(Driver, Driver.id == Trip.driver_id)
        .outerjoin(receipt, of_trip)
        .outerjoin(LinkRating, LinkRating.trip_id == Trip.id)
        .where(_recent(branch, now), Trip.state.in_(ENDS), rating.is_not(None), _untold(Source.RATING, Trip.id))
    )
    return [
        Found(
            staff_id, rated(int(given)), "trip", trip_id, signed_at or link_at,
            {"trip": number_of(trip_id), "rating": int(given)},
        )
        for trip_id, staff_id, given, signed_at, link_at in session.execute(query.order_by(Trip.id).limit(limit))
    ]  # fmt: skip


def arrivals(session: Session, branch: Branch, now: datetime, limit: int) -> list[Found]:
    """P1: the arrival of the driver who was on the trip to its end."""
    query = (
        select(Trip.id, Driver.staff_id, Trip.arrived_at, Trip.appointed_at)
        .join(Driver, Driver.id == Trip.driver_id)
        .where(
            _recent(branch, now), Trip.state.in_(ENDS - {State.UNFULFILLED}), Trip.arrived_at.is_not(None),
            _untold(Source.PUNCTUALITY, Trip.id),
        )
    )  # fmt: skip
    rows = session.execute(query.order_by(Trip.id).limit(limit))
    return [_arrival(trip_id, staff_id, at, appointed_at) for trip_id, staff_id, at, appointed_at in rows if at]


def _arrival(trip_id: int, staff_id: int, at: datetime, appointed_at: datetime) -> Found:
    facts = {"trip": number_of(trip_id), "appointed_at": appointed_at.isoformat(), "arrived_at": at.isoformat()}
    return Found(staff_id, arrived(at, appointed_at), "trip", trip_id, at, facts)


def calls(session: Session, branch: Branch, now: datetime, limit: int) -> list[Found]:
    """P7: the first call of each callback that has ended, its agent's."""
    since = (now - LOOKED_BACK).date()
    first = and_(CallbackAttempt.callback_id == CallbackTask.id, CallbackAttempt.number == 1)
    query = (
        select(CallbackTask.id, CallbackTask.trip_id, CallbackAttempt.staff_id, CallbackAttempt.at, CallbackTask.due_on)
        .join(CallbackAttempt, first)
        .where(
            CallbackTask.branch_id == branch.id, CallbackTask.service_day >= since,
            CallbackTask.state.not_in(OPEN), _untold(Source.CALLBACK, CallbackTask.id),
        )
    )  # fmt: skip
    return [
        Found(
            staff_id, called(at, due_on, branch.zone), "callback", callback_id, at,
            {"trip": number_of(trip_id), "due_on": due_on.isoformat(), "called_at": at.isoformat()},
        )
        for callback_id, trip_id, staff_id, at, due_on
        in session.execute(query.order_by(CallbackTask.id).limit(limit))
    ]  # fmt: skip


def complaints(session: Session, branch: Branch, now: datetime, limit: int) -> list[Found]:
    """What the journal tells of complaints: upheld against whom, and whose step kept or missed its deadline.

    An entry that names nobody known to the branch concerns nobody's assessment.
    """
    part = cast(JournalEntry.id, String)
    query = (
        select(JournalEntry)
        .join(ComplaintRow, ComplaintRow.id == JournalEntry.subject_id)
        .where(
            ComplaintRow.branch_id == branch.id, ComplaintRow.registered_at >= now - COMPLAINTS_LOOKED_BACK,
            JournalEntry.branch_id == branch.id, JournalEntry.subject == "complaint",
            or_(JournalEntry.type == UPHELD, JournalEntry.payload["in_time"].as_string().is_not(None)),
            _untold(Source.COMPLAINT, JournalEntry.subject_id, part),
            _untold(Source.DEADLINE, JournalEntry.subject_id, part),
        )
    )  # fmt: skip
    found: list[Found] = []
    for entry in session.scalars(query.order_by(JournalEntry.id)):
        found += _of_complaint(session, branch, entry)
        if len(found) >= limit:
            break
    return found


def _of_complaint(session: Session, branch: Branch, entry: JournalEntry) -> list[Found]:
    told = entry.payload
    number = f"C{entry.subject_id:06d}"
    if entry.type == UPHELD:
        staff_id = _responsible(session, branch, told)
        rule, facts = Rule.COMPLAINT_UPHELD, {"complaint": number}
    elif isinstance(told.get("in_time"), bool):
        staff_id = entry.actor_id
        rule = Rule.DEADLINE_KEPT if told["in_time"] else Rule.DEADLINE_MISSED
        facts = {"complaint": number, "step": entry.type}
    else:
        return []
    if staff_id is None or not _works_here(session, branch, staff_id):
        return []
    return [Found(staff_id, rule, "complaint", entry.subject_id, entry.at, facts, part=str(entry.id))]


def _responsible(session: Session, branch: Branch, told: dict[str, Any]) -> int | None:
    """Whom a complaint was upheld against, by staff id or by driver id."""
    staff_id, driver_id = told.get("staff_id"), told.get("driver_id")
    if staff_id is None and isinstance(driver_id, int):
        return session.scalar(select(Driver.staff_id).where(Driver.id == driver_id, Driver.branch_id == branch.id))
    return staff_id if isinstance(staff_id, int) else None


def _works_here(session: Session, branch: Branch, staff_id: int) -> bool:
    return session.scalar(select(Staff.id).where(Staff.id == staff_id, Staff.branch_id == branch.id)) is not None


def _recent(branch: Branch, now: datetime) -> ColumnElement[bool]:
    return and_(Trip.branch_id == branch.id, Trip.appointed_at >= now - LOOKED_BACK)


def _untold(
    source: Source, subject_id: InstrumentedAttribute[int], part: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    line = aliased(AssessmentLine)
    told = select(line.id).where(
        line.source == source, line.subject_id == subject_id, line.part == ("" if part is None else part),
        line.reverses_id.is_(None),
    )  # fmt: skip
    return ~told.exists()
