"""Positions as drivers' phones send them."""

from typing import Annotated

from pydantic import Field

from dispatch.domain.datum import Datum, to_wgs84
from dispatch.domain.geo import Point
from dispatch.services.positions import Reading
from dispatch.web.schemas.bookings import Latitude, Longitude
from dispatch.web.schemas.common import Moment, Schema

MOST_POINTS = 120


class PointIn(Schema):
    """Where the phone was at its own time. Accuracy in metres, heading in degrees from north."""

    at: Moment
    lat: Latitude
    lon: Longitude
    accuracy_m: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)] | None = None
    heading: Annotated[float, Field(ge=0, le=360)] | None = None


class PositionsIn(Schema):
    """A batch. `sent_at` is the phone's time of sending: by it the phone's clock is corrected."""

    sent_at: Moment
    points: Annotated[list[PointIn], Field(min_length=1, max_length=MOST_POINTS)]
    datum: Datum = Datum.WGS84

    def readings(self) -> list[Reading]:
        """As they are kept, in WGS-84."""
        return [
            Reading(to_wgs84(Point(one.lat, one.lon), self.datum), one.at, one.accuracy_m, one.heading)
            for one in self.points
        ]


class PositionsOut(Schema):
    """How many points were new: those sent before count for nothing."""

    kept: int
