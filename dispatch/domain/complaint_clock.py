"""The clocks of a complaint: when a stage is due in working time, and who is told when it is late.

A clock runs in working time and stands still while it is paused; what was paused is added to the due time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from dispatch.domain.complaint import Stage
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.working_time import WorkingTime


class ClockKind(StrEnum):
    """What has to be done by then."""

    ACKNOWLEDGE = auto()
    ASSESS = auto()
    DEPARTMENT = auto()
    APPROVE = auto()
    CARRY_OUT = auto()
    CONFIRM = auto()
    PROMISE = auto()


CLOCK_OF: dict[Stage, ClockKind] = {
    Stage.REGISTERED: ClockKind.ACKNOWLEDGE,
    Stage.DISSATISFIED: ClockKind.ACKNOWLEDGE,
    Stage.ACKNOWLEDGED: ClockKind.ASSESS,
    Stage.ASSESSED: ClockKind.ASSESS,
    Stage.NOT_UPHELD: ClockKind.ASSESS,
    Stage.ACCEPTED: ClockKind.ASSESS,
    Stage.ROUTED: ClockKind.DEPARTMENT,
    Stage.INVESTIGATED: ClockKind.DEPARTMENT,
    Stage.RETURNED: ClockKind.DEPARTMENT,
    Stage.REMEDY_PROPOSED: ClockKind.APPROVE,
    Stage.APPROVED: ClockKind.CARRY_OUT,
    Stage.CARRIED_OUT: ClockKind.CONFIRM,
    Stage.FEEDBACK: ClockKind.CONFIRM,
    Stage.PROMISED: ClockKind.PROMISE,
}
"""The clock that runs in a stage; none runs where the customer is owed nothing any more."""


class PauseReason(StrEnum):
    """Whom the case waits for: nobody of the company's."""

    CUSTOMER = auto()
    THIRD_PARTY = auto()


class Level(StrEnum):
    """The rungs of the ladder, each climbed once a clock."""

    NEAR = auto()  # 80 % of the time is used
    DUE = auto()
    LATE = auto()  # one working day over
    VERY_LATE = auto()  # two working days over

    def reaches(self, other: "Level") -> bool:
        """Whether this rung is as high as another."""
        rungs = tuple(Level)
        return rungs.index(self) >= rungs.index(other)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each stage may take: minutes of working time for the acknowledgement, working days for the rest."""

    acknowledge_minutes: int = 30
    assess_days: int = 1
    department_days: int = 2
    approve_days: int = 1
    carry_out_days: int = 2
    confirm_days: int = 1

    def __post_init__(self) -> None:
        for name in self.__slots__:
            most = 480 if name == "acknowledge_minutes" else 30
            if not 1 <= getattr(self, name) <= most:
                raise Invalid("complaint_terms", N_("From 1 to %(most)s"), field=name, most=most)

    def allowed(self, kind: ClockKind, day: timedelta) -> timedelta:
        """The working time for a clock, given the length of a working day. A promise names its own time."""
        if kind is ClockKind.ACKNOWLEDGE:
            return timedelta(minutes=self.acknowledge_minutes)
        days: int = getattr(self, f"{kind.value}_days")
        return days * day


@dataclass(frozen=True, slots=True)
class Interval:
    """A pause; open while `until` is None."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """When it was started, how much working time it allows, and its pauses in the order they came."""

    started_at: datetime
    allowed: timedelta
    pauses: tuple[Interval, ...] = ()

    @property
    def is_paused(self) -> bool:
        """Whether it stands still now."""
        return bool(self.pauses) and self.pauses[-1].until is None

    def reaches(self, span: timedelta, worked: WorkingTime) -> datetime | None:
        """When that much working time is used; None when an open pause comes before it."""
        for begins, ends in self._running():
            if ends is None:
                return worked.after(begins, span)
            used = worked.between(begins, ends)
            if used >= span:
                return worked.after(begins, span)
            span -= used
        return None

    def due_at(self, worked: WorkingTime) -> datetime | None:
        """When the time is over; None while a pause before that is open."""
        return self.reaches(self.allowed, worked)

    def left(self, now: datetime, worked: WorkingTime) -> timedelta:
        """The working time that is left; below zero when it is over."""
        used = timedelta()
        for begins, ends in self._running():
            used += worked.between(begins, now if ends is None else min(ends, now))
        return self.allowed - used

    def level(self, level: Level, worked: WorkingTime) -> datetime | None:
        """When a rung of the ladder is reached; None while a pause before it is open."""
        day = worked.hours.day
        spans = {
            Level.NEAR: self.allowed * 4 / 5,
            Level.DUE: self.allowed,
            Level.LATE: self.allowed + day,
            Level.VERY_LATE: self.allowed + 2 * day,
        }
        return self.reaches(spans[level], worked)

    def reached(self, now: datetime, worked: WorkingTime) -> tuple[Level, ...]:
        """The rungs that lie behind, lowest first."""
        moments = ((level, self.level(level, worked)) for level in Level)
        return tuple(level for level, moment in moments if moment is not None and moment <= now)

    def _running(self) -> Iterator[tuple[datetime, datetime | None]]:
        begins = self.started_at
        for pause in self.pauses:
            yield begins, max(begins, pause.since)
            if pause.until is None:
                return
            begins = max(begins, pause.until)
        yield begins, None
