"""One function computes every fare: quote, settlement, cancellation, refusal, aborted trip.

Booking, driver's phone, agreement, receipt, customer's link and reports all show the lines it returns.
"""

from decimal import Decimal

from dispatch.domain.fare_adjust import (
    cost_lines,
    discount_lines,
    minimum_line,
    rounding_line,
    surcharge_lines,
    voucher_lines,
)
from dispatch.domain.fare_distance import (
    approach_lines,
    band_of,
    basis,
    distance_lines,
    distance_unknown,
    measure_way,
    return_lines,
)
from dispatch.domain.fare_ending import aborted_line, cancellation_lines, refusal_line, unfulfilled_line
from dispatch.domain.fare_facts import Ending, FareFacts, Side
from dispatch.domain.fare_lines import Fare, FareFlag, FareLine
from dispatch.domain.fare_waiting import duration_lines, waiting_lines
from dispatch.domain.tariff import AbortCharge, Service, Tariff

__all__ = ["Fare", "FareFacts", "FareFlag", "FareLine", "booking_flags", "compute"]


def compute(tariff: Tariff, facts: FareFacts) -> Fare:
    """The fare of a job, line by line, in fen; the lines sum to the total, which is never negative.

    Raises Invalid when the facts name a service, surcharge or cost the tariff does not have, or a refusal fee outside
    its range (A6).
    """
    service = tariff.service(facts.service)
    if facts.ending is Ending.COMPLETED or (facts.ending is Ending.ABORTED and service.on_abort is AbortCharge.DRIVEN):
        lines, flags = _driven(service, facts)
    else:
        lines, flags = _not_driven(tariff, service, facts)
    if facts.driver_replaced:
        flags.append(FareFlag.DRIVER_REPLACED)
    return Fare(tariff.code, service.id, tuple(lines), tuple(flags))


def booking_flags(service: Service, facts: FareFacts) -> list[FareFlag]:
    """What speaks against the appointed time: service hours and notice. `service.booking.outside` says what follows."""
    flags: list[FareFlag] = []
    local = facts.local(facts.appointed_at)
    if service.booking.hours and all(window.began_on(local) is None for window in service.booking.hours):
        flags.append(FareFlag.OUTSIDE_HOURS)
    if facts.lead_seconds is not None and facts.lead_seconds < service.booking.minimum_lead:
        flags.append(FareFlag.SHORT_NOTICE)
    return flags


def _driven(service: Service, facts: FareFacts) -> tuple[list[FareLine], list[FareFlag]]:
    band = band_of(service, facts)
    way = measure_way(service, facts, band)
    base = basis(service, facts, band)
    lines = [
        *base.lines,
        *distance_lines(service, facts, band, way, base.included_km),
        *waiting_lines(service, facts, band),
        *duration_lines(service, facts, band, base.included_seconds),
        *approach_lines(service, facts, band),
        *return_lines(service, facts, band),
    ]
    flags = booking_flags(service, facts)
    if way.driver_detour:
        flags.append(FareFlag.DRIVER_DETOUR)
    if distance_unknown(service, band, way):
        flags.append(FareFlag.DISTANCE_UNKNOWN)
    return _adjusted(service, facts, lines, way.charged_km), flags


def _adjusted(service: Service, facts: FareFacts, lines: list[FareLine], charged_km: Decimal | None) -> list[FareLine]:
    lines = lines + surcharge_lines(service, facts, lines, charged_km)
    lines = lines + minimum_line(service, lines)
    lines = lines + discount_lines(service, facts, lines, charged_km)
    lines = lines + cost_lines(service, facts)
    lines = lines + voucher_lines(service, facts, lines)
    return lines + rounding_line(service.rounding, lines)


def _not_driven(tariff: Tariff, service: Service, facts: FareFacts) -> tuple[list[FareLine], list[FareFlag]]:
    company_side = facts.ending is Ending.UNFULFILLED or (
        facts.ending is Ending.CANCELLED and facts.cancelled_by is Side.COMPANY
    )
    flags = [FareFlag.COMPANY_SIDE] if company_side else []
    if facts.ending is Ending.CANCELLED:
        return cancellation_lines(service, facts, lambda: compute(tariff, facts.as_quote()).total_fen), flags
    if facts.ending is Ending.REFUSED:
        return [refusal_line(service, facts)], flags
    if facts.ending is Ending.ABORTED:
        return [aborted_line()], flags
    return [unfulfilled_line()], flags
