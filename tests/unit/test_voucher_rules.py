"""Vouchers: their numbers, and when a trip can be paid with one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import Invalid
from dispatch.domain.voucher import LENGTH, LETTERS, Standing, VoucherState, check, is_ours, normal

LAST = date(2026, 3, 9)
AFTER = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("standing", "today", "state"),
    [
        (Standing(LAST), LAST, VoucherState.OPEN),
        (Standing(LAST), AFTER, VoucherState.EXPIRED),
        (Standing(LAST, "T000001"), AFTER, VoucherState.HELD),
        (Standing(LAST, "T000001", used=True), LAST, VoucherState.USED),
    ],
)
def test_a_voucher_is_open_until_its_last_day_unless_a_trip_has_it(
    standing: Standing, today: date, state: VoucherState
) -> None:
    assert standing.state(today) is state


@pytest.mark.parametrize(
    ("standing", "mine", "code"),
    [
        (Standing(LAST), True, None),
        (Standing(LAST), False, "voucher_of_another"),
        (Standing(date(2026, 3, 8)), True, "voucher_expired"),
        (Standing(LAST, "T000001"), True, "voucher_held"),
        (Standing(LAST, "T000001", used=True), False, "voucher_used"),
    ],
)
def test_only_an_open_voucher_of_the_caller_pays(standing: Standing, mine: bool, code: str | None) -> None:
    if code is None:
        check(standing, LAST, for_caller=mine, field="code")
        return
    with pytest.raises(Invalid) as refused:
        check(standing, LAST, for_caller=mine, field="code")
    assert (refused.value.code, refused.value.field) == (code, "code")


@given(st.text(alphabet=LETTERS, min_size=LENGTH, max_size=LENGTH), st.sampled_from(" -·\u3000"))
def test_a_number_is_known_however_it_was_typed(code: str, gap: str) -> None:
    typed = f" {code[:5].lower()}{gap}{code[5:]} "
    assert normal(typed) == code
    assert is_ours(normal(typed))


@pytest.mark.parametrize("code", ["", "V1", "23456789AB2", "0123456789"])
def test_other_numbers_are_not_ours(code: str) -> None:
    assert not is_ours(code)
