"""Reports by e-mail: who gets which and when, and what became of the last ones."""

from dispatch.domain.roles import Permission
from dispatch.services import report_schedules
from dispatch.services.report_schedules import Sent, Shown
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import report_schedules as s

PATH, MAY = "/report-schedules", Permission.REPORT_SCHEDULE


@endpoint("GET", PATH, MAY, reply=s.SchedulesOut, tag="reports")
def list_report_schedules(call: Call) -> s.SchedulesOut:
    """Every schedule, with what it sent last."""
    return s.SchedulesOut(schedules=[_out(one) for one in report_schedules.shown(call.session, call.branch.id)])


@endpoint("POST", PATH, MAY, body=s.ScheduleIn, reply=s.ScheduleMadeOut, status=201, tag="reports")
def add_report_schedule(call: Call) -> s.ScheduleMadeOut:
    """Send a report from now on, at the hour that comes next."""
    return s.ScheduleMadeOut(id=report_schedules.add(call.session, call.body.plan(), call.actor, call.now).id)


@endpoint(
    "POST", f"{PATH}/<int:schedule_id>", MAY, body=s.ScheduleChangeIn, reply=s.ScheduleMadeOut, tag="reports"
)  # fmt: skip
def change_report_schedule(call: Call, schedule_id: int) -> s.ScheduleMadeOut:
    """Change a schedule, stop it, or let it go on."""
    plan = call.body.plan()
    row = report_schedules.change(call.session, schedule_id, plan, call.actor, call.now, active=call.body.active)
    return s.ScheduleMadeOut(id=row.id)


def _out(shown: Shown) -> s.ScheduleOut:
    row = shown.schedule
    return s.ScheduleOut(
        id=row.id,
        kind=row.kind,
        rhythm=row.rhythm,
        hour=row.hour,
        file=row.file,
        language=row.language,
        recipients=row.recipients,
        active=row.active,
        mailings=[_mailing(sent) for sent in shown.sent],
    )


def _mailing(sent: Sent) -> s.MailingOut:
    return s.MailingOut(
        first=sent.mailing.first_day,
        last=sent.mailing.last_day,
        made_at=sent.mailing.made_at,
        messages=[
            s.MessageOut(
                recipient=recipient,
                state=message.state if message else None,
                tries=message.tries if message else 0,
                sent_at=message.sent_at if message else None,
                error=message.last_error if message else "",
            )
            for recipient, message in sent.messages
        ],
    )
