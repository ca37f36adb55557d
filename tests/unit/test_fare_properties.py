"""What holds for every tariff and every trip."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.domain import tariff_document, tariff_writer
from dispatch.domain.fare import compute
from dispatch.domain.fare_adjust import COST
from dispatch.domain.fare_facts import Ending, FareFacts, Side
from dispatch.domain.fare_meter import amount_at
from dispatch.domain.money import round_fen
from dispatch.domain.tariff import Band, Meter, MeterKind, Tariff
from dispatch.domain.time_bands import DAY, coverage_faults
from tests.unit.tariff_strategies import KM, bands, meters, tariffs, trips

JOBS = tariffs().flatmap(lambda tariff: st.tuples(st.just(tariff), trips(tariff)))
quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(JOBS, st.sampled_from(Ending))
def test_a_fare_is_never_negative_and_its_lines_sum_to_the_total(job: tuple[Tariff, FareFacts], ending: Ending) -> None:
    tariff, facts = job
    fare = compute(tariff, replace(facts, ending=ending))
    assert fare.total_fen >= 0
    assert sum(line["amount_fen"] for line in fare.to_json()["lines"]) == fare.total_fen


@quick
@given(JOBS)
def test_every_line_can_be_multiplied_out_by_hand(job: tuple[Tariff, FareFacts]) -> None:
    for line in compute(*job).lines:
        assert abs(round_fen(line.quantity * line.unit_price_fen) - line.amount_fen) <= 1
        if line.quantity == line.quantity.to_integral_value():
            assert line.quantity * line.unit_price_fen == line.amount_fen


@quick
@given(JOBS, KM)
def test_more_kilometres_are_never_cheaper(job: tuple[Tariff, FareFacts], further: Decimal) -> None:
    tariff, facts = job
    assert facts.odometer_end_km is not None
    longer = replace(facts, odometer_end_km=facts.odometer_end_km + further)
    assert compute(tariff, longer).total_fen >= compute(tariff, facts).total_fen


@quick
@given(st.sampled_from(MeterKind).flatmap(meters), KM, KM)
def test_no_meter_charges_less_for_more(meter: Meter, reading: Decimal, more: Decimal) -> None:
    assert amount_at(meter, reading * 60 + more * 60) >= amount_at(meter, reading * 60)


@quick
@given(JOBS)
def test_discounts_and_vouchers_never_pay_costs_unless_the_tariff_says_so(job: tuple[Tariff, FareFacts]) -> None:
    tariff, facts = job
    fare = compute(tariff, facts)
    off = sum(line.amount_fen for line in fare.lines if line.part in {"discount", "voucher"})
    costs = sum(line.amount_fen for line in fare.lines if line.part == COST)
    payable = sum(line.amount_fen for line in fare.lines if line.part not in {"discount", "voucher", "rounding", COST})
    if tariff.services[0].vouchers_pay_costs:
        payable += costs
    assert -off <= payable


@quick
@given(JOBS)
def test_the_company_s_side_never_costs_the_customer_anything(job: tuple[Tariff, FareFacts]) -> None:
    tariff, facts = job
    given_up = replace(facts, ending=Ending.CANCELLED, cancelled_by=Side.COMPANY, cancelled_at=facts.departed_at)
    assert compute(tariff, given_up).total_fen == 0


@quick
@given(tariffs())
def test_a_tariff_written_as_a_document_is_read_as_the_same_tariff(tariff: Tariff) -> None:
    assert tariff_document.read(tariff_writer.write(tariff)) == tariff


@quick
@given(bands())
def test_bands_cut_anywhere_cover_every_minute_once(cut: tuple[Band, ...]) -> None:
    windows = [band.hours for band in cut]
    assert coverage_faults(windows) == ([], [])


@quick
@given(bands(), st.integers(0, DAY - 1))
def test_leaving_a_band_out_leaves_a_gap_and_doubling_one_overlaps(cut: tuple[Band, ...], pick: int) -> None:
    windows = [band.hours for band in cut]
    chosen = pick % len(windows)
    overlaps, gaps = coverage_faults([*windows, windows[chosen]])
    assert overlaps
    assert not gaps
    overlaps, gaps = coverage_faults([window for index, window in enumerate(windows) if index != chosen])
    assert not overlaps
    assert gaps or len(windows) == 1
