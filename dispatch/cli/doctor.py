"""What is wrong with an installation, and what to do about it."""

import ctypes.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click
import httpx
from sqlalchemy import select

from config import BadSettings, Settings, load_settings
from dispatch.app import clock_of, seals_of
from dispatch.cli.output import json_option, say
from dispatch.domain.errors import DomainError
from dispatch.domain.geo import Point
from dispatch.gateways.osrm import TIMEOUT_SECONDS as OSRM_TIMEOUT
from dispatch.gateways.osrm import ask_table
from dispatch.gateways.roads.graph import GraphUnusable, about, load
from dispatch.gateways.tile_file import tile_file_fault
from dispatch.services import chains, housekeeping, late_sealing, working_days
from dispatch.services.rendering import RenderError, draw_sample, missing_glyphs
from dispatch.services.sealing import EXPIRY_WARNING, Office, SealUnusable
from dispatch.store import migrate
from dispatch.store.branches import Branch
from dispatch.store.db import Database

ROADS_OLD_DAYS = 365
NAMES = "喆堃祎镕昇玥"
CLOCK_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: in order when there is no `wrong`; else what to do is in `remedy`."""

    about: str
    wrong: str = ""
    remedy: str = ""


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look the installation over and say what is wrong with it. Exit 1 when anything is."""
    findings = list(examine())
    ill = [finding for finding in findings if finding.wrong]
    lines = [f"{'✗' if one.wrong else '✓'} {one.about}{': ' + one.wrong if one.wrong else ''}"
             f"{chr(10) + '  → ' + one.remedy if one.wrong else ''}" for one in findings]  # fmt: skip
    answer = {
        "healthy": not ill,
        "findings": [{"about": f.about, "wrong": f.wrong, "remedy": f.remedy} for f in findings],
    }
    say(answer, lines, as_json=as_json)
    if ill:
        sys.exit(1)


def examine() -> Iterator[Finding]:
    """Everything that is looked at, in the order in which it matters."""
    try:
        settings = load_settings()
    except BadSettings as error:
        yield Finding("settings", "; ".join(error.problems), "Correct the environment or .env, then ask again.")
        return
    yield Finding("settings")
    for check in (_key, _libraries, _fonts, _drawing, _clock, _travel_times, _map):
        yield check(settings)
    yield from _database(settings)


def _key(settings: Settings) -> Finding:
    length = len(settings.secret_key.get_secret_value())
    wrong = f"only {length} characters" if length < 32 else ""
    return Finding("secret key", wrong, "Set HOMEWARD_SECRET_KEY to 32 random characters or more.")


def _libraries(_settings: Settings) -> Finding:
    missing = [name for name in ("pango-1.0", "harfbuzz-subset") if ctypes.util.find_library(name) is None]
    return Finding("system libraries", ", ".join(f"{name} is missing" for name in missing), "Run `make system`.")


def _fonts(_settings: Settings) -> Finding:
    try:
        missing = missing_glyphs(NAMES)
    except RenderError as error:
        return Finding("fonts", str(error), "Run `make vendor`.")
    return Finding("fonts", f"no glyph for {''.join(sorted(missing))}" if missing else "", "Run `make vendor`.")


def _drawing(_settings: Settings) -> Finding:
    try:
        draw_sample()
    except RenderError as error:
        return Finding("drawing an agreement", str(error), "See the lines above; then `make system vendor`.")
    return Finding("drawing an agreement")


def _clock(settings: Settings) -> Finding:
    now = clock_of(settings)()
    wrong = f"says {now:%Y-%m-%d}" if now < CLOCK_EARLIEST else ""
    return Finding("clock", wrong, "Set the machine's clock; due dates and signatures depend on it.")


def _travel_times(settings: Settings) -> Finding:
    match settings.router:
        case "great-circle":
            return Finding("travel times (in a straight line, times a factor)")
        case "osrm":
            return Finding(f"travel times ({settings.osrm_url})", *_osrm_fault(settings))
        case _:
            return _road_graph(settings)


def _osrm_fault(settings: Settings) -> tuple[str, str]:
    try:
        ask_table(httpx.Client(timeout=OSRM_TIMEOUT), settings.osrm_url, [Point(0, 0)], [Point(0, 0)])
    except OSError as error:
        return str(error), "Start it or correct HOMEWARD_OSRM_URL; until then times are those of the straight line."
    return "", ""


