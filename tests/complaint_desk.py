"""Cases as their people handle them, for tests: registered, and taken step by step as far as one needs.

desk = ComplaintDesk(world)
case_id = desk.register()
desk.to_approved(case_id, Remedy(RemedyKind.VOUCHER, "下次用", 20_00))
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.domain import complaint_steps as s
from dispatch.domain.complaint import Channel, Registration, Severity, Stage
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.roles import Actor, Role
from dispatch.services import complaint_cases, complaint_clocks, complaint_offices, complaints
from dispatch.services.complaint_offices import Wanted
from dispatch.store.complaints import ComplaintRow
from tests.world import World

MONDAY = datetime(2026, 3, 9, 2, tzinfo=UTC)
"""10:00 in Shanghai, the working day after the night of tests.world."""
W = "已联系客户"


class ComplaintDesk:
    """Cases as their people handle them: each step in a transaction of its own, as the case is seen then."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.head = world.staff("head", "钱主管", Role.DISPATCHER)
        with world.db.transaction() as session:
            wanted = Wanted("车队", self.head.id)
            self.department = complaint_offices.keep_department(session, wanted, world.manager, world.now).id

    def register(self, **over: Any) -> int:
        usual = Registration(
            channel=Channel.CALL,
            registered_at=self.world.now,
            contact_name="李建国",
            contact_phone="+8613812345678",
            contact_address="",
            happened_at=self.world.now - timedelta(days=1),
            about="代驾员",
            problem="绕路",
            wish="退费",
        )
        with self.world.db.transaction() as session:
            return complaints.register(session, replace(usual, **over), self.world.agent).id

    def take(self, case_id: int, step: s.Step, actor: Actor | None = None, *, version: int | None = None) -> Stage:
        with self.world.db.transaction() as session:
            seen = version or session.get_one(ComplaintRow, case_id).version
            by = actor or self.world.agent
            return complaint_cases.take(session, case_id, step, by, self.world.now, version=seen).stage

    def to_department(self, case_id: int) -> None:
        for step in (s.Acknowledge(W), s.Assess(W, Severity.SERIOUS), s.Accept(W), s.Route(W, self.department)):
            self.take(case_id, step)

    def to_approved(self, case_id: int, *remedies: Remedy, responsible: int | None = None) -> None:
        self.to_department(case_id)
        self.take(case_id, s.Investigate("未按导航", responsible), self.head)
        self.take(case_id, s.Propose(W, remedies or (Remedy(RemedyKind.APOLOGY, "电话道歉"),)), self.head)
        self.take(case_id, s.Approve(W), self.world.manager)

    def sweep(self) -> int:
        with self.world.db.reading() as session:
            found = complaint_clocks.to_look_at(session, self.world.now)
        done = 0
        for clock_id in found:
            with self.world.db.transaction() as session:
                done += complaint_clocks.escalate(session, clock_id, self.world.now)
        return done
