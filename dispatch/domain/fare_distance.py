"""Base fare and kilometres: which of them count, what is included, and what a longer way costs."""

from dataclasses import dataclass
from decimal import Decimal

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.fare_facts import Ending, FareFacts
from dispatch.domain.fare_lines import FareLine, plain, single
from dispatch.domain.fare_meter import charge, steps
from dispatch.domain.fare_text import PARTS, told_seconds
from dispatch.domain.tariff import Band, BandClock, MeterKind, Package, Service
from dispatch.domain.text import Text

_DISTANCE_METERS = (MeterKind.DISTANCE, MeterKind.LONG_DISTANCE)


@dataclass(frozen=True, slots=True)
class Way:
    """The kilometres of a job: those charged by distance, those of a longer way the customer asked for."""

    charged_km: Decimal | None
    detour_km: Decimal = Decimal(0)
    driver_detour: bool = False


def measure_way(service: Service, facts: FareFacts, band: Band | None) -> Way:
    """Which kilometres count.

    Without a change by the customer nothing beyond the booked distance (and the tariff's tolerance) is charged, it is
    flagged.  With one, the further kilometres go to the detour term where the tariff has one (B2), else to distance.
    """
    driven, booked = facts.driven_km, facts.booked_km
    if driven is None and facts.ending is Ending.ABORTED:
        return Way(None)  # broken off and never read: the booked way was not driven
    if driven is None or booked is None:
        return Way(driven if driven is not None else booked)
    if driven <= booked:
        return Way(driven)
    if facts.way_changed_by_customer:
        if service.meter(MeterKind.DETOUR, band) is None:
            return Way(driven)
        return Way(booked, detour_km=driven - booked)
    allowed = booked + service.tolerance_km
    return Way(min(driven, allowed), driver_detour=driven > allowed)


def band_of(service: Service, facts: FareFacts) -> Band | None:
    """The band of the local departure (or appointed) time; None for a service sold in packages."""
    appointed = service.band_clock is BandClock.APPOINTED
    moment = facts.local(facts.appointed_at) if appointed else facts.departure
    return next((band for band in service.bands if band.hours.began_on(moment) is not None), None)


def package_of(service: Service, seconds: int) -> tuple[Package, int] | None:
    """The package that holds a service time, and how often; None for a service priced by bands."""
    if not service.packages:
        return None
    for package in service.packages:
        if seconds <= package.length + package.grace:
            return package, 1
    longest = service.packages[-1]
    if longest.repeat is None:
        return longest, 1
    beyond_grace = Decimal(seconds) - longest.grace
    return longest, max(1, int(steps(beyond_grace, longest.length, longest.repeat)))


@dataclass(frozen=True, slots=True)
class Basis:
    """The base fare: its line, and how many kilometres and seconds it includes."""

    lines: list[FareLine]
    included_km: Decimal
    included_seconds: Decimal = Decimal(0)


def basis(service: Service, facts: FareFacts, band: Band | None) -> Basis:
    """Base fare of the band, or price of the package."""
    if band is not None:
        return _band_basis(service, facts, band)
    held = package_of(service, facts.service_seconds)
    if held is None:
        raise Invalid("no_band", N_("No time band of the tariff covers the departure time"), field="departed_at")
    package, times = held
    told = {"service_time": told_seconds(facts.service_seconds), "included_km": plain(package.included_km * times)}
    hours = plain(package.length / 3600)
    unit = Text(f"{hours}小时", f"{hours} h")
    line = FareLine(
        part="base",
        rule="package",
        text=PARTS["package"],
        quantity=Decimal(times),
        unit=unit,
        unit_price_fen=package.price_fen,
        amount_fen=package.price_fen * times,
        facts=told,
    )
    within_grace = facts.service_seconds <= package.length + package.grace
    included = Decimal(facts.service_seconds) if within_grace else package.length * times
    return Basis([line], package.included_km * times, included)


def _band_basis(service: Service, facts: FareFacts, band: Band) -> Basis:
    by_departure = service.band_clock is BandClock.DEPARTURE and facts.departed_at is not None
    moment = facts.departed_at if by_departure and facts.departed_at else facts.appointed_at
    told = {
        "departed_at" if by_departure else "appointed_at": facts.told(moment),
        "band": band.hours.label(),
        "included_km": plain(band.included_km),
    }
    return Basis([single("base", "", PARTS["base"], band.base_fen, told)], band.included_km)


def distance_lines(
    service: Service, facts: FareFacts, band: Band | None, way: Way, included: Decimal
) -> list[FareLine]:
    """Distance beyond what is included, the long-distance extra, and the longer way asked for by the customer (B2)."""
    told = _told_way(facts, way)
    lines: list[FareLine] = []
    for kind in _DISTANCE_METERS:
        meter = service.meter(kind, band)
        if meter is not None and way.charged_km is not None:
            within = included if kind is MeterKind.DISTANCE else Decimal(0)
            extra = {"included_km": plain(within)} if within else {}
            charged = charge(meter, way.charged_km, included=within, facts={**told, **extra})
            lines += [line for line in charged if line.amount_fen]
    return lines + _detour_lines(service, band, way, told)


def _detour_lines(service: Service, band: Band | None, way: Way, told: dict[str, str]) -> list[FareLine]:
    meter = service.meter(MeterKind.DETOUR, band)
    if meter is None:
        return []
    if way.driver_detour:  # the customer sees that it was noticed and costs nothing
        return [single(meter.kind, meter.rule, meter.text or PARTS[meter.kind], 0, told)]
    return charge(meter, way.detour_km, facts=told)


def distance_unknown(service: Service, band: Band | None, way: Way) -> bool:
    """Whether the tariff prices kilometres and nobody knows how many there are."""
    return way.charged_km is None and any(service.meter(kind, band) for kind in _DISTANCE_METERS)


def approach_lines(service: Service, facts: FareFacts, band: Band | None) -> list[FareLine]:
    """The driver's way to the customer, where the tariff charges it."""
    return _side_way(service, band, MeterKind.APPROACH, "approach_km", facts.approach_km)


def return_lines(service: Service, facts: FareFacts, band: Band | None) -> list[FareLine]:
    """The driver's way back by kilometres, where the tariff charges it."""
    return _side_way(service, band, MeterKind.RETURN_WAY, "return_km", facts.return_km)


def _side_way(service: Service, band: Band | None, kind: MeterKind, name: str, km: Decimal | None) -> list[FareLine]:
    meter = service.meter(kind, band)
    if meter is None or km is None:
        return []
    return charge(meter, km, facts={name: plain(km)})


def _told_way(facts: FareFacts, way: Way) -> dict[str, str]:
    readings = {
        "booked_km": facts.booked_km,
        "odometer_start_km": facts.odometer_start_km,
        "odometer_end_km": facts.odometer_end_km,
        "driven_km": facts.driven_km,
        "charged_km": way.charged_km,
    }
    return {name: plain(value) for name, value in readings.items() if value is not None}
