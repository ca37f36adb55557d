"""What the database holds of a trip, as files of a dispute file: who has it alone can check every printed line."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from contracts.pack import PackRecord
from dispatch.services import dispute_care
from dispatch.services.dispute_words import Telling
from dispatch.store import (
    callbacks,
    ceremonies,
    complaint_clocks,
    complaint_events,
    complaint_remedies,
    fares,
    journal,
)
from dispatch.store.base import Base
from dispatch.store.complaints import ComplaintRow
from dispatch.store.journal import JournalEntry

BATCH = 500


def records(telling: Telling) -> Iterator[PackRecord]:
    """Every table that the file prints, as it is stored: codes, ids, times in UTC, amounts in fen."""
    session, trip = telling.session, telling.trip
    yield _record(telling, "history", [row_as_json(entry) for entry in history(telling)])
    yield _record(
        telling,
        "signing",
        [
            row_as_json(one) | {"beginning": one.beginning, "events": _rows(one.events)}
            for one in ceremonies.of_trip(session, trip.id)
        ],
    )
    yield _record(telling, "fare", _rows(fares.of_trip(session, trip.id)))
    yield _record(
        telling,
        "callbacks",
        [row_as_json(task) | {"attempts": _rows(task.attempts)} for task in callbacks.of_trip(session, trip.id)],
    )
    yield _record(telling, "complaints", [_case(telling, case) for case in dispute_care.cases(telling)])


def history(telling: Telling) -> list[JournalEntry]:
    """Everything that the journal says of the trip, oldest first."""
    found: list[JournalEntry] = []
    before: int | None = None
    while batch := journal.page(telling.session, telling.trip.branch_id, subject="trip", subject_id=telling.trip.id,
                                before=before, limit=BATCH):  # fmt: skip
        found += batch
        before = batch[-1].id
    return found[::-1]


def row_as_json(row: Base) -> dict[str, Any]:
    """A row with every column by its name."""
    return {column.key: _plain(getattr(row, column.key)) for column in inspect(row).mapper.column_attrs}


def _case(telling: Telling, case: ComplaintRow) -> dict[str, Any]:
    session = telling.session
    clocks = complaint_clocks.of_complaint(session, case.id)
    return row_as_json(case) | {
        "number": case.number,
        "events": _rows(complaint_events.of_complaint(session, case.id)),
        "remedies": _rows(complaint_remedies.of_complaint(session, case.id)),
        "clocks": [
            row_as_json(clock) | {"pauses": _rows(clock.pauses), "escalations": _rows(clock.escalations)}
            for clock in clocks
        ],
    }


def _record(telling: Telling, name: str, rows: list[dict[str, Any]]) -> PackRecord:
    content = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return PackRecord(name=f"{name}.json", title=telling.say(name), content=content)


def _rows(rows: Iterable[Base]) -> list[dict[str, Any]]:
    return [row_as_json(row) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
