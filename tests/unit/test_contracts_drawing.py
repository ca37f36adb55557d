"""Drawn parts: the seal's arc, marks on the outline, the ink of a signature."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import labels, sample
from contracts.compose import centred
from contracts.drawing import CENTRES, RADIUS, WIDEST_ARC, arc, ink, marks
from contracts.facts import Damage, Stroke
from contracts.typeface import width


@pytest.mark.parametrize("name", ["归途", "归途代驾", "上饶市信州区平安归途汽车代驾服务有限责任公司"])
def test_the_name_stands_symmetrically_on_the_arc(name: str) -> None:
    glyphs = arc(name)
    assert "".join(glyph.char for glyph in glyphs) == name
    assert glyphs[0].angle == pytest.approx(-glyphs[-1].angle)
    assert glyphs[-1].angle <= WIDEST_ARC / 2


@given(st.text(min_size=1, max_size=60))
def test_characters_never_overlap_whatever_the_name(name: str) -> None:
    glyphs = arc(name)
    for one, other in pairwise(glyphs):
        room = RADIUS * (other.angle - one.angle) * 3.1416 / 180
        assert one.size * one.stretch <= room * 1.02


@pytest.mark.parametrize(
    ("text", "ems"), [("归途", 2.0), ("（江西）", 4.0), ("1", 0.57), ("12", 1.14), ("Wi", 1.19), ("", 0)]
)
def test_a_line_in_a_drawing_is_centred_by_the_width_of_its_characters(text: str, ems: float) -> None:
    assert width(text, 700) == pytest.approx(ems, abs=0.05)
    assert centred(text, 100, 20, 700) == pytest.approx(100 - 10 * ems, abs=0.5)


def test_every_panel_has_its_place_on_the_outline() -> None:
    assert set(CENTRES) == set(labels.PANELS)


def test_several_damages_on_a_panel_stand_side_by_side() -> None:
    placed = marks(tuple(Damage(panel="roof", kind="dent") for _ in range(3)))
    assert [mark.number for mark in placed] == [1, 2, 3]
    assert len({(mark.x, mark.y) for mark in placed}) == 3


def test_damage_on_a_part_without_a_place_keeps_its_number_in_the_table() -> None:
    placed = marks((Damage(panel="towbar", kind="dent"), Damage(panel="roof", kind="dent")))
    assert [mark.number for mark in placed] == [2]


@given(
    st.lists(
        st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 9999)), max_size=5).map(tuple),
        max_size=4,
    ).map(tuple)
)
def test_ink_never_leaves_its_box(strokes: tuple[Stroke, ...]) -> None:
    signature = replace(sample.signature("样张", sample.NIGHT), strokes=strokes)
    drawn = ink(signature)
    left, top, width, height = map(float, drawn.box.split())
    assert left >= -drawn.pen - 0.1
    assert top >= -drawn.pen - 0.1
    assert left + width <= signature.width + drawn.pen + 0.2
    assert top + height <= signature.height + drawn.pen + 0.2
    assert len(drawn.paths) == sum(1 for stroke in strokes if stroke)
