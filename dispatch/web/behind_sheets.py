"""What lies behind a number, as a table for a spreadsheet: read and written some rows at a time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session

from dispatch.domain.breakdown import Behind, Listed, Subject
from dispatch.domain.errors import N_
from dispatch.domain.spreadsheet import Cell, Sheet, Yuan
from dispatch.services import exporting, figures_behind
from dispatch.store.callbacks import CallbackTask
from dispatch.store.complaints import ComplaintRow
from dispatch.store.fares import FareLineRow
from dispatch.store.scopes import Scope
from dispatch.store.trips import Trip
from dispatch.web.figure_labels import list_label, value_label
from dispatch.web.labels import label
from dispatch.web.personal import Personal

Row = tuple[Cell, ...]
_TRIP = (
    N_("Trip"), N_("Appointed"), N_("State"), N_("Customer"), N_("Phone"), N_("Plate"), N_("From"), N_("To"),
    N_("Badge"), N_("Driver"), N_("Fare"),
)  # fmt: skip
_CALLBACK = (N_("Trip"), N_("Service day"), N_("Due on"), N_("State"), N_("Calls"), N_("Customer"), N_("Phone"))
_COMPLAINT = (
    N_("Complaint"), N_("Trip"), N_("Registered"), N_("Kind"), N_("Channel"), N_("State"), N_("Customer"), N_("Phone"),
    N_("What happened"),
)  # fmt: skip
_ENTRY = (N_("Trip"), N_("Written"), N_("Kind"), N_("Item"), N_("Amount"), N_("Badge"), N_("Driver"))
_CUSTOMER = (N_("Customer"), N_("Phone"), N_("Trips"))


def behind_sheet(session: Session, scope: Scope, behind: Behind, personal: Personal) -> Sheet:
    """The list. Raises Refused when it is too long for a file."""
    exporting.bounded(figures_behind.number(session, scope, behind))
    zones = {branch.id: branch.zone for branch in scope.branches}
    heads, rows_of = _kind(session, scope, behind, personal, zones)
    title = list_label(behind)
    name = title if behind.value is None else f"{title} {value_label(behind.breakdown, behind.value)}"
    rows = (row for found in figures_behind.every(session, scope, behind) for row in rows_of(found))
    return Sheet(name, tuple(gettext(head) for head in heads), rows)


def _kind(
    session: Session, scope: Scope, behind: Behind, personal: Personal, zones: dict[int, ZoneInfo]
) -> tuple[Sequence[str], Callable[[list[int]], Iterator[Row]]]:
    if behind.listed is Listed.CUSTOMERS:
        return _CUSTOMER, lambda found: (
            (personal.name(one.customer.name), personal.phone(one.customer.phone), one.trips)
            for one in figures_behind.customers_of(session, scope, behind, found)
        )
    if behind.listed is Listed.ENTRIES:
        return _ENTRY, lambda found: (
            _entry(entry, trip, personal, zones[trip.branch_id])
            for entry, trip in figures_behind.entries_of(session, found)
        )
    if figures_behind.lists_trips(behind):
        return _TRIP, lambda found: (
            _trip(trip, personal, zones[trip.branch_id]) for trip in figures_behind.trips_of(session, found)
        )
    if behind.breakdown.subject is Subject.CALLBACK:
        return _CALLBACK, lambda found: (
            _callback(task, personal) for task in figures_behind.callbacks_of(session, found)
        )
    return _COMPLAINT, lambda found: (
        _complaint(row, personal, zones[row.branch_id]) for row in figures_behind.complaints_of(session, found)
    )


def _trip(trip: Trip, personal: Personal, zone: ZoneInfo) -> Row:
    return (
        trip.number,
        _local(trip.appointed_at, zone),
        label(trip.state.value, "state"),
        personal.name(trip.contact_name),
        personal.phone(trip.caller_phone),
        personal.plate(trip.plate),
        personal.address(trip.pickup_address),
        personal.address(trip.destination_address),
        *_driver(trip, personal),
        None if trip.total_fen is None else Yuan(trip.total_fen),
    )


def _callback(task: CallbackTask, personal: Personal) -> Row:
    trip = task.trip
    return (
        trip.number,
        task.service_day,
        task.due_on,
        label(task.state.value, "callback_state"),
        len(task.attempts),
        personal.name(trip.contact_name),
        personal.phone(trip.caller_phone),
    )


def _complaint(row: ComplaintRow, personal: Personal, zone: ZoneInfo) -> Row:
    return (
        row.number,
        row.trip.number if row.trip else "",
        _local(row.registered_at, zone),
        label(row.kind.value, "case_kind"),
        label(row.channel.value, "channel"),
        label(row.stage.value, "complaint_stage"),
        personal.name(row.contact_name),
        personal.phone(row.contact_phone),
        personal.words(row.problem),
    )


def _entry(entry: FareLineRow, trip: Trip, personal: Personal, zone: ZoneInfo) -> Row:
    kind = label(entry.kind.value, "line_kind")
    when = _local(entry.created_at, zone)
    return (trip.number, when, kind, item_of(entry), Yuan(entry.amount_fen), *_driver(trip, personal))


def item_of(entry: FareLineRow) -> str:
    """What an entry of the ledger is for, in the reader's language."""
    text = entry.line.get("text", {})
    return str(text.get("en" if str(get_locale()) == "en" else "zh", ""))


def _driver(trip: Trip, personal: Personal) -> tuple[str, str]:
    return (trip.driver.badge_id, personal.name(trip.driver.name)) if trip.driver else ("", "")


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """As the branch's clocks showed it; a spreadsheet knows no zones."""
    return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
