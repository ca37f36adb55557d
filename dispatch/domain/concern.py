"""Which trips want a look from the desk, and why: nobody on the way, or a step that takes too long (P1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dispatch.domain.errors import N_
from dispatch.domain.states import State

SOONEST = timedelta(minutes=15)
"""Nobody can be there faster than this after the call: a job wanted at once is late only from then on."""
AHEAD = timedelta(minutes=15)
"""How long before the appointed time somebody should be on the way."""
SEARCHED = timedelta(minutes=5)
"""How long looking for a driver may take before it is worth a mark."""
ON_THE_WAY = timedelta(minutes=45)

_LIMITS: dict[State, tuple[timedelta, str]] = {
    State.ON_SITE: (timedelta(minutes=20), N_("Waiting on site for %(minutes)s min, car not checked yet")),
    State.INSPECTED: (timedelta(minutes=15), N_("Car checked %(minutes)s min ago, agreement not signed")),
    State.AGREED: (timedelta(minutes=10), N_("Signed %(minutes)s min ago, not driving yet")),
    State.DRIVING: (timedelta(hours=2), N_("Driving for %(minutes)s min: call the driver")),
    State.DELIVERED: (timedelta(minutes=15), N_("Delivered %(minutes)s min ago, receipt not signed")),
}
_LATE = {
    State.BOOKED: N_("%(minutes)s min late, no driver yet"),
    State.OFFERED: N_("%(minutes)s min late, no driver yet"),
    State.ACCEPTED: N_("%(minutes)s min late, driver not set off"),
    State.EN_ROUTE: N_("%(minutes)s min late, still on the way"),
}
_SEEKING = frozenset({State.BOOKED, State.OFFERED})


@dataclass(frozen=True, slots=True)
class Concern:
    """What is wrong, as a message with its figures. `late`: the promise to the customer is broken already."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)
    late: bool = False


def concern(
    state: State, *, booked_at: datetime, appointed_at: datetime, state_since: datetime, now: datetime
) -> Concern | None:
    """The worst thing to say of a trip, or None when it runs as it should."""
    due = max(appointed_at, booked_at + SOONEST)
    if state in _LATE and now > due:
        return Concern(_LATE[state], {"minutes": _minutes(now - due)}, late=True)
    return next(_slow(state, booked_at, appointed_at, state_since, now), None)


def _slow(
    state: State, booked_at: datetime, appointed_at: datetime, state_since: datetime, now: datetime
) -> Iterator[Concern]:
    near = appointed_at - now < AHEAD
    if state in _SEEKING and near and now - booked_at > SEARCHED:
        yield Concern(N_("Searching for %(minutes)s min"), {"minutes": _minutes(now - booked_at)})
    if state is State.ACCEPTED and near and now - state_since > SEARCHED:
        message = N_("Accepted %(minutes)s min ago, not set off yet")
        yield Concern(message, {"minutes": _minutes(now - state_since)})
    if state is State.EN_ROUTE and now - state_since > ON_THE_WAY:
        yield Concern(N_("On the way for %(minutes)s min"), {"minutes": _minutes(now - state_since)})
    limit, message = _LIMITS.get(state, (timedelta.max, ""))
    # The customer's own time before the appointed one is nobody's delay.
    since = max(state_since, appointed_at) if state is State.ON_SITE else state_since
    if now - since > limit:
        yield Concern(message, {"minutes": _minutes(now - since)})


def _minutes(span: timedelta) -> int:
    return max(1, int(span.total_seconds()) // 60)
