"""Reports: a period in figures, and the rows behind each."""

from dispatch.domain.breakdown import Behind
from dispatch.domain.period import Period
from dispatch.domain.roles import Permission
from dispatch.services import figures_behind, reports
from dispatch.services.reports import Money, Report
from dispatch.store.breakdowns import Scope
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import figures as s


@endpoint("GET", "/reports", Permission.REPORT_READ, query=s.PeriodQuery, reply=s.ReportOut, tag="reports")
def get_report(call: Call) -> s.ReportOut:
    """Trips, punctuality, waiting, money, callbacks, complaints, drivers and customers of a span of service days."""
    return report_out(reports.report(call.session, call.branch, Period(call.query.first, call.query.last)))


@endpoint("GET", "/reports/behind", Permission.REPORT_READ, query=s.BehindQuery, reply=s.BehindOut, tag="reports")
def get_behind(call: Call) -> s.BehindOut:
    """The trips, callbacks or complaints that a number of the report counted."""
    asked = call.query
    scope = Scope(call.branch, Period(asked.first, asked.last))
    behind = Behind(asked.breakdown, asked.value)
    found = figures_behind.ids(call.session, scope, behind, before=asked.before, limit=asked.limit)
    more = found[-1] if len(found) == asked.limit else None
    return s.BehindOut(subject=asked.breakdown.subject, ids=found, next_before=more)


def report_out(found: Report) -> s.ReportOut:
    """A report as it is answered."""
    return s.ReportOut(
        first=found.period.first,
        last=found.period.last,
        counts={breakdown.value: counts for breakdown, counts in found.counts.items()},
        money=_money(found.money),
        mean_wait_seconds=found.mean_wait_seconds,
        satisfaction=found.satisfaction,
        steps=[
            s.StepOut(
                first=step.period.first,
                last=step.period.last,
                trips=step.trips,
                money=_money(step.money),
                callbacks=step.callbacks,
                complaints=step.complaints,
            )
            for step in found.steps
        ],
        drivers=[s.DriverFiguresOut.model_validate(driver) for driver in found.drivers],
        customers={
            breakdown.value: [s.CustomerGroupOut.model_validate(group) for group in groups]
            for breakdown, groups in found.customers.items()
        },
    )


def _money(money: Money) -> s.MoneyOut:
    return s.MoneyOut.model_validate(money)
