"""China's shifted datum: GCJ-02 ("Mars coordinates") to WGS-84 and back.

Maps published in the mainland, and phones that follow them, speak GCJ-02, some 300 to 600 m from WGS-84. Inside
everything is WGS-84: points are turned where they come in and where they are drawn. Hong Kong, Macao, Taiwan and places
abroad are not shifted. The mainland's outline here is coarse, good to a few kilometres at foreign borders.
"""

from enum import StrEnum, auto
from math import cos, pi, radians, sin, sqrt

from dispatch.domain.geo import Point

_AXIS_M = 6_378_245.0  # Krasovsky 1940, semi-major axis
_ECCENTRICITY_2 = 0.006_693_421_622_965_943
_STEPS = 5  # each makes the error of the inverse some thousand times smaller

_Ring = tuple[tuple[float, float], ...]


class Datum(StrEnum):
    """In which system a point was given."""

    WGS84 = auto()
    GCJ02 = auto()


def to_wgs84(point: Point, datum: Datum) -> Point:
    """A point given in `datum`, as it is kept inside."""
    return gcj02_to_wgs84(point) if datum is Datum.GCJ02 else point


def from_wgs84(point: Point, datum: Datum) -> Point:
    """A point from inside, for a map or phone that speaks `datum`."""
    return wgs84_to_gcj02(point) if datum is Datum.GCJ02 else point


def wgs84_to_gcj02(point: Point) -> Point:
    """The shifted point; outside the mainland the same."""
    if not in_mainland(point):
        return point
    north, east = _shift(point)
    return Point(point.lat + north, point.lon + east)


def gcj02_to_wgs84(point: Point) -> Point:
    """What was shifted to `point`, to less than a millimetre: the shift is taken off at ever better guesses.

    Within a shift's length of the border a point can be read in both ways; then it is taken to be in the mainland.
    """
    guess = point
    for _ in range(_STEPS):
        north, east = _shift(guess)
        guess = Point(point.lat - north, point.lon - east)
    return guess if in_mainland(guess) else point


def in_mainland(point: Point) -> bool:
    """Whether the shift applies at a point in WGS-84."""
    return _inside(point, _MAINLAND) and not any(_inside(point, hole) for hole in _UNSHIFTED)


def _shift(point: Point) -> tuple[float, float]:
    """Degrees that GCJ-02 adds to latitude and longitude here."""
    x, y = point.lon - 105.0, point.lat - 35.0
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    north_m += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north_m += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    east_m += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east_m += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    lat = radians(point.lat)
    flattening = 1 - _ECCENTRICITY_2 * sin(lat) ** 2
    metres_a_degree_north = radians(1) * _AXIS_M * (1 - _ECCENTRICITY_2) / (flattening * sqrt(flattening))
    metres_a_degree_east = radians(1) * _AXIS_M / sqrt(flattening) * cos(lat)
    return north_m / metres_a_degree_north, east_m / metres_a_degree_east


def _inside(point: Point, ring: _Ring) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    inside = False
    before_lon, before_lat = ring[-1]
    for lon, lat in ring:
        if (lat > point.lat) != (before_lat > point.lat):
            crossing = lon + (point.lat - lat) * (before_lon - lon) / (before_lat - lat)
            inside ^= point.lon < crossing
        before_lon, before_lat = lon, lat
    return inside


