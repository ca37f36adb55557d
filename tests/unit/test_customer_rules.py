"""What customers are found by, the branch's own fields, and tiers: rules alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import custom_fields, searching, tiers
from dispatch.domain.custom_fields import CustomField, FieldKind
from dispatch.domain.errors import Invalid
from dispatch.domain.tiers import Tier, Year

SILVER, GOLD = Tier(1, "银卡", 12, 200_000), Tier(2, "金卡", 36, 600_000)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [("赣E·12 345", "赣e12345"), ("138-0013 8000", "13800138000"), ("１３８", "138"), (" %_\\ ", "")],
)
def test_fragments_are_compared_without_spelling(typed: str, compared: str) -> None:
    assert searching.normalised(typed) == compared


def test_a_landline_is_found_as_dialled_at_home_and_from_abroad() -> None:
    assert searching.phone_line("+867938888888").split("\n") == ["867938888888", "07938888888"]
    assert searching.phone_line("+8613800138000") == "8613800138000"


@given(st.text(alphabet="ab王小明123\n", max_size=12))
def test_every_short_fragment_of_a_line_is_one_of_its_grams(line: str) -> None:
    kept = set(searching.grams(line))
    for part in line.split("\n"):
        assert {part[i : i + n] for n in (1, 2) for i in range(len(part) - n + 1)} <= kept
    assert all(any(gram in part for part in line.split("\n")) for gram in kept)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FieldKind.TEXT, " 靠窗 ", "靠窗"),
        (FieldKind.NUMBER, "2.50", "2.50"),
        (FieldKind.DATE, "2026-11-26", "2026-11-26"),
        (FieldKind.CHOICE, "啤酒", "啤酒"),
        (FieldKind.YES_NO, "Yes", "yes"),
        (FieldKind.TEXT, "  ", None),
    ],
)
def test_an_answer_is_kept_in_one_form(kind: FieldKind, typed: str, kept: str | None) -> None:
    assert custom_fields.answer(CustomField(3, "x", kind, ("啤酒", "白酒")), typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (FieldKind.TEXT, "长" * 201),
        (FieldKind.NUMBER, "zwei"),
        (FieldKind.NUMBER, "NaN"),
        (FieldKind.NUMBER, "1e99"),
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.CHOICE, "红酒"),
        (FieldKind.YES_NO, "vielleicht"),
    ],
)
def test_an_answer_that_does_not_fit_names_its_field(kind: FieldKind, typed: str) -> None:
    with pytest.raises(Invalid) as wrong:
        custom_fields.answer(CustomField(3, "x", kind, ("啤酒", "白酒")), typed)
    assert wrong.value.field == "custom_3"


def test_an_empty_answer_takes_one_away_and_others_stay() -> None:
    fields = [CustomField(1, "a", FieldKind.TEXT), CustomField(2, "b", FieldKind.TEXT)]
    assert custom_fields.answers(fields, {1: ""}, {1: "x", 2: "y", 9: "of a field taken off"}) == {
        2: "y",
        9: "of a field taken off",
    }


@pytest.mark.parametrize(("name", "choices"), [("", ["a", "b"]), ("x", []), ("x", ["a", "a"]), ("x" * 41, ["a", "b"])])
def test_a_choice_has_a_name_and_two_answers(name: str, choices: list[str]) -> None:
    with pytest.raises(Invalid):
        custom_fields.checked(name, FieldKind.CHOICE, choices)


@pytest.mark.parametrize(
    ("trips", "spend", "reached"),
    [(0, 0, None), (11, 199_999, None), (12, 0, SILVER), (0, 200_000, SILVER), (36, 0, GOLD), (12, 600_000, GOLD)],
)
def test_a_tier_is_reached_by_trips_or_by_money(trips: int, spend: int, reached: Tier | None) -> None:
    assert tiers.reached((SILVER, GOLD), Year(trips, spend)) == reached


@given(st.integers(0, 100), st.integers(0, 10**7), st.integers(0, 50), st.integers(0, 10**6))
def test_more_never_leads_to_less(trips: int, spend: int, more: int, money: int) -> None:
    order = [None, SILVER, GOLD]
    before = tiers.reached((SILVER, GOLD), Year(trips, spend))
    assert order.index(tiers.reached((SILVER, GOLD), Year(trips + more, spend + money))) >= order.index(before)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ((Tier(0, "", 1, None),), "name_0"),
        ((Tier(0, "a", 1, None), Tier(0, "a", 2, None)), "name_1"),
        ((Tier(0, "a", None, None),), "trips_from_0"),
        ((Tier(0, "a", 5, None), Tier(0, "b", 5, None)), "trips_from_1"),
        ((Tier(0, "a", 5, 900), Tier(0, "b", 6, 100)), "spend_from_fen_1"),
    ],
)
def test_tiers_rise_and_say_which_line_does_not(wanted: tuple[Tier, ...], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        tiers.checked(wanted)
    assert wrong.value.field == field


def test_silence_cools_a_customer_by_half_a_month() -> None:
    assert tiers.heat(8, 0) == 8
    assert tiers.heat(8, 30) == 4
    assert tiers.heat(8, 60) == 2
