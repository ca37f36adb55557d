"""Badge ids, what is left of masked facts, and pinyin initials."""

import pytest

from dispatch.domain import badge, masking, pinyin
from dispatch.domain.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("SR017", "SR017"), (" sr 017 ", "SR017"), ("sr-017", "SR017"), ("０１７", "017"), ("a1234567", "A1234567")],
)
def test_a_badge_id_has_one_stored_form(typed: str, stored: str) -> None:
    assert badge.parse(typed) == stored
    assert badge.parse(stored) == stored


@pytest.mark.parametrize("typed", ["", "17", "SR0170001", "赣017", "SR_17"])
def test_what_is_no_badge_id_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        badge.parse(typed)
    assert refused.value.field == "badge_id"


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("王小明", "王**"),
        ("王明", "王**"),
        ("欧阳娜娜", "欧阳**"),
        ("王先生", "王先生"),
        ("王小明先生", "王**"),
        ("John Smith", "J**"),
        (" ", ""),
    ],
)
def test_a_name_is_masked_down_to_its_surname(full: str, masked: str) -> None:
    assert masking.name(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("江西省上饶市信州区带湖路88号3栋201", "江西省上饶市信州区**"),
        ("信州区县前街12号", "信州区**"),
        ("上饶市弋阳县南岩镇", "上饶市弋阳县**"),
        ("上海市浦东新区张江路1号", "上海市浦东新区**"),
        ("上饶市阳光小区3栋", "上饶市**"),
        ("阳光小区3栋201", "**"),
        ("带湖路88号", "**"),
        ("3栋201住宅区", "**"),
        ("", ""),
    ],
)
def test_an_address_is_masked_down_to_its_district(full: str, masked: str) -> None:
    assert masking.address(full) == masked


@pytest.mark.parametrize(
    ("name", "letters"),
    [("王小明", "wxm"), ("单小明", "sxm"), ("曾国藩", "zgf"), ("欧阳锋", "oyf"), ("John Smith", "johnsmith")],
)
def test_names_are_found_by_their_initials(name: str, letters: str) -> None:
    assert pinyin.name_initials(name) == letters


@pytest.mark.parametrize(("place", "letters"), [("信州区8号", "xzq8h"), ("重庆路", "cql"), ("万达广场A座", "wdgcaz")])
def test_places_are_found_by_their_initials(place: str, letters: str) -> None:
    assert pinyin.initials(place) == letters


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("旧划痕约12厘米", "旧划痕约12厘米"),
        ("车主电话138 0013 8000，贴在前挡", "车主电话****，贴在前挡"),
        ("打 0793-8223456 找前台", "打 **** 找前台"),
        ("前台(0793) 8223456", "前台(****"),
        ("１３８００１３８０００", "****"),
        ("+86 138-0013-8000", "****"),
        ("被赣E·12345刮到", "被赣E·***刮到"),
        ("被赣e 123 45 刮到，2026-11-20修过", "被赣E·*** 刮到，2026-11-20修过"),
        ("绿牌赣EAD1234", "绿牌赣E·***"),
        ("身份证361101198001010001", "身份证****"),
        ("里程45678.2公里，12:30到", "里程45678.2公里，12:30到"),
        ("", ""),
    ],
)
def test_numbers_of_people_and_cars_in_free_words_are_hidden(words: str, shown: str) -> None:
    assert masking.free_text(words) == shown


def test_what_the_journal_tells_is_masked_and_our_own_numbers_are_not() -> None:
    told = {
        "trip": "T000012", "number": "SR-20260306-000001", "at": "2026-11-26T12:00:00+08:00", "due_on": "2026-11-27",
        "address": "江西省上饶市信州区五三大道 8 号", "note": "打13800138000找王先生", "fee_fen": 1500,
        "changes": {"phone": ["13800138000", "13900139000"]},
    }  # fmt: skip
    assert masking.record(told) == {
        **told, "address": "江西省上饶市信州区**", "note": "打****找王先生", "changes": {"phone": ["****", "****"]},
    }  # fmt: skip
