"""The outline on the driver's phone and the one in the agreement: a mark stands where the panel was tapped."""

import re
from itertools import accumulate
from pathlib import Path

import pytest

from contracts.drawing import CENTRES
from dispatch.domain.inspection import Panel

CSS = (Path(__file__).parents[2] / "static" / "css" / "outline.css").read_text(encoding="utf-8")
LEFT, TOP = -30, -14  # of the drawing's box on the phone, which shows the agreement's car turned upright


def lines(fractions: str, begin: int) -> list[int]:
    return list(accumulate((int(one) for one in re.findall(r"(\d+)fr", fractions)), initial=begin))


ROWS, COLUMNS = (
    lines(part, begin)
    for part, begin in zip(re.findall(r"grid-template: (.*?);", CSS)[0].split("/"), (TOP, LEFT), strict=True)
)


@pytest.mark.parametrize("panel", list(Panel))
def test_a_mark_of_the_agreement_lies_in_the_place_that_is_tapped(panel: Panel) -> None:
    area = re.search(rf"^\.spot--{panel} {{ grid-area: (\d+) / (\d+) / (\d+) / (\d+);", CSS, re.MULTILINE)
    assert area is not None
    top, left, bottom, right = (int(line) - 1 for line in area.groups())
    x, y = CENTRES[panel.value]
    assert COLUMNS[left] <= 200 - y <= COLUMNS[right]
    assert ROWS[top] <= x <= ROWS[bottom]
