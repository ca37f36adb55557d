"""Steps with a case as API and pages give them: by name, with their schema, permission and way of being built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dispatch.domain import complaint_steps as steps
from dispatch.domain.events import name_of
from dispatch.domain.roles import Permission
from dispatch.web.schemas import complaints as s


@dataclass(frozen=True, slots=True)
class SpokenStep:
    """A step as it is spelled outside: the schema of its body, who may take it, how it becomes the domain's."""

    step: type[steps.Step]
    permission: Permission
    schema: type[s.StepIn]
    build: Callable[[Any], steps.Step]

    @property
    def name(self) -> str:
        """carry-out, ask-feedback …"""
        return name_of(self.step).replace("_", "-")


def _plain(step: type[steps.Step], permission: Permission, schema: type[s.StepIn] = s.StepIn) -> SpokenStep:
    """A step whose fields are those of its schema."""
    return SpokenStep(step, permission, schema, lambda body: step(**body.model_dump(exclude={"version"})))


_CARE, _MANAGER, _ALSO_HEADS = Permission.COMPLAINT_WORK, Permission.COMPLAINT_APPROVE, Permission.COMPLAINT_FOLLOW

STEPS: tuple[SpokenStep, ...] = (
    _plain(steps.Acknowledge, _CARE),
    _plain(steps.Assess, _CARE, s.AssessIn),
    _plain(steps.Accept, _CARE),
    _plain(steps.Dismiss, _CARE),
    _plain(steps.Reply, _CARE),
    _plain(steps.Route, _CARE, s.RouteIn),
    SpokenStep(steps.Propose, _ALSO_HEADS, s.ProposeIn, s.proposal),
    _plain(steps.Investigate, _ALSO_HEADS, s.InvestigateIn),
    _plain(steps.Approve, _MANAGER),
    _plain(steps.Return, _MANAGER),
    _plain(steps.CarryOut, _ALSO_HEADS),
    _plain(steps.AskFeedback, _CARE),
    _plain(steps.Conclude, _CARE, s.ConcludeIn),
    _plain(steps.OpenRound, _CARE),
    _plain(steps.Promise, _CARE, s.PromiseIn),
    _plain(steps.TakeUp, _CARE),
    _plain(steps.Archive, _CARE),
    SpokenStep(steps.SetFacts, _ALSO_HEADS, s.FactsIn, lambda body: steps.SetFacts(body.words, body.facts())),
    _plain(steps.Pause, _ALSO_HEADS, s.PauseIn),
    _plain(steps.Resume, _ALSO_HEADS),
    _plain(steps.Remark, _ALSO_HEADS),
    _plain(steps.Withdraw, _CARE),
    _plain(steps.MarkDuplicate, _CARE, s.DuplicateIn),
)
"""In the order in which a page offers them."""
