"""Columns of a chart, laid out on the server: the template draws them as SVG beside the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: where it stands, in the chart's own units, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int
    address: str


def bars(labels: Sequence[str], values: Sequence[int], addresses: Sequence[str]) -> list[Bar]:
    """Columns as high as their value beside the highest. What is below zero has no height: the table tells it."""
    most = max([*values, 1])
    room = WIDTH / max(len(values), 1)
    return [
        Bar(
            round(n * room + room * 0.12, 1),
            round(HEIGHT - high, 1),
            round(room * 0.76, 1),
            round(high, 1),
            label,
            value,
            address,
        )
        for n, (label, value, address) in enumerate(zip(labels, values, addresses, strict=True))
        for high in [HEIGHT * max(value, 0) / most]
    ]
