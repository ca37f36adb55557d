"""The way of a complaint: the one table of transitions, and decide(), the only way from one stage to the next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from dispatch.domain import complaint_steps as s
from dispatch.domain.complaint import OPEN, SETTLED, Stage
from dispatch.domain.complaint_clock import CLOCK_OF
from dispatch.domain.complaint_steps import Step
from dispatch.domain.errors import N_, Conflict, Forbidden, Refused
from dispatch.domain.roles import Actor, Role


class Side(StrEnum):
    """Who may take a step."""

    CARE = auto()
    DEPARTMENT = auto()  # the head of the department that has the case
    APPROVER = auto()  # a manager who neither proposed the remedy nor is complained about


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as the rules see it. People are staff ids; `about` are those who are complained about."""

    stage: Stage
    round: int = 1
    promised_from: Stage | None = None
    head_id: int | None = None
    proposed_by: int | None = None
    about: frozenset[int] = frozenset()
    is_paused: bool = False
    investigated: bool = False


Target = Stage | Callable[[CaseState, Any], Stage]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: this step takes a case from source to target, by these sides."""

    step: type[Step]
    source: Stage
    target: Target
    by: frozenset[Side]

    @property
    def targets(self) -> tuple[Stage, ...]:
        """Every stage it can lead to; what the case and the step's words decide is listed whole."""
        return _EITHER[self.step] if callable(self.target) else (self.target,)


def _rows(step: type[Step], sources: Iterable[Stage], target: Target | None, *by: Side) -> list[Transition]:
    """A row for each source; target None stays where it is."""
    return [Transition(step, source, source if target is None else target, frozenset(by)) for source in sources]


def _concluded(_case: CaseState, step: s.Conclude) -> Stage:
    return Stage.RESOLVED if step.satisfied else Stage.DISSATISFIED


def _as_before(case: CaseState, _step: s.TakeUp) -> Stage:
    # A promise is made somewhere: a case that is promised knows where.
    return case.promised_from or Stage.ACCEPTED


_S = Stage
_CARE, _HEAD, _MANAGER = Side.CARE, Side.DEPARTMENT, Side.APPROVER
_AT_DEPARTMENT = (_S.ROUTED, _S.INVESTIGATED, _S.RETURNED)
PROMISABLE = (_S.ACCEPTED, *_AT_DEPARTMENT, _S.APPROVED, _S.DISSATISFIED)
_CLOCKED = tuple(stage for stage in CLOCK_OF if stage is not _S.PROMISED)

TRANSITIONS: tuple[Transition, ...] = (
    *_rows(s.Acknowledge, [_S.REGISTERED], _S.ACKNOWLEDGED, _CARE),
    *_rows(s.Assess, [_S.ACKNOWLEDGED], _S.ASSESSED, _CARE),
    *_rows(s.Accept, [_S.ASSESSED], _S.ACCEPTED, _CARE),
    *_rows(s.Dismiss, [_S.ASSESSED], _S.NOT_UPHELD, _CARE),
    *_rows(s.Reply, [_S.NOT_UPHELD], _S.REPLIED, _CARE),
    *_rows(s.Route, [_S.ACCEPTED, _S.ROUTED], _S.ROUTED, _CARE),
    *_rows(s.Investigate, [_S.ROUTED, _S.INVESTIGATED, _S.RETURNED], _S.INVESTIGATED, _CARE, _HEAD),
    *_rows(s.Propose, [_S.INVESTIGATED, _S.RETURNED], _S.REMEDY_PROPOSED, _CARE, _HEAD),
    *_rows(s.Approve, [_S.REMEDY_PROPOSED], _S.APPROVED, _MANAGER),
    *_rows(s.Return, [_S.REMEDY_PROPOSED], _S.RETURNED, _MANAGER),
    *_rows(s.CarryOut, [_S.APPROVED], _S.CARRIED_OUT, _CARE, _HEAD),
    *_rows(s.AskFeedback, [_S.CARRIED_OUT, _S.FEEDBACK], _S.FEEDBACK, _CARE),
    *_rows(s.Conclude, [_S.CARRIED_OUT, _S.FEEDBACK, _S.REPLIED], _concluded, _CARE),
    *_rows(s.OpenRound, [_S.DISSATISFIED], _S.ACKNOWLEDGED, _CARE),
    *_rows(s.Promise, PROMISABLE, _S.PROMISED, _CARE),
    *_rows(s.TakeUp, [_S.PROMISED], _as_before, _CARE),
    *_rows(s.Withdraw, sorted(OPEN), _S.WITHDRAWN, _CARE),
    *_rows(s.MarkDuplicate, [_S.REGISTERED, _S.ACKNOWLEDGED, _S.ASSESSED], _S.DUPLICATE, _CARE),
    *_rows(s.Archive, sorted(SETTLED), _S.ARCHIVED, _CARE),
    *_rows(s.Remark, sorted(OPEN | SETTLED), None, _CARE, _HEAD, _MANAGER),
    *_rows(s.Pause, _CLOCKED, None, _CARE, _HEAD),
    *_rows(s.Resume, _CLOCKED, None, _CARE, _HEAD),
    *_rows(s.SetFacts, [_S.ACCEPTED, *_AT_DEPARTMENT], None, _CARE, _HEAD),
)
_EITHER: dict[type[Step], tuple[Stage, ...]] = {s.Conclude: (_S.RESOLVED, _S.DISSATISFIED), s.TakeUp: PROMISABLE}
_BY_KEY = {(row.step, row.source): row for row in TRANSITIONS}


