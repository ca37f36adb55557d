"""How far a day's callbacks are (P7): what was due, what came of it, what is left, and what is overdue."""

from dataclasses import dataclass, fields

from dispatch.domain.callback import OPEN, CallbackState

REACHED = frozenset({CallbackState.DONE})
MISSED = frozenset({CallbackState.UNREACHABLE})
DROPPED = frozenset({CallbackState.DECLINED, CallbackState.CANCELLED})
"""Ended without an answer that was owed: the customer did not want the call, or the trip was stepped back."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of callbacks due on a day by how they stand; what was due before it and is open, or was ended on it.

    `dropped` and `unreachable` are done, and neither is "reached": nobody who was not spoken to is satisfied.
    """

    reached: int = 0
    unreachable: int = 0
    dropped: int = 0
    left: int = 0
    overdue: int = 0
    caught_up: int = 0

    @property
    def done(self) -> int:
        """What was due and is ended."""
        return self.reached + self.unreachable + self.dropped

    @property
    def due(self) -> int:
        """What was due on the day, however it stands."""
        return self.done + self.left

    @property
    def share(self) -> float | None:
        """Which part of what was due is done; None when nothing was due."""
        return self.done / self.due if self.due else None

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


STANDINGS: tuple[tuple[str, frozenset[CallbackState]], ...] = (
    ("reached", REACHED),
    ("unreachable", MISSED),
    ("dropped", DROPPED),
    ("left", OPEN),
)
"""Every state in one place: a callback counts once, here and in the reports."""


def by_state(counts: dict[CallbackState, int]) -> Coverage:
    """The coverage of callbacks of one day, given how many stand where, as reports count them."""
    return Coverage(**{name: sum(counts.get(state, 0) for state in states) for name, states in STANDINGS})
