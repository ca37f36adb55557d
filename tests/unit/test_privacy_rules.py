"""What may be used, how long it is kept, and what is left of a record when its person is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import consent, retention
from dispatch.domain.consent import ASKED, Purpose, allowed
from dispatch.domain.erasure import ERASED, scrubbed, without_words
from dispatch.domain.errors import Invalid, Refused
from dispatch.domain.retention import BOUNDS, Kind, due_before, term

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("purpose", "nothing_said", "given", "withdrawn"),
    [
        (Purpose.SERVICE, True, True, True),
        (Purpose.QUALITY, True, True, False),
        (Purpose.MARKETING, False, True, False),
        (Purpose.LOCATION, True, True, False),
    ],
)
def test_the_last_word_holds_and_silence_means_what_the_purpose_rests_on(
    purpose: Purpose, nothing_said: bool, given: bool, withdrawn: bool
) -> None:
    assert [allowed(purpose, said) for said in (None, True, False)] == [nothing_said, given, withdrawn]


def test_the_service_itself_is_not_withdrawn_but_ends_with_the_person() -> None:
    with pytest.raises(Refused):
        consent.check(Purpose.SERVICE, "")
    for purpose in ASKED:
        consent.check(purpose, "by telephone")


def test_a_note_has_room_for_200_characters() -> None:
    consent.check(Purpose.QUALITY, "x" * 200)
    with pytest.raises(Invalid) as refused:
        consent.check(Purpose.QUALITY, "x" * 201)
    assert refused.value.field == "note"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_default_within_its_bounds(kind: Kind) -> None:
    bounds = BOUNDS[kind]
    assert bounds.least <= bounds.default <= bounds.most
    retention.check(kind, bounds.default)


def test_the_defaults_go_together() -> None:
    retention.check_together({kind: bounds.default for kind, bounds in BOUNDS.items()})


@given(st.sampled_from(Kind), st.integers(-10, 20_000))
def test_no_term_is_shorter_than_the_law_says_whatever_is_stored(kind: Kind, days: int) -> None:
    assert term(kind, {kind: days}) >= BOUNDS[kind].least
    if BOUNDS[kind].least <= days <= BOUNDS[kind].most:
        retention.check(kind, days)
        assert term(kind, {kind: days}) == days
    else:
        with pytest.raises(Invalid) as refused:
            retention.check(kind, days)
        assert refused.value.field == kind.value


@pytest.mark.parametrize(("kind", "years"), [(Kind.CUSTOMERS, 3), (Kind.SIGNING, 3)])
def test_what_the_law_wants_kept_three_years_is(kind: Kind, years: int) -> None:
    with pytest.raises(Invalid):
        retention.check(kind, years * 365 - 1)


def test_a_way_in_full_does_not_outlast_the_way() -> None:
    terms = {kind: bounds.default for kind, bounds in BOUNDS.items()} | {Kind.WAYS: 30, Kind.WAYS_WHOLE: 31}
    with pytest.raises(Invalid) as refused:
        retention.check_together(terms)
    assert refused.value.field == "ways_whole"


def test_days_are_counted_back_from_now() -> None:
    assert due_before(30, NOW) == NOW - timedelta(days=30)


@pytest.mark.parametrize(
    ("payload", "left"),
    [
        ({"trip": "T000012", "from": "booked", "note": "x y"}, {"trip": "T000012", "from": "booked"}),
        ({"what": "phone", "reason": "客户来电"}, {"what": "phone"}),
        ({"address": "信州区 五三大道 8 号", "driver_ids": [1, 2]}, {"driver_ids": [1, 2]}),
        ({"phone": "+8613800138000", "number": "A-SR-000001", "at": "2026-11-26T12:00:00+08:00"},
         {"number": "A-SR-000001", "at": "2026-11-26T12:00:00+08:00"}),
        ({"plate": "赣E12345", "badge": "SR001", "due_on": "2026-11-27", "provisional": False, "amount_fen": -500},
         {"badge": "SR001", "due_on": "2026-11-27", "provisional": False, "amount_fen": -500}),
        ({"name": "Wang Xiaoming", "note": "13800138000", "ends_in": "1234"}, {}),
        ({"changes": {"name": ["old words", "new words"]}, "changed": ["name", "notes"]},
         {"changes": {"name": []}, "changed": ["name", "notes"]}),
    ],
)  # fmt: skip
def test_figures_codes_and_times_stay_and_words_go(payload: dict[str, Any], left: dict[str, Any]) -> None:
    assert without_words(payload) == left


@given(
    st.dictionaries(st.sampled_from(["note", "reason", "trip", "phone"]), st.from_regex(r"\+?\d{7,15}", fullmatch=True))
)
def test_no_number_of_a_telephone_is_left(payload: dict[str, str]) -> None:
    assert without_words(payload) == {}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("客人自己回去了", "客人自己回去了"),
        ("李建国先生来电 13800138000", f"{ERASED}先生来电 ****"),
        ("李建国的车 赣E12345 停在门口", f"{ERASED}的车 赣E·*** 停在门口"),
        ("", ""),
    ],
)
def test_what_colleagues_wrote_names_nobody_and_stays_where_it_did_not(text: str, left: str) -> None:
    assert scrubbed(text, {"李建国", "", "—"}) == left
