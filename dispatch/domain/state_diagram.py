"""The diagram of a trip's life, drawn from the table of transitions: docs/states.md is its output."""

from dispatch.domain.events import name_of
from dispatch.domain.states import ENDS, State
from dispatch.domain.trip import TRANSITIONS

HEAD = """# A trip's life

Drawn from the table of transitions in `dispatch/domain/trip.py` by `make states`; a test compares the two.
"""
EVERY = """
## Every transition

A command that has no row for a state is refused there. The last column names the guards: each of them must hold.
"""


def mermaid() -> str:
    """The states as a Mermaid diagram; steps back and commands that change no state are told in the table only."""
    lines = ["stateDiagram-v2", "    [*] --> booked: book"]
    for (source, target), names in _arrows().items():
        lines.append(f"    {source} --> {target}: {', '.join(names)}")
    lines += [f"    {end} --> [*]" for end in State if end in ENDS]
    return "\n".join(lines)


def table() -> str:
    """Every row of the table: command, from, to, by whom, unless what."""
    lines = ["| command | from | to | by | unless |", "| --- | --- | --- | --- | --- |"]
    for row in TRANSITIONS:
        guards = ", ".join(guard.__name__.replace("_", " ") for guard in row.guards)
        by = ", ".join(sorted(row.by))
        lines.append(f"| {name_of(row.command)} | {row.source} | {row.target} | {by} | {guards} |")
    return "\n".join(lines)


def page() -> str:
    """docs/states.md, whole."""
    return f"{HEAD}\n```mermaid\n{mermaid()}\n```\n{EVERY}\n{table()}\n"


def _arrows() -> dict[tuple[State, State], list[str]]:
    arrows: dict[tuple[State, State], list[str]] = {}
    for row in TRANSITIONS:
        name = name_of(row.command)
        if name == "step_back" or row.source is row.target:
            continue
        names = arrows.setdefault((row.source, row.target), [])
        if name not in names:
            names.append(name)
    return arrows
