"""The calendar that due dates are counted by: seeded, imported, corrected; and callbacks moved when it changes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain.announced_days import announced_days, newest_announced_year
from dispatch.domain.calendar_csv import decode_calendar_file, parse_calendar_csv
from dispatch.domain.calendar_diff import DayDifference, differences
from dispatch.domain.callback import OPEN, CallbackState
from dispatch.domain.calling_hours import CallingWindow, first_slot
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.events import Event
from dispatch.domain.festivals import festivals
from dispatch.domain.roles import Actor, system
from dispatch.domain.workdays import Calendar, WorkingDay, completed, days_of, missing_years
from dispatch.services.announce import announce
from dispatch.store import journal, working_days
from dispatch.store.callbacks import CallbackAttempt, CallbackTask
from dispatch.store.working_days import WorkingDayRow

FIRST_YEAR = 2024
LAST_YEAR = 2100
BY_RULE = "rule"
BY_HAND = "manual"
_REACH = timedelta(days=90)  # 30 working days and the longest holidays lie within it
_CACHE = "working_days_by_year"


@dataclass(frozen=True, slots=True)
class MovedCallback:
    """An untried callback whose due date followed the calendar."""

    callback_id: int
    trip: str
    due_before: date
    due_on: date


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What an import or correction did: the days that are now different, and the callbacks that moved."""

    changed: tuple[date, ...]
    moved: tuple[MovedCallback, ...]


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What an import would do: days with another answer or name, years it would announce, callbacks it would move."""

    differences: tuple[DayDifference, ...]
    announced: tuple[int, ...]
    moved: tuple[MovedCallback, ...]


@dataclass(frozen=True, slots=True)
class YearView:
    """Every day of a year; those nobody announced come from the statutory rule and have the source `rule`."""

    year: int
    provisional: bool
    days: tuple[WorkingDay, ...]


def seed(session: Session, now: datetime) -> int:
    """Fill in the announced years the installed calendar package knows; days with a row are left. Answers how many."""
    working_days.lock_for_change(session)
    known = set(session.scalars(select(WorkingDayRow.day)))
    added = [
        day
        for year in range(FIRST_YEAR, newest_announced_year() + 1)
        for day in announced_days(year) or []
        if day.date not in known
    ]
    session.add_all(_row(day, now) for day in added)
    _forget(session)
    return len(added)


def calendar(session: Session, around: date) -> Calendar:
    """The calendar from `around` as far as any count of working days can go; whole years, read once a transaction."""
    years = session.info.setdefault(_CACHE, {})
    rows: dict[date, WorkingDay] = {}
    for year in range((around - timedelta(days=1)).year, (around + _REACH).year + 1):
        if year not in years:
            found = working_days.between(session, date(year, 1, 1), date(year, 12, 31))
            years[year] = {row.day: row.as_day() for row in found}
        rows |= years[year]
    return Calendar(rows)


def of_year(session: Session, year: int) -> YearView:
    """A year day by day. Raises Invalid for years nobody will plan for."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            "calendar_year", N_("The year lies between %(first)s and %(last)s"),
            field="year", first=FIRST_YEAR, last=LAST_YEAR,
        )  # fmt: skip
    return _view(session, year)


def _view(session: Session, year: int) -> YearView:
    rows = {row.day: row.as_day() for row in working_days.between(session, date(year, 1, 1), date(year, 12, 31))}
    whole = Calendar(rows)
    names = {day: festival.name for festival in festivals(year) for day in festival.days}
    return YearView(
        year,
        year not in whole.coverage,
        tuple(rows.get(day) or WorkingDay(day, whole.is_working(day), names.get(day, ""), BY_RULE)
              for day in days_of(year)),
    )  # fmt: skip


def years_missing(session: Session, today: date) -> tuple[int, ...]:
    """Years to warn about: not announced although needed now, or soon (from 1 November)."""
    counted = working_days.days_by_year(session)
    whole = frozenset(year for year, days in counted.items() if days == len(days_of(year)))
    return missing_years(today, whole)


def import_csv(session: Session, content: bytes, file_name: str, actor: Actor, now: datetime) -> CalendarChange:
    """Take over a file of working days; due dates of callbacks not yet tried follow it.

    Raises CalendarFileInvalid with every faulty line; nothing is imported then.
    """
    return _restate(session, _read(content, file_name), actor, now)


