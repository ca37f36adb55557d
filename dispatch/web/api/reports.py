"""Reports: a period in figures, and what is behind each."""

from dispatch.domain.breakdown import Behind, Listed
from dispatch.domain.period import Period
from dispatch.domain.roles import Permission
from dispatch.services import figures_behind, reports
from dispatch.services.reports import Money, Report
from dispatch.store.scopes import Scope
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import figures as s

READ = Permission.REPORT_READ


@endpoint("GET", "/reports", READ, query=s.PeriodQuery, reply=s.ReportOut, tag="reports")
def get_report(call: Call) -> s.ReportOut:
    """Trips, punctuality, waiting, money, callbacks, complaints, drivers and customers of a span of service days."""
    return report_out(reports.report(call.session, _scope(call)))


@endpoint("GET", "/reports/behind", READ, query=s.BehindQuery, reply=s.BehindOut, tag="reports")
def get_behind(call: Call) -> s.BehindOut:
    """The trips, callbacks or complaints that a number of the report counted."""
    found, more = _page(call, Listed.ROWS)
    return s.BehindOut(subject=call.query.breakdown.subject, ids=found, next_before=more)


@endpoint("GET", "/reports/entries", READ, query=s.BehindQuery, reply=s.EntriesOut, tag="reports")
def get_entries(call: Call) -> s.EntriesOut:
    """The entries of the ledger that a sum adds up: by kind (`ledger_kind`) or by driver (`ledger_driver`)."""
    found, more = _page(call, Listed.ENTRIES)
    return s.EntriesOut(
        amount_fen=figures_behind.amount(call.session, _scope(call), _behind(call, Listed.ENTRIES)),
        entries=[
            s.EntryOut(
                id=entry.id,
                trip_id=trip.id,
                kind=entry.kind,
                amount_fen=entry.amount_fen,
                written_at=entry.created_at,
                driver_id=trip.driver_id,
            )
            for entry, trip in figures_behind.entries_of(call.session, found)
        ],
        next_before=more,
    )


@endpoint("GET", "/reports/customers", READ, query=s.BehindQuery, reply=s.BookedOut, tag="reports")
def get_customers(call: Call) -> s.BookedOut:
    """Whose trips a number counted: by kind, volume or district, or by anything else that trips are told apart by."""
    found, more = _page(call, Listed.CUSTOMERS)
    behind = _behind(call, Listed.CUSTOMERS)
    return s.BookedOut(
        number=figures_behind.number(call.session, _scope(call), behind),
        customers=[
            s.BookedCustomerOut(customer_id=one.customer.id, trips=one.trips)
            for one in figures_behind.customers_of(call.session, _scope(call), behind, found)
        ],
        next_before=more,
    )


def _scope(call: Call) -> Scope:
    return Scope.of(call.branch, Period(call.query.first, call.query.last))


def _behind(call: Call, listed: Listed) -> Behind:
    return Behind(call.query.breakdown, call.query.value, listed)


def _page(call: Call, listed: Listed) -> tuple[list[int], int | None]:
    """Ids, and where the next page begins."""
    asked = call.query
    found = figures_behind.ids(
        call.session, _scope(call), _behind(call, listed), before=asked.before, limit=asked.limit
    )
    return found, found[-1] if len(found) == asked.limit else None


def report_out(found: Report) -> s.ReportOut:
    """A report as it is answered."""
    return s.ReportOut(
        first=found.period.first,
        last=found.period.last,
        counts={breakdown.value: counts for breakdown, counts in found.counts.items()},
        money=_money(found.money),
        undriven_fen=found.undriven_fen,
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
