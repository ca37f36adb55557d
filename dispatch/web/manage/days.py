"""Working days: the year, importing an announcement, correcting a day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from babel.dates import format_date, get_day_names
from flask import flash, g, render_template, request
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.calendar_csv import CalendarFileInvalid, decode_calendar_file
from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.logs import CALENDAR_CHANGES
from dispatch.domain.roles import Permission
from dispatch.domain.workdays import WorkingDay
from dispatch.services import working_days
from dispatch.services.working_days import CalendarChange, CalendarPreview
from dispatch.store import journal
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.entries import details, subject
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import submit

FIRST, LAST = 2020, 2050
CHANGES_SHOWN = 30


@blueprint.get("/days")
@requires(Permission.CALENDAR_EDIT)
def show_days() -> str:
    """A year of days."""
    return _page(BLANK)


@blueprint.post("/days")
@requires(Permission.CALENDAR_EDIT)
def change_days() -> Response | tuple[str, int]:
    """Import a file, or correct one day; says what changed and whose due dates moved. Or only what would change."""
    try:
        return _preview() if request.form.get("do") == "preview" else submit(_change)
    except DomainError as error:
        faults = error.problems if isinstance(error, CalendarFileInvalid) else ()
        return _page(FormState.typed(request.form, _beside(error)), faults), status_of(error)


def _change(session: Session) -> str:
    if request.form.get("do") == "day":
        change = _override(session)
    else:
        change = working_days.import_csv(session, *_announcement(), g.actor, g.now)
    flash(
        gettext("%(days)s days changed, %(moved)s callbacks moved.", days=len(change.changed), moved=len(change.moved)),
        "success",
    )
    year = change.changed[0].year if change.changed else g.now.year
    return f"/manage/days?year={year}"


def _announcement() -> tuple[bytes, str]:
    """The file and its name; else what was typed, or stands there since a file was looked at before."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return upload.read(), upload.filename
    return request.form.get("text", "").encode(), request.form.get("source", "").strip() or gettext("typed in")


def _preview() -> tuple[str, int]:
    content, source = _announcement()
    with runtime().db.transaction() as session:  # it is done and taken back, which reading alone cannot
        found = working_days.preview_csv(session, content, source, g.actor, g.now)
    typed = FormState({"text": decode_calendar_file(content), "source": source})
    year = found.differences[0].date.year if found.differences else None
    return _page(typed, preview=found, year=year), 200


def _override(session: Session) -> CalendarChange:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise Invalid("date", N_("Please enter a date"), field="day") from error
    answer = request.form.get("is_working", "")
    if answer not in {"yes", "no"}:
        raise Invalid("working_or_off", N_("Please answer yes or no"), field="is_working")
    name = request.form.get("name", "")
    return working_days.override(session, day, g.actor, g.now, is_working=answer == "yes", name=name)


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days in a row with one name: a festival, or days worked for it."""

    first: int
    last: int
    name: str
    is_working: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as it is shown."""

    name: str
    days: list[WorkingDay]
    named: list[NamedDays]


def _month(days: list[WorkingDay]) -> Month:
    rows = [list(row) for _, row in groupby(days, lambda day: (day.name, day.is_working))]
    named = [NamedDays(row[0].date.day, row[-1].date.day, row[0].name, row[0].is_working) for row in rows]
    return Month(format_date(days[0].date, "LLL", get_locale()), days, [one for one in named if one.name])


def _beside(error: DomainError) -> DomainError:
    """The objection beside what was used: the file when one was chosen, else what was typed."""
    upload = request.files.get("file")
    if not isinstance(error, Invalid) or error.field != "file" or (upload is not None and upload.filename):
        return error
    return Invalid(error.code, error.message, field="text", **error.params)


def _origins(days: Sequence[WorkingDay]) -> list[tuple[str, int, int]]:
    """Where the days of a year come from: source, version, and how many days it says."""
    counted = Counter((day.source, day.version) for day in days)
    return [(source, version, count) for (source, version), count in sorted(counted.items())]


def _page(
    form: FormState, faults: Sequence[Invalid] = (), *, preview: CalendarPreview | None = None, year: int | None = None
) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        today = g.now.astimezone(branch.zone).date()
        year = min(max(year or request.args.get("year", today.year, type=int), FIRST), LAST)
        view = working_days.of_year(session, year)
        months = [_month([day for day in view.days if day.date.month == month]) for month in range(1, 13)]
        return render_template(
            "manage/days.html",
            form=form,
            faults=faults,
            view=view,
            months=months,
            preview=preview,
            origins=_origins(view.days),
            by_hand=[day for day in view.days if day.source == working_days.BY_HAND],
            rows=[
                (entry, subject(entry), details(entry.type, entry.payload))
                for entry in journal.of_types(session, g.actor.branch_id, CALENDAR_CHANGES, limit=CHANGES_SHOWN)
            ],
            weekdays=[get_day_names("narrow", "stand-alone", get_locale())[day] for day in range(7)],
            today=today,
            missing=working_days.years_missing(session, today),
        )
