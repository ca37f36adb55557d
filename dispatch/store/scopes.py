"""Whose figures a report tells, and of which days."""

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from dispatch.domain.period import Period, Span
from dispatch.store.branches import Branch


@dataclass(frozen=True, slots=True)
class Clocks:
    """Branches whose service days begin at the same moments."""

    zone: ZoneInfo
    cutover: time
    branch_ids: tuple[int, ...]

    def span(self, period: Period) -> Span:
        """The moments that belong to a period there."""
        return period.span(self.zone, self.cutover)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows, and of which days: one branch or several, each by its own clocks."""

    branches: tuple[Branch, ...]
    period: Period

    @classmethod
    def of(cls, branch: Branch, period: Period) -> "Scope":
        """One branch."""
        return cls((branch,), period)

    @property
    def clocks(self) -> tuple[Clocks, ...]:
        """The branches by their clocks."""
        found: dict[tuple[str, time], list[int]] = {}
        for branch in self.branches:
            found.setdefault((branch.timezone, branch.service_day_cutover), []).append(branch.id)
        return tuple(Clocks(ZoneInfo(zone), cutover, tuple(ids)) for (zone, cutover), ids in found.items())
