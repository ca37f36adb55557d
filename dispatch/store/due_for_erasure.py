"""For each kind of data: which rows have had their time, and which of those somebody holds. One query for counting,
showing and erasing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from dispatch.domain.complaint import OPEN
from dispatch.domain.consent import Purpose
from dispatch.domain.erasure import ERASED
from dispatch.domain.retention import Kind
from dispatch.store import consents
from dispatch.store.base import Base
from dispatch.store.ceremonies import Ceremony
from dispatch.store.complaint_events import ComplaintEvent
from dispatch.store.complaints import ComplaintRow
from dispatch.store.customers import Customer
from dispatch.store.drivers import Driver
from dispatch.store.inspections import ConditionReport
from dispatch.store.legal_holds import complaint_is_held, customer_is_held, number_is_held, trip_is_held
from dispatch.store.links import CustomerLink
from dispatch.store.outbox import OutboxMessage, OutboxState
from dispatch.store.phone_calls import PhoneCall
from dispatch.store.phone_corrections import PhoneCorrection
from dispatch.store.photos import Photo
from dispatch.store.positions import DriverPosition
from dispatch.store.tracks import Track
from dispatch.store.trips import Trip

LAST_SEEN_KEPT = timedelta(days=1)
"""Where a driver was last seen is for the board of the same night."""

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Due:
    """Rows of a table by their key. `held` is a condition on the rows of the query; None: nothing can hold them."""

    table: type[Base]
    key: Any
    rows: Callable[[int, datetime, datetime], Select[Any]]
    """Of a branch, those that ended before a moment, seen from now."""
    held: Condition | None = None


def _of_trips(table: type[Base], key: Any, joined_by: Any, *more: Condition) -> Due:
    """Rows that belong to a trip, by the trip's end."""

    def rows(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
        query = select(key).join(Trip, joined_by == Trip.id)
        return query.where(Trip.branch_id == branch_id, Trip.ended_at < before, *more)

    return Due(table, key, rows, trip_is_held())


def _own(
    table: type[Base], key: Any, branch_column: Any, moment: Any, *more: Condition, held: Condition | None = None
) -> Due:
    """Rows that belong to the branch themselves, by a moment of theirs."""

    def rows(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
        return select(key).where(branch_column == branch_id, moment < before, *more)

    return Due(table, key, rows, held)


def _of_drivers(
    table: type[Base], key: Any, driver_column: Any, moment: Any, *more: Condition, fixed: timedelta | None = None
) -> Due:
    def rows(branch_id: int, before: datetime, now: datetime) -> Select[Any]:
        query = select(key).join(Driver, driver_column == Driver.id)
        return query.where(Driver.branch_id == branch_id, moment < (now - fixed if fixed else before), *more)

    return Due(table, key, rows)


def _ways(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
    """Ways of trips after their term, and at once where the customer does not want theirs kept."""
    unwanted = consents.refuses(Trip.customer_id, Purpose.LOCATION)
    return (
        select(Track.id)
        .join(Trip, Track.trip_id == Trip.id)
        .where(Trip.branch_id == branch_id, Trip.ended_at.is_not(None), or_(Trip.ended_at < before, unwanted))
    )


def _whole_ways(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
    return (
        select(Trip.id)
        .join(Track, Track.trip_id == Trip.id)
        .where(
            Trip.branch_id == branch_id, Trip.ended_at < before, Track.thinned.is_(False), Track.begins_at < before
        )
        .distinct()
    )  # fmt: skip


def _links(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
    query = select(CustomerLink.token_sha256).join(Trip, CustomerLink.trip_id == Trip.id)
    return query.where(Trip.branch_id == branch_id, CustomerLink.expires_at < before)


def _cases(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
    last_step = select(func.max(ComplaintEvent.at)).where(ComplaintEvent.complaint_id == ComplaintRow.id)
    return select(ComplaintRow.id).where(
        ComplaintRow.branch_id == branch_id,
        ComplaintRow.stage.not_in(OPEN),
        ComplaintRow.contact_name != ERASED,
        func.coalesce(last_step.correlate(ComplaintRow).scalar_subquery(), ComplaintRow.registered_at) < before,
    )


def _customers(branch_id: int, before: datetime, _now: datetime) -> Select[Any]:
    """Who has not been seen since: no trip, none under way."""
    since = select(Trip.id).where(
        Trip.customer_id == Customer.id, or_(Trip.ended_at.is_(None), Trip.ended_at >= before)
    )
    return select(Customer.id).where(
        Customer.branch_id == branch_id,
        Customer.created_at < before,
        Customer.merged_into_id.is_(None),
        Customer.erased_at.is_(None),
        ~since.correlate(Customer).exists(),
    )


def _told_of_held_trip() -> Condition:
    told = select(Trip.id).where(Trip.id == OutboxMessage.body["trip_id"].as_integer(), trip_is_held())
    return told.correlate(OutboxMessage).exists()


DUE: dict[Kind, tuple[Due, ...]] = {
    Kind.POSITIONS: (
        _of_drivers(
            Track, Track.id, Track.driver_id, Track.begins_at, Track.trip_id.is_(None), Track.thinned.is_(False)
        ),
        _of_drivers(
            DriverPosition, DriverPosition.driver_id, DriverPosition.driver_id, DriverPosition.at, fixed=LAST_SEEN_KEPT
        ),
    ),
    Kind.WAYS_WHOLE: (Due(Trip, Trip.id, _whole_ways, trip_is_held()),),
    Kind.WAYS: (Due(Track, Track.id, _ways, trip_is_held()),),
    Kind.PHOTOS: (_of_trips(Photo, Photo.id, Photo.trip_id),),
    Kind.STATE: (
        _of_trips(ConditionReport, ConditionReport.id, ConditionReport.trip_id, ConditionReport.noted.is_not(None)),
    ),
    Kind.SIGNING: (_of_trips(Ceremony, Ceremony.id, Ceremony.trip_id, Ceremony.erased_at.is_(None)),),
    Kind.CALLS: (
        _own(PhoneCall, PhoneCall.id, PhoneCall.branch_id, PhoneCall.began_at, held=number_is_held(PhoneCall.caller)),
        _of_trips(
            PhoneCorrection, PhoneCorrection.id, PhoneCorrection.trip_id, PhoneCorrection.decided_at.is_not(None)
        ),
    ),
    Kind.LINKS: (Due(CustomerLink, CustomerLink.token_sha256, _links, trip_is_held()),),
    Kind.MESSAGES: (
        _own(
            OutboxMessage,
            OutboxMessage.id,
            OutboxMessage.branch_id,
            OutboxMessage.created_at,
            OutboxMessage.state.in_((OutboxState.SENT, OutboxState.FAILED)),
            held=_told_of_held_trip(),
        ),
    ),
    Kind.COMPLAINTS: (Due(ComplaintRow, ComplaintRow.id, _cases, complaint_is_held()),),
    Kind.CUSTOMERS: (Due(Customer, Customer.id, _customers, customer_is_held()),),
}
