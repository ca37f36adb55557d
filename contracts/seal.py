"""The company's round seal: where each character of the name stands on the arc."""

from dataclasses import dataclass

RADIUS = 76.0  # of the baseline's arc, in a box of 200 by 200
WIDEST_ARC = 244.0  # degrees, the rest is left for the star's foot and the caption
STEP = 23.0  # degrees between characters where there is room


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character on the arc: turned by `angle` degrees from the top, drawn `size` high and `stretch` as wide."""

    char: str
    angle: float
    size: float
    stretch: float


def arc(name: str) -> tuple[Glyph, ...]:
    """The name spread evenly over the top of the seal; long names get narrower characters, never illegible ones."""
    chars = [char for char in name if not char.isspace()]
    if not chars:
        return ()
    span = min(WIDEST_ARC, STEP * (len(chars) - 1))
    step = span / (len(chars) - 1) if len(chars) > 1 else 0.0
    room = RADIUS * (step or STEP) * 3.1416 / 180  # along the arc, per character
    size = max(15.0, min(27.0, room * 1.45))
    stretch = min(1.0, room * 0.94 / size)
    return tuple(
        Glyph(char, round(-span / 2 + step * place, 2), round(size, 2), round(stretch, 3))
        for place, char in enumerate(chars)
    )
