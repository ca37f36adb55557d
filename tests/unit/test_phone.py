"""Numbers as callers give them and as screens show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import phone
from dispatch.domain.errors import Invalid


@pytest.mark.parametrize(
    ("dialled", "e164"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("013800138000", "+8613800138000"),
        ("17951 13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("＋８６　１３８００１３８０００", "+8613800138000"),
        ("15412345678", "+8615412345678"),
        ("0793-8888888", "+867938888888"),
        ("(0793) 8888888", "+867938888888"),
        ("（０７９３）８８８８８８８", "+867938888888"),
        ("+86 0793-8888888", "+867938888888"),
        ("0793-8888888转801", "+867938888888"),
        ("0793-8888888 分机 801", "+867938888888"),
        ("021-62345678", "+862162345678"),
        ("400-812-3123", "+864008123123"),
        ("+852 6123 4567", "+85261234567"),
    ],
)
def test_a_number_is_understood_however_it_is_dialled(dialled: str, e164: str) -> None:
    assert phone.parse(dialled) == e164


@pytest.mark.parametrize("dialled", ["8888888", "888-8888", "８８８８８８８"])
def test_a_local_number_gets_the_area_code_of_the_branch(dialled: str) -> None:
    assert phone.parse(dialled, area_code="0793") == "+867938888888"
    with pytest.raises(Invalid, match="lacks the area code"):
        phone.parse(dialled)


@pytest.mark.parametrize(
    ("dialled", "code"),
    [
        ("", "phone_missing"),
        ("  ", "phone_missing"),
        ("1380013800", "phone_format"),
        ("138001380000", "phone_format"),
        ("12345678901", "phone_format"),
        ("110", "phone_format"),
        ("12345", "phone_format"),
        ("王先生", "phone_format"),
        ("+999 123", "phone_format"),
    ],
)
def test_what_is_no_number_is_refused_for_its_field(dialled: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        phone.parse(dialled, field="caller")
    assert (refused.value.code, refused.value.field) == (code, "caller")


@pytest.mark.parametrize(
    ("e164", "shown", "masked", "mobile"),
    [
        ("+8613800138000", "138 0013 8000", "138****8000", True),
        ("+8615412345678", "154 1234 5678", "154****5678", True),
        ("+867938888888", "0793 888 8888", "0793****888", False),
        ("+85261234567", "+852 6123 4567", "+852****567", True),
    ],
)
def test_numbers_are_shown_and_masked(e164: str, shown: str, masked: str, mobile: bool) -> None:
    assert (phone.display(e164), phone.masked(e164), phone.is_mobile(e164)) == (shown, masked, mobile)


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(mobiles)
def test_every_mobile_is_accepted_and_reading_it_again_changes_nothing(number: str) -> None:
    e164 = phone.parse(number)
    assert e164 == f"+86{number}"
    assert phone.parse(e164) == phone.parse(phone.display(e164)) == e164


@given(mobiles)
def test_a_masked_mobile_hides_its_middle(number: str) -> None:
    assert phone.masked(phone.parse(number)) == f"{number[:3]}****{number[7:]}"


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_or_a_clear_refusal(text: str) -> None:
    try:
        e164 = phone.parse(text)
    except Invalid:
        return
    assert phone.parse(e164) == e164
