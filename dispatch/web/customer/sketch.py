"""A plain drawing of two points and the way between them: where the driver is, where the customer waits, how far."""

from dataclasses import dataclass
from math import cos, radians

from dispatch.domain.geo import Point

WIDTH, HEIGHT, MARGIN = 320, 180, 34
METRES_A_DEGREE = 111_195.0
_SCALES = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_LONGEST_BAR = 90


@dataclass(frozen=True, slots=True)
class Sketch:
    """Places on a drawing of WIDTH by HEIGHT, north up, with a bar of a round length in metres."""

    driver: tuple[float, float]
    pickup: tuple[float, float]
    bar_px: float
    bar_m: int


def sketch(driver: Point, pickup: Point) -> Sketch:
    """Both points as far apart as the drawing allows; near each other they are not blown up beyond 100 m."""
    east = (driver.lon - pickup.lon) * METRES_A_DEGREE * cos(radians(pickup.lat))
    north = (driver.lat - pickup.lat) * METRES_A_DEGREE
    px_a_metre = min(_fit(WIDTH, east), _fit(HEIGHT, north))
    x, y = east * px_a_metre / 2, north * px_a_metre / 2
    bar_m = max((one for one in _SCALES if one * px_a_metre <= _LONGEST_BAR), default=_SCALES[0])
    return Sketch(
        driver=_placed(x, y), pickup=_placed(-x, -y), bar_px=round(min(bar_m * px_a_metre, WIDTH), 1), bar_m=bar_m
    )


def _fit(size: int, span_m: float) -> float:
    return (size - 2 * MARGIN) / max(abs(span_m), 100.0)


def _placed(x: float, y: float) -> tuple[float, float]:
    return round(WIDTH / 2 + x, 1), round(HEIGHT / 2 - y, 1)
