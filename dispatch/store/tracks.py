"""Where drivers went: a few minutes of one driver a row, the points packed (dispatch/domain/track.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    bindparam,
    delete,
    false,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain import track
from dispatch.domain.errors import N_, Conflict
from dispatch.domain.geo import Point
from dispatch.domain.position import Fix
from dispatch.store.base import Base
from dispatch.store.drivers import Shift
from dispatch.store.positions import DriverPosition
from dispatch.store.trips import Trip

_WHOLE = text("NOT thinned")


class Track(Base):
    """A piece of a driver's way, on a trip or between trips. Rows grow while the driver goes on, a few minutes each."""

    __tablename__ = "track"
    __table_args__ = (
        # Of two requests that begin the same piece one is first; the other is told to send again, and finds it there.
        UniqueConstraint("driver_id", "begins_at"),
        Index("ix_track_trip_id", "trip_id"),
        Index("ix_track_whole", "begins_at", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
        # Room to rewrite a row where it stands: it grows some thirty times.
        {"postgresql_with": {"fillfactor": 60}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer)
    points: Mapped[bytes] = mapped_column(LargeBinary)
    thinned: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


@dataclass(frozen=True, slots=True)
class Piece:
    """The newest piece of a driver's way, as it was read."""

    id: int
    trip_id: int | None
    begins_at: datetime
    ends_at: datetime
    count: int
    points: bytes
    thinned: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """What a report needs of a driver on shift: since when, where they were seen, on which piece and trip they are."""

    since: datetime
    fix: Fix | None
    clock: timedelta | None
    piece: Piece | None
    trip_id: int | None
    trip_since: datetime | None
    trip_until: datetime | None


_PIECE = (Track.id, Track.trip_id, Track.begins_at, Track.ends_at, Track.count, Track.points, Track.thinned)
_SEEN = (DriverPosition.lat, DriverPosition.lon, DriverPosition.accuracy_m, DriverPosition.at, DriverPosition.clock_s)
_TRIP = (Trip.id, Trip.accepted_at, Trip.ended_at)
_DRIVER = bindparam("driver", type_=Integer)
# Reports come two hundred a second in a large city: one statement to look, put together once.
_newest_piece = select(Track.id).where(Track.driver_id == _DRIVER).order_by(Track.begins_at.desc()).limit(1)
_newest_trip = select(Trip.id).where(Trip.driver_id == _DRIVER).order_by(Trip.id.desc()).limit(1)
_DUTY = (
    select(Shift.started_at, *_SEEN, *_PIECE, *_TRIP)
    .select_from(Shift)
    .outerjoin(DriverPosition, DriverPosition.driver_id == Shift.driver_id)
    .outerjoin(Track, Track.id == _newest_piece.scalar_subquery())
    .outerjoin(Trip, Trip.id == _newest_trip.scalar_subquery())
    .where(Shift.driver_id == _DRIVER, Shift.ended_at.is_(None))
)
_EXTEND = (
    update(Track)
    .where(Track.id == bindparam("piece"), Track.count == bindparam("known"))
    .values(points=bindparam("packed"), count=bindparam("many"), ends_at=bindparam("until"))
)


def duty(session: Session, driver_id: int) -> Duty | None:
    """A driver on shift, in one statement; None off shift."""
    found = session.connection().execute(_DUTY, {"driver": driver_id}).first()
    if found is None:
        return None
    row = tuple(found)
    lat, lon, accuracy, at, clock = row[1:6]
    return Duty(
        since=row[0],
        fix=None if at is None else Fix(Point(lat, lon), at, accuracy),
        clock=None if at is None else timedelta(seconds=clock),
        piece=None if row[6] is None else Piece(*row[6:13]),
        trip_id=row[13],
        trip_since=row[14],
        trip_until=row[15],
    )


def begin(
    session: Session, driver_id: int, trip_id: int | None, fixes: Sequence[Fix], *, thinned: bool = False
) -> None:
    """A new piece with these fixes, which come in order of time."""
    begins = fixes[0].at
    values = {
        "driver_id": driver_id,
        "trip_id": trip_id,
        "begins_at": begins,
        "ends_at": fixes[-1].at,
        "count": len(fixes),
        "points": track.encode(fixes, begins),
        "thinned": thinned,
    }
    session.connection().execute(insert(Track), values)


def extend(session: Session, piece: Piece, fixes: Sequence[Fix]) -> None:
    """Later fixes for a piece. Raises Conflict when somebody else extended it meanwhile."""
    whole = [*track.decode(piece.points, piece.begins_at), *fixes]
    packed = track.encode(whole, piece.begins_at)
    values = {
        "piece": piece.id,
        "known": piece.count,
        "packed": packed,
        "many": len(whole),
        "until": fixes[-1].at,
    }
    if not session.connection().execute(_EXTEND, values).rowcount:
        raise Conflict("changed_meanwhile", N_("Somebody else changed this at the same moment: look again"))


def of_trip(session: Session, trip_id: int) -> list[Fix]:
    """The way that a trip's drivers went for it, in order of time. For disputes only."""
    pieces = session.scalars(select(Track).where(Track.trip_id == trip_id).order_by(Track.begins_at))
    return [fix for piece in pieces for fix in track.decode(piece.points, piece.begins_at)]


def whole_drivers(session: Session, trip_id: int) -> list[int]:
    """Whose way of a trip is still kept in full."""
    query = select(Track.driver_id).where(Track.trip_id == trip_id, Track.thinned.is_(False))
    return list(session.scalars(query.distinct().order_by(Track.driver_id)))


def take_out(session: Session, trip_id: int, driver_id: int) -> list[Fix]:
    """Delete a driver's pieces of a trip; answers what they held, in order of time."""
    own = (Track.trip_id == trip_id) & (Track.driver_id == driver_id)
    columns = select(Track.points, Track.begins_at).where(own).order_by(Track.begins_at)
    held = [fix for points, begins in session.execute(columns) for fix in track.decode(points, begins)]
    session.execute(delete(Track).where(own))
    return held
