"""Geometry of the drawn parts: damage marks on the car's outline, strokes of a signature, the name round the seal."""

from dataclasses import dataclass
from itertools import count
from math import cos, radians, sin

from contracts.facts import Damage, Signature, Stroke

CENTRES = {  # on the outline in templates/agreement/car.svg: 420 by 200, front to the left, so the left side is below
    "front_bumper": (24.0, 100.0),
    "bonnet": (82.0, 100.0),
    "windscreen": (143.0, 78.0),
    "roof": (214.0, 78.0),
    "left_front": (160.0, 162.0),
    "left_rear": (262.0, 162.0),
    "right_front": (160.0, 38.0),
    "right_rear": (262.0, 38.0),
    "boot": (352.0, 100.0),
    "rear_bumper": (395.0, 100.0),
    "mirrors": (128.0, 13.0),
    "wheels": (90.0, 179.0),
    "interior": (214.0, 122.0),
}
MARK_STEP = 23.0
RADIUS = 76.0  # of the baseline's arc, in a box of 200 by 200
BASELINE = 66.0  # of the characters, from the middle
WIDEST_ARC = 244.0  # degrees, the rest is left for the star's foot and the caption
STEP = 23.0  # degrees between characters where there is room
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a damage and where it stands on the outline."""

    number: int
    x: float
    y: float


def marks(damages: tuple[Damage, ...]) -> tuple[Mark, ...]:
    """One mark for each damage on a panel that the outline has, side by side where a panel has several."""
    taken: dict[str, count[int]] = {}
    placed = []
    for number, damage in enumerate(damages, start=1):
        if damage.panel in CENTRES:
            x, y = CENTRES[damage.panel]
            nth = next(taken.setdefault(damage.panel, count()))
            placed.append(Mark(number, x + nth % 3 * MARK_STEP, y + nth // 3 * MARK_STEP))
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class Ink:
    """A signature cropped to what was drawn, so that a small one is still legible. `pen` is the stroke's width."""

    box: str
    pen: float
    paths: tuple[str, ...]


def ink(signature: Signature) -> Ink:
    """The strokes as SVG path data. Points outside the box they were drawn in are moved to its edge."""
    strokes = [_inside(stroke, signature) for stroke in signature.strokes if stroke]
    points = [point for stroke in strokes for point in stroke] or [(0.0, 0.0)]
    left, top = (min(axis) for axis in zip(*points, strict=True))
    right, bottom = (max(axis) for axis in zip(*points, strict=True))
    pen = round(max((right - left) / 3, bottom - top, 20.0) / 28, 2)
    box = (left - pen, top - pen, right - left + 2 * pen, bottom - top + 2 * pen)
    return Ink(" ".join(f"{edge:.1f}" for edge in box), pen, tuple(_path(stroke) for stroke in strokes))


def _inside(stroke: Stroke, box: Signature) -> Line:
    return tuple((min(max(x, 0.0), box.width), min(max(y, 0.0), box.height)) for x, y, _ in stroke)


def _path(stroke: Line) -> str:
    if len(stroke) == 1:
        stroke *= 2  # a dot: drawn by the round cap
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in stroke)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character on the arc: turned by `angle` degrees from the top, drawn `size` high and `stretch` as wide."""

    char: str
    angle: float
    size: float
    stretch: float

    @property
    def matrix(self) -> str:
        """Where the character's baseline begins, turned and stretched, as an SVG matrix: quicker to draw than steps."""
        turn = radians(self.angle)
        across, down = sin(turn), cos(turn)
        parts = (down * self.stretch, across * self.stretch, -across, down)
        return " ".join(f"{part:.4f}" for part in (*parts, 100 + BASELINE * across, 100 - BASELINE * down))


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
