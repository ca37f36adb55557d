"""How long the way takes: as the crow flies times a factor, or along the roads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.domain.geo import Point, great_circle_m

ROAD_FACTOR = 1.4  # roads of a city against the straight line
CITY_MPS = 6.0  # metres a second at night with lights and one-way streets: 21.6 km/h


class Router(Protocol):
    """Travel times by car."""

    def seconds(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
        """Seconds from each origin (rows) to each destination (columns); None where no way was found."""


@dataclass(frozen=True, slots=True)
class GreatCircleRouter:
    """The straight line times a factor, at a city's speed: always there, and near enough to choose whom to ask."""

    factor: float = ROAD_FACTOR
    mps: float = CITY_MPS

    def seconds(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
        """See Router; a way is always found."""
        return [[great_circle_m(a, b) * self.factor / self.mps for b in destinations] for a in origins]
