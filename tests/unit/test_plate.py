"""Number plates of mainland China."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import plate
from dispatch.domain.errors import Invalid
from dispatch.domain.plate import PlateKind


@pytest.mark.parametrize(
    ("typed", "stored", "kind"),
    [
        ("赣E12345", "赣E12345", PlateKind.ORDINARY),
        ("赣e·a12b8", "赣EA12B8", PlateKind.ORDINARY),
        (" 赣E 123 45 ", "赣E12345", PlateKind.ORDINARY),
        ("赣Ｅ－１２３４５", "赣E12345", PlateKind.ORDINARY),
        ("赣EO1234", "赣E01234", PlateKind.ORDINARY),
        ("赣EI1234", "赣E11234", PlateKind.ORDINARY),
        ("赣ED12345", "赣ED12345", PlateKind.PURE_ELECTRIC),
        ("赣EDA1234", "赣EDA1234", PlateKind.PURE_ELECTRIC),
        ("京AA12345", "京AA12345", PlateKind.PURE_ELECTRIC),
        ("赣E12345D", "赣E12345D", PlateKind.PURE_ELECTRIC),
        ("赣EF12345", "赣EF12345", PlateKind.PLUG_IN),
        ("赣E12345F", "赣E12345F", PlateKind.PLUG_IN),
        ("赣E1234警", "赣E1234警", PlateKind.POLICE),
        ("赣E1234学", "赣E1234学", PlateKind.DRIVING_SCHOOL),
        ("粤Z·F123港", "粤ZF123港", PlateKind.HONG_KONG),
        ("粤Z·F123澳", "粤ZF123澳", PlateKind.MACAU),
        ("使224578", "使224578", PlateKind.EMBASSY),
        ("224578使", "224578使", PlateKind.EMBASSY),
        ("沪A0023领", "沪A0023领", PlateKind.CONSULATE),
        ("沪224001领", "沪224001领", PlateKind.CONSULATE),
    ],
)
def test_a_plate_is_understood_however_it_is_typed(typed: str, stored: str, kind: PlateKind) -> None:
    found = plate.parse(typed)
    assert (found.text, found.kind) == (stored, kind)
    assert found.is_new_energy == (kind in {PlateKind.PURE_ELECTRIC, PlateKind.PLUG_IN})


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "plate_missing"),
        (" · ", "plate_missing"),
        ("E12345", "plate_province"),
        ("港E12345", "plate_province"),
        ("赣E1234", "plate_length"),
        ("赣E1234567", "plate_length"),
        ("赣E123456", "plate_green"),
        ("赣ED1234A", "plate_green"),
        ("赣O12345", "plate_format"),
        ("赣112345", "plate_format"),
        ("赣E1234港", "plate_format"),
        ("12345", "plate_format"),
    ],
)
def test_what_is_no_plate_is_refused_saying_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        plate.parse(typed, field="car_plate")
    assert (refused.value.code, refused.value.field) == (code, "car_plate")


@pytest.mark.parametrize(
    ("typed", "shown", "masked"),
    [
        ("赣E12345", "赣E·12345", "赣E·***45"),
        ("赣ED12345", "赣E·D12345", "赣E·****45"),
        ("粤ZF123港", "粤Z·F123港", "粤Z·***3港"),
        ("使224578", "使224578", "使2***78"),
        ("沪224001领", "沪224001领", "沪2****1领"),
    ],
)
def test_plates_are_shown_with_their_dot_and_masked(typed: str, shown: str, masked: str) -> None:
    found = plate.parse(typed)
    assert (found.display(), found.masked()) == (shown, masked)


plates = st.from_regex(
    f"[{plate.PROVINCES}][A-HJ-NP-Z]([A-HJ-NP-Z0-9]{{5}}|[A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])",
    fullmatch=True,
)


@given(plates)
def test_reading_a_plate_again_changes_nothing(text: str) -> None:
    found = plate.parse(text)
    assert found.text == text
    assert plate.parse(found.display()) == plate.parse(f" {text.lower()} ") == found


typed_characters = st.sampled_from(f"{plate.PROVINCES}警学港澳使领abcioABCIOＡＯ０１019 ·.-　")


@given(st.text(typed_characters, max_size=12))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = plate.normalised(text)
    assert plate.normalised(once) == once


@given(st.text(max_size=12))
def test_any_text_is_either_a_plate_or_a_clear_refusal(text: str) -> None:
    try:
        found = plate.parse(text)
    except Invalid:
        return
    assert plate.parse(found.text) == found
