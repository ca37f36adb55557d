"""Assessment: which rule a fact falls under, and to which month it counts."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.assessment import USUAL, Rule, Source, Weights, arrived, called, lands_in, month_of, rated
from dispatch.domain.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 3, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(("rating", "rule"), [(5, Rule.RATED_5), (3, Rule.RATED_3), (1, Rule.RATED_1)])
def test_a_rating_has_a_rule_of_its_own(rating: int, rule: Rule) -> None:
    assert rated(rating) is rule
    assert rule.source is Source.RATING


def test_the_minute_of_the_appointment_is_on_time_and_the_next_second_is_not() -> None:
    assert arrived(NINE, NINE) is Rule.ON_TIME
    assert arrived(NINE.replace(second=1), NINE) is Rule.LATE


@pytest.mark.parametrize(("at", "rule"), [
    (datetime(2026, 3, 9, 15, 59, tzinfo=UTC), Rule.CALLED_IN_TIME),  # 23:59 of the due day in Shanghai
    (datetime(2026, 3, 9, 16, 0, tzinfo=UTC), Rule.CALLED_LATE),
])  # fmt: skip
def test_a_first_call_is_in_time_until_the_due_day_is_over(at: datetime, rule: Rule) -> None:
    assert called(at, date(2026, 3, 9), SHANGHAI) is rule


@pytest.mark.parametrize(("moment", "month"), [
    (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 1)),  # 05:59 of 1 April: still the night of the 31st
    (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
])  # fmt: skip
def test_the_last_night_belongs_to_its_month(moment: datetime, month: date) -> None:
    assert month_of(moment, SHANGHAI, time(6)) == month


def test_what_belongs_to_closed_months_lands_in_the_first_open_one() -> None:
    closed = frozenset({date(2025, 12, 1), date(2026, 1, 1)})
    assert lands_in(date(2025, 12, 1), closed) == date(2026, 2, 1)
    assert lands_in(date(2026, 3, 1), closed) == date(2026, 3, 1)


def test_every_rule_has_a_weight_and_one_beyond_the_range_is_named() -> None:
    assert set(Weights().points) == set(Rule)
    with pytest.raises(Invalid) as refused:
        Weights(points={**USUAL, Rule.LATE: -1001})
    assert refused.value.field == "late"
    with pytest.raises(Invalid) as missing:
        Weights(points={})
    assert missing.value.field == "rated_5"
