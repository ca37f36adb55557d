"""What the desk's map is drawn on: tiles from somewhere, a local file of pictures, or nothing but the points."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from dispatch.domain.datum import Datum, from_wgs84, to_wgs84
from dispatch.domain.geo import Point

OWN_TILES = "/desk/map/"


@dataclass(frozen=True, slots=True)
class MapSource:
    """Tiles by address (`{s}` stands for one of the subdomains), or a PMTiles file; neither: a plain map of points.

    Pages are given points in the map's own datum, and send such points back.
    """

    tiles: str = ""
    subdomains: str = "abc"
    pmtiles: Path | None = None
    datum: Datum = Datum.WGS84
    attribution: str = ""

    @property
    def kind(self) -> str:
        """How the page draws it: `tiles`, `pmtiles` or `plain`."""
        return "tiles" if self.tiles else "pmtiles" if self.pmtiles else "plain"

    @property
    def address(self) -> str:
        """Where the page finds it."""
        return self.tiles or (OWN_TILES + quote(self.pmtiles.name) if self.pmtiles else "")

    @property
    def origins(self) -> tuple[str, ...]:
        """The hosts that pictures come from, and no others."""
        if not self.tiles:
            return ()
        split = urlsplit(self.tiles)
        names = self.subdomains if "{s}" in split.netloc else " "
        return tuple(dict.fromkeys(f"{split.scheme}://{split.netloc.replace('{s}', name)}" for name in names))

    def drawn(self, point: Point) -> Point:
        """A point from inside as the page draws it. Without a map there is nothing to shift it for."""
        return point if self.kind == "plain" else from_wgs84(point, self.datum)

    def meant(self, point: Point) -> Point:
        """A point that was picked on the map, as it is kept inside."""
        return point if self.kind == "plain" else to_wgs84(point, self.datum)
