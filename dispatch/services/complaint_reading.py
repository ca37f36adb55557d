"""Cases as they are looked at: the board by stage with its clocks, and one case as its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.domain.bearing import Bearing, CaseFacts, from_json
from dispatch.domain.complaint import OPEN, SETTLED, Stage
from dispatch.domain.complaint_flow import Side, open_steps, turn_of
from dispatch.domain.complaint_steps import Step
from dispatch.domain.remedy import Limits
from dispatch.domain.roles import Actor
from dispatch.domain.working_time import WorkingTime
from dispatch.services import complaint_cases, complaint_clocks, complaint_effects
from dispatch.store import complaint_clocks as clocks
from dispatch.store import complaint_events, complaint_remedies, complaints, departments, vouchers
from dispatch.store.complaint_clocks import ComplaintClock, ComplaintNotice
from dispatch.store.complaint_events import ComplaintEvent
from dispatch.store.complaint_remedies import RemedyRow
from dispatch.store.complaints import ComplaintRow
from dispatch.store.vouchers import VoucherRow

COLUMNS: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("acknowledge", (Stage.REGISTERED, Stage.DISSATISFIED)),
    ("assess", (Stage.ACKNOWLEDGED, Stage.ASSESSED, Stage.NOT_UPHELD, Stage.ACCEPTED)),
    ("department", (Stage.ROUTED, Stage.INVESTIGATED, Stage.RETURNED)),
    ("approve", (Stage.REMEDY_PROPOSED,)),
    ("carry_out", (Stage.APPROVED,)),
    ("confirm", (Stage.CARRIED_OUT, Stage.FEEDBACK)),
    ("promise", (Stage.PROMISED,)),
    ("archive", (Stage.REPLIED, Stage.RESOLVED, Stage.WITHDRAWN, Stage.DUPLICATE)),
)
"""The columns of the board, in the order of the work."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A case with its running clock and the working time left (below zero when over); None where none runs."""

    case: ComplaintRow
    clock: ComplaintClock | None
    left: timedelta | None
    holder: str

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands still."""
        return self.clock is not None and self.clock.as_clock().is_paused

    @property
    def tone(self) -> str:
        """How it looks: over, near (80 % used), paused, or calm."""
        if self.clock is None or self.left is None:
            return "calm"
        if self.is_paused:
            return "paused"
        if self.left <= timedelta():
            return "over"
        return "near" if self.left * 5 <= timedelta(seconds=self.clock.allowed_seconds) else "calm"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board: what is to be done with these cases, the most pressing first."""

    name: str
    cases: tuple[Timed, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about a case. `steps` are those that the reader can take now; `vouchers` go by their remedy's id."""

    timed: Timed
    events: tuple[ComplaintEvent, ...]
    clocks: tuple[ComplaintClock, ...]
    remedies: tuple[RemedyRow, ...]
    vouchers: dict[int, VoucherRow]
    facts: CaseFacts | None
    bearing: Bearing | None
    limits: Limits
    steps: tuple[type[Step], ...]

    @property
    def case(self) -> ComplaintRow:
        """The case itself."""
        return self.timed.case


def board(session: Session, actor: Actor, now: datetime) -> tuple[Column, ...]:
    """All cases that are not archived, by what is to be done."""
    return _columns(session, complaints.in_stages(session, actor.branch_id, OPEN | SETTLED), now)


def of_my_departments(session: Session, actor: Actor, now: datetime) -> tuple[Timed, ...]:
    """The open cases of the departments that somebody heads, the most pressing first."""
    mine = departments.headed_by(session, actor.id)
    return _timed(session, complaints.in_stages(session, actor.branch_id, OPEN, departments=mine), now)


def story(session: Session, complaint_id: int, actor: Actor, now: datetime) -> Story:
    """One case, whole. Raises NotFound."""
    case = complaint_cases.find(session, complaint_id, actor)
    facts = from_json(case.facts)
    return Story(
        timed=_timed(session, [case], now)[0],
        events=tuple(complaint_events.of_complaint(session, case.id)),
        clocks=tuple(clocks.of_complaint(session, case.id)),
        remedies=tuple(complaint_remedies.of_complaint(session, case.id)),
        vouchers={row.remedy_id: row for row in vouchers.of_complaint(session, case.id)},
        facts=facts,
        bearing=facts.bearing(complaint_effects.form_of(session, case)) if facts else None,
        limits=complaint_effects.limits(session, case),
        steps=open_steps(complaint_cases.state_of(session, case), actor),
    )


def timed(session: Session, cases: Sequence[ComplaintRow], now: datetime) -> tuple[Timed, ...]:
    """Cases with their clocks, in the order given."""
    found = {one.case.id: one for one in _timed(session, cases, now)}
    return tuple(found[case.id] for case in cases)


def notices(session: Session, actor: Actor) -> list[tuple[ComplaintNotice, ComplaintRow]]:
    """What somebody has not looked at yet, newest first, one line a case."""
    seen: dict[int, ComplaintNotice] = {}
    for notice in clocks.unseen(session, actor.id):
        seen.setdefault(notice.complaint_id, notice)
    return [(notice, session.get_one(ComplaintRow, complaint_id)) for complaint_id, notice in seen.items()]


def looked_at(session: Session, complaint_id: int, actor: Actor, now: datetime) -> None:
    """The actor has opened the case: what was to be known of it is known."""
    for notice in clocks.unseen(session, actor.id, complaint_id=complaint_id):
        notice.seen_at = now


def holder_of(case: ComplaintRow) -> str:
    """Who has the case now, by name; '' where it is the managers', or nobody's."""
    match turn_of(case.stage):
        case Side.DEPARTMENT if case.department is not None:
            return f"{case.department.name} · {case.department.head.name}"
        case Side.CARE if case.holder is not None:
            return case.holder.name
        case _:
            return ""


def _columns(session: Session, cases: list[ComplaintRow], now: datetime) -> tuple[Column, ...]:
    found = _timed(session, cases, now)
    return tuple(Column(name, tuple(one for one in found if one.case.stage in stages)) for name, stages in COLUMNS)


def _timed(session: Session, cases: Sequence[ComplaintRow], now: datetime) -> tuple[Timed, ...]:
    """The most pressing first; those that wait for others after them, those without a clock last."""
    running = clocks.running_of(session, [case.id for case in cases])
    if not running:
        return tuple(Timed(case, None, None, holder_of(case)) for case in cases)
    since = min(clock.started_at for clock in running.values())
    worked = complaint_clocks.working_time(session, cases[0].branch_id, since, now)
    found = [_one(case, running.get(case.id), worked, now) for case in cases]
    return tuple(sorted(found, key=lambda one: (one.left is None, one.is_paused, one.left or timedelta(), one.case.id)))


def _one(case: ComplaintRow, clock: ComplaintClock | None, worked: WorkingTime, now: datetime) -> Timed:
    left = None if clock is None else clock.as_clock().left(now, worked)
    return Timed(case, clock, left, holder_of(case))
