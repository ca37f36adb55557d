"""What a restated calendar says differently."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.calendar_diff import DayDifference, differences
from dispatch.domain.workdays import WorkingDay

FIRST = date(2027, 2, 1)
ANSWERS = st.tuples(st.booleans(), st.sampled_from(["", "春节"]), st.sampled_from(["rule", "csv a"]))
CALENDARS = st.dictionaries(st.integers(0, 20).map(lambda step: FIRST + timedelta(days=step)), ANSWERS)


def days(answers: dict[date, tuple[bool, str, str]]) -> list[WorkingDay]:
    return [WorkingDay(day, *answer) for day, answer in answers.items()]


def test_a_day_worked_by_rule_and_off_by_announcement_is_told_with_both_answers() -> None:
    before = [WorkingDay(FIRST, True, "", "rule"), WorkingDay(date(2027, 2, 2), True, "", "rule")]
    after = [WorkingDay(FIRST, False, "春节", "csv a"), WorkingDay(date(2027, 2, 2), True, "", "csv a")]
    assert differences(before, after) == (DayDifference(FIRST, True, False, "", "春节"),)


@given(CALENDARS)
def test_a_calendar_does_not_differ_from_itself(answers: dict[date, tuple[bool, str, str]]) -> None:
    assert differences(days(answers), days(answers)) == ()


@given(CALENDARS, CALENDARS)
def test_back_and_forth_tell_the_same_days_the_other_way_round(
    one: dict[date, tuple[bool, str, str]], other: dict[date, tuple[bool, str, str]]
) -> None:
    there, back = differences(days(one), days(other)), differences(days(other), days(one))
    turned = tuple(DayDifference(d.date, d.worked_after, d.worked_before, d.name_after, d.name_before) for d in back)
    assert there == turned
