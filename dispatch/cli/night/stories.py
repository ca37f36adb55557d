"""The stories of the night, each ending as the service's rules say."""

import time
from typing import Any

from dispatch.cli.night.client import Unexpected
from dispatch.cli.night.story import Night, Story, expect, inspection, signature
from dispatch.domain.inspection import Insurance

COMPANION = signature("韩梅梅", "companion", "妻子")
SWEEPS = 20.0


def usual(night: Night, number: int) -> None:
    """Booked, driven, closed."""
    job = night.book(number, "顺利完成")
    badge = night.take(job)
    night.to_driving(job, badge)
    night.finish(job, badge, rating=4 + number % 2)
    expect(job, night, "closed")


def offered(night: Night, number: int) -> None:
    """Offered to two: one declines, the other accepts; a third tap comes too late."""
    job = night.book(number, "派单，一人拒接，一人接单")
    first, second = night.free.pop(0), night.free.pop(0)
    night.desk.command(job.trip_id, "offer", {"badge_ids": [first, second], "seconds": 600})
    night.drive(job, "decline", first, {"reason": "太远"})
    night.drive(job, "accept", second)
    night.drive(job, "accept", first, expect=(404, 409))
    night.give_back(first)
    night.to_driving(job, second)
    night.finish(job, second)
    expect(job, night, "closed")


def expired(night: Night, number: int) -> None:
    """Nobody answers; the clock takes the offer back; then nobody is found at all."""
    job = night.book(number, "派单超时，无人接单")
    badge = night.free.pop(0)
    night.desk.command(job.trip_id, "offer", {"badge_ids": [badge], "seconds": 30})
    night.clock.forward(seconds=31)
    until = time.monotonic() + SWEEPS
    while night.desk.get(f"/trips/{job.trip_id}")["state"] != "booked":
        if time.monotonic() > until:
            raise Unexpected(f"{job.number}: the scheduler did not take the offer back")
        time.sleep(0.2)
    night.drive(job, "accept", badge, expect=(404, 409))
    night.give_back(badge)
    night.desk.command(job.trip_id, "give-up", {"reason": "附近没有司机"})
    expect(job, night, "unfulfilled", 0)


def cancelled_early(night: Night, number: int) -> None:
    """The customer cancels before the driver sets off: free."""
    job = night.book(number, "出发前取消")
    badge = night.take(job)
    night.desk.command(job.trip_id, "cancel", {"by": "customer", "reason": "改打车"})
    night.give_back(badge)
    expect(job, night, "cancelled", 0)


def cancelled_late(night: Night, number: int) -> None:
    """The customer cancels after the driver set off: the form's transport fee (A2, B2)."""
    job = night.book(number, "出发后取消")
    badge = night.take(job)
    night.drive(job, "depart", badge)
    night.desk.command(job.trip_id, "cancel", {"by": "customer", "reason": "朋友来接"})
    night.give_back(badge)
    expect(job, night, "cancelled", 1000 if night.form == "A" else 2000)


def cancelled_by_us(night: Night, number: int) -> None:
    """The company cancels: free, however far it had come."""
    job = night.book(number, "公司取消")
    badge = night.take(job)
    night.arrive(job, badge)
    night.desk.command(job.trip_id, "cancel", {"by": "company", "reason": "道路封闭"})
    night.give_back(badge)
    expect(job, night, "cancelled", 0)


def drunk_and_alone(night: Night, number: int) -> None:
    """Severely drunk and alone: refused (P2), with a fee from the range where the form has one (A6)."""
    job = night.book(number, "严重醉酒且无人陪同，拒绝服务")
    badge = night.take(job)
    night.arrive(job, badge)
    night.inspect(job, badge, 409, intoxication="severe")
    fee: dict[str, Any] = {"fee_fen": 1500} if night.form == "A" else {}
    night.drive(job, "refuse", badge, {"reason": "alone_and_severely_drunk", "note": "", **fee})
    night.give_back(badge)
    expect(job, night, "refused", 1500 if night.form == "A" else 0)


def companion_signs(night: Night, number: int) -> None:
    """Severely drunk, but a sober companion signs (P2, B8)."""
    job = night.book(number, "醉酒，同伴代签")
    badge = night.take(job)
    night.to_driving(
        job, badge, intoxication="severe", companion_name="韩梅梅", companion_sober=True, signature=COMPANION
    )
    night.finish(job, badge, signed=COMPANION)
    expect(job, night, "closed")


def uninsured(night: Night, number: int) -> None:
    """One insurance is missing: refused (A9, B7)."""
    job = night.book(number, "保险不全，拒绝服务", insurance="check_on_site")
    badge = night.take(job)
    night.arrive(job, badge)
    seen = {cover.value: cover is not Insurance.DAMAGE for cover in Insurance}
    night.inspect(job, badge, 409, insurance_seen=seen)
    night.drive(job, "refuse", badge, {"reason": "not_insured"})
    night.give_back(badge)
    expect(job, night, "refused", 0)


