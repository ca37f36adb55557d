"""The diagram of a complaint's way, drawn from the table of transitions: docs/complaint-stages.md is its output."""

from dispatch.domain import complaint_steps as s
from dispatch.domain.complaint import Stage
from dispatch.domain.complaint_clock import CLOCK_OF
from dispatch.domain.complaint_flow import TRANSITIONS, Transition, turn_of
from dispatch.domain.events import name_of

HEAD = """# A complaint's way

Drawn from the table of transitions in `dispatch/domain/complaint_flow.py` by `make states`; a test compares the two.
The diagram leaves out what can be done nearly everywhere: promise, withdraw, mark as a duplicate. The tables have them.
"""
STAGES = """
## Every stage

Whose turn it is, and the clock that runs.
"""
EVERY = """
## Every step

A step that has no row for a stage is refused there; steps without another stage leave the case where it is.
"""
_ASIDE = (s.Promise, s.TakeUp, s.Withdraw, s.MarkDuplicate)


def mermaid() -> str:
    """The stages as a Mermaid diagram."""
    lines = ["stateDiagram-v2", "    [*] --> registered: register"]
    for (source, target), names in _arrows().items():
        lines.append(f"    {source} --> {target}: {', '.join(names)}")
    return "\n".join([*lines, f"    {Stage.ARCHIVED} --> [*]"])


def stages() -> str:
    """Every stage: whose turn, which clock."""
    lines = ["| stage | whose turn | clock |", "| --- | --- | --- |"]
    lines += [f"| {stage} | {turn_of(stage) or '-'} | {CLOCK_OF.get(stage, '-')} |" for stage in Stage]
    return "\n".join(lines)


def steps() -> str:
    """Every row of the table: step, from, to, by whom."""
    lines = ["| step | from | to | by |", "| --- | --- | --- | --- |"]
    for row in TRANSITIONS:
        targets = [target.value for target in row.targets if target is not row.source]
        lines.append(f"| {name_of(row.step)} | {row.source} | {' or '.join(targets)} | {', '.join(sorted(row.by))} |")
    return "\n".join(lines)


def page() -> str:
    """docs/complaint-stages.md, whole."""
    return f"{HEAD}\n```mermaid\n{mermaid()}\n```\n{STAGES}\n{stages()}\n{EVERY}\n{steps()}\n"


def _arrows() -> dict[tuple[Stage, Stage], list[str]]:
    arrows: dict[tuple[Stage, Stage], list[str]] = {}
    for row in TRANSITIONS:
        if row.step in _ASIDE:
            continue
        for target in row.targets:
            if target is not row.source:
                arrows.setdefault((row.source, target), []).append(_said(row, target))
    return arrows


def _said(row: Transition, target: Stage) -> str:
    satisfied = {Stage.RESOLVED: "satisfied", Stage.DISSATISFIED: "not satisfied"}
    return satisfied[target] if row.step is s.Conclude else name_of(row.step)
