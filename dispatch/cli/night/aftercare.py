"""A complaint from its acknowledgement to the archive, and the next drive of the customer, paid with a voucher."""

from typing import Any

from dispatch.cli.night.client import Person, Unexpected
from dispatch.cli.night.morning import Calls
from dispatch.cli.night.story import Job, Night, expect

WORTH_FEN = 20_00


def to_the_archive(case_id: int, care: Person, head: Person, manager: Person) -> str:
    """Take a case through every stage; answers the number of the voucher that the customer was given."""
    who = next(one["id"] for one in manager.get("/staff")["staff"] if one["name"] == head.name)
    department = manager.post("/departments", {"name": "车队", "head_id": who}, expect=201)["id"]
    voucher = {"kind": "voucher", "words": "下次代驾抵用", "amount_fen": WORTH_FEN}
    apology = {"kind": "apology", "words": "部门负责人电话致歉"}
    way: tuple[tuple[Person, str, str, dict[str, Any]], ...] = (
        (care, "acknowledge", "已致电客户，说明会尽快查清", {}),
        (care, "assess", "到达晚于约定时间", {"severity": "minor"}),
        (care, "accept", "定位记录与客户所述一致", {}),
        (care, "route", "请查明晚到原因", {"department_id": department}),
        (head, "investigate", "上一单结束晚，改派不及时", {}),
        (head, "propose", "致歉并送券", {"remedies": [apology, voucher]}),
        (manager, "approve", "同意", {}),
        (head, "carry-out", "已致歉，券已发出", {}),
        (care, "ask-feedback", "已致电，客户稍后答复", {}),
        (care, "conclude", "客户表示满意", {"satisfied": True}),
        (care, "archive", "高峰时段预留机动代驾员", {}),
    )
    for person, name, words, more in way:
        _step(person, case_id, name, words, more)
    story = care.get(f"/complaints/{case_id}")
    if story["case"]["stage"] != "archived" or len(story["events"]) != len(way) + 1:
        raise Unexpected(f"case {case_id} is {story['case']['stage']} after {len(story['events'])} steps")
    return str(story["remedies"][1]["voucher"])


def leave_open(case_id: int, care: Person) -> None:
    """A case that is being looked into: its clock runs on the board."""
    _step(care, case_id, "acknowledge", "已致电客户", {})
    board = care.get("/complaints/board")["columns"]
    clocks = [case["clock"] for column in board for case in column["cases"] if case["id"] == case_id]
    if not clocks or clocks[0] is None:
        raise Unexpected(f"case {case_id} is not on the board with a clock")


def with_voucher(night: Night, calls: Calls, code: str, badge: str) -> Job:
    """The customer of the first complaint books again and pays with the voucher; a second time it is refused."""
    before = next(job for job in night.jobs if job.trip_id == calls.complaints[0][1])
    who = before.customer
    order = {"caller_phone": who.phone, "name": who.name, "plate": who.plate, "needs": who.needs}
    paid = {"fare_options": {"vouchers": [{"code": code}]}}
    job = night.book(0, "用代金券再次预约", **order, **paid)
    job.customer = who
    night.desk.command(job.trip_id, "assign", {"badge_id": badge})
    night.to_driving(job, badge)
    night.finish(job, badge)
    expect(job, night, "closed")
    fare = night.desk.get(f"/trips/{job.trip_id}/fare")
    worth = [line["amount_fen"] for line in fare["lines"] if line["part"] == "voucher"]
    if worth != [-WORTH_FEN] or sum(line["amount_fen"] for line in fare["lines"]) != fare["total_fen"]:
        raise Unexpected(f"{job.number}: the voucher took {worth} off a fare of {fare['total_fen']}")
    again = {"booked_km": "8", "appointed_at": night.clock.now().isoformat(), **paid}
    night.desk.post("/quotes", again, expect=422)
    return job


def _step(person: Person, case_id: int, name: str, words: str, more: dict[str, Any]) -> None:
    version = person.get(f"/complaints/{case_id}")["case"]["version"]
    person.post(f"/complaints/{case_id}/steps/{name}", {"version": version, "words": words, **more})