def replaced(night: Night, number: int) -> None:
    """The customer smells alcohol (P4): another driver comes, the first is held, nothing is charged for it."""
    job = night.book(number, "司机饮酒，更换代驾员")
    first = night.take(job)
    night.arrive(job, first, waits=1)
    night.desk.command(job.trip_id, "replace-driver", {"reason": "driver_not_sober", "note": "客户闻到酒味"})
    if not night.desk.get(f"/trips/{job.trip_id}")["urgent"]:
        raise Unexpected(f"{job.number}: a trip whose driver was replaced is urgent")
    other = night.book(number + 500, "被停岗司机不可派单")
    night.desk.command(other.trip_id, "assign", {"badge_id": first}, 409)
    night.desk.command(other.trip_id, "cancel", {"by": "customer", "reason": "测试"})
    expect(other, night, "cancelled", 0)
    held = next(one for one in night.manager.get("/drivers")["drivers"] if one["badge_id"] == first)
    second = night.take(job)
    night.to_driving(job, second, waits=5)
    night.finish(job, second)
    expect(job, night, "closed")
    night.manager.post(f"/drivers/{held['id']}/clear", {"note": "复测为零"})
    night.give_back(first)


def waiting(night: Night, number: int) -> None:
    """The customer keeps the driver waiting: ¥10 once after 30 min (A2), ¥20 an hour after 20 min (B2)."""
    plain = night.book(number, "报价参照")
    night.desk.command(plain.trip_id, "cancel", {"by": "customer", "reason": "改期"})
    job = night.book(number + 300, "等候45分钟")
    badge = night.take(job)
    night.to_driving(job, badge, waits=7 + 45)
    night.finish(job, badge)
    expect(plain, night, "cancelled", 0)
    expect(job, night, "closed")
    lines = night.desk.get(f"/trips/{job.trip_id}/fare")["lines"]
    charged = sum(line["amount_fen"] for line in lines if line["part"] == "waiting")
    if charged != (1000 if night.form == "A" else 2000):
        raise Unexpected(f"{job.number}: waiting costs {charged} fen")


def detour(night: Night, number: int, *, by_customer: bool) -> None:
    """A longer way: charged only where the form says so and the customer wanted it (B2), else flagged."""
    job = night.book(number, "客户改目的地，多走10公里" if by_customer else "司机绕路，不另收费")
    badge = night.take(job)
    night.to_driving(job, badge)
    if by_customer:
        night.drive(
            job, "change-destination", badge,
            {"address": "广丰区 永丰大道 月兔广场", "signature": signature(job.customer.name)},
        )  # fmt: skip
        night.drive(job, "stop", badge, {"requested_by": "customer", "reason": "买药"})
        night.clock.forward(minutes=3)
        night.drive(job, "resume", badge)
    night.finish(job, badge, km="45700.1")
    expect(job, night, "closed")
    fare = night.desk.get(f"/trips/{job.trip_id}/fare")
    charged = sum(line["amount_fen"] for line in fare["lines"] if line["part"] == "detour")
    if night.form == "B" and charged != (4000 if by_customer else 0):
        raise Unexpected(f"{job.number}: the longer way costs {charged} fen")
    if not by_customer and "driver_detour" not in fare["flags"]:
        raise Unexpected(f"{job.number}: the driver's own detour is not flagged")


def incident(night: Night, number: int, *, aborts: bool) -> None:
    """Something happens under way; the drive goes on, or is aborted with reference to it."""
    job = night.book(number, "途中事故，中止服务" if aborts else "途中小事故，继续完成")
    badge = night.take(job)
    night.to_driving(job, badge)
    told = {"kind": "accident", "note": "与电动车轻微刮擦", "driver_fault_percent": 50 if aborts else 0}
    trip = night.drive(job, "report-incident", badge, told)["trip"]
    if aborts:
        night.desk.command(job.trip_id, "abort", {"incident_id": trip["incidents"][-1], "reason": "车辆无法行驶"})
        night.give_back(badge)
        expect(job, night, "aborted", 0)
        return
    night.finish(job, badge, rating=2)
    expect(job, night, "closed")


def stepped_back(night: Night, number: int) -> None:
    """A mis-tap is undone at the desk; history keeps both."""
    job = night.book(number, "误点到达，退回一步")
    badge = night.take(job)
    night.drive(job, "depart", badge)
    night.drive(job, "arrive", badge)
    night.desk.command(job.trip_id, "step-back", {"reason": "点错了"})
    night.drive(job, "arrive", badge)
    night.clock.forward(minutes=15)
    night.inspect(job, badge)
    night.sign(job, badge, "agreement", signature(job.customer.name))
    night.drive(job, "start", badge)
    night.finish(job, badge)
    expect(job, night, "closed")


def unfit(night: Night, number: int) -> None:
    """Brakes that do not hold: the car stays (A3, B3)."""
    job = night.book(number, "制动异常，拒绝服务")
    badge = night.take(job)
    night.arrive(job, badge)
    safety = {**inspection(job.customer.name)["safety"], "brakes": False}
    night.inspect(job, badge, 409, safety=safety)
    night.drive(job, "refuse", badge, {"reason": "car_unfit"})
    night.give_back(badge)
    expect(job, night, "refused", 0)


def by_customer(night: Night, number: int) -> None:
    """A longer way that the customer wanted."""
    detour(night, number, by_customer=True)


def by_driver(night: Night, number: int) -> None:
    """A longer way of the driver's own."""
    detour(night, number, by_customer=False)


def aborted(night: Night, number: int) -> None:
    """An incident that ends the drive."""
    incident(night, number, aborts=True)


def scratched(night: Night, number: int) -> None:
    """An incident that does not."""
    incident(night, number, aborts=False)


STORIES: tuple[Story, ...] = (
    usual, offered, expired, cancelled_early, cancelled_late, cancelled_by_us, drunk_and_alone, companion_signs,
    uninsured, replaced, waiting, by_customer, by_driver, scratched, aborted, stepped_back, unfit,
)  # fmt: skip
EVERY_END = frozenset({"closed", "cancelled", "refused", "unfulfilled", "aborted"})
