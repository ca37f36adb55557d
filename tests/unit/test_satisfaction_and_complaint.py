"""When the answers of a callback offer a complaint, and what a complaint needs to be registered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.complaint import Channel, Registration
from dispatch.domain.errors import Invalid
from dispatch.domain.satisfaction import Answers, Ground, complaint_draft, grounds, offers_complaint

CONTENT = Answers(5, True, True, True, True)
NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
REGISTRATION = Registration(
    Channel.CALLBACK,
    NOW,
    "王小明",
    "+8613800138000",
    "",
    NOW - timedelta(hours=10),
    "车辆损坏",
    "右后门有划痕",
    "赔偿补漆费用",
    trip_id=12,
)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (CONTENT, ()),
        (replace(CONTENT, satisfaction=3), ()),
        (replace(CONTENT, badge_worn=None, copy_handed_over=None), ()),
        (replace(CONTENT, satisfaction=2), (Ground.DISSATISFIED,)),
        (replace(CONTENT, satisfaction=1), (Ground.DISSATISFIED,)),
        (replace(CONTENT, badge_worn=False), (Ground.NO_BADGE,)),
        (replace(CONTENT, car_checked=False), (Ground.CAR_NOT_CHECKED,)),
        (replace(CONTENT, fee_explained=False), (Ground.FEE_NOT_EXPLAINED,)),
        (replace(CONTENT, copy_handed_over=False), (Ground.NO_COPY,)),
        (replace(CONTENT, satisfaction=1, copy_handed_over=False), (Ground.DISSATISFIED, Ground.NO_COPY)),
    ],
)
def test_low_satisfaction_or_any_no_offers_a_complaint(answers: Answers, expected: tuple[Ground, ...]) -> None:
    assert grounds(answers) == expected
    assert offers_complaint(answers) == bool(expected)


@pytest.mark.parametrize("satisfaction", [0, 6, -1])
def test_satisfaction_outside_one_to_five_is_refused(satisfaction: int) -> None:
    with pytest.raises(Invalid) as refused:
        replace(CONTENT, satisfaction=satisfaction)
    assert refused.value.field == "satisfaction"


def test_a_complaint_is_pre_filled_with_the_reasons_and_the_customer_s_words() -> None:
    answers = replace(CONTENT, satisfaction=2, badge_worn=False, opinions=" 态度很差 ")
    assert complaint_draft(answers, "zh_CN") == "客户对本次服务不满意\n代驾员未佩戴工牌\n态度很差"
    assert complaint_draft(replace(CONTENT, satisfaction=1), "en") == "The customer is not satisfied with the service"


def test_a_letter_needs_no_phone_when_it_gives_an_address() -> None:
    letter = replace(REGISTRATION, channel=Channel.LETTER, contact_phone="", contact_address="信州区带湖路 88 号")
    assert letter.contact_phone == ""


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"contact_name": " "}, "contact_name"),
        ({"about": ""}, "about"),
        ({"about": "长" * 201}, "about"),
        ({"problem": ""}, "problem"),
        ({"problem": "长" * 4001}, "problem"),
        ({"wish": ""}, "wish"),
        ({"contact_phone": "", "contact_address": " "}, "contact_phone"),
        ({"happened_at": NOW + timedelta(minutes=1)}, "happened_at"),
    ],
)
def test_an_incomplete_complaint_is_refused_naming_the_field(fault: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        replace(REGISTRATION, **fault)  # type: ignore[arg-type]  # each case sets one field of its own type
    assert refused.value.field == field
