"""The fee standard in words: read out on the phone (P3), printed in the agreement, shown on the customer's link."""

from decimal import Decimal
from typing import NamedTuple

from dispatch.domain.fare_lines import plain
from dispatch.domain.fare_text import PARTS
from dispatch.domain.fee_wording import (
    SECTION_NAMES,
    conditions,
    counted,
    duration,
    hours,
    joined,
    metered,
    money,
    percent,
)
from dispatch.domain.tariff import (
    AbortCharge,
    Adjustment,
    Band,
    CancellationTerm,
    CostItem,
    Meter,
    MeterKind,
    MoneyRange,
    Package,
    RoundingMode,
    Service,
    Stage,
    Tariff,
)
from dispatch.domain.text import Text

_STAGES = {
    Stage.BOOKED: Text("预约后", "after booking"),
    Stage.ACCEPTED: Text("代驾员接单后", "once a driver has accepted"),
    Stage.DEPARTED: Text("代驾员出发后", "once the driver has set off"),
    Stage.ARRIVED: Text("代驾员到达后", "once the driver has arrived"),
}

_METER_INTROS = {
    MeterKind.DISTANCE: Text("超出所含里程", "Beyond the included distance"),
    MeterKind.LONG_DISTANCE: Text("远途费", "Long-distance extra"),
    MeterKind.DETOUR: Text(
        "客户改目的地或要求停靠，比预约里程多出的部分", "Beyond the booked distance, if the customer asks for it"
    ),
    MeterKind.WAITING: Text(
        "等候（自到达或预约时间较晚者起算）", "Waiting (from arrival or the appointed time, whichever is later)"
    ),
    MeterKind.LATE_WAITING: Text("代驾员迟到时的等候", "Waiting where the driver came late"),
    MeterKind.STOP_WAITING: Text("途中停留等候", "Stops under way"),
    MeterKind.DRIVING_TIME: Text("时长费", "Driving time"),
    MeterKind.SERVICE_TIME: Text("服务时长", "Length of service"),
    MeterKind.APPROACH: Text("接驾费（代驾员赶来的路程）", "Driver's way to the customer"),
    MeterKind.RETURN_WAY: Text("返程费（代驾员返回的路程）", "Driver's way back"),
}

_REFUSALS = {
    "alone_and_severely_drunk": Text("严重醉酒且无人陪同", "severely drunk and alone"),
    "not_insured": Text("保险不全", "car not insured"),
    "car_unfit": Text("车况不适合行驶", "car not fit to drive"),
    "will_not_sign": Text("不签协议", "agreement not signed"),
    "other": Text("其他原因", "other reasons"),
}


class Said(NamedTuple):
    """A sentence of the fee standard, and the rule that its tariff names for it ('' where it names none)."""

    text: Text
    rule: str = ""


def fee_standard(tariff: Tariff, service_id: str | None = None) -> tuple[Text, ...]:
    """What the caller must be told, one sentence a line; of one service, or of all with their names before them."""
    if service_id is not None or len(tariff.services) == 1:
        return tuple(said.text for said in ruled(tariff.service(service_id)))
    lines: list[Text] = []
    for service in tariff.services:
        lines.append(Text(f"【{service.text.zh}】", f"[{service.text.en}]"))
        lines += [said.text for said in ruled(service)]
    return tuple(lines)


def ruled(service: Service) -> tuple[Said, ...]:
    """The fee standard of a service, each sentence with its rule."""
    lines = [line for band in service.bands for line in _band(service, band)]
    lines += [Said(_package(package)) for package in service.packages]
    lines += [Said(_meter(meter, _intro(service, meter)), meter.rule) for meter in service.meters]
    lines += [Said(_adjustment(term, off=False), term.rule) for term in service.surcharges]
    if service.minimum_fare_fen:
        lines.append(Said(_labelled(Text("最低消费", "Minimum fare"), money(service.minimum_fare_fen))))
    lines += [Said(_adjustment(term, off=True), term.rule) for term in service.discounts]
    lines += [Said(_cost(item), item.rule) for item in service.costs]
    lines += [Said(_cancellation(term), term.rule) for term in service.cancellations]
    return (*lines, *_agreement(service), *map(Said, _rest(service)))


