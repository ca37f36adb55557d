"""Reports by e-mail: which period is due when, in any zone, across summer time and the cut-over."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import Invalid
from dispatch.domain.period import Grain, Period, day_begins
from dispatch.domain.report_plan import ReportKind, ReportPlan, due, recipients, sent_at
from dispatch.domain.spreadsheet import FileKind

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
SIX = time(6)
ZONES = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kathmandu")])


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(("rhythm", "now", "first", "last"), [
    (Grain.DAY, "2026-03-07 08:00", "2026-03-06", "2026-03-06"),
    (Grain.WEEK, "2026-03-09 08:00", "2026-03-02", "2026-03-08"),  # a Monday
    (Grain.MONTH, "2026-03-01 08:00", "2026-02-01", "2026-02-28"),
])  # fmt: skip
def test_a_period_is_due_at_the_hour_of_the_day_after_it(rhythm: Grain, now: str, first: str, last: str) -> None:
    def asked(moment: datetime) -> Period | None:
        since = at(now) - timedelta(hours=1)
        return due(rhythm, 8, SHANGHAI, SIX, since=since, mailed=(), now=moment)

    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert asked(at(now) - timedelta(seconds=1)) is None
    assert asked(at(now)) == period


def test_no_report_leaves_before_its_last_night_is_over() -> None:
    night = Period.of(Grain.DAY, date(2026, 3, 6))
    assert sent_at(night, 0, SHANGHAI, SIX) == at("2026-03-07 06:00")
    assert sent_at(night, 8, SHANGHAI, SIX) == at("2026-03-07 08:00")


def test_what_should_have_left_before_the_schedule_began_is_not_sent() -> None:
    since = at("2026-03-07 08:01")
    assert due(Grain.DAY, 8, SHANGHAI, SIX, since=since, mailed=(), now=at("2026-03-08 07:59")) is None
    found = due(Grain.DAY, 8, SHANGHAI, SIX, since=since, mailed=(), now=at("2026-03-08 08:00"))
    assert found == Period.of(Grain.DAY, date(2026, 3, 7))


@given(
    ZONES, st.sampled_from(list(Grain)), st.tuples(st.integers(0, 23), st.integers(0, 11)),
    st.integers(0, 2 * 365 * 24 * 60), st.integers(0, 120),
)  # fmt: skip
def test_however_long_nobody_looked_each_period_leaves_once_and_none_is_missed(
    zone: ZoneInfo, rhythm: Grain, hours: tuple[int, int], began: int, days: int
) -> None:
    (hour, cutover), since = hours, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=began)
    now = since + timedelta(days=days)
    sent: list[Period] = []
    while period := due(rhythm, hour, zone, time(cutover), since=since, mailed=sent, now=now):
        assert period not in sent
        sent.append(period)
    for period, following in pairwise(sent):
        assert following == period.after()
    leaving = [sent_at(period, hour, zone, time(cutover)) for period in sent]
    assert all(since <= moment <= now for moment in leaving)
    assert all(
        moment >= day_begins(period.last + timedelta(days=1), zone, time(cutover))
        for moment, period in zip(leaving, sent, strict=True)
    )
    first = sent[0] if sent else Period.of(rhythm, (now + timedelta(days=63)).date())
    assert sent_at(first.before(), hour, zone, time(cutover)) < since or not sent
    if sent:
        assert sent_at(sent[-1].after(), hour, zone, time(cutover)) > now


def test_addresses_are_read_as_people_type_them_each_once() -> None:
    assert recipients("a@x.cn\nB@x.cn， b@X.cn;c.d+e@mail.example.cn") == (
        "a@x.cn",
        "B@x.cn",
        "c.d+e@mail.example.cn",
    )


@pytest.mark.parametrize(
    "text", ["", " \n", "a@x", "@x.cn", "a b@x.cn", "张@x.cn>", "a@x.cn\na@@x.cn", f"{'a' * 260}@x.cn"]
)
def test_what_is_no_address_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        recipients(text)
    assert refused.value.field == "recipients"


def test_more_addresses_than_a_schedule_takes_are_refused() -> None:
    with pytest.raises(Invalid):
        recipients("\n".join(f"a{number}@x.cn" for number in range(21)))


@pytest.mark.parametrize(("over", "field"), [
    ({"kind": ReportKind.ASSESSMENT, "rhythm": Grain.DAY}, "rhythm"),
    ({"hour": 24}, "hour"),
    ({"language": "fr"}, "language"),
])  # fmt: skip
def test_a_plan_that_makes_no_sense_names_its_field(over: dict[str, object], field: str) -> None:
    usual = {
        "kind": ReportKind.FIGURES, "rhythm": Grain.DAY, "hour": 8, "file": FileKind.CSV, "language": "zh",
        "recipients": ("a@x.cn",),
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        ReportPlan(**{**usual, **over})  # type: ignore[arg-type]  # a table of what is wrong
    assert refused.value.field == field
