"""How a number is dialled, and until when an order to the exchange is good."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.calling_hours import is_quiet
from dispatch.domain.dialling import ORDER_LASTS, Dialling, DialWay, address, order_good_until
from dispatch.domain.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBER = "+8613800138000"


@pytest.mark.parametrize(
    ("dialling", "opened"),
    [
        (Dialling(), "tel:+8613800138000"),
        (Dialling(DialWay.SIP, "pbx.example.cn:5061"), "sip:+8613800138000@pbx.example.cn:5061"),
        (Dialling(DialWay.EXCHANGE, order_url="https://pbx.example.cn/dial"), "tel:+8613800138000"),
    ],
)
def test_the_computer_opens_the_address_that_the_branch_dials_by(dialling: Dialling, opened: str) -> None:
    assert address(dialling, NUMBER) == opened


@pytest.mark.parametrize(
    ("way", "host", "url", "field"),
    [
        (DialWay.SIP, "", "", "sip_host"),
        (DialWay.SIP, "pbx.example.cn/x", "", "sip_host"),
        (DialWay.SIP, 'pbx"onclick', "", "sip_host"),
        (DialWay.TEL, "pbx example", "", "sip_host"),
        (DialWay.EXCHANGE, "", "", "order_url"),
        (DialWay.EXCHANGE, "", "ftp://pbx.example.cn", "order_url"),
        (DialWay.EXCHANGE, "", "https://user:secret@pbx.example.cn", "order_url"),
        (DialWay.EXCHANGE, "", "https://[pbx", "order_url"),
        (DialWay.EXCHANGE, "", "https://pbx.example.cn/ dial", "order_url"),
    ],
)
def test_a_setting_that_could_not_dial_is_refused_by_its_field(way: DialWay, host: str, url: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Dialling(way, host, url)
    assert refused.value.field == field


@given(st.integers(0, 12 * 60 * 60 - 1), st.integers(1, 900))
def test_an_order_is_good_for_a_minute_at_most_while_the_claim_holds_and_never_in_quiet_hours(
    second: int, lease: int
) -> None:
    now = datetime(2026, 3, 9, 1, tzinfo=UTC) + timedelta(seconds=second)  # 09:00 to 20:59:59 in Shanghai
    held = now + timedelta(seconds=lease)
    until = order_good_until(now, SHANGHAI, held)
    assert now < until <= min(now + ORDER_LASTS, held)
    assert not is_quiet(until - timedelta(microseconds=1), SHANGHAI)