def _band(service: Service, band: Band) -> list[Said]:
    own = [Said(_meter(meter, _intro(service, meter), hours(band.hours)), meter.rule) for meter in band.meters]
    if not band.base_fen and not band.included_km:
        return own
    base = money(band.base_fen)
    window = hours(band.hours)
    km = plain(band.included_km)
    included = Text(f"，含{km}公里", f", {km} km included") if band.included_km else Text("", "")
    fare = Text(f"起步价{base.zh}{included.zh}", f"base fare {base.en}{included.en}")
    whole_day = window.zh == "全天"
    label = Text("全天", "All day") if whole_day else Text(f"{window.zh}出发", f"Departure {window.en}")
    return [Said(_labelled(label, fare)), *own]


def _package(package: Package) -> Text:
    length, price = plain(package.length / 3600), money(package.price_fen)
    km, grace = plain(package.included_km), plain(package.grace / 60)
    told = [price]
    if package.included_km:
        told.append(Text(f"含{km}公里", f"{km} km included"))
    if package.grace:
        told.append(Text(f"超时{grace}分钟内不另收", f"{grace} min of grace"))
    if package.repeat is not None:
        part = counted(MeterKind.SERVICE_TIME, package.length, package.repeat)
        told.append(
            Text(f"更长的按每{length}小时{price.zh}累加，{part.zh}", f"longer: {price.en} per {length} h, {part.en}")
        )
    return _labelled(Text(f"{length}小时套餐", f"{length} h package"), joined(told))


def _intro(service: Service, meter: Meter) -> Text:
    """What a metered price is for; a service that includes nothing has nothing to go beyond."""
    if meter.text is not None:
        return meter.text
    includes = any(band.included_km for band in service.bands) or any(offer.included_km for offer in service.packages)
    if meter.kind is MeterKind.DISTANCE and not includes:
        return PARTS[MeterKind.DISTANCE]
    if meter.kind is MeterKind.SERVICE_TIME and service.packages:
        return Text("超出套餐时长", "Beyond the hours of the package")
    return _METER_INTROS[meter.kind]


def _meter(meter: Meter, intro: Text, window: Text | None = None) -> Text:
    if window is not None:
        intro = Text(f"{window.zh}，{intro.zh}", f"{window.en}, {intro.en[0].lower()}{intro.en[1:]}")
    return _labelled(intro, metered(meter))


def _adjustment(term: Adjustment, *, off: bool) -> Text:
    if term.percent is None:
        fee = money(term.amount_fen or 0)
        each_zh, each_en = ("每次", " each time") if term.on_request else ("", "")
        told = [Text(f"{'减' if off else ''}{each_zh}{fee.zh}", f"{fee.en}{' off' if off else ''}{each_en}")]
    else:
        told = [_share(term, off=off)]
    if term.cap_fen is not None:
        cap = money(term.cap_fen)
        told.append(Text(f"最高{cap.zh}", f"at most {cap.en}"))
    when = conditions(term.when)
    line = _labelled(term.text, joined(told))
    return Text(f"{line.zh}（{when.zh}）", f"{line.en} ({when.en})") if when.zh else line


def _share(term: Adjustment, *, off: bool) -> Text:
    share = percent(term.percent or Decimal(0))
    of = joined((SECTION_NAMES[name] for name in term.of), "、") if term.of else Text("", "")
    if off:
        return Text(f"{of.zh}减免{share}", f"{share} off {of.en}".rstrip())
    return Text(f"{of.zh or '费用'}的{share}", f"{share} of {of.en or 'the fare'}")


def _cost(item: CostItem) -> Text:
    told = [Text("按实际支出", "at cost")]
    if item.percent != 100:
        told = [Text(f"按实际支出的{percent(item.percent)}", f"{percent(item.percent)} of the cost")]
    if item.cap_fen is not None:
        cap = money(item.cap_fen)
        told.append(Text(f"最高{cap.zh}", f"at most {cap.en}"))
    return _labelled(item.text, joined(told))