def _road_graph(settings: Settings) -> Finding:
    remedy = "Run `homeward roads build FILE.osm.pbf`; until then times are those of the straight line."
    try:
        load(settings.road_graph)
        told = about(settings.road_graph)
    except GraphUnusable as error:
        return Finding("travel times (along the roads)", str(error), remedy)
    days = (clock_of(settings)() - told.built_at).days
    wrong = f"the extract was taken in {days} days ago: roads have changed" if days > ROADS_OLD_DAYS else ""
    return Finding(f"travel times (along the roads of {told.source}, {days} days old)", wrong, remedy)


def _map(settings: Settings) -> Finding:
    if settings.map_pmtiles is None:
        tiles = f"tiles from {urlsplit(settings.map_tiles).netloc}" if settings.map_tiles else "points only"
        return Finding(f"map ({tiles})")
    wrong = tile_file_fault(settings.map_pmtiles)
    return Finding(f"map ({settings.map_pmtiles.name})", wrong, "Set HOMEWARD_MAP_PMTILES to one with pictures.")


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        if not migrate.is_current(settings.database_url):
            yield Finding("database schema", "another version", "Run `homeward migrate`.")
            return
        db = Database(settings.database_url)
        faults = db.durability_faults()
    except Exception as error:
        yield Finding("database", f"{type(error).__name__}: {error}"[:200], "Check DATABASE_URL and that it runs.")
        return
    yield Finding("database schema")
    yield Finding("durability", "; ".join(faults), "Switch these settings on: acknowledged writes could be lost.")
    checks: tuple[Callable[[Settings, Database], Finding], ...] = (_scheduler, _calendar, _seals, _signatures, _chain)
    for check in checks:
        try:
            yield check(settings, db)
        except DomainError as error:
            yield Finding(check.__name__.strip("_"), str(error), "Try again; if it stays, see the log.")
    db.dispose()


def _scheduler(settings: Settings, db: Database) -> Finding:
    with db.reading() as session:
        silent = housekeeping.is_silent(session, "scheduler", clock_of(settings)())
    wrong = "no sign of life for a minute" if silent else ""
    return Finding("scheduler", wrong, "Start `homeward serve`, or `homeward scheduler` beside the web.")


def _calendar(settings: Settings, db: Database) -> Finding:
    with db.reading() as session:
        missing = working_days.years_missing(session, clock_of(settings)().date())
    wrong = f"{', '.join(map(str, missing))} not announced: due dates are provisional" if missing else ""
    return Finding("working days", wrong, "Import the State Council's announcement on the page Working days.")


def _seals(settings: Settings, db: Database) -> Finding:
    seals, now, wrong = seals_of(settings), clock_of(settings)(), []
    with db.reading() as session:
        offices = [Office.of(branch) for branch in session.scalars(select(Branch))]
    for office in offices:
        try:
            expires = seals.of(office, now).expires_at
        except SealUnusable as error:
            wrong.append(f"{office.code}: {error}")
            continue
        if expires - now < EXPIRY_WARNING:
            wrong.append(f"{office.code}: good until {expires:%Y-%m-%d} only")
    return Finding("seals", "; ".join(wrong), "Nothing can be signed without a seal: see the operating guide, Seals.")


def _signatures(settings: Settings, db: Database) -> Finding:
    with db.reading() as session:
        left = len(late_sealing.left(session, clock_of(settings)()))
    wrong = f"{left} drawn, and their documents are not made yet" if left else ""
    remedy = "The scheduler makes them: see its log. Update only then: a later release may word a document otherwise."
    return Finding("signatures", wrong, remedy)


def _chain(_settings: Settings, db: Database) -> Finding:
    with db.reading() as session:
        broken = [f"{one.number or one.position} {one.what}" for branch_id in session.scalars(select(Branch.id)).all()
                  for one in chains.on_record(session, branch_id).broken]  # fmt: skip
    wrong = f"not as they were signed: {', '.join(broken[:5])}" if broken else ""
    return Finding("signed documents", wrong, "Restore the database from a backup and find out who changed it.")
