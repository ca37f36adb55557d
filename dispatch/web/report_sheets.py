"""A report as tables for a spreadsheet."""

from collections.abc import Iterator

from flask_babel import gettext

from dispatch.domain.errors import N_
from dispatch.domain.period import Period
from dispatch.domain.spreadsheet import Cell, Sheet, Yuan
from dispatch.services.reports import DriverFigures, Report
from dispatch.web.figure_labels import value_label
from dispatch.web.personal import Personal

_DRIVER_HEADS = (
    N_("Badge"), N_("Driver"), N_("Closed"), N_("On time"), N_("Late"), N_("Rating"), N_("Kilometres"), N_("Revenue"),
)  # fmt: skip


def report_sheets(found: Report, personal: Personal) -> Iterator[Sheet]:
    """Counts, money, days, drivers, customers; personal are only the drivers' names."""
    yield Sheet(
        gettext("Figures"),
        (gettext("Figure"), gettext("Value"), gettext("Count")),
        [
            (value_label(breakdown), value_label(breakdown, value), number)
            for breakdown, counts in found.counts.items()
            for value, number in counts.items()
        ],
    )
    yield Sheet(
        gettext("Revenue"),
        (gettext("Entries"), gettext("Revenue")),
        [
            (gettext("Settled fares"), Yuan(found.money.settled)),
            (gettext("Corrections"), Yuan(found.money.corrections)),
            (gettext("Together"), Yuan(found.money.total)),
        ],
    )
    yield Sheet(
        gettext("Days"),
        (gettext("Days"), gettext("Trips"), gettext("Revenue"), gettext("Callbacks"), gettext("Complaints")),
        [
            (
                step_label(step.period),
                sum(step.trips.values()),
                Yuan(step.money.total),
                sum(step.callbacks.values()),
                sum(step.complaints.values()),
            )
            for step in found.steps
        ],
    )
    rows = [_driver(one, personal) for one in found.drivers]
    if found.undriven_fen:
        rows.append(("", gettext("No driver"), None, None, None, None, None, Yuan(found.undriven_fen)))
    yield Sheet(gettext("Drivers"), tuple(gettext(head) for head in _DRIVER_HEADS), rows)
    for breakdown, groups in found.customers.items():
        yield Sheet(
            value_label(breakdown),
            (value_label(breakdown), gettext("Customers"), gettext("Trips")),
            [(value_label(breakdown, group.value), group.customers, group.trips) for group in groups],
        )


def step_label(period: Period) -> str:
    """A day, or the first and the last of several."""
    if period.first == period.last:
        return f"{period.first:%m-%d}"
    return f"{period.first:%m-%d}–{period.last:%m-%d}"


def _driver(one: DriverFigures, personal: Personal) -> tuple[Cell, ...]:
    rating = None if one.rating is None else round(one.rating, 2)
    name = personal.name(one.name)
    return (one.badge_id, name, one.closed, one.on_time, one.late, rating, float(one.km), Yuan(one.revenue_fen))
