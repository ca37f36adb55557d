"""Time: waiting at the beginning, stops under way, driving time and the length of the service."""

from decimal import Decimal

from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.fare_lines import FareLine
from dispatch.domain.fare_meter import charge
from dispatch.domain.fare_text import told_seconds
from dispatch.domain.tariff import Band, Meter, MeterKind, Service


def waiting_lines(service: Service, facts: FareFacts, band: Band | None) -> list[FareLine]:
    """Waiting from the later of arrival and appointed time until departure.

    Stops of the customer add to it, unless the tariff prices them apart.  A driver who came late may have a price of
    his own (`late_waiting`).
    """
    meter = waiting_meter(service, facts, band)
    stops = service.meter(MeterKind.STOP_WAITING, band)
    lines: list[FareLine] = []
    waited = facts.waiting_seconds + (0 if stops else facts.stop_seconds)
    if meter is not None and waited:
        lines += charge(meter, Decimal(waited), facts=_told_waiting(facts, with_stops=stops is None))
    if stops is not None and facts.stop_seconds:
        lines += charge(stops, Decimal(facts.stop_seconds), facts=_told_stops(facts))
    return lines


def waiting_meter(service: Service, facts: FareFacts, band: Band | None) -> Meter | None:
    """What waiting at the beginning is charged by; None where it costs nothing."""
    late = service.meter(MeterKind.LATE_WAITING, band) if facts.late else None
    return late or service.meter(MeterKind.WAITING, band)


def duration_lines(service: Service, facts: FareFacts, band: Band | None, included: Decimal) -> list[FareLine]:
    """Driving time, and service time beyond what the package includes."""
    lines: list[FareLine] = []
    driving = service.meter(MeterKind.DRIVING_TIME, band)
    if driving is not None and facts.driving_seconds:
        lines += charge(driving, Decimal(facts.driving_seconds), facts=_told_course(facts, "driving_time"))
    whole = service.meter(MeterKind.SERVICE_TIME, band)
    if whole is not None and facts.service_seconds:
        told = _told_course(facts, "service_time")
        if included:
            told["included_time"] = told_seconds(included)
        lines += charge(whole, Decimal(facts.service_seconds), included=included, facts=told)
    return [line for line in lines if line.amount_fen]


def _told_waiting(facts: FareFacts, *, with_stops: bool) -> dict[str, str]:
    told = {"appointed_at": facts.told(facts.appointed_at)}
    for name in ("arrived_at", "departed_at"):
        moment = getattr(facts, name)
        if moment is not None:
            told[name] = facts.told(moment)
    if facts.departed_at is None and facts.cancelled_at is not None:
        told["cancelled_at"] = facts.told(facts.cancelled_at)
    told["waiting"] = told_seconds(facts.waiting_seconds)
    return {**told, **_told_stops(facts)} if with_stops and facts.stops else told


def _told_stops(facts: FareFacts) -> dict[str, str]:
    return {"stops": told_seconds(facts.stop_seconds)}


def _told_course(facts: FareFacts, name: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for moment_name in ("arrived_at", "departed_at", "delivered_at"):
        moment = getattr(facts, moment_name)
        if moment is not None:
            told[moment_name] = facts.told(moment)
    seconds = facts.driving_seconds if name == "driving_time" else facts.service_seconds
    return {**told, name: told_seconds(seconds)}
