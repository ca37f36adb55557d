"""Phrases of the fee standard: money, hours, steps, thresholds and conditions, as one says them on the phone."""

from collections.abc import Iterable
from decimal import Decimal

from dispatch.domain.fare_lines import plain
from dispatch.domain.fare_text import step_unit
from dispatch.domain.tariff import Count, Meter, MeterKind, Tier, When
from dispatch.domain.text import Text
from dispatch.domain.time_bands import DAY, EVERY_DAY, Hours, clock

_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

SECTION_NAMES = {
    "base": Text("起步价", "base fare"),
    "surcharge": Text("附加费", "surcharges"),
    MeterKind.DISTANCE: Text("里程费", "distance"),
    MeterKind.LONG_DISTANCE: Text("远途费", "long-distance extra"),
    MeterKind.DETOUR: Text("绕路加收", "longer way"),
    MeterKind.WAITING: Text("等候费", "waiting"),
    MeterKind.LATE_WAITING: Text("等候费", "waiting"),
    MeterKind.STOP_WAITING: Text("途中等候费", "stops"),
    MeterKind.DRIVING_TIME: Text("时长费", "driving time"),
    MeterKind.SERVICE_TIME: Text("超时费", "overtime"),
    MeterKind.APPROACH: Text("接驾费", "way to the customer"),
    MeterKind.RETURN_WAY: Text("返程费", "way back"),
}


def money(fen: int) -> Text:
    """An amount without needless cents: 20元, 3.5元."""
    amount = plain(Decimal(fen) / 100)
    return Text(f"{amount}元", f"¥{amount}")


def percent(number: Decimal) -> str:
    """A percentage: 30%."""
    return f"{plain(number)}%"


def hours(window: Hours) -> Text:
    """A window: 22:00–次日06:00, on certain days only where it has any."""
    next_day = "次日" if window.start > window.end else ""
    zh, en = f"{clock(window.start)}–{next_day}{clock(window.end)}", f"{clock(window.start)}–{clock(window.end)}"
    if (window.start, window.end) == (0, DAY):
        zh, en = "全天", "all day"
    if window.days == EVERY_DAY:
        return Text(zh, en)
    days = weekdays(window.days)
    return Text(f"{days.zh}{zh}", f"{days.en} {en}")


def amount_of(kind: MeterKind, quantity: Decimal) -> Text:
    """A quantity with its number always said: 1小时, 30分钟, 10公里."""
    unit = step_unit(kind, quantity)
    return unit if unit.zh[0].isdigit() else Text(f"1{unit.zh}", f"1 {unit.en}")


def duration(seconds: Decimal) -> Text:
    """A length of time: 30分钟, 12小时."""
    return amount_of(MeterKind.WAITING, seconds)


def weekdays(days: Iterable[int]) -> Text:
    """Weekdays: 周五、周六."""
    order = sorted(days)
    return Text("、".join(f"周{_DAYS_ZH[day]}" for day in order), ", ".join(_DAYS_EN[day] for day in order))


def joined(phrases: Iterable[Text], zh: str = "，", en: str = ", ") -> Text:
    """Phrases put together; empty ones left out."""
    told = [phrase for phrase in phrases if phrase.zh]
    return Text(zh.join(phrase.zh for phrase in told), en.join(phrase.en for phrase in told))


def metered(meter: Meter) -> Text:
    """How a meter charges, in one sentence."""
    return joined([_free(meter), *_tiers(meter), _whole(meter), _cap(meter)])


def conditions(when: When) -> Text:
    """When a surcharge, discount or cancellation fee holds; empty for always."""
    told = [joined(map(hours, when.hours), "、")]
    if when.days:
        told.append(weekdays(when.days))
    spans = [(str(span.first), str(span.last)) for span in when.dates]
    told += [
        Text(first, first) if first == last else Text(f"{first}至{last}", f"{first} to {last}") for first, last in spans
    ]
    if when.cars:
        told.append(Text(f"车型：{'、'.join(when.cars)}", f"cars: {', '.join(when.cars)}"))
    if when.members:
        told.append(Text(f"会员：{'、'.join(when.members)}", f"members: {', '.join(when.members)}"))
    if when.over_km is not None:
        told.append(Text(f"里程超过{plain(when.over_km)}公里", f"over {plain(when.over_km)} km"))
    if when.lead_under is not None:
        lead = duration(when.lead_under)
        told.append(Text(f"要求{lead.zh}内到达", f"wanted in less than {lead.en}"))
    if when.lead_from is not None:
        lead = duration(when.lead_from)
        told.append(Text(f"提前{lead.zh}及以上预约", f"booked {lead.en} or more ahead"))
    if when.from_fare_fen is not None:
        fare = money(when.from_fare_fen)
        told.append(Text(f"满{fare.zh}", f"from {fare.en}"))
    return joined(told)


def counted(kind: MeterKind, step: Decimal, count: Count) -> Text:
    """What happens to a part of a step."""
    zh = amount_of(kind, step).zh
    return {
        Count.STARTED: Text(f"不足{zh}按{zh}计", "each one begun counts"),
        Count.COMPLETED: Text(f"不足{zh}不计", "only full ones count"),
        Count.NEAREST: Text(f"按{zh}四舍五入", "rounded to the nearest"),
        Count.PRORATED: Text("按实际折算", "in exact proportion"),
    }[count]


def _free(meter: Meter) -> Text:
    if not meter.free:
        return Text("", "")
    free = amount_of(meter.kind, meter.free)
    if meter.free_lost:
        return Text(f"{free.zh}以内免费，超过则从头计", f"free up to {free.en}, beyond that charged from the start")
    return Text(f"前{free.zh}免费", f"first {free.en} free")


def _tiers(meter: Meter) -> list[Text]:
    several = len(meter.tiers) > 1
    return [_tier(meter, tier, several=several) for tier in meter.tiers]


def _tier(meter: Meter, tier: Tier, *, several: bool) -> Text:
    price = money(tier.price_fen)
    over = _over(meter, tier)
    if tier.step is None:
        beyond = Text("超过后", "then ") if meter.free and not tier.over else Text("", "")
        return Text(f"{over.zh}{beyond.zh}一次性收{price.zh}", f"{over.en}{beyond.en}{price.en} once")
    unit = step_unit(meter.kind, tier.step)
    beyond = Text("之后", "then ") if meter.free and not several else Text("", "")
    part = counted(meter.kind, tier.step, tier.count)
    every = Text(f"{over.zh}{beyond.zh}每{unit.zh}{price.zh}", f"{over.en}{beyond.en}{price.en} per {unit.en}")
    return Text(f"{every.zh}（{part.zh}）", f"{every.en} ({part.en})")


def _over(meter: Meter, tier: Tier) -> Text:
    if not tier.over:
        return Text("", "")
    unit = amount_of(meter.kind, tier.over)
    start_zh = "全程" if meter.from_zero and meter.kind.in_km else ""
    return Text(f"{start_zh}超过{unit.zh}部分", f"beyond {unit.en} ")


def _whole(meter: Meter) -> Text:
    if not meter.whole or len(meter.tiers) < 2:
        return Text("", "")
    return Text("到达哪一档，全部按该档计价", "the tier reached prices everything")


def _cap(meter: Meter) -> Text:
    if meter.cap_fen is None:
        return Text("", "")
    cap = money(meter.cap_fen)
    return Text(f"最高{cap.zh}", f"at most {cap.en}")
