"""Reports leaving by themselves: each period once, however many schedulers look (R7); each address by itself."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from dispatch.domain import report_plan
from dispatch.domain.events import Event
from dispatch.domain.period import Period
from dispatch.domain.roles import system
from dispatch.services.announce import announce
from dispatch.store import report_schedules as store
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint
from dispatch.store.outbox import OutboxMessage
from dispatch.store.report_schedules import ReportMailing, ReportSchedule

CHANNEL = "email"
CONTENT_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves: words, and the file."""

    subject: str
    text: str
    file_name: str
    media_type: str
    content: bytes


Write = Callable[[Session, ReportSchedule, Branch, Period, datetime], Letter]
"""Makes the letter for a schedule and a period, masked, in the schedule's language."""


def schedules(session: Session, now: datetime) -> list[int]:
    """Those with a report to send."""
    query = select(ReportSchedule).where(ReportSchedule.active).order_by(ReportSchedule.id)
    return [row.id for row in session.scalars(query) if _due(session, row, now) is not None]


def mail(session: Session, schedule_id: int, now: datetime, write: Write) -> bool:
    """Send the oldest report that is due; False when there is none, or another scheduler was first."""
    schedule = session.get_one(ReportSchedule, schedule_id)
    branch = session.get_one(Branch, schedule.branch_id)
    period = _due(session, schedule, now) if schedule.active else None
    if period is None:
        return False
    mailing = ReportMailing(
        schedule_id=schedule.id, first_day=period.first, last_day=period.last,
        recipients=list(schedule.recipients), file_name="", media_type="", subject="", made_at=now,
    )  # fmt: skip
    try:
        with savepoint(session):
            session.add(mailing)
            session.flush()  # the unique index decides who sends
    except IntegrityError:
        return False
    letter = write(session, schedule, branch, period, now)
    mailing.subject, mailing.content = letter.subject, letter.content
    mailing.file_name, mailing.media_type = letter.file_name, letter.media_type
    body = {"subject": letter.subject, "text": letter.text, "report_mailing_id": mailing.id}
    session.add_all(
        OutboxMessage(
            branch_id=branch.id, key=key, channel=CHANNEL, recipient=recipient, body=body, not_before=now,
            created_at=now,
        )
        for recipient, key in zip(mailing.recipients, mailing.keys, strict=True)
    )  # fmt: skip
    told = {
        "report": schedule.kind.value,
        "period": f"{period.first}–{period.last}",
        "addresses": len(mailing.recipients),
    }
    event = Event("report_schedule.mail", told)
    announce(session, event, system(branch.id), now, subject="report_schedule", subject_id=schedule.id)
    return True


def files(session: Session, body: dict[str, Any]) -> list[dict[str, str]]:
    """The file of a message, as the way out takes it; none once it is forgotten."""
    query = select(ReportMailing).where(ReportMailing.id == body["report_mailing_id"])
    mailing = session.scalars(query.options(undefer(ReportMailing.content))).one()
    if mailing.content is None:
        return []
    content = b64encode(mailing.content).decode()
    return [{"name": mailing.file_name, "media_type": mailing.media_type, "content": content}]


def forget(session: Session, now: datetime) -> int:
    """Drop the files of what left long ago: whoever wants one makes it anew. Answers how many."""
    old = update(ReportMailing).where(ReportMailing.made_at < now - CONTENT_KEPT, ReportMailing.content.is_not(None))
    return session.connection().execute(old.values(content=None)).rowcount


def _due(session: Session, schedule: ReportSchedule, now: datetime) -> Period | None:
    branch = session.get_one(Branch, schedule.branch_id)
    return report_plan.due(
        schedule.rhythm, schedule.hour, branch.zone, branch.service_day_cutover,
        since=schedule.since, mailed=store.mailed(session, schedule), now=now,
    )  # fmt: skip
