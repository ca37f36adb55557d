"""The clocks of cases: started and stopped with the stages, paused, and watched for the ladder of escalation."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.complaint_clock import CLOCK_OF, ClockKind, Level, Terms
from dispatch.domain.complaint_flow import Side, turn_of
from dispatch.domain.complaint_steps import Pause
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Role, system
from dispatch.domain.workdays import Calendar
from dispatch.domain.working_time import OfficeHours, WorkingTime
from dispatch.services import complaint_texts
from dispatch.services.announce import announce
from dispatch.store import complaint_clocks as store
from dispatch.store import working_days
from dispatch.store.branches import Branch
from dispatch.store.complaint_clocks import ComplaintClock, ComplaintEscalation, ComplaintNotice, ComplaintPause
from dispatch.store.complaints import ComplaintRow
from dispatch.store.departments import ComplaintTerms
from dispatch.store.staff import Staff

_REACH = timedelta(days=90)
"""30 working days, the longest holidays, and two days of the ladder lie within it."""


def hours_of(session: Session, branch_id: int) -> OfficeHours:
    """The office hours of a branch."""
    row = session.get(ComplaintTerms, branch_id)
    return OfficeHours(row.office_opens, row.office_closes, row.lunch_from, row.lunch_until) if row else OfficeHours()


def terms_of(session: Session, branch_id: int) -> Terms:
    """How long each stage may take in a branch."""
    row = session.get(ComplaintTerms, branch_id)
    return Terms(**{name: getattr(row, name) for name in Terms.__slots__}) if row else Terms()


def working_time(session: Session, branch_id: int, since: datetime, until: datetime) -> WorkingTime:
    """A branch's working time round a span, by the calendar as it is now."""
    branch = session.get_one(Branch, branch_id)
    first, last = since.astimezone(branch.zone).date(), until.astimezone(branch.zone).date() + _REACH
    days = {row.day: row.as_day() for row in working_days.between(session, first, last)}
    return WorkingTime(hours_of(session, branch_id), branch.zone, Calendar(days).is_working)


def start(
    session: Session, case: ComplaintRow, kind: ClockKind, now: datetime, *, until: datetime | None = None
) -> ComplaintClock:
    """Begin a clock that runs for its usual time, or until a moment that was named.

    Raises Invalid (field `by`) where no working time lies before that moment.
    """
    worked = working_time(session, case.branch_id, now, max(now, until or now))
    allowed = terms_of(session, case.branch_id).allowed(kind, worked.hours.day) if until is None else None
    if allowed is None:
        allowed = worked.between(now, until or now)
        if allowed <= timedelta():
            raise Invalid("deadline_past", N_("No working time is left until then"), field="by")
    clock = ComplaintClock(
        complaint_id=case.id,
        kind=kind,
        round=case.round,
        started_at=now,
        allowed_seconds=int(allowed.total_seconds()),
        due_at=worked.after(now, allowed),
    )
    session.add(clock)
    session.flush()
    return clock


def follow(
    session: Session, case: ComplaintRow, now: datetime, *, anew: bool = False, until: datetime | None = None
) -> None:
    """Let the clock of the case's stage run: the one that runs already, unless it is begun anew."""
    wanted, running = CLOCK_OF.get(case.stage), store.running(session, case.id)
    if running is not None and running.kind is wanted and not anew:
        return
    if running is not None:
        _end(running, now)
        session.flush()
    if wanted is not None:
        start(session, case, wanted, now, until=until)


def pause(session: Session, case: ComplaintRow, step: Pause, actor: Actor, now: datetime) -> None:
    """Let the running clock stand still."""
    clock = _running(session, case)
    clock.pauses.append(
        ComplaintPause(clock_id=clock.id, since=now, reason=step.reason, words=step.words.strip(), paused_by=actor.id)
    )
    clock.due_at = clock.as_clock().due_at(working_time(session, case.branch_id, clock.started_at, now))


def resume(session: Session, case: ComplaintRow, now: datetime) -> None:
    """Let the clock run on; what was paused is added."""
    clock = _running(session, case)
    clock.pauses[-1].until = now
    clock.due_at = clock.as_clock().due_at(working_time(session, case.branch_id, clock.started_at, now))


