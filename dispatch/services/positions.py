"""Drivers' positions as their phones report them: kept as they went, the newest one hot, old ones thinned.

A batch that comes twice changes nothing: what is not later than what is known adds nothing to it. Kept without a key
for each batch, which would cost more than the positions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Refused
from dispatch.domain.geo import Point
from dispatch.domain.position import Fix, clock_correction, is_believable
from dispatch.domain.track import thinned
from dispatch.store import positions, tracks
from dispatch.store.tracks import Duty, Piece
from dispatch.store.trips import Trip

PIECE = timedelta(minutes=5)
OLDEST = timedelta(days=1)
APART = timedelta(seconds=1)  # phones report every few seconds: what is closer is the same point again
THINNED_TO = timedelta(minutes=1)
_TRIPS_LOOKED_AT = 3  # a batch from a long time without signal may reach back before the newest trip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phone found, at its own time."""

    point: Point
    at: datetime
    accuracy_m: float | None = None
    heading: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """When a driver was on a trip."""

    trip_id: int
    begins: datetime
    ends: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether the driver was on it then."""
        return self.begins <= at and (self.ends is None or at <= self.ends)


def report(session: Session, driver_id: int, sent_at: datetime, readings: Sequence[Reading], now: datetime) -> int:
    """Take a batch in; answers how many points were new. `sent_at` is the phone's time of sending.

    Raises Refused (`off_shift`) when the driver is not on shift, Conflict when the same driver reports twice at once.
    """
    duty = tracks.duty(session, driver_id)
    if duty is None:
        raise Refused("off_shift", N_("Positions are taken during a shift only"))
    clock = clock_correction(sent_at, now, duty.clock)
    recent = ((sent_at - one.at, one) for one in readings)
    found = sorted(
        ((_fix(one, age, sent_at + clock, now), one.heading) for age, one in recent if age <= OLDEST),
        key=lambda pair: pair[0].at,
    )
    after = duty.piece.ends_at if duty.piece else None
    fresh = _later([(fix, heading) for fix, heading in found if fix.at >= duty.since], after)
    if fresh:
        _keep(session, driver_id, duty, [fix for fix, _ in fresh])
        _move(session, driver_id, duty.fix, fresh, clock=clock, now=now)
    return len(fresh)


def thin(session: Session, trip_id: int) -> None:
    """Leave one point a minute of the way of a trip that ended long ago."""
    for driver_id in tracks.whole_drivers(session, trip_id):
        whole = tracks.take_out(session, trip_id, driver_id)
        tracks.begin(session, driver_id, trip_id, thinned(whole, THINNED_TO), thinned=True)


def _fix(reading: Reading, age: timedelta, sent: datetime, now: datetime) -> Fix:
    """At our time, never in the future. Ages are counted, not times: a phone may believe itself in any year."""
    return Fix(reading.point, min(sent - max(age, timedelta()), now), reading.accuracy_m)


def _later(found: Iterable[tuple[Fix, float | None]], after: datetime | None) -> list[tuple[Fix, float | None]]:
    fresh = []
    for fix, heading in found:
        if after is None or fix.at - after >= APART:
            fresh.append((fix, heading))
            after = fix.at
    return fresh


def _keep(session: Session, driver_id: int, duty: Duty, fixes: Sequence[Fix]) -> None:
    """Add to the piece that the driver is on, and begin new ones where a trip or the time changes."""
    piece, stretches = duty.piece, _stretches(session, driver_id, duty, fixes[0].at)
    trip_of = {fix: next((one.trip_id for one in stretches if one.holds(fix.at)), None) for fix in fixes}
    open_piece = None if piece is None or piece.thinned else (piece.trip_id, piece.begins_at)
    run: list[Fix] = []
    for fix in fixes:
        if open_piece is None or open_piece[0] != trip_of[fix] or fix.at - open_piece[1] >= PIECE:
            _write(session, driver_id, piece, open_piece, run)
            piece, open_piece, run = None, (trip_of[fix], fix.at), []
        run.append(fix)
    _write(session, driver_id, piece, open_piece, run)


def _write(
    session: Session,
    driver_id: int,
    piece: Piece | None,
    open_piece: tuple[int | None, datetime] | None,
    run: Sequence[Fix],
) -> None:
    if not run or open_piece is None:
        return
    if piece is not None:
        tracks.extend(session, piece, run)
    else:
        tracks.begin(session, driver_id, open_piece[0], run)


def _stretches(session: Session, driver_id: int, duty: Duty, begins: datetime) -> list[Stretch]:
    """The driver's newest trip; after a long time without signal a few before it."""
    if duty.trip_id is None:
        return []
    if duty.trip_since is not None and duty.trip_since <= begins:
        return [Stretch(duty.trip_id, duty.trip_since, duty.trip_until)]
    query = select(Trip.id, Trip.accepted_at, Trip.ended_at).where(Trip.driver_id == driver_id)
    newest = session.execute(query.order_by(Trip.id.desc()).limit(_TRIPS_LOOKED_AT))
    return [Stretch(trip_id, since, until) for trip_id, since, until in newest if since is not None]


def _move(
    session: Session,
    driver_id: int,
    at: Fix | None,
    fresh: Iterable[tuple[Fix, float | None]],
    *,
    clock: timedelta,
    now: datetime,
) -> None:
    """Take the driver to the last fix that can be believed, one by one from where they were."""
    unknown = at is None
    last: tuple[Fix, float | None] | None = None
    for fix, heading in fresh:
        if is_believable(fix, at):
            at, last = fix, (fix, heading)
    if last is not None:
        positions.move(session, driver_id, last[0], now, heading=last[1], clock=clock, first=unknown)
