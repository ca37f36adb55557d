"""A driver's way as bytes: each point as its difference to the one before, some eight bytes instead of eighty.

Numbers are zigzag varints, four a point: tenths of a second since the point before, millionths of a degree north and
east (0.1 m), and the accuracy in metres plus one (0: unknown). The first point counts
from the track's beginning at 0, 0.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from dispatch.domain.geo import Point
from dispatch.domain.position import Fix

DEGREE = 1_000_000
TICK = timedelta(milliseconds=100)
MOST_ACCURACY_M = 100_000


def encode(fixes: Sequence[Fix], begins: datetime) -> bytes:
    """Fixes in order of time as bytes; `begins` must be told again to read them."""
    packed = bytearray()
    time = lat = lon = 0
    for fix in fixes:
        there = round((fix.at - begins) / TICK), round(fix.point.lat * DEGREE), round(fix.point.lon * DEGREE)
        blur = 0 if fix.accuracy_m is None else 1 + min(MOST_ACCURACY_M, round(fix.accuracy_m))
        for number in (there[0] - time, there[1] - lat, there[2] - lon, blur):
            _append(packed, number)
        time, lat, lon = there
    return bytes(packed)


def decode(packed: bytes, begins: datetime) -> list[Fix]:
    """What was packed. Raises ValueError where bytes are missing."""
    numbers = list(_numbers(packed))
    if len(numbers) % 4:
        raise ValueError("a track that ends in the middle of a point")
    fixes = []
    time = lat = lon = 0
    for at in range(0, len(numbers), 4):
        ticks, north, east, blur = numbers[at : at + 4]
        time, lat, lon = time + ticks, lat + north, lon + east
        accuracy = float(blur - 1) if blur else None
        fixes.append(Fix(Point(lat / DEGREE, lon / DEGREE), begins + time * TICK, accuracy))
    return fixes


def thinned(fixes: Iterable[Fix], every: timedelta) -> list[Fix]:
    """The first and the last fix, and between them one at most for each span of time."""
    kept: list[Fix] = []
    last = None
    for fix in fixes:
        last = fix
        if not kept or fix.at - kept[-1].at >= every:
            kept.append(fix)
    if last is not None and last is not kept[-1]:
        kept.append(last)
    return kept


def _append(packed: bytearray, number: int) -> None:
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    while rest > 0x7F:
        packed.append(rest & 0x7F | 0x80)
        rest >>= 7
    packed.append(rest)


def _numbers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        yield -(number + 1 >> 1) if number & 1 else number >> 1
        number = shift = 0
    if shift:
        raise ValueError("a track that ends in the middle of a number")
