"""Cancellation, refusal, allowance, booking hours and rounding, as a tariff document writes them."""

from decimal import Decimal

from dispatch.domain.commands import RefusalReason
from dispatch.domain.errors import N_
from dispatch.domain.tariff import (
    AllowanceTerm,
    BookingTerm,
    CancellationTerm,
    MeterKind,
    MoneyRange,
    Outside,
    RefusalTerm,
    Rounding,
    RoundingMode,
    Stage,
    When,
)
from dispatch.domain.tariff_hours import read_when, read_windows
from dispatch.domain.tariff_table import Table

ALSO = (MeterKind.WAITING, MeterKind.APPROACH)


def read_cancellations(parent: Table) -> tuple[CancellationTerm, ...]:
    """What cancelling costs. The first term that holds applies, so none may stand behind a wider one."""
    terms: list[CancellationTerm] = []
    for table in parent.tables("cancellation"):
        term = _read_cancellation(table)
        if any(_hides(earlier, term) for earlier in terms):
            table.wrong(N_("this covers nothing: an earlier cancellation term holds whenever it would"))
        terms.append(term)
    return tuple(terms)


def _read_cancellation(table: Table) -> CancellationTerm:
    stage = table.choice("stage", Stage, Stage.DEPARTED, required=True)
    fee, percent = table.money("fee"), table.number("percent_of_quote")
    if (fee is None) == (percent is None):
        table.wrong(N_("say either “fee” or “percent_of_quote”"))
        fee = fee or 0
    also = []
    for name in table.strings("also"):
        if name in ALSO:
            also.append(MeterKind(name))
        else:
            table.wrong(N_("“%(part)s” is not one of: %(known)s"), at="also", part=name, known=", ".join(ALSO))
    term = CancellationTerm(
        stage=stage,
        fee_fen=fee,
        percent_of_quote=percent,
        less_than_before=_seconds(table, "less_than_minutes_before"),
        after_accept=_seconds(table, "more_than_minutes_after_accept"),
        after_arrival=_seconds(table, "more_than_minutes_after_arrival"),
        when=read_when(table),
        also=tuple(also),
        rule=table.string("rule"),
    )
    table.done()
    return term


def _hides(earlier: CancellationTerm, later: CancellationTerm) -> bool:
    """Whether the earlier term holds wherever the later one does."""
    return (
        later.stage.reached(earlier.stage)
        and earlier.when in {When(), later.when}
        and _at_most(later.less_than_before, earlier.less_than_before)
        and _at_least(later.after_accept, earlier.after_accept)
        and _at_least(later.after_arrival, earlier.after_arrival)
    )


def _at_most(later: Decimal | None, earlier: Decimal | None) -> bool:
    return earlier is None or (later is not None and later <= earlier)


def _at_least(later: Decimal | None, earlier: Decimal | None) -> bool:
    return earlier is None or (later is not None and later >= earlier)


def read_refusal(parent: Table) -> RefusalTerm | None:
    """What a refusal costs, and for which reasons (A6)."""
    table = parent.table("refusal")
    if table is None:
        return None
    reasons = table.strings("reasons")
    if not reasons:
        table.wrong(N_("“%(name)s” is missing"), name="reasons")
    for reason in reasons:
        if reason not in list(RefusalReason):
            known = ", ".join(RefusalReason)
            table.wrong(N_("“%(part)s” is not one of: %(known)s"), at="reasons", part=reason, known=known)
    term = RefusalTerm(reasons, _read_range(table))
    table.done()
    return term


def read_allowance(parent: Table) -> AllowanceTerm | None:
    """What the company pays during repair (A7, B6)."""
    table = parent.table("allowance")
    if table is None:
        return None
    percent = table.number("fault_percent_from", Decimal(0)) or Decimal(0)
    if percent > 100 or percent != int(percent):
        table.wrong(N_("a share of fault is a whole number up to 100"), at="fault_percent_from")
    term = AllowanceTerm(_read_range(table), int(percent))
    table.done()
    return term


def _read_range(table: Table) -> MoneyRange:
    low = table.money("from", required=True) or 0
    high = table.money("to", required=True) or 0
    default = table.money("default", low) or 0
    if high < low:
        table.wrong(N_("the range covers nothing: “to” is less than “from”"), at="to")
    elif not low <= default <= high:
        table.wrong(N_("the default lies outside the range"), at="default")
    return MoneyRange(low, high, default, table.string("rule"))


def read_booking(parent: Table) -> BookingTerm:
    """Service hours and notice."""
    table = parent.table("booking")
    if table is None:
        return BookingTerm()
    lead = _seconds(table, "minimum_lead_minutes") or Decimal(0)
    term = BookingTerm(read_windows(table, "hours"), lead, table.choice("outside", Outside, Outside.REFUSE))
    table.done()
    return term


def read_rounding(parent: Table) -> Rounding:
    """To which unit the total goes, and which way."""
    table = parent.table("rounding")
    if table is None:
        return Rounding()
    to_fen = table.money("to", required=True)
    if to_fen == 0:
        table.wrong(N_("the total cannot go to units of 0"), at="to")
    rounding = Rounding(to_fen or 1, table.choice("mode", RoundingMode, RoundingMode.NEAREST, required=True))
    table.done()
    return rounding


def _seconds(table: Table, key: str) -> Decimal | None:
    minutes = table.number(key)
    return None if minutes is None else minutes * 60
