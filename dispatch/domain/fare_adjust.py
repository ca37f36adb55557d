"""What changes a fare after the meters: surcharges, minimum fare, costs passed on, discounts, vouchers, rounding."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.fare_lines import ONCE, FareLine, share, single
from dispatch.domain.fare_text import PARTS
from dispatch.domain.money import yuan
from dispatch.domain.tariff import Adjustment, Rounding, RoundingMode, Service, When
from dispatch.domain.text import Text

COST = "at_cost"
SURCHARGE = "surcharge"
DISCOUNT = "discount"
VOUCHER = "voucher"


def holds(when: When, facts: FareFacts, *, charged_km: Decimal | None, fare_fen: int = 0) -> bool:
    """Whether every condition holds for this job; a condition on something unknown does not."""
    lead = facts.lead_seconds
    return (
        when.at(facts.departure)
        and (not when.cars or facts.car in when.cars)
        and (not when.members or facts.member in when.members)
        and (when.over_km is None or (charged_km is not None and charged_km > when.over_km))
        and (when.lead_under is None or (lead is not None and lead < when.lead_under))
        and (when.lead_from is None or (lead is not None and lead >= when.lead_from))
        and (when.from_fare_fen is None or fare_fen >= when.from_fare_fen)
    )


def surcharge_lines(
    service: Service, facts: FareFacts, lines: Sequence[FareLine], charged_km: Decimal | None
) -> list[FareLine]:
    """Every surcharge that applies, in the order of the document; a later one can be a percentage of earlier ones."""
    _known(facts.extras, [*service.surcharges, *service.discounts], field="extras")
    added: list[FareLine] = []
    for term in service.surcharges:
        times = _times(term, facts)
        if times and holds(term.when, facts, charged_km=charged_km):
            added += _adjustment(SURCHARGE, term, facts, times, [*lines, *added])
    return added


def minimum_line(service: Service, lines: Iterable[FareLine]) -> list[FareLine]:
    """What is missing to the minimum fare, costs not counted."""
    missing = service.minimum_fare_fen - sum(line.amount_fen for line in lines)
    if missing <= 0:
        return []
    return [single("minimum_fare", "", PARTS["minimum_fare"], missing, {"of": yuan(service.minimum_fare_fen)})]


def cost_lines(service: Service, facts: FareFacts) -> list[FareLine]:
    """Money laid out by the driver, passed on as the tariff says; raises Invalid for costs it does not pass on."""
    _known(facts.costs, service.costs, field="costs")
    lines: list[FareLine] = []
    for item in service.costs:
        paid = (facts.costs or {}).get(item.id, 0)
        if not paid:
            continue
        told = {"paid": yuan(paid)}
        line = share(item.percent, paid, part=COST, rule=item.rule or item.id, text=item.text, facts=told)
        lines += _capped(COST, line, item.cap_fen)
    return lines


def discount_lines(
    service: Service, facts: FareFacts, lines: Sequence[FareLine], charged_km: Decimal | None
) -> list[FareLine]:
    """Discounts as negative lines, in the order of the document; together never more than the fare without costs.

    Discounts on the same parts together never take more than those parts: otherwise a longer way could cost less.
    """
    given: list[FareLine] = []
    taken: list[tuple[frozenset[str], int]] = []
    for term in service.discounts:
        times = _times(term, facts)
        left = _sum([*lines, *given])
        if not times or not holds(term.when, facts, charged_km=charged_km, fare_fen=left):
            continue
        if term.percent is not None and term.of:
            parts = frozenset(term.of)
            before = sum(fen for shared, fen in taken if shared & parts)
            left = max(0, min(left, _sum(line for line in lines if line.part in parts) - before))
        off = _adjustment(DISCOUNT, term, facts, times, [*lines, *given])
        if -_sum(off) > left:
            off = [single(DISCOUNT, term.rule or term.id, term.text, -left)]
        given += off
        if term.percent is not None:
            taken.append((frozenset(term.of), -_sum(off)))
    return [line for line in given if line.amount_fen]


def voucher_lines(service: Service, facts: FareFacts, lines: Sequence[FareLine]) -> list[FareLine]:
    """Vouchers as negative lines that never take the total below zero, nor pay costs unless the tariff lets them."""
    payable = [line for line in lines if service.vouchers_pay_costs or line.part != COST]
    left = _sum(payable)
    fare = left
    used: list[FareLine] = []
    for voucher in facts.vouchers:
        worth = min(voucher.amount_fen, left)
        if worth <= 0 or fare < voucher.from_fare_fen:
            continue
        told = {"voucher": voucher.code, "value": yuan(voucher.amount_fen)}
        used.append(single(VOUCHER, "", PARTS[VOUCHER], -worth, told))
        left -= worth
    return used


def rounding_line(rounding: Rounding, lines: Iterable[FareLine]) -> list[FareLine]:
    """The line that takes the total to whole units of the tariff."""
    total = _sum(lines)
    lower = total - total % rounding.to_fen
    to: dict[RoundingMode, Callable[[], int]] = {
        RoundingMode.DOWN: lambda: lower,
        RoundingMode.UP: lambda: -(-total // rounding.to_fen) * rounding.to_fen,
        RoundingMode.NEAREST: lambda: lower + (rounding.to_fen if 2 * (total - lower) >= rounding.to_fen else 0),
    }
    rounded = to[rounding.mode]()
    if rounded == total:
        return []
    return [single("rounding", "", PARTS["rounding"], rounded - total, {"before_rounding": yuan(total)})]


def _adjustment(part: str, term: Adjustment, facts: FareFacts, times: int, lines: Sequence[FareLine]) -> list[FareLine]:
    sign = -1 if part == DISCOUNT else 1
    told = {"departed_at": facts.told(facts.departed_at or facts.appointed_at)}
    if term.when.lead_under is not None or term.when.lead_from is not None:
        told = {"ordered_at": facts.told(facts.ordered_at or facts.appointed_at), **told}
    rule = term.rule or term.id
    if term.percent is not None:
        base = _sum(line for line in lines if line.part != COST and (not term.of or line.part in term.of))
        told["of"] = yuan(base)
        line = share(term.percent * times, sign * base, part=part, rule=rule, text=term.text, facts=told)
    else:
        price = sign * (term.amount_fen or 0)
        told["times"] = str(times)
        line = FareLine(part, rule, term.text, Decimal(times), ONCE, price, price * times, told)
    return _capped(part, line, term.cap_fen)


def _capped(part: str, line: FareLine, cap_fen: int | None) -> list[FareLine]:
    if cap_fen is None or abs(line.amount_fen) <= cap_fen:
        return [line]
    over = line.amount_fen - (cap_fen if line.amount_fen > 0 else -cap_fen)
    text = Text(f"{line.text.zh}封顶", f"{line.text.en}: cap")
    return [line, single(part, line.rule, text, -over, {"cap": yuan(cap_fen)})]


def _times(term: Adjustment, facts: FareFacts) -> int:
    return (facts.extras or {}).get(term.id, 0) if term.on_request else 1


def _known(given: Mapping[str, int] | None, offered: Iterable[object], *, field: str) -> None:
    known = {getattr(item, "id", "") for item in offered if getattr(item, "on_request", True)}
    for name in given or {}:
        if name not in known:
            raise Invalid(
                "not_in_tariff",
                N_("The tariff has no “%(name)s”, only: %(known)s"),
                field=field,
                name=name,
                known=", ".join(sorted(known)) or "-",
            )


def _sum(lines: Iterable[FareLine]) -> int:
    return sum(line.amount_fen for line in lines)
