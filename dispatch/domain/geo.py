"""Points on the earth, in WGS-84; China's own datum is turned into it where it comes in (datum.py)."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_008.8  # mean radius


@dataclass(frozen=True, slots=True)
class Point:
    """A place in WGS-84 degrees."""

    lat: float
    lon: float


def great_circle_m(a: Point, b: Point) -> float:
    """Metres between two points as the crow flies."""
    north, east = radians(b.lat - a.lat), radians(b.lon - a.lon)
    half = sin(north / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(east / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(min(1.0, half)))
