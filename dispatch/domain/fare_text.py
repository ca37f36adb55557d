"""Standard wording of fare lines, units and facts. Chinese is what a dispatcher says on the phone."""

from decimal import Decimal

from dispatch.domain.fare_lines import plain
from dispatch.domain.tariff import MeterKind
from dispatch.domain.text import Text

PARTS: dict[str, Text] = {
    "base": Text("起步价", "Base fare"),
    "package": Text("套餐费", "Package"),
    MeterKind.DISTANCE: Text("里程费", "Distance"),
    MeterKind.LONG_DISTANCE: Text("远途费", "Long-distance extra"),
    MeterKind.DETOUR: Text("绕路加收", "Longer way than booked"),
    MeterKind.WAITING: Text("等候费", "Waiting"),
    MeterKind.LATE_WAITING: Text("等候费", "Waiting"),
    MeterKind.STOP_WAITING: Text("途中等候费", "Stops under way"),
    MeterKind.DRIVING_TIME: Text("时长费", "Driving time"),
    MeterKind.SERVICE_TIME: Text("超时费", "Overtime"),
    MeterKind.APPROACH: Text("接驾费", "Way to the customer"),
    MeterKind.RETURN_WAY: Text("返程费", "Driver's way back"),
    "minimum_fare": Text("补足最低消费", "Up to the minimum fare"),
    "cancellation": Text("取消交通费", "Cancellation: transport fee"),
    "refusal": Text("拒绝服务交通费", "Refusal: transport fee"),
    "aborted": Text("行程中止", "Trip broken off"),
    "unfulfilled": Text("未能派出代驾", "No driver could be sent"),
    "voucher": Text("代金券", "Voucher"),
    "rounding": Text("尾数取整", "Rounding"),
}

FACTS: dict[str, Text] = {
    "band": Text("时段", "Time band"),
    "departed_at": Text("出发时间", "Departure"),
    "appointed_at": Text("预约时间", "Appointed time"),
    "arrived_at": Text("到达时间", "Arrival"),
    "delivered_at": Text("送达时间", "Delivery"),
    "cancelled_at": Text("取消时间", "Cancelled at"),
    "ordered_at": Text("来电时间", "Time of the call"),
    "booked_km": Text("预约里程(公里)", "Booked distance, km"),
    "odometer_start_km": Text("起始里程表", "Odometer at start"),
    "odometer_end_km": Text("结束里程表", "Odometer at end"),
    "driven_km": Text("实际里程(公里)", "Driven distance, km"),
    "charged_km": Text("计费里程(公里)", "Charged distance, km"),
    "included_km": Text("已含里程(公里)", "Included distance, km"),
    "included_time": Text("已含时长", "Included time"),
    "approach_km": Text("接驾里程(公里)", "Way to the customer, km"),
    "return_km": Text("返程里程(公里)", "Way back, km"),
    "waiting": Text("等候时长", "Waiting"),
    "stops": Text("途中停留", "Stops under way"),
    "driving_time": Text("行驶时长", "Driving time"),
    "service_time": Text("服务时长", "Service time"),
    "planned_hours": Text("预订时长(小时)", "Hours booked"),
    "free": Text("免费部分", "Free of charge"),
    "range": Text("计费区间", "Charged range"),
    "cap": Text("封顶", "Cap"),
    "of": Text("计算基数", "Percentage of"),
    "paid": Text("实际支出", "Paid by the driver"),
    "times": Text("次数", "How often"),
    "cancelled_by": Text("取消方", "Cancelled by"),
    "stage": Text("取消时进度", "Stage reached"),
    "reason": Text("原因", "Reason"),
    "quote": Text("报价", "Quoted fare"),
    "voucher": Text("券号", "Voucher number"),
    "value": Text("面值", "Face value"),
    "before_rounding": Text("取整前", "Before rounding"),
}


def step_unit(kind: MeterKind, step: Decimal) -> Text:
    """What one step of a meter is called: 5公里, 30分钟, 小时."""
    if kind.in_km:
        amount, zh, en = step, "公里", "km"
    elif step % 3600 == 0:
        amount, zh, en = step / 3600, "小时", "h"
    elif step % 60 == 0:
        amount, zh, en = step / 60, "分钟", "min"
    else:
        amount, zh, en = step, "秒", "s"
    return Text(zh, en) if amount == 1 else Text(f"{plain(amount)}{zh}", f"{plain(amount)} {en}")


def told_quantity(kind: MeterKind, quantity: Decimal) -> str:
    """A reading as a fact: 13.5 (km), or 1:20:01 (hours, minutes, seconds)."""
    if kind.in_km:
        return plain(quantity)
    return told_seconds(quantity)


def told_seconds(seconds: Decimal | int) -> str:
    """Seconds as h:mm:ss."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
