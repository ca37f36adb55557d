"""The tariff document: TOML that a manager writes, read strictly into a Tariff. docs/tariffs.md describes it."""

import re
import tomllib
from decimal import Decimal

from dispatch.domain.errors import N_
from dispatch.domain.tariff import AbortCharge, BandClock, MeterKind, Service, Tariff
from dispatch.domain.tariff_adjustments import read_adjustments, read_costs
from dispatch.domain.tariff_bases import read_bands, read_packages
from dispatch.domain.tariff_meters import read_meters
from dispatch.domain.tariff_problems import InvalidTariff, Problem
from dispatch.domain.tariff_source import SourceLines
from dispatch.domain.tariff_table import Table
from dispatch.domain.tariff_terms import (
    read_allowance,
    read_booking,
    read_cancellations,
    read_refusal,
    read_rounding,
)
from dispatch.domain.text import Text

STANDARD = "standard"
SECTIONS = frozenset(
    {
        *("band", "package", "surcharge", "discount", "at_cost", "cancellation"),
        *("refusal", "allowance", "booking", "rounding"),
        *("minimum_fare", "tolerance_km", "band_clock", "on_abort", "vouchers_pay_costs"),
        *MeterKind,
    }
)


def read(text: str) -> Tariff:
    """The tariff a document describes; raises InvalidTariff with every mistake, its line and reason."""
    problems: list[Problem] = []
    top = _parse(text, problems)
    code = top.string("code", required=True)
    name = top.wording("name", required=True) or Text("", "")
    services = _read_services(top, name)
    top.done(sections=SECTIONS)
    if problems:
        raise InvalidTariff(problems)
    return Tariff(code, name, services)


def _parse(text: str, problems: list[Problem]) -> Table:
    try:
        values = tomllib.loads(text, parse_float=Decimal)
        lines = SourceLines(text)
    except RecursionError as error:
        raise InvalidTariff([Problem(1, "", N_("the document is nested too deeply"))]) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        reason = str(error).partition(" (at ")[0]
        problem = Problem(line, "", N_("not readable as TOML: %(reason)s"), {"reason": reason})
        raise InvalidTariff([problem]) from error
    return Table(values, (), lines, problems)


def _read_services(top: Table, name: Text) -> tuple[Service, ...]:
    tables = top.tables("service", defaults=top)
    if not tables:
        return (_read_service(top, STANDARD, name),)
    services: list[Service] = []
    for table in tables:
        own = table.own()
        service_id = own.string("id", required=True)
        if any(service.id == service_id for service in services):
            table.wrong(N_("the id “%(id)s” stands twice"), at="id", id=service_id)
        text = own.wording("name", required=True) or Text("", "")
        services.append(_read_service(table, service_id, text))
        table.done()
    return tuple(services)


def _read_service(table: Table, service_id: str, text: Text) -> Service:
    """One service; sections it does not write are taken over from the top of the document, except into packages."""
    base = table.own() if "band" in table or "package" in table else table
    if base.has("band") == base.has("package"):
        table.wrong(N_("a service needs either [[band]] or [[package]]"))
    bands, packages = read_bands(base), read_packages(base)
    included = {band.included_km for band in bands} | {package.included_km for package in packages}
    return Service(
        id=service_id,
        text=text,
        bands=bands,
        packages=packages,
        meters=read_meters(table.own() if base.has("package") else table, included),
        surcharges=read_adjustments(table, "surcharge"),
        discounts=read_adjustments(table, "discount"),
        costs=read_costs(table),
        cancellations=read_cancellations(table),
        refusal=read_refusal(table),
        allowance=read_allowance(table),
        booking=read_booking(table),
        rounding=read_rounding(table),
        minimum_fare_fen=table.money("minimum_fare", 0) or 0,
        tolerance_km=table.number("tolerance_km", Decimal(0)) or Decimal(0),
        band_clock=table.choice("band_clock", BandClock, BandClock.DEPARTURE),
        on_abort=table.choice("on_abort", AbortCharge, AbortCharge.NOTHING),
        vouchers_pay_costs=table.flag("vouchers_pay_costs"),
    )
