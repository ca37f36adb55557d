"""Who gets which report by e-mail, as managers set it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Conflict, NotFound
from dispatch.domain.events import Event
from dispatch.domain.report_plan import ReportPlan
from dispatch.domain.roles import Actor
from dispatch.services.announce import announce
from dispatch.store import report_schedules as store
from dispatch.store.outbox import OutboxMessage
from dispatch.store.report_schedules import ReportMailing, ReportSchedule

MOST = 30
MAILINGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """A mailing, and what became of it for each recipient; None where the message is forgotten already."""

    mailing: ReportMailing
    messages: tuple[tuple[str, OutboxMessage | None], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A schedule and what it sent last, the newest first."""

    schedule: ReportSchedule
    sent: tuple[Sent, ...]


def shown(session: Session, branch_id: int) -> list[Shown]:
    """A branch's schedules."""
    return [_shown(session, schedule) for schedule in store.of_branch(session, branch_id)]


def add(session: Session, plan: ReportPlan, actor: Actor, now: datetime) -> ReportSchedule:
    """Send from now on: the first report is that of the period whose hour comes next. Raises Conflict when too many."""
    if len(store.of_branch(session, actor.branch_id)) >= MOST:
        raise Conflict("schedules_many", N_("There are too many already: change or stop one"))
    row = ReportSchedule(branch_id=actor.branch_id, created_by=actor.id, created_at=now, since=now, active=True)
    _write(row, plan)
    session.add(row)
    session.flush()
    _tell(session, row, actor, now)
    return row


def change(
    session: Session, schedule_id: int, plan: ReportPlan, actor: Actor, now: datetime, *, active: bool
) -> ReportSchedule:
    """Change a schedule, stop it or let it go on. What was missed while it stood still is not sent. Raises NotFound."""
    row = find(session, schedule_id, actor)
    if (plan.rhythm, plan.hour) != (row.rhythm, row.hour) or (active and not row.active):
        row.since = now
    _write(row, plan)
    row.active = active
    _tell(session, row, actor, now)
    return row


def find(session: Session, schedule_id: int, actor: Actor) -> ReportSchedule:
    """A schedule of the actor's branch. Raises NotFound."""
    row = session.get(ReportSchedule, schedule_id)
    if row is None or row.branch_id != actor.branch_id:
        raise NotFound("schedule_unknown", N_("There is no such schedule"))
    return row


def _write(row: ReportSchedule, plan: ReportPlan) -> None:
    row.kind, row.rhythm, row.hour = plan.kind, plan.rhythm, plan.hour
    row.file, row.language, row.recipients = plan.file, plan.language, list(plan.recipients)


def _shown(session: Session, schedule: ReportSchedule) -> Shown:
    mailings = store.latest(session, schedule.id, MAILINGS_SHOWN)
    messages = store.messages(session, mailings)
    return Shown(
        schedule,
        tuple(
            Sent(
                mailing,
                tuple(
                    (recipient, messages.get(key))
                    for recipient, key in zip(mailing.recipients, mailing.keys, strict=True)
                ),
            )
            for mailing in mailings
        ),
    )


def _tell(session: Session, row: ReportSchedule, actor: Actor, now: datetime) -> None:
    told = {
        "report": row.kind.value,
        "rhythm": row.rhythm.value,
        "active": row.active,
        "addresses": len(row.recipients),
    }
    announce(session, Event("report_schedule.change", told), actor, now, subject="report_schedule", subject_id=row.id)
