"""Tariffs and facts for properties: everything a document can say, in odd combinations."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from dispatch.domain.fare_facts import FareFacts, Stop, Voucher
from dispatch.domain.tariff import (
    Adjustment,
    Band,
    BookingTerm,
    CancellationTerm,
    CostItem,
    Count,
    Dates,
    Meter,
    MeterKind,
    Package,
    Rounding,
    RoundingMode,
    Service,
    Stage,
    Tariff,
    Tier,
    When,
)
from dispatch.domain.text import Text
from dispatch.domain.time_bands import Hours

WORDS = Text("价目“甲”", 'List "A"\\')
FEN = st.integers(0, 20_000)
NIGHT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@st.composite
def bands(draw: st.DrawFn) -> tuple[Band, ...]:
    """Bands cut at any minutes, the last one across midnight unless a cut is at 0."""
    cuts = sorted(draw(st.sets(st.integers(0, 1439), min_size=1, max_size=4)))
    if len(cuts) == 1:
        windows = [Hours(0, 1440)]
    else:
        windows = [Hours(start, end or 1440) for start, end in zip(cuts, [*cuts[1:], cuts[0]], strict=True)]
    included = st.integers(0, 12).map(Decimal)
    return tuple(Band(window, draw(FEN), draw(included), draw(some_meters(MeterKind.DISTANCE))) for window in windows)


@st.composite
def meters(draw: st.DrawFn, kind: MeterKind) -> Meter:
    unit = Decimal(1) if kind.in_km else Decimal(60)
    overs = sorted(draw(st.sets(st.integers(1, 40), max_size=2)))
    tiers = tuple(draw(tiers_from(over * unit, unit)) for over in [0, *overs])
    return Meter(
        kind=kind,
        tiers=tiers,
        free=draw(st.integers(0, 10)) * unit,
        free_lost=draw(st.booleans()),
        from_zero=kind is MeterKind.LONG_DISTANCE or draw(st.booleans()),
        cap_fen=draw(st.none() | FEN),
    )


def tiers_from(over: Decimal, unit: Decimal) -> st.SearchStrategy[Tier]:
    steps = st.none() | st.integers(1, 20).map(lambda steps: steps * unit)
    return st.tuples(FEN, steps, st.sampled_from(Count)).map(
        lambda drawn: Tier(drawn[0], over, drawn[1], Count.STARTED if drawn[1] is None else drawn[2])
    )


def some_meters(*kinds: MeterKind) -> st.SearchStrategy[tuple[Meter, ...]]:
    return st.tuples(*(st.none() | meters(kind) for kind in kinds)).map(
        lambda drawn: tuple(meter for meter in drawn if meter is not None)
    )


@st.composite
def whens(draw: st.DrawFn) -> When:
    """Conditions that do not depend on the distance."""
    hours = draw(st.none() | st.just(Hours(22 * 60, 6 * 60)))
    return When(
        hours=(hours,) if hours else (),
        days=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        dates=draw(st.sampled_from([(), (Dates(date(2026, 3, 2), date(2026, 3, 2)),)])),
        members=draw(st.sampled_from([(), ("gold",)])),
        lead_under=draw(st.none() | st.just(Decimal(1800))),
    )


@st.composite
def adjustments(draw: st.DrawFn, name: str) -> Adjustment:
    percent = draw(st.none() | st.integers(0, 100).map(Decimal))
    return Adjustment(
        id=name,
        text=WORDS,
        amount_fen=draw(FEN) if percent is None else None,
        percent=percent,
        of=draw(st.sampled_from([(), ("base",), ("distance", "waiting")])),
        when=draw(whens()),
        on_request=draw(st.booleans()),
        cap_fen=draw(st.none() | FEN),
    )


@st.composite
def services(draw: st.DrawFn) -> Service:
    packaged = draw(st.booleans())
    hours = sorted(draw(st.sets(st.integers(1, 48), min_size=1, max_size=3)))
    prices = sorted(draw(st.lists(FEN, min_size=len(hours), max_size=len(hours))))
    discounts = (draw(adjustments("member")), draw(adjustments("first")))
    partial = any(term.percent and set(term.of) - {"base"} for term in discounts)
    packages = [Package(hour * Decimal(3600), price, Decimal(20)) for hour, price in zip(hours, prices, strict=True)]
    return Service(
        id="standard",
        text=WORDS,
        bands=() if packaged else draw(bands()),
        packages=tuple(packages) if packaged else (),
        meters=draw(some_meters(*MeterKind)),
        surcharges=(draw(adjustments("night")), draw(adjustments("storm"))),
        discounts=discounts,
        costs=(CostItem("toll", WORDS, Decimal(150)),),
        cancellations=(CancellationTerm(draw(st.sampled_from(Stage)), fee_fen=draw(FEN)),),
        booking=BookingTerm((Hours(960, 240),), Decimal(900)),
        rounding=Rounding(draw(st.sampled_from([1, 10, 50, 100])), draw(st.sampled_from(RoundingMode))),
        minimum_fare_fen=0 if partial else draw(FEN),  # together they are refused, see the tariff's checks
        tolerance_km=draw(st.integers(0, 3).map(Decimal)),
        vouchers_pay_costs=draw(st.booleans()),
    )


def tariffs() -> st.SearchStrategy[Tariff]:
    return services().map(lambda service: Tariff("t", WORDS, (service,)))


KM = st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10)


@st.composite
def trips(draw: st.DrawFn, tariff: Tariff) -> FareFacts:
    """A driven trip; extras are those the tariff has on request."""
    service = tariff.services[0]
    appointed = NIGHT + timedelta(minutes=draw(st.integers(0, 2880)))
    arrived = appointed + timedelta(seconds=draw(st.integers(-1800, 3600)))
    departed = arrived + timedelta(seconds=draw(st.integers(0, 7200)))
    delivered = departed + timedelta(seconds=draw(st.integers(0, 200_000)))
    stop = Stop(departed, departed + timedelta(seconds=draw(st.integers(0, 3000))))
    requested = [term.id for term in (*service.surcharges, *service.discounts) if term.on_request]
    return FareFacts(
        appointed_at=appointed,
        ordered_at=appointed - timedelta(minutes=draw(st.integers(0, 120))),
        arrived_at=arrived,
        departed_at=departed,
        delivered_at=delivered,
        stops=(stop,) if draw(st.booleans()) else (),
        booked_km=draw(st.none() | KM),
        odometer_start_km=Decimal(0),
        odometer_end_km=draw(KM),
        destination_changed=draw(st.booleans()),
        approach_km=draw(st.none() | KM),
        return_km=draw(st.none() | KM),
        member=draw(st.sampled_from([None, "gold"])),
        extras={name: draw(st.integers(0, 3)) for name in requested},
        costs={"toll": draw(st.integers(0, 5000))},
        vouchers=draw(st.sampled_from([(), (Voucher("V", 3000),)])),
    )
