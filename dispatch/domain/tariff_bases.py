"""Base fares of a tariff document: time bands that cover the week exactly once, or packages."""

from decimal import Decimal
from itertools import pairwise

from dispatch.domain.errors import N_
from dispatch.domain.tariff import Band, Count, Package
from dispatch.domain.tariff_hours import read_days, read_hours
from dispatch.domain.tariff_meters import read_meters
from dispatch.domain.tariff_table import Table
from dispatch.domain.time_bands import EVERY_DAY, clock, coverage_faults

HOUR = Decimal(3600)


def read_bands(parent: Table) -> tuple[Band, ...]:
    """The time bands of a service; notes overlaps and gaps."""
    tables = parent.tables("band")
    bands: list[Band] = []
    read: list[Table] = []
    for table in tables:
        band = _read_band(table)
        if band is not None:
            bands.append(band)
            read.append(table)
    if len(bands) == len(tables):  # with a band unreadable, a gap would only repeat that
        _check_coverage(read, bands)
    return tuple(bands)


def _read_band(table: Table) -> Band | None:
    text = table.string("hours", required=True)
    days = read_days(table) or EVERY_DAY
    hours = read_hours(table, "hours", text, days) if text else None
    base = table.money("base", required=True)
    included = table.number("included_km", Decimal(0)) or Decimal(0)
    meters = read_meters(table, {included})
    table.done()
    if hours is None or base is None:
        return None
    return Band(hours, base, included, meters)


def _check_coverage(tables: list[Table], bands: list[Band]) -> None:
    overlaps, gaps = coverage_faults([band.hours for band in bands])
    for overlap in overlaps:
        tables[overlap.later].wrong(
            N_("overlaps the band %(other)s at %(time)s"),
            at="hours",
            other=bands[overlap.earlier].hours.label(),
            time=clock(overlap.at),
        )
    for gap in gaps if bands else []:
        tables[gap.after].wrong(
            N_("no band covers %(start)s-%(end)s after this one (the end of a band is not inside it)"),
            at="hours",
            start=clock(gap.start),
            end=clock(gap.end),
        )


def read_packages(parent: Table) -> tuple[Package, ...]:
    """The packages of a service, the shortest first."""
    tables = parent.tables("package")
    read = [(table, package) for table in tables if (package := _read_package(table)) is not None]
    for (_, shorter), (table, longer) in pairwise(read):
        if longer.length <= shorter.length:
            table.wrong(N_("packages stand in order of their hours; this one covers nothing"), at="hours")
        elif longer.price_fen < shorter.price_fen:
            table.wrong(N_("a longer package cannot cost less than a shorter one"), at="price")
        if shorter.repeat is not None:
            table.wrong(N_("only the longest package can be repeated"))
    return tuple(package for _, package in read)


def _read_package(table: Table) -> Package | None:
    hours = table.number("hours", required=True)
    price = table.money("price", required=True)
    included = table.number("included_km", Decimal(0)) or Decimal(0)
    grace = table.number("grace_minutes", Decimal(0)) or Decimal(0)
    repeat = table.choice("repeat", Count, Count.STARTED) if "repeat" in table else None
    if repeat not in {None, Count.STARTED, Count.COMPLETED}:
        table.wrong(N_("“repeat” is started or completed"), at="repeat")
    table.done()
    if hours == 0:
        table.wrong(N_("a package of 0 hours covers nothing"), at="hours")
    if not hours or price is None:
        return None
    return Package(hours * HOUR, price, included, grace * 60, repeat)
