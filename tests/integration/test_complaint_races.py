"""Two people with one case, four schedulers with one clock, on PostgreSQL: one wins, the others learn who it was."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Select, text

from dispatch.domain import complaint_steps as s
from dispatch.domain.complaint import Severity
from dispatch.domain.complaint_flow import decide
from dispatch.domain.errors import Conflict, DomainError
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.roles import Actor, Role
from dispatch.services import complaint_cases, complaint_clocks, working_days
from dispatch.store import complaints as store
from dispatch.store import journal
from tests.complaint_desk import MONDAY, ComplaintDesk, W
from tests.world import World

DONE = "done"


def opened(world: World) -> ComplaintDesk:
    with world.db.transaction() as session:
        working_days.seed(session, world.now)
    world.now = MONDAY
    return ComplaintDesk(world)


def together(entries: list[Callable[[], object]]) -> list[DomainError | str]:
    """What each was told."""

    def told(entry: Callable[[], object]) -> DomainError | str:
        try:
            entry()
        except DomainError as error:
            return error
        return DONE

    with ThreadPoolExecutor(len(entries)) as pool:
        return list(pool.map(told, entries))


def all_told_yes(monkeypatch: pytest.MonkeyPatch, contestants: int) -> None:
    """Everybody is told yes by the rules before anybody writes."""
    gate = threading.Barrier(contestants)

    def decided_together(*args: Any) -> Any:
        target = decide(*args)
        gate.wait(timeout=20)
        return target

    monkeypatch.setattr(complaint_cases, "decide", decided_together)


def to_be_assessed(desk: ComplaintDesk) -> tuple[int, s.Step, list[Actor]]:
    case_id = desk.register()
    desk.take(case_id, s.Acknowledge(W))
    return case_id, s.Assess(W, Severity.SERIOUS), [desk.world.agent, desk.world.staff("two", "二号客服", Role.CARE)]


def to_be_approved(desk: ComplaintDesk) -> tuple[int, s.Step, list[Actor]]:
    case_id = desk.register()
    desk.to_department(case_id)
    desk.take(case_id, s.Investigate(W, None), desk.head)
    desk.take(case_id, s.Propose(W, (Remedy(RemedyKind.APOLOGY, W),)), desk.head)
    return case_id, s.Approve(W), [desk.world.manager, desk.world.staff("two", "二号经理", Role.MANAGER)]


def taken_by(desk: ComplaintDesk, case_id: int, step: str) -> list[str]:
    with desk.world.db.reading() as session:
        rows = journal.page(session, desk.world.branch_id, subject="complaint", subject_id=case_id)
        return [row.actor_name for row in rows if row.type == f"complaint.{step}"]


@pytest.mark.parametrize(("stand", "name"), [(to_be_assessed, "assess"), (to_be_approved, "approve")])
def test_of_two_people_who_take_one_step_one_does_and_the_other_learns_who(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, stand: Callable[..., Any], name: str
) -> None:
    with World.opened(postgres_url) as world:
        desk = opened(world)
        case_id, step, people = stand(desk)
        all_told_yes(monkeypatch, 2)
        told = together([partial(desk.take, case_id, step, person) for person in people])
        (winner,) = taken_by(desk, case_id, name)
        (refused,) = [one for one in told if one != DONE]
        assert isinstance(refused, Conflict)
        assert (refused.code, refused.params) == ("changed_meanwhile", {"name": winner})


def test_without_the_version_both_would_have_taken_it(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url) as world:
        desk = opened(world)
        case_id, step, people = to_be_approved(desk)
        with world.db.transaction() as session:
            session.execute(text("DROP INDEX uq_complaint_clock_running"))
        all_told_yes(monkeypatch, 2)
        monkeypatch.setattr(store, "advance", lambda *_: True)
        assert together([partial(desk.take, case_id, step, person) for person in people]) == [DONE, DONE]
        assert len(taken_by(desk, case_id, "approve")) == 2


def late(world: World) -> tuple[ComplaintDesk, int, int]:
    """A case whose clock has a rung to climb; answers the case and the clock."""
    desk = opened(world)
    case_id = desk.register()
    world.later(hours=4)
    with world.db.reading() as session:
        (clock_id,) = complaint_clocks.to_look_at(session, world.now)
    return desk, case_id, clock_id


def sweep_four_times(world: World, clock_id: int) -> Counter[str]:
    def sweep() -> None:
        with world.db.transaction() as session:
            complaint_clocks.escalate(session, clock_id, world.now)

    return Counter(one if isinstance(one, str) else one.code for one in together([sweep] * 4))


def all_see_the_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four schedulers that have all found the rung unclimbed before any of them climbs it, with no row locked."""
    gate, new_rungs = threading.Barrier(4), complaint_clocks._new_rungs

    def found_together(*args: Any) -> Any:
        found = new_rungs(*args)
        gate.wait(timeout=20)
        return found

    monkeypatch.setattr(complaint_clocks, "_new_rungs", found_together)
    monkeypatch.setattr(Select, "with_for_update", lambda self, **_: self)


def test_four_schedulers_climb_a_rung_once(postgres_url: str) -> None:
    with World.opened(postgres_url) as world:
        desk, case_id, clock_id = late(world)
        assert sweep_four_times(world, clock_id) == {DONE: 4}
        assert len(taken_by(desk, case_id, "escalate")) == 1


def test_the_index_alone_lets_one_scheduler_climb(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.opened(postgres_url) as world:
        desk, case_id, clock_id = late(world)
        all_see_the_rung(monkeypatch)
        assert sweep_four_times(world, clock_id)[DONE] == 1
        assert len(taken_by(desk, case_id, "escalate")) == 1


def test_without_lock_and_index_everybody_would_be_told_four_times(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World.opened(postgres_url) as world:
        desk, case_id, clock_id = late(world)
        with world.db.transaction() as session:
            unique = "uq_complaint_escalation_clock_id_level"
            session.execute(text(f"ALTER TABLE complaint_escalation DROP CONSTRAINT {unique}"))
        all_see_the_rung(monkeypatch)
        sweep_four_times(world, clock_id)
        assert len(taken_by(desk, case_id, "escalate")) > 1
