"""The desk's map, as it is answered."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from dispatch.domain.datum import Datum
from dispatch.domain.states import State
from dispatch.services.desk_map import DeskMap, Doing, TripMark
from dispatch.web.map_source import MapSource
from dispatch.web.schemas.common import Id, Schema

Degrees = Annotated[float, Field(description="In the datum that the answer names")]


class DriverMarkOut(Schema):
    """A driver on shift whose position is known. `stale`: older than two minutes, not to be reckoned with."""

    badge_id: str
    name: str
    doing: Doing
    lat: Degrees
    lon: Degrees
    at: datetime
    age_seconds: int
    stale: bool
    accuracy_m: float | None
    trip_id: Id | None
    trip: str


class TripMarkOut(Schema):
    """A trip, where something happens next: at the pick-up, or under way at the destination."""

    trip_id: Id
    number: str
    state: State
    address: str
    lat: Degrees
    lon: Degrees
    urgent: bool


class MapOut(Schema):
    """Everything on the desk's map; what has no place is counted."""

    at: datetime
    datum: Datum
    drivers: list[DriverMarkOut]
    waiting: list[TripMarkOut]
    live: list[TripMarkOut]
    drivers_unseen: int
    trips_unplaced: int

    @classmethod
    def of(cls, found: DeskMap, source: MapSource, now: datetime) -> "MapOut":
        """The map in the datum that it is drawn in."""
        return cls(
            at=now,
            datum=Datum.WGS84 if source.kind == "plain" else source.datum,
            drivers=[
                DriverMarkOut(
                    badge_id=one.badge_id,
                    name=one.name,
                    doing=one.doing,
                    lat=(drawn := source.drawn(one.fix.point)).lat,
                    lon=drawn.lon,
                    at=one.fix.at,
                    age_seconds=max(0, int((now - one.fix.at).total_seconds())),
                    stale=one.stale,
                    accuracy_m=one.fix.accuracy_m,
                    trip_id=one.trip_id,
                    trip=one.trip,
                )
                for one in found.drivers
            ],
            waiting=[_trip(one, source) for one in found.waiting],
            live=[_trip(one, source) for one in found.live],
            drivers_unseen=found.drivers_unseen,
            trips_unplaced=found.trips_unplaced,
        )


def _trip(one: TripMark, source: MapSource) -> TripMarkOut:
    drawn = source.drawn(one.point)
    return TripMarkOut(
        trip_id=one.trip_id,
        number=one.number,
        state=one.state,
        address=one.address,
        lat=drawn.lat,
        lon=drawn.lon,
        urgent=one.urgent,
    )
