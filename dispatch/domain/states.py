"""A trip's states, and what the rules need to know of a trip."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto

from dispatch.domain.driver import DEFAULT_REST, Competence, DriverFile, RestRule
from dispatch.domain.inspection import Intoxication


class State(StrEnum):
    """Where a trip is in its life, in the order it is lived; the last four are the ends without a receipt."""

    BOOKED = auto()
    OFFERED = auto()
    ACCEPTED = auto()
    EN_ROUTE = auto()
    ON_SITE = auto()
    INSPECTED = auto()
    AGREED = auto()
    DRIVING = auto()
    DELIVERED = auto()
    CLOSED = auto()
    CANCELLED = auto()
    REFUSED = auto()
    UNFULFILLED = auto()
    ABORTED = auto()


ENDS = frozenset({State.CLOSED, State.CANCELLED, State.REFUSED, State.UNFULFILLED, State.ABORTED})
LIVE = frozenset(State) - ENDS
WITH_DRIVER = LIVE - {State.BOOKED, State.OFFERED}
"""States in which a trip holds its driver: one driver is on at most one such trip (R1)."""


@dataclass(frozen=True, slots=True)
class TripFacts:
    """A trip as the rules see it. `open_offers` are the ids of drivers whose offer has not run out."""

    id: int
    number: str
    state: State
    form: str
    state_since: datetime
    driver_id: int | None = None
    driver_badge: str = ""
    driver_name: str = ""
    open_offers: frozenset[int] = frozenset()
    needs: frozenset[Competence] = frozenset()
    intoxication: Intoxication | None = None
    companion_sober: bool = False
    start_odometer_km: Decimal | None = None
    agreement_stored: bool = False
    stopped: bool = False
    incident_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What else a rule looks at: the time (UTC), the branch's local date, its rest rule, the drivers named."""

    now: datetime
    today: date
    rest: RestRule = DEFAULT_REST
    drivers: Mapping[int, DriverFile] = field(default_factory=dict)
