"""The metered sections of a tariff document: [distance], [waiting], [detour] and their like."""

from collections.abc import Collection
from decimal import Decimal

from dispatch.domain.errors import N_
from dispatch.domain.fare_meter import amount_at
from dispatch.domain.money import yuan
from dispatch.domain.tariff import Count, Meter, MeterKind, Tier
from dispatch.domain.tariff_table import Table

SECONDS = {"minutes": Decimal(60), "hours": Decimal(3600)}
KILOMETRES = {"km": Decimal(1)}


def read_meters(parent: Table, included_km: Collection[Decimal]) -> tuple[Meter, ...]:
    """Every metered section of a table; `included_km` are the distances its base fares include."""
    meters = []
    for kind in MeterKind:
        table = parent.table(kind)
        if table is not None:
            included = included_km if kind is MeterKind.DISTANCE else ()
            meter = _read_meter(table, kind, included or {Decimal(0)})
            if meter is not None:
                meters.append(meter)
    return tuple(meters)


def _read_meter(table: Table, kind: MeterKind, included: Collection[Decimal]) -> Meter | None:
    units = KILOMETRES if kind.in_km else SECONDS
    in_place = "tiers" not in table  # a single price needs no list
    tier_tables = [table] if in_place else table.tables("tiers")
    tiers = [_read_tier(tier, units, in_place=in_place) for tier in tier_tables]
    meter = Meter(
        kind=kind,
        tiers=tuple(tier for tier in tiers if tier is not None),
        free=_quantity(table, "free", units) or Decimal(0),
        free_lost=_one_of(table, "beyond_free", ("excess", "all")) == "all",
        from_zero=_one_of(table, "measured_from", ("included", "zero")) == "zero" or kind is MeterKind.LONG_DISTANCE,
        whole=_one_of(table, "tier_prices", ("share", "whole")) == "whole",
        cheaper_further=table.flag("cheaper_further"),
        cap_fen=table.money("cap"),
        rule=table.string("rule"),
        text=table.wording("text"),
    )
    table.done()
    if None in tiers or not _tiers_ascend(meter, tier_tables):
        return None
    for start in sorted(included):
        _check_never_cheaper(table, meter, start)
    return meter


def _read_tier(table: Table, units: dict[str, Decimal], *, in_place: bool) -> Tier | None:
    over = _quantity(table, "over", units) or Decimal(0)
    step = _quantity(table, "every", units)
    once = table.money("once")
    every_keys = ", ".join(f"every_{unit}" for unit in units)
    if (step is None) == (once is None):
        table.wrong(N_("say either “once” or one of: %(keys)s"), keys=every_keys)
    if step is None:
        price, count = once, Count.STARTED
        if "price" in table or "count" in table:
            table.wrong(N_("“price” and “count” belong to a step: one of %(keys)s"), keys=every_keys)
    else:
        price = table.money("price", required=True)
        count = table.choice("count", Count, Count.STARTED, required=True)
    if not in_place:
        table.done()
    if step == 0:
        table.wrong(N_("a step of 0 covers nothing"))
    if price is None or step == 0:
        return None
    return Tier(price, over, step, count)


def _tiers_ascend(meter: Meter, tier_tables: list[Table]) -> bool:
    ascending = True
    for number in range(1, len(meter.tiers)):
        if meter.tiers[number].over <= meter.tiers[number - 1].over:
            tier_tables[number].wrong(N_("tiers stand in order of “over”; this one leaves another nothing to cover"))
            ascending = False
    return ascending


def _check_never_cheaper(table: Table, meter: Meter, included: Decimal) -> None:
    """More must never cost less, unless the company says that it means it."""
    if not meter.whole or meter.cheaper_further:
        return
    unit = Decimal(1) if meter.kind.in_km else Decimal(60)
    for tier in meter.tiers[1:]:
        edge = tier.over if meter.from_zero else tier.over + included + meter.free
        before, beyond = amount_at(meter, edge, included), amount_at(meter, edge + unit / 10, included)
        if beyond < before:
            table.wrong(
                N_("beyond %(edge)s the price falls from ¥%(before)s to ¥%(beyond)s; if meant: cheaper_further = true"),
                edge=edge / unit,
                before=yuan(before),
                beyond=yuan(beyond),
            )


def _quantity(table: Table, word: str, units: dict[str, Decimal]) -> Decimal | None:
    """A quantity in one of the units, such as every_minutes or every_hours."""
    found: Decimal | None = None
    for unit, size in units.items():
        value = table.number(f"{word}_{unit}")
        if value is None:
            continue
        if found is not None:
            table.wrong(N_("give “%(word)s” in one unit only"), at=f"{word}_{unit}", word=word)
        found = value * size
    return found


def _one_of(table: Table, key: str, words: tuple[str, str]) -> str:
    """One of two words; the first is the default."""
    word = table.string(key, words[0])
    if word not in words:
        table.wrong(N_("“%(name)s” must be one of: %(known)s"), at=key, name=key, known=", ".join(words))
    return word
