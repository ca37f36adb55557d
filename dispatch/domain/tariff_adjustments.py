"""Surcharges, discounts and costs passed on, as a tariff document writes them."""

from decimal import Decimal

from dispatch.domain.errors import N_
from dispatch.domain.tariff import Adjustment, CostItem, MeterKind, When
from dispatch.domain.tariff_hours import read_when
from dispatch.domain.tariff_table import Table
from dispatch.domain.text import Text

SHARES = frozenset({"base", "surcharge", *MeterKind})


def read_adjustments(parent: Table, key: str) -> tuple[Adjustment, ...]:
    """The surcharges or the discounts of a service."""
    seen: set[str] = set()
    discount = key == "discount"
    topped_up = bool(parent.money("minimum_fare"))
    return tuple(_read_adjustment(table, seen, discount=discount, topped_up=topped_up) for table in parent.tables(key))


def _read_adjustment(table: Table, seen: set[str], *, discount: bool, topped_up: bool) -> Adjustment:
    term_id, text = _identity(table, seen)
    amount, percent = table.money("amount"), table.number("percent")
    if (amount is None) == (percent is None):
        table.wrong(N_("say either “amount” or “percent”"))
        amount = amount or 0
    if discount and percent is not None and percent > 100:
        table.wrong(N_("a discount cannot be more than 100 percent"), at="percent")
    when = read_when(table)
    term = Adjustment(
        id=term_id,
        text=text,
        amount_fen=amount,
        percent=percent,
        of=_shares(table),
        when=when,
        on_request=table.flag("on_request"),
        cap_fen=table.money("cap"),
        cheaper_further=table.flag("cheaper_further"),
        rule=table.string("rule"),
    )
    table.done()
    if discount and not term.cheaper_further and (_starts_further(when) or (topped_up and _grows_alone(term))):
        table.wrong(N_("this discount can make a longer way cheaper; if meant: cheaper_further = true"))
    if not discount and when.from_fare_fen is not None:
        table.wrong(N_("only a discount can depend on the fare"), at="when")
    return term


def _starts_further(when: When) -> bool:
    """Whether it begins with a longer way or a higher fare."""
    return when.over_km is not None or when.from_fare_fen is not None


def _grows_alone(term: Adjustment) -> bool:
    """Whether it grows with parts of the fare while the minimum fare holds the whole of it still."""
    return bool(term.percent) and bool(set(term.of) - {"base"})


def _shares(table: Table) -> tuple[str, ...]:
    shares = table.strings("of")
    for name in shares:
        if name not in SHARES:
            table.wrong(N_("“%(part)s” is not one of: %(known)s"), at="of", part=name, known=", ".join(sorted(SHARES)))
    return shares


def read_costs(parent: Table) -> tuple[CostItem, ...]:
    """What the driver lays out and the customer repays."""
    seen: set[str] = set()
    return tuple(_read_cost(table, seen) for table in parent.tables("at_cost"))


def _read_cost(table: Table, seen: set[str]) -> CostItem:
    item_id, text = _identity(table, seen)
    percent = table.number("percent", Decimal(100)) or Decimal(0)
    item = CostItem(item_id, text, percent, table.money("cap"), table.string("rule"))
    table.done()
    return item


def _identity(table: Table, seen: set[str]) -> tuple[str, Text]:
    term_id = table.string("id", required=True)
    if term_id in seen:
        table.wrong(N_("the id “%(id)s” stands twice"), at="id", id=term_id)
    seen.add(term_id)
    return term_id, table.wording("text", required=True) or Text("", "")