def decide(case: CaseState, step: Step, actor: Actor) -> Stage:
    """The stage that a step leads to.

    Raises Conflict when the case does not stand where the step is taken, Forbidden when it is another's to take,
    Refused or Invalid where a rule objects.
    """
    row = _BY_KEY.get((type(step), case.stage))
    if row is None:
        raise Conflict("wrong_stage", N_("The case has moved on: this step is not open any more"))
    if sides(case, actor).isdisjoint(row.by):
        _explain(case, row, actor)
        raise Forbidden("not_permitted", N_("This is not yours to do"))
    _check_clock(case, step)
    if isinstance(step, s.Propose) and not case.investigated:
        raise Refused("not_investigated", N_("Find the cause first"))
    return row.target(case, step) if callable(row.target) else row.target


def sides(case: CaseState, actor: Actor) -> frozenset[Side]:
    """What somebody is to a case. Who proposed the remedy, or is complained about, does not approve it."""
    found = set()
    if actor.has(Role.CARE):
        found.add(Side.CARE)
    if case.head_id is not None and actor.id == case.head_id:
        found.add(Side.DEPARTMENT)
    if actor.has(Role.MANAGER) and actor.id not in case.about and actor.id != case.proposed_by:
        found.add(Side.APPROVER)
    return frozenset(found)


def open_steps(case: CaseState, actor: Actor) -> tuple[type[Step], ...]:
    """The steps that somebody can take now, in the order of the table."""
    mine = sides(case, actor)
    return tuple(
        row.step
        for row in TRANSITIONS
        if row.source is case.stage and not mine.isdisjoint(row.by) and _clock_allows(case, row.step)
        and (row.step is not s.Propose or case.investigated)
    )  # fmt: skip


def turn_of(stage: Stage) -> Side | None:
    """Whose turn it is in a stage; None when nothing is to be done any more."""
    if stage is Stage.ARCHIVED:
        return None
    if stage is Stage.REMEDY_PROPOSED:
        return Side.APPROVER
    return Side.DEPARTMENT if stage in _AT_DEPARTMENT else Side.CARE


def _clock_allows(case: CaseState, step: type[Step]) -> bool:
    return case.is_paused if step is s.Resume else not (case.is_paused and step is s.Pause)


def _check_clock(case: CaseState, step: Step) -> None:
    if isinstance(step, s.Pause) and case.is_paused:
        raise Refused("clock_paused", N_("The clock is paused already"))
    if isinstance(step, s.Resume) and not case.is_paused:
        raise Refused("clock_runs", N_("The clock is running already"))


def _explain(case: CaseState, row: Transition, actor: Actor) -> None:
    if Side.APPROVER not in row.by or not actor.has(Role.MANAGER):
        return
    if actor.id == case.proposed_by:
        raise Refused("own_proposal", N_("Who proposed the remedy does not approve it"))
    if actor.id in case.about:
        raise Refused("own_case", N_("Who is complained about does not approve the remedy"))
