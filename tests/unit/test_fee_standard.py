"""The fee standard in words."""

from dispatch.domain.fee_standard import fee_standard, ruled
from tests.unit.tariff_samples import NAMES, all_day, sample


def test_form_a_is_read_out_line_by_line() -> None:
    assert [line.zh for line in fee_standard(sample("form-a"))] == [
        "06:00–22:00出发：起步价39元，含8公里",
        "22:00–24:00出发：起步价59元，含8公里",
        "00:00–06:00出发：起步价79元，含8公里",
        "超出所含里程：每5公里20元（不足5公里按5公里计）",
        "等候（自到达或预约时间较晚者起算）：前30分钟免费，超过后一次性收10元",
        "过路过桥费：按实际支出",
        "停车费：按实际支出",
        "代驾员出发后客户取消：交通费10元",
        "因严重醉酒且无人陪同拒绝服务：交通费10–20元",
    ]


def test_form_b_names_its_detour_and_allowance_in_both_languages() -> None:
    lines = fee_standard(sample("form-b"))
    assert "客户改目的地或要求停靠，比预约里程多出的部分：每5公里20元（不足5公里不计）" in [line.zh for line in lines]
    assert "Accident, our share of fault 50% or more: we pay ¥100–200 towards transport during repair" in [
        line.en for line in lines
    ]


def test_each_sentence_has_the_rule_that_its_tariff_names() -> None:
    services = [sample(name).services[0] for name in ("form-a", "form-b")]
    rules = {said.text.en.partition(":")[0]: said.rule for service in services for said in ruled(service)}
    assert rules["Refused (severely drunk and alone)"] == "A6"
    assert rules["Accident, our share of fault 50% or more"] == "B6"
    assert rules["Beyond the booked distance, if the customer asks for it"] == "B2"
    assert rules["Tolls"] == ""


def test_a_night_band_says_that_it_ends_the_next_day() -> None:
    assert fee_standard(sample("form-b"))[1].zh == "22:00–次日06:00出发：起步价69元，含10公里"


def test_several_services_are_told_under_their_names_or_one_alone() -> None:
    whole = fee_standard(sample("city-steps"))
    assert [line.zh for line in whole if line.zh.startswith("【")] == ["【酒后代驾】", "【长途代驾】", "【包时代驾】"]
    day = fee_standard(sample("city-steps"), "day")
    assert day[0].zh == "4小时套餐：236元，含300公里，超时30分钟内不另收"
    assert day[-1].zh == "至少提前2小时预约"


def test_every_line_of_every_shipped_tariff_is_said_in_both_languages() -> None:
    for name in NAMES:
        for line in fee_standard(sample(name)):
            assert line.zh
            assert line.en
            assert line.en.isascii() or all(char in "–¥" for char in line.en if not char.isascii())


def test_conditions_and_discounts_are_said() -> None:
    tariff = all_day(
        """
        [[discount]]
        id = "early"
        text = { zh = "提前预约优惠", en = "Early booking" }
        percent = 10
        of = ["base"]
        cap = 20
        when = { days = ["fri"], members = ["gold"], lead_from_minutes = 120 }
        [[surcharge]]
        id = "van"
        text = { zh = "商务车加收", en = "Van" }
        amount = 15.5
        when = { cars = ["van"], over_km = 5 }
        """
    )
    assert [line.zh for line in fee_standard(tariff)[1:]] == [
        "商务车加收：15.5元（车型：van，里程超过5公里）",
        "提前预约优惠：起步价减免10%，最高20元（周五，会员：gold，提前2小时及以上预约）",
    ]
