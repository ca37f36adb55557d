"""Tiers of customers by what they did in a year, and who comes so often and so lately that they are worth a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dispatch.domain.errors import N_, Invalid

YEAR = timedelta(days=365)
HOT_DAYS = 90
HALVES_AFTER_DAYS = 30
LONGEST_NAME = 20
MOST_TIERS = 8


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier above the general one: reached by so many closed trips in a year, or by so much money (fen)."""

    id: int
    name: str
    trips_from: int | None
    spend_from_fen: int | None


@dataclass(frozen=True, slots=True)
class Year:
    """What a customer did in the year before an assessment."""

    trips: int
    spend_fen: int


def reached(tiers: Sequence[Tier], year: Year) -> Tier | None:
    """The highest tier that the year reaches by trips or by spend; None for the general one. Lowest tier first."""
    for tier in reversed(tiers):
        by_trips = tier.trips_from is not None and year.trips >= tier.trips_from
        by_spend = tier.spend_from_fen is not None and year.spend_fen >= tier.spend_from_fen
        if by_trips or by_spend:
            return tier
    return None


def checked(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """Tiers as they are kept, lowest first. Raises Invalid naming the line: `name_2`, `trips_from_2` and so on.

    Each has a name of its own and at least one condition, and asks for more than the one below it.
    """
    if len(tiers) > MOST_TIERS:
        raise Invalid("tiers_most", N_("At most %(most)s tiers"), most=MOST_TIERS)
    names: set[str] = set()
    before: Tier | None = None
    for number, tier in enumerate(tiers):
        name = tier.name.strip()
        if not name or len(name) > LONGEST_NAME or name in names:
            raise Invalid("tier_name", N_("Each tier has a short name of its own"), field=f"name_{number}")
        if tier.trips_from is None and tier.spend_from_fen is None:
            raise Invalid("tier_open", N_("Say from how many trips or how much money"), field=f"trips_from_{number}")
        for what in ("trips_from", "spend_from_fen"):
            here, below = getattr(tier, what), getattr(before, what, None)
            if here is not None and (here < 1 or (below is not None and here <= below)):
                raise Invalid("tier_order", N_("More than the tier below asks for"), field=f"{what}_{number}")
        names.add(name)
        before = tier
    return tuple(tiers)


def month_of(day: date) -> date:
    """The month that an assessment belongs to, named by its first day."""
    return day.replace(day=1)


def keeps(until: date | None, today: date) -> bool:
    """Whether a tier given by hand still holds: to the end of its last day."""
    return until is not None and until >= today


def heat(trips: int, days_since: int) -> float:
    """How hot a customer is: trips of the last ninety days, halved for every thirty days of silence since."""
    return float(trips * 0.5 ** (max(days_since, 0) / HALVES_AFTER_DAYS))
