"""The road network for travel times: build it from an extract of OpenStreetMap, and try it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from config import load_settings
from dispatch.cli.output import Unable, json_option, say
from dispatch.cli.rules import EXISTING_FILE
from dispatch.domain.geo import Point, great_circle_m
from dispatch.gateways.roads.graph import GraphUnusable, write


class _Place(click.ParamType[Any]):
    name = "lat,lon"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A point in WGS-84."""
        try:
            lat, lon = (float(part) for part in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not a point such as 28.4451,117.9650", param, ctx)
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            self.fail(f"{value!r} is not on the earth: latitude first, then longitude", param, ctx)
        return Point(lat, lon)


PLACE = _Place()


@click.group()
def roads() -> None:
    """Travel times along the roads of a local OpenStreetMap extract (HOMEWARD_ROUTER=roads)."""


@roads.command("build")
@click.argument("file", type=EXISTING_FILE)
@json_option
def build_roads(file: Path, as_json: bool) -> None:
    """Build the road network of FILE (.osm.pbf) and put it where the service looks for it."""
    path = load_settings().road_graph
    try:
        from dispatch.gateways.roads.build import build  # noqa: PLC0415 - scipy is large: other commands do without

        told = write(path, build(file), file.name, datetime.now(UTC))
    except GraphUnusable as error:
        raise Unable("roads_not_built", str(error)) from error
    answer = {"file": str(path), "crossings": told.crossings, "roads": told.edges, "bytes": told.size}
    line = f"{path}: {told.crossings} crossings, {told.edges} roads, {told.size / 1e6:.1f} MB"
    say(answer, [line, "Running services take it up when they are restarted."], as_json=as_json)


@roads.command("check")
@click.argument("origin", metavar="FROM", type=PLACE)
@click.argument("destination", metavar="TO", type=PLACE)
@json_option
def check_roads(origin: Point, destination: Point, as_json: bool) -> None:
    """How long the way takes and how far it is FROM one point TO another (28.4451,117.9650). Exit 1 without a way."""
    from dispatch.gateways.roads.engine import RoadRouter  # noqa: PLC0415

    try:
        way = RoadRouter(load_settings().road_graph).way(origin, destination)
    except GraphUnusable as error:
        raise Unable("no_roads", str(error)) from error
    straight = great_circle_m(origin, destination)
    if way is None:
        say({"found": False, "straight_m": round(straight)}, ["There is no way along the roads."], as_json=as_json)
        sys.exit(1)
    answer = {"found": True, "seconds": round(way.seconds), "metres": round(way.metres), "straight_m": round(straight)}
    line = f"{way.seconds / 60:.1f} min, {way.metres / 1000:.1f} km ({straight / 1000:.1f} km in a straight line)"
    say(answer, [line], as_json=as_json)
