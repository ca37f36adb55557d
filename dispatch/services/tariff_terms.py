"""The figures of a tariff that the sentences of an agreement promise.

Only what one sentence can say truly: richer terms are left to the fee standard printed beside it, so that wording and
fare cannot disagree.
"""

from dataclasses import replace
from decimal import Decimal

from contracts.forms import Terms
from contracts.forms.model import CancelDue, Rounding
from dispatch.domain.commands import RefusalReason
from dispatch.domain.tariff import ALWAYS, Count, Meter, MeterKind, Service, Stage

_DUE: dict[Stage, CancelDue] = {
    Stage.BOOKED: "booked",
    Stage.ACCEPTED: "accepted",
    Stage.DEPARTED: "departed",
    Stage.ARRIVED: "arrived",
}
_COUNTED: dict[Count, Rounding] = {
    Count.STARTED: "started",
    Count.COMPLETED: "completed",
    Count.PRORATED: "prorated",
    Count.NEAREST: "nearest",
}


def terms(service: Service) -> Terms:
    """What an agreement can say of a service in one sentence each; None where the tariff has no such sentence."""
    found = Terms()
    for add in (_cancellation, _waiting, _detour, _refusal, _allowance):
        found = add(service, found)
    return found


def _cancellation(service: Service, found: Terms) -> Terms:
    """A2, B2: one fee from one stage on, whatever the hour."""
    if len(service.cancellations) != 1:
        return found
    term = service.cancellations[0]
    limits = (term.less_than_before, term.after_accept, term.after_arrival, term.percent_of_quote)
    if not term.fee_fen or term.also or term.when != ALWAYS or any(limit is not None for limit in limits):
        return found
    return replace(found, cancel_fee_fen=term.fee_fen, cancel_due=_DUE[term.stage])


def _waiting(service: Service, found: Terms) -> Terms:
    """A2, B2: so much free, then once or by the block; the same whether or not the driver was late."""
    meter = _only(service, MeterKind.WAITING)
    if meter is None or _everywhere(service, MeterKind.LATE_WAITING) != {None}:
        return found
    price = meter.tiers[0]
    if not _whole_minutes(meter.free) or not _whole_minutes(price.step or Decimal(0)):
        return found
    return replace(
        found,
        waiting_free_minutes=int(meter.free / 60),
        waiting_fee_fen=price.price_fen,
        waiting_per_minutes=None if price.step is None else int(price.step / 60),
        waiting_rounding=_COUNTED[price.count],
        waiting_cap_fen=meter.cap_fen,
    )


def _detour(service: Service, found: Terms) -> Terms:
    """B2: so much for every so many kilometres beyond the booked ones."""
    meter = _only(service, MeterKind.DETOUR)
    if meter is None or meter.free or meter.cap_fen is not None or meter.tiers[0].step is None:
        return found
    price = meter.tiers[0]
    return replace(
        found,
        detour_step_m=int((price.step or 0) * 1000),
        detour_fee_fen=price.price_fen,
        detour_rounding=_COUNTED[price.count],
    )


def _refusal(service: Service, found: Terms) -> Terms:
    """A6 speaks of one reason only: severely drunk, and nobody with the customer."""
    term = service.refusal
    if term is None or RefusalReason.ALONE_AND_SEVERELY_DRUNK not in term.reasons:
        return found
    return replace(found, refusal_low_fen=term.fee.low_fen, refusal_high_fen=term.fee.high_fen)


def _allowance(service: Service, found: Terms) -> Terms:
    """A7, B6."""
    term = service.allowance
    if term is None:
        return found
    return replace(
        found,
        allowance_low_fen=term.amount.low_fen,
        allowance_high_fen=term.amount.high_fen,
        allowance_fault_percent=term.fault_percent_from,
    )


def _only(service: Service, kind: MeterKind) -> Meter | None:
    """The meter that holds at every hour, where it has one price from the end of what is free."""
    found = _everywhere(service, kind)
    meter = found.pop() if len(found) == 1 else None
    if meter is None or meter.free_lost or len(meter.tiers) != 1 or meter.tiers[0].over:
        return None
    return meter


def _everywhere(service: Service, kind: MeterKind) -> set[Meter | None]:
    """What the bands charge by; a service sold in packages has its meters to itself."""
    return {service.meter(kind, band) for band in service.bands or (None,)}


def _whole_minutes(seconds: Decimal) -> bool:
    return seconds % 60 == 0