def _cancellation(term: CancellationTerm) -> Text:
    told = [_STAGES[term.stage]]
    if term.less_than_before is not None:
        span = duration(term.less_than_before)
        told.append(Text(f"距预约时间不足{span.zh}", f"less than {span.en} before the appointed time"))
    if term.after_accept is not None:
        span = duration(term.after_accept)
        told.append(Text(f"接单超过{span.zh}", f"more than {span.en} after acceptance"))
    if term.after_arrival is not None:
        span = duration(term.after_arrival)
        told.append(Text(f"到达超过{span.zh}", f"more than {span.en} after arrival"))
    told.append(conditions(term.when))
    held = joined(told)
    comma = "，" if "，" in held.zh else ""
    if term.percent_of_quote is None:
        fee = Text(f"交通费{money(term.fee_fen or 0).zh}", f"transport fee {money(term.fee_fen or 0).en}")
    else:
        share = percent(term.percent_of_quote)
        fee = Text(f"报价的{share}", f"{share} of the quoted fare")
    extra = [Text(f"另收{PARTS[kind].zh}", f"plus {SECTION_NAMES[kind].en}") for kind in term.also]
    return _labelled(Text(f"{held.zh}{comma}客户取消", f"Cancelled by the customer {held.en}"), joined([fee, *extra]))


def _agreement(service: Service) -> list[Said]:
    lines: list[Said] = []
    if service.refusal is not None:
        why = joined((_REFUSALS[reason] for reason in service.refusal.reasons), "、")
        fee = _range(service.refusal.fee)
        told = _labelled(
            Text(f"因{why.zh}拒绝服务", f"Refused ({why.en})"), Text(f"交通费{fee.zh}", f"transport fee {fee.en}")
        )
        lines.append(Said(told, service.refusal.fee.rule))
    if service.allowance is not None:
        share = service.allowance.fault_percent_from
        amount = _range(service.allowance.amount)
        told = _labelled(
            Text(f"事故中公司责任达{share}%以上（含{share}%）", f"Accident, our share of fault {share}% or more"),
            Text(f"修车期间补贴交通费{amount.zh}", f"we pay {amount.en} towards transport during repair"),
        )
        lines.append(Said(told, service.allowance.amount.rule))
    return lines


def _rest(service: Service) -> list[Text]:
    lines: list[Text] = []
    if service.booking.hours:
        lines.append(_labelled(Text("服务时间", "Service hours"), joined(map(hours, service.booking.hours), "、")))
    if service.booking.minimum_lead:
        lead = duration(service.booking.minimum_lead)
        lines.append(Text(f"至少提前{lead.zh}预约", f"Book at least {lead.en} ahead"))
    if service.on_abort is AbortCharge.DRIVEN:
        lines.append(Text("行程中止：按已行驶部分计费", "A trip broken off is charged as far as it was driven"))
    if service.rounding.to_fen > 1:
        unit = money(service.rounding.to_fen)
        mode = {
            RoundingMode.DOWN: Text(f"总价不足{unit.zh}的零头抹去", f"The total is rounded down to {unit.en}"),
            RoundingMode.UP: Text(f"总价不足{unit.zh}按{unit.zh}收", f"The total is rounded up to {unit.en}"),
            RoundingMode.NEAREST: Text(f"总价四舍五入到{unit.zh}", f"The total is rounded to the nearest {unit.en}"),
        }
        lines.append(mode[service.rounding.mode])
    return lines


def _range(amount: MoneyRange) -> Text:
    low, high = money(amount.low_fen), money(amount.high_fen)
    if amount.low_fen == amount.high_fen:
        return low
    return Text(f"{low.zh[:-1]}–{high.zh}", f"{low.en}–{high.en[1:]}")


def _labelled(label: Text, told: Text) -> Text:
    return Text(f"{label.zh}：{told.zh}", f"{label.en}: {told.en}")
