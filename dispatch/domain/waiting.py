"""The waiting clock: since when, how long it is free, what it has come to. Both sides read the same one (A2, B2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from dispatch.domain.fare_distance import band_of
from dispatch.domain.fare_facts import FareFacts
from dispatch.domain.fare_waiting import waiting_lines, waiting_meter
from dispatch.domain.fee_wording import metered
from dispatch.domain.tariff import Service
from dispatch.domain.text import Text


class WaitingPhase(StrEnum):
    """What is to be said of it."""

    AHEAD = auto()  # the driver is there before the appointed time: nothing counts yet
    FREE = auto()
    COUNTED = auto()  # beyond what is free
    NO_CHARGE = auto()  # the tariff asks nothing for waiting


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waiting as it stands: `since` the later of arrival and appointed time, `free_until` by the trip's own tariff.

    `cost_fen` is what the fare's lines for it come to at this moment; `terms` says in words how it is charged.
    """

    since: datetime
    phase: WaitingPhase
    free_until: datetime | None
    cost_fen: int
    terms: Text | None


def waiting(service: Service, facts: FareFacts, now: datetime) -> Waiting | None:
    """The clock of a driver who is with the customer and has not left with them; None before arrival."""
    since, band = facts.waiting_from, band_of(service, facts)
    if since is None:
        return None
    meter = waiting_meter(service, facts, band)
    if meter is None:
        return Waiting(since, WaitingPhase.NO_CHARGE, None, 0, None)
    free_until = since + timedelta(seconds=float(meter.free))
    cost = sum(line.amount_fen for line in waiting_lines(service, facts, band))
    return Waiting(since, _phase(now, since, free_until), free_until, cost, metered(meter))


def _phase(now: datetime, since: datetime, free_until: datetime) -> WaitingPhase:
    if now < since:
        return WaitingPhase.AHEAD
    return WaitingPhase.FREE if now <= free_until else WaitingPhase.COUNTED