def to_look_at(session: Session, now: datetime) -> list[int]:
    """Clocks with a rung to climb, or whose due time the calendar or the office hours have moved."""
    of_branch: dict[int, list[ComplaintClock]] = {}
    for clock in store.all_running(session):
        case = session.get_one(ComplaintRow, clock.complaint_id)
        of_branch.setdefault(case.branch_id, []).append(clock)
    found = []
    for branch_id, clocks in of_branch.items():
        worked = working_time(session, branch_id, min(clock.started_at for clock in clocks), now)
        found += [clock.id for clock in clocks if _differs(clock, worked) or _new_rungs(clock, now, worked)]
    return found


def escalate(session: Session, clock_id: int, now: datetime) -> bool:
    """Climb the rungs that a clock has reached, each once, and tell whose turn it is; whether anything was done.

    Of several reached at once only the highest is told.
    """
    query = select(ComplaintClock).where(ComplaintClock.id == clock_id).with_for_update()
    clock = session.scalars(query.execution_options(populate_existing=True)).one()
    if clock.ended_at is not None:
        return False
    case = session.get_one(ComplaintRow, clock.complaint_id)
    worked = working_time(session, case.branch_id, clock.started_at, now)
    moved = _differs(clock, worked)
    clock.due_at = clock.as_clock().due_at(worked)
    rungs = _new_rungs(clock, now, worked)
    for level in rungs:
        session.add(ComplaintEscalation(clock_id=clock.id, level=level, at=now))
    if rungs:
        session.flush()
        _tell(session, case, clock, rungs[-1], now)
    return moved or bool(rungs)


def notify(session: Session, case: ComplaintRow, people: Iterable[int], now: datetime, level: Level | None) -> None:
    """Leave a notice for each of these people; it stands until they look at the case."""
    for staff_id in sorted(set(people)):
        session.add(ComplaintNotice(staff_id=staff_id, complaint_id=case.id, level=level, at=now))


def managers_of(session: Session, branch_id: int) -> frozenset[int]:
    """The managers of a branch, by staff id."""
    people = session.scalars(select(Staff).where(Staff.branch_id == branch_id, Staff.active))
    return frozenset(person.id for person in people if Role.MANAGER in person.role_set)


def _tell(session: Session, case: ComplaintRow, clock: ComplaintClock, level: Level, now: datetime) -> None:
    head = case.department.head_id if case.department else None
    managers = managers_of(session, case.branch_id)
    holder = _holder(case, head)
    telling = complaint_texts.telling_of(session, case.branch_id)
    people = telling.told(level, holder=holder, head=head, managers=managers)
    notify(session, case, people, now, level)
    data = {"complaint": case.number, "clock": clock.kind.value, "level": level.value, "stage": case.stage.value}
    written = complaint_texts.escalate(
        session, case, level, now, head=head in people, managers=not people.isdisjoint(managers)
    )
    event = Event("complaint.escalate", {**data, "told": sorted(people), "texted": written})
    announce(session, event, system(case.branch_id), now, subject="complaint", subject_id=case.id, concerns=people)


def _holder(case: ComplaintRow, head: int | None) -> int | None:
    match turn_of(case.stage):
        case Side.DEPARTMENT:
            return head
        case Side.CARE:
            return case.holder_id or case.registered_by
        case _:
            return None


def _new_rungs(clock: ComplaintClock, now: datetime, worked: WorkingTime) -> list[Level]:
    climbed = {row.level for row in clock.escalations}
    return [level for level in clock.as_clock().reached(now, worked) if level not in climbed]


def _differs(clock: ComplaintClock, worked: WorkingTime) -> bool:
    return clock.due_at != clock.as_clock().due_at(worked)


def _running(session: Session, case: ComplaintRow) -> ComplaintClock:
    clock = store.running(session, case.id)
    if clock is None:
        raise Invalid("no_clock", N_("No clock is running"))
    return clock


def _end(clock: ComplaintClock, now: datetime) -> None:
    clock.ended_at = now
    if clock.pauses and clock.pauses[-1].until is None:
        clock.pauses[-1].until = now