def preview_csv(session: Session, content: bytes, file_name: str, actor: Actor, now: datetime) -> CalendarPreview:
    """What `import_csv` would do with the file, found by doing it and taking it back. Raises what it raises."""
    days = _read(content, file_name)
    years = sorted({day.date.year for day in days})
    before = [_view(session, year) for year in years]
    with _taken_back(session):
        moved = _restate(session, days, actor, now).moved
        after = [_view(session, year) for year in years]
    return CalendarPreview(
        differences([day for view in before for day in view.days], [day for view in after for day in view.days]),
        tuple(new.year for old, new in zip(before, after, strict=True) if old.provisional and not new.provisional),
        moved,
    )


def override(
    session: Session, day: date, actor: Actor, now: datetime, *, is_working: bool, name: str = ""
) -> CalendarChange:
    """Correct one day by hand, with the same consequences as an import."""
    return _restate(session, [WorkingDay(day, is_working, name.strip()[:60], BY_HAND)], actor, now)


def _read(content: bytes, file_name: str) -> list[WorkingDay]:
    source = f"csv {file_name}".strip()[:80]
    return completed(parse_calendar_csv(decode_calendar_file(content), source))


@contextmanager
def _taken_back(session: Session) -> Iterator[None]:
    mark = journal.mark(session)
    nested = session.begin_nested()
    try:
        yield
    finally:
        nested.rollback()
        journal.forget_since(session, mark)
        _forget(session)


def _restate(session: Session, days: Iterable[WorkingDay], actor: Actor, now: datetime) -> CalendarChange:
    working_days.lock_for_change(session)
    wanted = list(days)
    first, last = min(day.date for day in wanted), max(day.date for day in wanted)
    rows = {row.day: row for row in working_days.between(session, first, last)}
    changed = [day for day in wanted if _store(session, rows.get(day.date), day, now)]
    session.flush()
    _forget(session)
    if not changed:
        return CalendarChange((), ())
    event = Event("calendar.import", {"source": wanted[0].source, "days": len(changed)})
    announce(session, event, actor, now, subject="calendar", subject_id=first.year)
    return CalendarChange(
        tuple(day.date for day in changed),
        tuple(_recount(session, changed[0].date, changed[-1].date, actor, now)),
    )


def _store(session: Session, row: WorkingDayRow | None, day: WorkingDay, now: datetime) -> bool:
    """Whether the day says something new. What an earlier source said of the same day gives way."""
    if row is None:
        session.add(_row(day, now))
        return True
    if (row.is_working, row.name) == (day.is_working, day.name):
        return False
    row.is_working, row.name, row.source = day.is_working, day.name, day.source
    row.version += 1
    row.updated_at = now
    return True


def _row(day: WorkingDay, now: datetime) -> WorkingDayRow:
    return WorkingDayRow(
        day=day.date, is_working=day.is_working, name=day.name, source=day.source, version=day.version, updated_at=now
    )


def _recount(session: Session, first: date, last: date, actor: Actor, now: datetime) -> list[MovedCallback]:
    """Count untried callbacks again whose working days, from service day to due date, include a changed one."""
    tried = select(CallbackAttempt.id).where(CallbackAttempt.callback_id == CallbackTask.id).exists()
    query = (
        select(CallbackTask)
        .where(CallbackTask.state.in_(OPEN), CallbackTask.service_day < last, CallbackTask.due_on >= first, ~tried)
        .order_by(CallbackTask.id)
        .with_for_update(of=CallbackTask)
        .execution_options(populate_existing=True)
    )
    moved = []
    for task in session.scalars(query).unique():
        due = calendar(session, task.service_day).nth_working_day_after(task.service_day, task.after_workdays)
        task.provisional = due.provisional
        if due.date != task.due_on:
            moved.append(_move(session, task, due.date, actor, now))
    return moved


def _move(session: Session, task: CallbackTask, due_on: date, actor: Actor, now: datetime) -> MovedCallback:
    branch = task.trip.branch
    moved = MovedCallback(task.id, task.trip.number, task.due_on, due_on)
    task.due_on = due_on
    task.not_before = first_slot(due_on, branch.zone, CallingWindow(branch.calling_from, branch.calling_until))
    if task.state is CallbackState.DUE and task.not_before > now:
        task.state = CallbackState.SCHEDULED
    data = {"trip": moved.trip, "due_before": moved.due_before.isoformat(), "due_on": due_on.isoformat()}
    # The working days are everybody's: another branch's callback is told to that branch.
    teller = actor if task.branch_id == actor.branch_id else system(task.branch_id)
    announce(session, Event("callback.moved", data), teller, now, subject="callback", subject_id=task.id)
    return moved


def _forget(session: Session) -> None:
    session.info.pop(_CACHE, None)
