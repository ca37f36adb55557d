"""What a manager publishes and looks up: tariffs, working days, the journal."""

from dataclasses import asdict

from dispatch.domain.errors import N_, Invalid
from dispatch.domain.fee_standard import fee_standard
from dispatch.domain.logs import PERSONAL_READS
from dispatch.domain.roles import Permission
from dispatch.domain.tariff_document import read
from dispatch.domain.tariff_problems import InvalidTariff
from dispatch.services import tariffs, working_days
from dispatch.store import journal
from dispatch.store import tariffs as tariff_store
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.entries import masked
from dispatch.web.schemas import desk as s
from dispatch.web.schemas.common import Page

FIRST_YEAR, LAST_YEAR = 2000, 2100


@endpoint("POST", "/tariffs/check", Permission.TARIFF_PUBLISH, body=s.TariffIn, reply=s.TariffCheckOut, tag="tariffs")
def check_tariff(call: Call) -> s.TariffCheckOut:
    """Check a document without publishing it: every mistake with its line, or the fee standard it stands for."""
    try:
        found = read(call.body.document)
    except InvalidTariff as error:
        return s.TariffCheckOut(valid=False, problems=[one.to_json() for one in error.problems], fee_standard=[])
    standard = [{"zh": line.zh, "en": line.en} for line in fee_standard(found)]
    return s.TariffCheckOut(valid=True, problems=[], fee_standard=standard)


@endpoint("POST", "/tariffs", Permission.TARIFF_PUBLISH, body=s.TariffIn, reply=s.TariffOut, status=201, tag="tariffs")
def publish_tariff(call: Call) -> s.TariffOut:
    """Publish a document for bookings made from a moment on; the one in force stays so until then."""
    version = tariffs.publish(call.session, call.body.document, call.body.valid_from, call.actor, call.now)
    return _tariff(version, _in_force(call))


@endpoint("GET", "/tariffs", Permission.TARIFF_READ, query=Page, reply=s.TariffsOut, tag="tariffs")
def list_tariffs(call: Call) -> s.TariffsOut:
    """Published versions, newest first."""
    current = _in_force(call)
    found = tariff_store.page(call.session, call.actor.branch_id, before=call.query.before, limit=call.query.limit)
    return s.TariffsOut(tariffs=[_tariff(one, current) for one in found])


@endpoint("GET", "/working-days/<int:year>", Permission.CALENDAR_READ, reply=s.DaysOut, tag="working days")
def list_days(call: Call, year: int) -> s.DaysOut:
    """Every day of a year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("year", N_("Years from %(first)s to %(last)s"), field="year", first=FIRST_YEAR, last=LAST_YEAR)
    view = working_days.of_year(call.session, year)
    return s.DaysOut(year=year, provisional=view.provisional, days=[s.DayOut.model_validate(day) for day in view.days])


@endpoint(
    "POST", "/working-days", Permission.CALENDAR_EDIT, body=s.DaysIn, reply=s.CalendarChangeOut, tag="working days"
)
def import_days(call: Call) -> s.CalendarChangeOut:
    """Import a file of working days; due dates of callbacks not yet tried follow it."""
    change = working_days.import_csv(call.session, call.body.csv.encode(), call.body.source, call.actor, call.now)
    moved = [
        {"callback_id": one.callback_id, "trip": one.trip, "due_before": one.due_before, "due_on": one.due_on}
        for one in change.moved
    ]
    return s.CalendarChangeOut(changed=list(change.changed), moved=moved)


@endpoint(
    "POST", "/working-days/preview", Permission.CALENDAR_EDIT,
    body=s.DaysIn, reply=s.CalendarPreviewOut, tag="working days",
)  # fmt: skip
def preview_days(call: Call) -> s.CalendarPreviewOut:
    """What an import of the file would change, and whose due dates would move; nothing is changed."""
    found = working_days.preview_csv(call.session, call.body.csv.encode(), call.body.source, call.actor, call.now)
    return s.CalendarPreviewOut(
        differences=[s.DayDifferenceOut.model_validate(one) for one in found.differences],
        announced=list(found.announced),
        moved=[asdict(one) for one in found.moved],
    )


@endpoint("GET", "/access-log", Permission.JOURNAL_READ, query=Page, reply=s.JournalOut, tag="journal")
def read_access_log(call: Call) -> s.JournalOut:
    """Who looked at personal data, at what and why, newest first."""
    asked = call.query
    found = journal.of_types(call.session, call.actor.branch_id, PERSONAL_READS, before=asked.before, limit=asked.limit)
    return _entries(found, asked.limit)


@endpoint("GET", "/journal", Permission.JOURNAL_READ, query=s.JournalQuery, reply=s.JournalOut, tag="journal")
def read_journal(call: Call) -> s.JournalOut:
    """What happened, newest first."""
    asked = call.query
    found = journal.page(
        call.session,
        call.actor.branch_id,
        before=asked.before,
        limit=asked.limit,
        subject=asked.subject,
        subject_id=asked.subject_id,
    )
    return _entries(found, asked.limit)


def _entries(found: list[journal.JournalEntry], limit: int) -> s.JournalOut:
    entries = [
        s.JournalEntryOut(
            id=one.id,
            at=one.at,
            actor=one.actor_name,
            type=one.type,
            subject=one.subject,
            subject_id=one.subject_id,
            data=masked(one),
        )
        for one in found
    ]
    return s.JournalOut(entries=entries, next_before=found[-1].id if len(found) == limit else None)


def _in_force(call: Call) -> int | None:
    current = tariff_store.in_force(call.session, call.actor.branch_id, call.now)
    return current.id if current else None


def _tariff(version: tariff_store.TariffVersion, current: int | None) -> s.TariffOut:
    return s.TariffOut(
        id=version.id,
        number=version.number,
        name=version.name,
        valid_from=version.valid_from,
        published_at=version.published_at,
        in_force=version.id == current,
    )
