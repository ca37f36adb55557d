"""A trip in dispute: how it was signed, and everything about it in one file."""

from flask import Response, g, render_template, request
from flask_babel import force_locale

from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import dispute_files, trips
from dispatch.services.ceremony_words import about
from dispatch.services.dispute_words import Words
from dispatch.store import ceremonies
from dispatch.store.branches import Branch
from dispatch.store.journal import JournalEntry
from dispatch.web.access import requires
from dispatch.web.entries import details
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.labels import label
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime


@blueprint.get("/trips/<int:trip_id>/dispute")
@requires(Permission.DISPUTE_FILE)
def dispute_page(trip_id: int) -> str:
    """How the trip was signed, step by step, and where its file is made."""
    return _page(trip_id, BLANK)


@blueprint.post("/trips/<int:trip_id>/dispute")
@requires(Permission.DISPUTE_FILE)
def dispute_file(trip_id: int) -> Response | tuple[str, int]:
    """Everything about the trip in one sealed PDF; who took it and why is in the journal."""
    try:
        return made(trip_id, request.form.get("reason", ""))
    except DomainError as error:
        return _page(trip_id, FormState.typed(request.form, error)), status_of(error)


def made(trip_id: int, reason: str) -> Response:
    """Gather, print, seal, and tell the journal. Printing lies between two short transactions."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        with force_locale("en" if branch.document_language == "en" else "zh"):
            found = dispute_files.gather(session, trip_id, reason, g.actor, g.now, words=Words(_entry, label))
    with runtime().office_press.taken() as renderer:
        printed = found.render(renderer)
    sealed = runtime().seals.seal(found.office, printed, found.made_at)
    with runtime().db.transaction() as session:
        dispute_files.record(session, found, sealed, g.actor)
    answer = Response(sealed.pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.facts.number}.pdf"'
    return answer


def _entry(entry: JournalEntry) -> str:
    return " · ".join([label(entry.type, "event"), *details(entry.type, entry.payload)])


def _page(trip_id: int, form: FormState) -> str:
    with runtime().db.reading() as session:
        trip = trips.find(session, trip_id, g.actor)
        return render_template(
            "manage/dispute.html", trip=trip, form=form, ceremonies=ceremonies.of_trip(session, trip.id), about=about
        )
