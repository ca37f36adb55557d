"""How far a phone is believed: only how long a step lay on it, and never so that a customer pays for a dead spot."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.phone_clock import apart, ended_at, tapped_at

NOW = datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
spans = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2))


@given(spans, spans)
def test_a_phone_whose_clock_is_wrong_tells_as_good_a_time_as_any_other(wrong: timedelta, lay: timedelta) -> None:
    right = tapped_at(NOW - lay, NOW, NOW)
    assert tapped_at(NOW - lay + wrong, NOW + wrong, NOW) == right


@given(spans, spans)
def test_nothing_was_tapped_after_it_was_heard(tapped: timedelta, sent: timedelta) -> None:
    assert tapped_at(NOW + tapped, NOW + sent, NOW) <= NOW


@given(spans, spans)
def test_the_phone_can_shorten_a_time_that_is_paid_and_never_lengthen_it(phone: timedelta, begun: timedelta) -> None:
    start = NOW - abs(begun)
    end = ended_at(NOW, NOW + phone, start)
    assert start <= end <= NOW


def test_without_a_phone_the_server_counts() -> None:
    assert ended_at(NOW, None, NOW - timedelta(hours=1)) == NOW
    assert ended_at(NOW, NOW - timedelta(minutes=5), None) == NOW - timedelta(minutes=5)


def test_two_minutes_are_not_worth_telling() -> None:
    assert not apart(NOW, None)
    assert not apart(NOW, NOW - timedelta(minutes=2))
    assert apart(NOW, NOW - timedelta(minutes=2, seconds=1))
