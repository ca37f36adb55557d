"""A Tariff written as a document again: reading it gives the same tariff. Services are written out in full."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from dispatch.domain.fare_lines import plain
from dispatch.domain.tariff import (
    Adjustment,
    Band,
    BookingTerm,
    CancellationTerm,
    CostItem,
    Meter,
    MeterKind,
    MoneyRange,
    Package,
    Rounding,
    Service,
    Tariff,
    Tier,
    When,
)
from dispatch.domain.tariff_hours import DAYS
from dispatch.domain.text import Text
from dispatch.domain.time_bands import EVERY_DAY

Value = str | bool | int | Decimal | Text | list["Value"] | dict[str, "Value"] | None


def write(tariff: Tariff) -> str:
    """The document of a tariff."""
    lines = _pairs({"code": tariff.code, "name": tariff.text})
    for service in tariff.services:
        lines += _service(service)
    return "\n".join(lines) + "\n"


def _service(service: Service) -> list[str]:
    standard = Service(service.id, service.text)
    settings: dict[str, Value] = {"id": service.id, "name": service.text}
    if service.minimum_fare_fen:
        settings["minimum_fare"] = _yuan(service.minimum_fare_fen)
    if service.tolerance_km:
        settings["tolerance_km"] = service.tolerance_km
    for key in ("band_clock", "on_abort", "vouchers_pay_costs"):
        if getattr(service, key) != getattr(standard, key):
            settings[key] = getattr(service, key)
    lines = ["", "[[service]]", *_pairs(settings)]
    for band in service.bands:
        lines += _table("[[service.band]]", _band(band))
    lines += _tables("package", (_package(package) for package in service.packages))
    for meter in service.meters:
        lines += _table(f"[service.{meter.kind}]", _meter(meter))
    lines += _tables("surcharge", (_adjustment(term) for term in service.surcharges))
    lines += _tables("discount", (_adjustment(term) for term in service.discounts))
    lines += _tables("at_cost", (_cost(item) for item in service.costs))
    lines += _tables("cancellation", (_cancellation(term) for term in service.cancellations))
    return lines + _agreement_terms(service)


def _agreement_terms(service: Service) -> list[str]:
    lines: list[str] = []
    if service.refusal is not None:
        reasons: Value = list(service.refusal.reasons)
        lines += _table("[service.refusal]", {"reasons": reasons, **_range(service.refusal.fee)})
    if service.allowance is not None:
        share: dict[str, Value] = {"fault_percent_from": service.allowance.fault_percent_from}
        lines += _table("[service.allowance]", {**_range(service.allowance.amount), **share})
    if service.booking != BookingTerm():
        lines += _table("[service.booking]", _booking(service.booking))
    if service.rounding != Rounding():
        rounding: dict[str, Value] = {"to": _yuan(service.rounding.to_fen), "mode": service.rounding.mode}
        lines += _table("[service.rounding]", rounding)
    return lines


def _band(band: Band) -> dict[str, Value]:
    table: dict[str, Value] = {
        "hours": band.hours.label(),
        "days": None if band.hours.days == EVERY_DAY else _days(band.hours.days),
        "base": _yuan(band.base_fen),
        "included_km": band.included_km or None,
    }
    return table | {meter.kind.value: _meter(meter) for meter in band.meters}


def _package(package: Package) -> dict[str, Value]:
    return {
        "hours": package.length / 3600,
        "price": _yuan(package.price_fen),
        "included_km": package.included_km or None,
        "grace_minutes": package.grace / 60 if package.grace else None,
        "repeat": package.repeat,
    }


def _meter(meter: Meter) -> dict[str, Value]:
    return {
        _unit("free", meter.kind): _amount(meter.free, meter.kind) if meter.free else None,
        "beyond_free": "all" if meter.free_lost else None,
        "measured_from": "zero" if meter.from_zero and meter.kind is not MeterKind.LONG_DISTANCE else None,
        "tier_prices": "whole" if meter.whole else None,
        "cheaper_further": meter.cheaper_further or None,
        "cap": None if meter.cap_fen is None else _yuan(meter.cap_fen),
        "rule": meter.rule or None,
        "text": meter.text,
        "tiers": [_tier(tier, meter.kind) for tier in meter.tiers],
    }


def _tier(tier: Tier, kind: MeterKind) -> dict[str, Value]:
    over: dict[str, Value] = {_unit("over", kind): _amount(tier.over, kind) if tier.over else None}
    if tier.step is None:
        return {**over, "once": _yuan(tier.price_fen)}
    every = {_unit("every", kind): _amount(tier.step, kind)}
    return {**over, **every, "price": _yuan(tier.price_fen), "count": tier.count}


def _adjustment(term: Adjustment) -> dict[str, Value]:
    return {
        "id": term.id,
        "text": term.text,
        "amount": None if term.amount_fen is None else _yuan(term.amount_fen),
        "percent": term.percent,
        "of": list(term.of) or None,
        "when": _when(term.when),
        "on_request": term.on_request or None,
        "cap": None if term.cap_fen is None else _yuan(term.cap_fen),
        "cheaper_further": term.cheaper_further or None,
        "rule": term.rule or None,
    }


def _when(when: When) -> dict[str, Value] | None:
    if when == When():
        return None
    return {
        "hours": [window.label() for window in when.hours] or None,
        "days": _days(when.days) if when.days else None,
        "dates": [f"{span.first}..{span.last}" for span in when.dates] or None,
        "cars": list(when.cars) or None,
        "members": list(when.members) or None,
        "over_km": when.over_km,
        "lead_under_minutes": _minutes(when.lead_under),
        "lead_from_minutes": _minutes(when.lead_from),
        "from_fare": None if when.from_fare_fen is None else _yuan(when.from_fare_fen),
    }


def _cost(item: CostItem) -> dict[str, Value]:
    return {
        "id": item.id,
        "text": item.text,
        "percent": item.percent,
        "cap": None if item.cap_fen is None else _yuan(item.cap_fen),
        "rule": item.rule or None,
    }


def _cancellation(term: CancellationTerm) -> dict[str, Value]:
    return {
        "stage": term.stage,
        "fee": None if term.fee_fen is None else _yuan(term.fee_fen),
        "percent_of_quote": term.percent_of_quote,
        "less_than_minutes_before": _minutes(term.less_than_before),
        "more_than_minutes_after_accept": _minutes(term.after_accept),
        "more_than_minutes_after_arrival": _minutes(term.after_arrival),
        "when": _when(term.when),
        "also": list(term.also) or None,
        "rule": term.rule or None,
    }


def _range(money: MoneyRange) -> dict[str, Value]:
    return {
        "from": _yuan(money.low_fen),
        "to": _yuan(money.high_fen),
        "default": _yuan(money.default_fen),
        "rule": money.rule or None,
    }


def _booking(term: BookingTerm) -> dict[str, Value]:
    return {
        "hours": [window.label() for window in term.hours] or None,
        "minimum_lead_minutes": _minutes(term.minimum_lead),
        "outside": term.outside,
    }


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def _minutes(seconds: Decimal | None) -> Decimal | None:
    return None if seconds is None else seconds / 60


def _unit(word: str, kind: MeterKind) -> str:
    return f"{word}_km" if kind.in_km else f"{word}_minutes"


def _amount(quantity: Decimal, kind: MeterKind) -> Decimal:
    return quantity if kind.in_km else quantity / 60


def _days(days: Iterable[int]) -> list[Value]:
    return [DAYS[day] for day in sorted(days)]


def _tables(name: str, tables: Iterable[Mapping[str, Value]]) -> list[str]:
    return [line for table in tables for line in _table(f"[[service.{name}]]", table)]


def _table(header: str, table: Mapping[str, Value]) -> list[str]:
    return ["", header, *_pairs(table)]


def _pairs(table: Mapping[str, Value]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in table.items() if value is not None]


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Text):
        return _toml({"zh": value.zh, "en": value.en})
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return plain(Decimal(value or 0))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped) + '"'