# Longitude and latitude, clockwise from the north-west; at sea well off the coast.
_MAINLAND: _Ring = (
    (120.9, 53.35), (123.3, 53.6), (125.6, 53.1), (126.9, 51.35), (127.55, 50.25), (129.5, 49.45), (130.6, 48.95),
    (131.0, 47.75), (132.5, 47.8), (134.8, 48.4), (133.95, 46.9), (133.5, 45.9), (133.1, 45.1), (131.9, 45.3),
    (131.0, 44.85), (131.3, 44.1), (131.25, 43.5), (130.65, 42.42), (129.85, 42.98), (129.7, 42.42), (128.95, 42.02),
    (128.1, 41.98), (128.2, 41.42), (126.95, 41.75), (126.2, 41.1), (125.0, 40.52), (124.39, 40.1), (124.1, 39.6),
    (122.6, 38.3), (123.2, 37.2), (122.6, 34.0), (123.4, 31.0), (123.1, 29.5), (122.1, 27.5), (120.8, 26.2),
    (120.2, 25.2), (119.0, 23.8), (117.6, 22.5), (114.5, 21.6), (111.6, 19.8), (111.3, 18.4), (110.0, 17.7),
    (108.3, 18.2), (108.1, 19.6), (108.0, 21.5), (107.0, 21.93), (106.65, 22.0), (106.55, 22.8), (105.4, 23.2),
    (104.0, 22.5), (103.0, 22.5), (102.3, 22.4), (101.6, 22.2), (101.8, 21.15), (101.1, 21.5), (100.0, 21.5),
    (99.2, 22.1), (99.3, 23.0), (98.8, 23.6), (98.6, 24.0), (97.55, 23.9), (97.6, 24.8), (98.2, 25.6), (98.7, 27.4),
    (97.4, 28.1), (96.4, 28.4), (94.5, 29.2), (92.0, 27.7), (91.3, 27.9), (89.0, 27.3), (88.0, 28.0), (86.0, 27.9),
    (84.0, 28.8), (81.2, 30.0), (79.0, 31.5), (78.7, 32.5), (78.4, 34.6), (77.8, 35.5), (75.5, 36.8), (74.5, 37.2),
    (74.9, 38.5), (73.5, 39.4), (74.8, 40.5), (76.4, 40.4), (80.2, 42.1), (80.35, 43.1), (80.4, 44.25), (80.3, 44.9),
    (82.5, 45.2), (82.4, 45.5), (83.0, 47.2), (85.5, 47.1), (85.7, 48.4), (87.3, 49.15), (88.5, 48.0), (90.9, 46.9),
    (91.0, 45.3), (93.5, 44.9), (95.4, 44.2), (96.4, 42.75), (101.5, 42.5), (104.9, 41.65), (107.5, 42.4),
    (110.0, 42.7), (111.9, 43.72), (112.0, 45.05), (114.0, 44.9), (116.5, 46.35), (119.8, 46.8), (118.0, 47.95),
    (115.6, 47.9), (116.7, 49.87), (118.5, 49.95), (119.2, 50.15), (119.8, 51.8), (120.1, 52.75),
)  # fmt: skip
_UNSHIFTED: tuple[_Ring, ...] = (
    (  # Hong Kong, along Deep Bay, the Shenzhen River and Mirs Bay
        (113.82, 22.1), (113.82, 22.41), (113.93, 22.455), (114.0, 22.495), (114.03, 22.503), (114.06, 22.513),
        (114.09, 22.527), (114.113, 22.532), (114.15, 22.543), (114.17, 22.559), (114.2, 22.556), (114.228, 22.547),
        (114.3, 22.56), (114.45, 22.55), (114.52, 22.4), (114.52, 22.1),
    ),
    (  # Macao, with Taipa and Coloane, against Zhuhai and Hengqin
        (113.5475, 22.1), (113.5445, 22.165), (113.531, 22.185), (113.535, 22.212), (113.549, 22.2165),
        (113.557, 22.2145), (113.6, 22.215), (113.61, 22.1),
    ),
    # Taiwan with Penghu; Kinmen; Matsu
    ((119.2, 23.0), (119.2, 23.95), (121.0, 25.45), (122.3, 25.45), (122.3, 21.7), (120.0, 21.7)),
    ((118.19, 24.37), (118.21, 24.47), (118.3, 24.53), (118.5, 24.53), (118.5, 24.37)),
    ((119.85, 25.9), (119.85, 26.3), (120.55, 26.42), (120.55, 25.9)),
)  # fmt: skip
