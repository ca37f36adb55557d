"""One way to charge a measured quantity: kilometres or seconds beyond what is free, in steps and tiers."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from dispatch.domain.fare_lines import FareLine, single
from dispatch.domain.fare_text import PARTS, step_unit, told_quantity
from dispatch.domain.money import yuan
from dispatch.domain.tariff import Count, Meter, Tier
from dispatch.domain.text import Text

_SHOWN = Decimal("0.000001")  # quantities that do not end are shown to a millionth


def charge(
    meter: Meter, reading: Decimal, *, included: Decimal = Decimal(0), facts: Mapping[str, str] | None = None
) -> list[FareLine]:
    """The lines for a reading in km or seconds, of which `included` is paid for by the base fare already.

    A reading inside what is free gives one line of zero, so that the customer sees why nothing is charged.
    """
    start = included + meter.free
    if meter.free_lost and reading > start:
        start = included
    told = dict(facts or {})
    if meter.free:
        told["free"] = told_quantity(meter.kind, meter.free)
    if reading <= start:
        return [_nothing(meter, told)] if reading > included else []
    shares = _whole_share(meter, reading, start) if meter.whole else _tier_shares(meter, reading, start)
    lines = [_tier_line(meter, tier, low, high, told) for tier, low, high in shares]
    return _capped(meter, [line for line in lines if line.amount_fen] or [_nothing(meter, told)])


def amount_at(meter: Meter, reading: Decimal, included: Decimal = Decimal(0)) -> int:
    """What a reading costs, in fen."""
    return sum(line.amount_fen for line in charge(meter, reading, included=included))


def steps(quantity: Decimal, step: Decimal, count: Count) -> Fraction:
    """How many steps a quantity is: 5.1 km in steps of 5 km are 2 started, 1 completed, 1.02 prorated."""
    exact = Fraction(quantity) / Fraction(step)
    if count is Count.PRORATED:
        return exact
    if count is Count.NEAREST:
        return Fraction(floor(exact + Fraction(1, 2)))
    return Fraction(ceil(exact) if count is Count.STARTED else floor(exact))


def _threshold(meter: Meter, tier: Tier, start: Decimal) -> Decimal:
    return tier.over if meter.from_zero else start + tier.over


def _tier_shares(meter: Meter, reading: Decimal, start: Decimal) -> list[tuple[Tier, Decimal, Decimal]]:
    """Each tier with the share of the reading that falls into it."""
    edges = [_threshold(meter, tier, start) for tier in meter.tiers]
    ends = [*edges[1:], reading]
    shares = [
        (tier, max(edge, start), min(end, reading)) for tier, edge, end in zip(meter.tiers, edges, ends, strict=True)
    ]
    return [(tier, low, high) for tier, low, high in shares if high > low]


def _whole_share(meter: Meter, reading: Decimal, start: Decimal) -> list[tuple[Tier, Decimal, Decimal]]:
    """The tier reached, with everything that is chargeable."""
    reached = [tier for tier in meter.tiers if reading > _threshold(meter, tier, start)]
    return [(reached[-1], start, reading)] if reached else []


def _tier_line(meter: Meter, tier: Tier, low: Decimal, high: Decimal, facts: Mapping[str, str]) -> FareLine:
    told = {**facts, "range": f"{told_quantity(meter.kind, low)}-{told_quantity(meter.kind, high)}"}
    text = meter.text or PARTS[meter.kind]
    if tier.step is None:
        return single(meter.kind, meter.rule, text, tier.price_fen, told)
    number = steps(high - low, tier.step, tier.count)
    exact = number * tier.price_fen
    amount = floor(exact + Fraction(1, 2))
    return FareLine(
        part=meter.kind,
        rule=meter.rule or meter.kind,
        text=text,
        quantity=_shown(number),
        unit=step_unit(meter.kind, tier.step),
        unit_price_fen=tier.price_fen,
        amount_fen=amount,
        facts=told,
    )


def _shown(number: Fraction) -> Decimal:
    if number.denominator == 1:
        return Decimal(number.numerator)
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(_SHOWN, rounding=ROUND_HALF_UP).normalize()


def _nothing(meter: Meter, facts: Mapping[str, str]) -> FareLine:
    return single(meter.kind, meter.rule, meter.text or PARTS[meter.kind], 0, facts)


def _capped(meter: Meter, lines: list[FareLine]) -> list[FareLine]:
    total = sum(line.amount_fen for line in lines)
    if meter.cap_fen is None or total <= meter.cap_fen:
        return lines
    text = meter.text or PARTS[meter.kind]
    capped = Text(f"{text.zh}封顶", f"{text.en}: cap")
    return [*lines, single(meter.kind, meter.rule, capped, meter.cap_fen - total, {"cap": yuan(meter.cap_fen)})]
