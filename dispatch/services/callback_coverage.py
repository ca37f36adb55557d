"""How far a branch's day is with its callbacks, as a whole and agent by agent."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.callback_coverage import Coverage
from dispatch.store import callback_coverage
from dispatch.store.branches import Branch


@dataclass(frozen=True, slots=True)
class AgentCoverage:
    """One agent's callbacks of the day. Without an id: those that nobody has tried or taken."""

    staff_id: int | None
    name: str
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """The branch's day. Every callback is one agent's or nobody's: they add up to `total`."""

    day: date
    total: Coverage
    agents: tuple[AgentCoverage, ...]


def of_day(session: Session, branch: Branch, now: datetime) -> DayCoverage:
    """The day it is where the branch is, in one statement."""
    day = now.astimezone(branch.zone).date()
    began = datetime.combine(day, time(), branch.zone).astimezone(UTC)
    ended = datetime.combine(day + timedelta(days=1), time(), branch.zone).astimezone(UTC)
    agents = tuple(AgentCoverage(*row) for row in callback_coverage.by_agent(session, branch.id, day, began, ended))
    return DayCoverage(day, sum((one.coverage for one in agents), Coverage()), agents)
