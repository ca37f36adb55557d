"""What a job costs that was not driven to its end: cancelled, refused, broken off, never served."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from dispatch.domain.fare_adjust import holds, rounding_line
from dispatch.domain.fare_distance import approach_lines, band_of
from dispatch.domain.fare_facts import FareFacts, Side
from dispatch.domain.fare_lines import FareLine, share, single
from dispatch.domain.fare_text import PARTS
from dispatch.domain.fare_waiting import waiting_lines
from dispatch.domain.money import yuan
from dispatch.domain.tariff import CancellationTerm, MeterKind, Service

CANCELLATION = "cancellation"


def cancellation_lines(service: Service, facts: FareFacts, quoted_fen: Callable[[], int]) -> list[FareLine]:
    """The transport fee for a cancellation (A2, B2).

    The company's own cancellation costs nothing, nor does giving up after a driver had to be replaced (P4).
    """
    told = _told(facts)
    term = None
    if facts.cancelled_by is Side.CUSTOMER and not facts.driver_replaced:
        term = next((term for term in service.cancellations if _applies(term, facts)), None)
    if term is None:
        return [single(CANCELLATION, "", PARTS[CANCELLATION], 0, told)]
    if term.percent_of_quote is None:
        lines = [single(CANCELLATION, term.rule, PARTS[CANCELLATION], term.fee_fen or 0, told)]
    else:
        quoted = quoted_fen()
        told["quote"] = yuan(quoted)
        text = PARTS[CANCELLATION]
        lines = [share(term.percent_of_quote, quoted, part=CANCELLATION, rule=term.rule, text=text, facts=told)]
    band = band_of(service, facts)
    if MeterKind.WAITING in term.also:
        lines += waiting_lines(service, facts, band)
    if MeterKind.APPROACH in term.also:
        lines += approach_lines(service, facts, band)
    return lines + rounding_line(service.rounding, lines)


def refusal_line(service: Service, facts: FareFacts) -> FareLine:
    """The transport fee for a refusal, chosen by staff inside the range (A6); raises Invalid outside it."""
    term = service.refusal
    reason = facts.refusal_reason or ""
    told = {"reason": reason} if reason else {}
    if term is None or reason not in term.reasons:
        return single("refusal", "", PARTS["refusal"], 0, told)
    fee = term.fee.chosen(facts.refusal_fee_fen, field="refusal_fee")
    return single("refusal", term.fee.rule, PARTS["refusal"], fee, told)


def aborted_line() -> FareLine:
    """A trip broken off costs nothing where the tariff says so."""
    return single("aborted", "", PARTS["aborted"], 0)


def unfulfilled_line() -> FareLine:
    """Nobody could be sent: nothing is charged."""
    return single("unfulfilled", "", PARTS["unfulfilled"], 0)


def _applies(term: CancellationTerm, facts: FareFacts) -> bool:
    at = facts.cancelled_at
    near = term.less_than_before is None or (
        at is not None and (facts.appointed_at - at).total_seconds() < term.less_than_before
    )
    return (
        facts.stage.reached(term.stage)
        and near
        and _passed(facts.accepted_at, at, term.after_accept)
        and _passed(facts.arrived_at, at, term.after_arrival)
        and holds(term.when, facts, charged_km=facts.booked_km)
    )


def _passed(since: datetime | None, until: datetime | None, limit: Decimal | None) -> bool:
    """Whether more than `limit` seconds went by; without a limit, always."""
    if limit is None:
        return True
    return since is not None and until is not None and (until - since).total_seconds() > limit


def _told(facts: FareFacts) -> dict[str, str]:
    told = {
        "cancelled_by": facts.cancelled_by.value,
        "stage": facts.stage.value,
        "appointed_at": facts.told(facts.appointed_at),
    }
    if facts.cancelled_at is not None:
        told["cancelled_at"] = facts.told(facts.cancelled_at)
    return told
